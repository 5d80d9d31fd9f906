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
    ANSWERS = "answers"  # somebody answered the member in a topic, while he was away
    NOTICES = "notices"  # what the member was told on the board waits to be read
    REPORTS = "reports"  # to moderators: reports wait for one of them


OPTIONAL = (Letter.ANSWERS, Letter.NOTICES, Letter.REPORTS)
"""Letters that members can do without. All others are about the account itself, and always come."""
ANSWERS_AFTER = 5 * MINUTE  # so that what is taken back at once, or read, is never mailed (R15)
NOTICES_AFTER = 10 * MINUTE
REPORTS_AFTER = 2 * MINUTE  # so that what is settled at once is no letter
REPORTS_PAUSE = 15 * MINUTE  # a moderator gets no two letters about reports within that
LONGEST_EXCERPT = 300  # characters of a post that a letter has
MOST_EXCERPTS = 5  # posts that a letter tells of one by one
MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """A post that answers the member: `text` is its beginning, or empty where none is mailed."""

    post_id: int
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What is new for a member in a topic, at least one post.

    `title` is empty where nothing of the place may be in a mail; then the names are not to be in it either.
    `own`: it is his topic; else somebody quoted him.
    """

    topic_id: int
    title: str
    own: bool
    answers: tuple[Answer, ...]

    @property
    def is_open(self) -> bool:
        """Whether the letter may say who wrote, and where."""
        return bool(self.title)

    @property
    def names(self) -> str:
        """Who wrote: "Ann", "Ann and Bo", "Ann, Bo, Cleo and 2 others"."""
        found = list(dict.fromkeys(one.by for one in self.answers))
        if len(found) > MOST_NAMES + 1:
            found = [*found[:MOST_NAMES], f"{len(found) - MOST_NAMES} others"]
        return " and ".join(filter(None, (", ".join(found[:-1]), found[-1])))

    @property
    def texts(self) -> tuple[Answer, ...]:
        """Those whose beginning is told, at most MOST_EXCERPTS."""
        return tuple(one for one in self.answers if one.text)[:MOST_EXCERPTS]


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
    answers: Answers | None = None
    count: int = 0  # of notices, or of reports
    pending: int = 0  # posts that wait for approval
    stop: str = ""  # the path that ends letters of this kind; empty for those that always come

    @property
    def waiting(self) -> str:
        """What waits for a moderator, as a sentence begins: `2 reports and a post wait`."""
        kinds = ((self.count, "report"), (self.pending, "post"))
        parts = [f"a {what}" if many == 1 else f"{many} {what}s" for many, what in kinds if many]
        words = f"{' and '.join(parts)} {'waits' if self.count + self.pending == 1 else 'wait'}"
        return words[:1].upper() + words[1:]


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
    Letter.ANSWERS: "Notice of answers",
    Letter.NOTICES: "Reminder of notices",
    Letter.REPORTS: "Notice of reports",
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
