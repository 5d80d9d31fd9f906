"""Letters: what the board writes to people by mail, when it tries again, and when it gives up."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.clock import DAY, HOUR, MINUTE

CONFIRMATION_LASTS = 7 * DAY
RECOVERY_LASTS = 30 * MINUTE  # S9
CHANGE_LASTS = DAY
_PAUSES = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR)
_PATIENCE = 2 * DAY


class Letter(StrEnum):
    """What a letter is about; `views/templates/mail/{name}.txt` and `.html` say it."""

    CONFIRM = "confirm"  # is this your address?
    KNOWN = "known"  # somebody joined with your address, and you are a member already
    RECOVER = "recover"  # your name, and a way to a new password
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of a letter
    NAME_CHANGED = "name_changed"  # to the member: this is your name now
    NEW_ADDRESS = "new_address"  # is this your new address? (to the new one)
    ADDRESS_CHANGING = "address_changing"  # somebody asked to change it (to the old one)
    EXPORT_READY = "export_ready"  # what the member wants to take along is packed
    APPROVED = "approved"  # a moderator has let him in
    DECLINED = "declined"  # a moderator has not
    LEAVING = "leaving"  # the account ends in a week
    SECOND_FACTOR_OFF = "second_factor_off"  # whoever runs the server switched it off
    TEST = "test"  # an administrator wants to see whether mail arrives


@dataclass(frozen=True, slots=True)
class Addressed:
    """A letter as it can be written: to which address, and what its templates say.

    `link` is the path of the page where the reader acts, or empty; `minutes` how long that works.
    """

    letter: Letter
    to: str
    username: str
    link: str = ""
    minutes: int = 0
    address: str = ""  # the other address that the letter speaks of


_NAMES = {
    Letter.CONFIRM: "Confirmation of an address",
    Letter.KNOWN: "Notice of an account that is there already",
    Letter.RECOVER: "Name and new password",
    Letter.PASSWORD_CHANGED: "Notice of a new password",
    Letter.NAME_CHANGED: "Notice of a new name",
    Letter.NEW_ADDRESS: "Confirmation of a new address",
    Letter.ADDRESS_CHANGING: "Notice of a new address",
    Letter.EXPORT_READY: "Notice of an export",
    Letter.APPROVED: "Notice of being let in",
    Letter.DECLINED: "Notice of not being let in",
    Letter.LEAVING: "Notice of leaving",
    Letter.SECOND_FACTOR_OFF: "Notice of two-step sign-in that is off",
    Letter.TEST: "Test letter",
}


def letter_name(letter: Letter) -> str:
    """What administrators call it."""
    return _NAMES[letter]


def pause_after(tries: int) -> int:
    """Milliseconds to wait after that many tries that failed, at least one."""
    return _PAUSES[min(tries, len(_PAUSES)) - 1]


def patience_for(letter: Letter) -> int:
    """For how many milliseconds a letter is tried. Nobody waits for a new password until the day after."""
    return 4 * HOUR if letter is Letter.RECOVER else _PATIENCE
