"""What an administrator can set for the board, and what stands there until he does."""

from dataclasses import dataclass

from server.domain.announcements import MAX_SHOWN, Announcement
from server.domain.permissions import sees
from server.domain.viewer import Viewer

RULES = """\
Be kind. Behind every name is somebody who is worried, tired or hopeful.

- **Share experience, not orders.** Nothing here replaces your doctor.
- **No advertising**, no miracle cures, no collecting of money. They are removed at once.
- **What is told here stays here.** Don't carry other people's stories elsewhere.
- **Use a name that protects you.** Don't post anybody's real name, address or clinic records.
- If something worries you, tell a moderator. Moderators explain what they do.
"""

HELP = (
    "## Reading\n\n"
    "Everything new appears by itself; there is no need to reload. The word *Live* at the top says that the"
    " connection stands. If it breaks, the page says since when, and catches up when it is back.\n\n"
    "## Writing\n\n"
    "Write as you would in a letter. Line breaks stay where you make them. For **bold** put two stars on both"
    " sides of a word, for _italic_ an underscore, and begin lines with a dash for a list. *Quote* takes over"
    " what another member wrote, the whole post or the part that you have marked.\n\n"
    "What you write is kept as a draft on this device until it is sent, so nothing is lost when the"
    " connection is.\n"
)

PRIVACY = (
    "This board keeps what you write, your name here, your e-mail address, your password in a form that"
    " cannot be read back, and what you like to say about yourself. Of a picture it keeps a small square, not"
    " where and when it was taken. It sends nothing to anybody else: no statistics, no fonts, no advertising,"
    " no other company's servers. One cookie keeps you signed in."
    " Another one knows your browser again, so that nobody locks you out by guessing your password;"
    " moderators see by it which accounts were used in one browser.\n\n"
    "It writes to you when somebody answers you and when a notice waits for you. Such a letter says that"
    " there is something, and who wrote in which topic if everybody can read it there; what was written is in"
    " it only if you ask for that. You can do without them: in your settings, or at the end of each.\n\n"
    "While you are here, other members can see that you are, what topic you read and when you are writing."
    " Guests see numbers only. Nothing of it is kept, and in your settings you can choose not to be seen.\n\n"
    "Posts that are removed disappear for everyone at once. Moderators can still restore them.\n"
)

DEFAULTS = {
    "forum_name": "Fireside",
    "notice": "Be kind. Nothing here replaces your doctor. No advertising.",
    "rules": RULES,
    "help": HELP,
    "privacy": PRIVACY,
    "staff_second_factor": "",
}
JOINING = {
    "sign_up": "open",  # a value of joining.SignUp
    "confirm_first": "on",  # nobody writes before he has confirmed his address; "" for not
    "sign_ups_an_hour": "20",  # more than that wait for a moderator, whatever the policy
    "rules_version": "0",  # rises when members are to accept the rules again
}
UPLOADS = {  # room for members' files, in the units of the names
    "member_uploads_kb": "1000",
    "board_uploads_mb": "2000",
}
LONGEST = {  # characters
    "forum_name": 60,
    "notice": 200,
    "rules": 20_000,
    "help": 20_000,
    "privacy": 20_000,
    "staff_second_factor": 3,
}
MAY_BE_EMPTY = frozenset(("notice", "staff_second_factor"))
SWITCHES = frozenset(("staff_second_factor",))
"""Settings that are on or off: a word, or nothing."""


@dataclass(frozen=True, slots=True)
class Board:
    """What every page says about the board itself.

    `announcements` are those of all audiences that stand now, the newest first; `changes_at` is when the next
    one begins or ends, in milliseconds UTC.
    """

    name: str
    notice: str
    announcements: tuple[Announcement, ...] = ()
    changes_at: int | None = None

    def announced_to(self, viewer: Viewer) -> list[Announcement]:
        """What is announced to this viewer now, MAX_SHOWN at most."""
        return [one for one in self.announcements if sees(viewer, one.audience)][:MAX_SHOWN]
