"""What moderators do with a member: warn him, note something, silence him, ban him; for how long, and why."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.clock import DAY
from server.domain.validation import Problems


class SanctionKind(StrEnum):
    """What was done.

    WARNING: he reads it, and says that he did, before he writes again. NOTE: for staff; the member never
    learns of it. SILENCE: he reads everything, and writes and thanks nothing. BAN: he cannot sign in.
    """

    WARNING = "warning"
    NOTE = "note"
    SILENCE = "silence"
    BAN = "ban"

    @property
    def lasts(self) -> bool:
        """Whether it has an end, or goes on for good; the others happen at once."""
        return self in (SanctionKind.SILENCE, SanctionKind.BAN)

    @property
    def is_told(self) -> bool:
        """Whether the member learns of it."""
        return self is not SanctionKind.NOTE


@dataclass(frozen=True, slots=True)
class Draft:
    """What a moderator wants to do, as chosen and typed.

    `reason` is told to the member. `private` is for staff; a note has nothing else. `lasts` is one of
    LASTING, `on_profile` shows a ban to everybody who looks at the profile.
    """

    kind: SanctionKind
    reason: str = ""
    private: str = ""
    lasts: str = ""
    on_profile: bool = False


MAX_REASON = 500  # characters that the member is told
MAX_PRIVATE = 2_000  # characters for staff
LASTING = {
    "day": DAY,
    "3days": 3 * DAY,
    "week": 7 * DAY,
    "2weeks": 14 * DAY,
    "month": 30 * DAY,
    "3months": 91 * DAY,
    "year": 365 * DAY,
    "good": None,
}
"""How long a silence or a ban can last, in milliseconds; None: until somebody ends it."""
FOR_GOOD = "good"

PRESETS = {
    "advertising": ("Advertising", "Advertising has no place here."),
    "rude": ("Hurtful words", "Your words hurt somebody. Please stay kind, also where you disagree."),
    "advice": (
        "Dangerous advice",
        "You gave advice that can harm people. Please tell it as what you went through yourself.",
    ),
    "private": ("Private things of others", "You wrote about somebody else what is theirs to tell."),
    "again": ("Again after a warning", "You were asked before to stop this."),
}
"""Reasons that are needed often: what staff chooses, and what the member is told."""

_WHY = "Please say why, in words for the member: nobody learns from a wall."
_NOTHING = "Please write down what the others of the team should know."
_HOW_LONG = "Please choose how long."


def reason_of(preset: str, words: str) -> str:
    """What the member is told, of what was chosen and typed."""
    chosen = PRESETS[preset][1] if preset in PRESETS else ""
    return clean("\n\n".join(part for part in (chosen, words) if part.strip()))


def until(draft: Draft, now: int) -> int | None:
    """When it ends by itself, in milliseconds UTC; None when it does not, or has no length."""
    length = LASTING[draft.lasts] if draft.kind.lasts else None
    return None if length is None else now + length


def clean(text: str) -> str:
    """The text as it is kept: without white space around it, and at most one empty line in a row."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n")]
    return "\n".join(line for number, line in enumerate(lines) if line or lines[number - 1])


def check(draft: Draft) -> None:
    """Raises Invalid (`reason`, `private`, `lasts`) with all that is wrong."""
    problems = Problems()
    if draft.kind is SanctionKind.NOTE:
        problems.add("private", None if clean(draft.private) else _NOTHING)
    else:
        problems.add("reason", None if clean(draft.reason) else _WHY)
    problems.add("reason", _too_long(draft.reason, MAX_REASON))
    problems.add("private", _too_long(draft.private, MAX_PRIVATE))
    if draft.kind.lasts and draft.lasts not in LASTING:
        problems.add("lasts", _HOW_LONG)
    problems.refuse()


def _too_long(text: str, most: int) -> str | None:
    length = len(clean(text))
    return f"Please keep this under {most} characters; here are {length}." if length > most else None
