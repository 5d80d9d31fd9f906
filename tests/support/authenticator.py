"""What a member has beside the password: an app whose clock can be moved, and recovery codes."""

from dataclasses import dataclass, field

import pyotp

from server.actions import two_step
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.actions.two_step import Both
from server.domain.clock import now_ms
from server.domain.viewer import Viewer
from server.store.database import Database
from tests.support.small_board import PASSWORD

STEP = 30_000  # milliseconds that a code is for
NO_LIMITS = Limits(enabled=False)


@dataclass
class App:
    secret: str
    recovery_codes: list[str] = field(default_factory=list)
    last: int = 0  # the step of the last code that was read off

    def code(self, now: int | None = None) -> str:
        """What it shows at that time."""
        self.last = (now_ms() if now is None else now) // STEP
        return pyotp.TOTP(self.secret).generate_otp(self.last)

    def next_code(self) -> str:
        """One that was not read off before, without waiting: the board takes the coming one early."""
        self.last = max(self.last + 1, now_ms() // STEP - 1)
        return pyotp.TOTP(self.secret).generate_otp(self.last)

    def both(self, now: int | None = None, password: str = PASSWORD) -> Both:
        return Both(password, self.code(now))


async def set_up(db: Database, passwords: Passwords, viewer: Viewer, now: int | None = None) -> App:
    """Switches two-step sign-in on for the viewer; the code for it is the one before the current."""
    at = now_ms() if now is None else now
    secret = await two_step.start_setup(db, passwords, viewer, PASSWORD, now=at, limits=NO_LIMITS)
    app = App(secret)
    switched = await two_step.switch_on(db, passwords, viewer, app.code(at - STEP), now=at, limits=NO_LIMITS)
    app.recovery_codes = list(switched.codes)
    return app
