"""Reports: what may be reported, for which reasons, and what comes of it."""

from enum import StrEnum

MAX_DETAILS = 1_000  # characters
REPORTS_AN_HOUR = 20  # of one member
LOOKING_MS = 5 * 60 * 1000  # so long "is looking at this" holds without a further sign


class Subject(StrEnum):
    """What can be reported; the same words as in the log of acts."""

    POST = "post"
    TOPIC = "topic"
    MEMBER = "member"


class Reason(StrEnum):
    """Why somebody reports."""

    RULES = "rules"
    ADVERTISING = "advertising"
    DANGEROUS = "dangerous"
    WORRIED = "worried"
    OTHER = "other"

    @property
    def words(self) -> str:
        """As the form and the queue say it."""
        return _WORDS[self]

    @property
    def is_urgent(self) -> bool:
        """Whether somebody should look before anything else."""
        return self is Reason.WORRIED


_WORDS = {
    Reason.RULES: "It breaks the rules",
    Reason.ADVERTISING: "It is advertising",
    Reason.DANGEROUS: "It is dangerous advice",
    Reason.WORRIED: "I am worried about this person",
    Reason.OTHER: "Something else",
}


class Outcome(StrEnum):
    """What came of a case. ACTED says that staff did something, not what."""

    ACTED = "acted"
    DISMISSED = "dismissed"
