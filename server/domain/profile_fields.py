"""Fields of a profile that a board's administrators make, such as "Year of diagnosis", and their values.

What stands in them is often health data, so a field is for members unless its maker says otherwise. Values
are plain text and shown as typed.
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from server.domain.markup_text import clean_source, without_forbidden
from server.domain.validation import Problems
from server.domain.viewer import Audience

MAX_FIELDS = 12  # that can be filled in; with the rest of the form fewer than the 20 parts a form may have
MAX_LABEL = 40  # characters, also of a choice
MAX_SHORT = 100  # characters
MAX_LONG = 2_000  # characters
MAX_CHOICES = 30
FIRST_YEAR = 1900


class FieldKind(StrEnum):
    """What can be written into a field."""

    SHORT = "short"
    LONG = "long"
    CHOICE = "choice"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class ProfileField:
    """A field as its administrators made it. One that is archived is neither shown nor asked for."""

    id: int
    label: str
    kind: FieldKind
    visibility: Audience
    choices: tuple[str, ...] = ()
    archived: bool = False

    @property
    def name(self) -> str:
        """What it is called in a form."""
        return f"field_{self.id}"

    def offered(self, value: str) -> list[tuple[str, str]]:
        """The choices as values and words; what stands there stays on offer, also when it is none now."""
        return [(choice, choice) for choice in dict.fromkeys((*self.choices, value)) if choice]


@dataclass(frozen=True, slots=True)
class FieldDraft:
    """A field as typed; `choices` has one a line."""

    label: str
    kind: str
    visibility: str
    choices: str = ""


VISIBILITIES = {
    "everyone": Audience.PUBLIC,
    "members": Audience.MEMBERS,
    "staff": Audience.STAFF,
}
"""Who may read a field. The member always can, in the settings."""


def one_line(raw: str) -> str:
    """Plain text on one line: NFC, without control and bidi characters."""
    return " ".join(without_forbidden(" ".join(unicodedata.normalize("NFC", raw).split())).split())


def checked_field(draft: FieldDraft, number: int = 0) -> tuple[ProfileField, Problems]:
    """The field that was described, and what is wrong with it (`label`, `kind`, `visibility`, `choices`)."""
    problems = Problems()
    label = one_line(draft.label)
    if not label:
        problems.add("label", "Please say what is asked for, like Year of diagnosis.")
    elif len(label) > MAX_LABEL:
        problems.add("label", f"Please keep this under {MAX_LABEL} characters; it has {len(label)}.")
    kind = FieldKind(draft.kind) if draft.kind in FieldKind._value2member_map_ else FieldKind.SHORT
    if draft.kind != kind:
        problems.add("kind", "Please choose one of these.")
    if draft.visibility not in VISIBILITIES:
        problems.add("visibility", "Please choose who may see it.")
    choices = tuple(dict.fromkeys(line for raw in draft.choices.splitlines() if (line := one_line(raw))))
    if kind is not FieldKind.CHOICE:
        choices = ()
    elif not 2 <= len(choices) <= MAX_CHOICES:
        problems.add("choices", f"Please give 2 to {MAX_CHOICES} choices, each on a line of its own.")
    elif any(len(choice) > MAX_LABEL for choice in choices):
        problems.add("choices", f"Please keep each choice under {MAX_LABEL} characters.")
    visibility = VISIBILITIES.get(draft.visibility, Audience.MEMBERS)
    return ProfileField(number, label, kind, visibility, choices), problems


def clean_value(field: ProfileField, raw: str) -> str:
    """The value as it is stored; empty for none."""
    if field.kind is FieldKind.LONG:
        return clean_source(unicodedata.normalize("NFC", raw)).strip()
    return one_line(raw)


def value_problem(field: ProfileField, value: str, now: int) -> str | None:
    """Why a cleaned value cannot stand in the field, or None; an empty one always can."""
    if not value:
        return None
    if field.kind is FieldKind.CHOICE:
        return None if value in field.choices else "Please choose one from the list."
    if field.kind is FieldKind.YEAR:
        last = datetime.fromtimestamp(now / 1000, UTC).year
        right = value.isascii() and value.isdigit() and len(value) == 4 and FIRST_YEAR <= int(value) <= last
        return None if right else f"Please give a year from {FIRST_YEAR} to {last}, like {last - 3}."
    most = MAX_LONG if field.kind is FieldKind.LONG else MAX_SHORT
    if len(value) > most:
        return f"Please keep this under {most:,} characters; it has {len(value):,}."
    return None
