"""Fields of a profile: how they may be described, and what may stand in them."""

import pytest

from server.domain.profile_fields import (
    MAX_CHOICES,
    MAX_LONG,
    MAX_SHORT,
    FieldDraft,
    FieldKind,
    ProfileField,
    checked_field,
    clean_value,
    value_problem,
)
from server.domain.viewer import Audience

NOW = 1_795_354_320_000  # 22 November 2026
OVERRIDE = "\u202e"  # turns the direction of what follows


def field(kind: FieldKind, *choices: str) -> ProfileField:
    return ProfileField(1, "Asked", kind, Audience.MEMBERS, choices)


def problem(kind: FieldKind, raw: str, *choices: str) -> str | None:
    asked = field(kind, *choices)
    return value_problem(asked, clean_value(asked, raw), NOW)


@pytest.mark.parametrize("kind", FieldKind)
def test_nobody_has_to_say_anything(kind: FieldKind) -> None:
    assert problem(kind, " \n\u202e ", "a", "b") is None
    assert clean_value(field(kind), " \n\u202e ") == ""


@pytest.mark.parametrize(("raw", "right"), [
    ("1900", True), ("2026", True), (" 2019 ", True), ("1899", False), ("2027", False), ("19", False),
    ("٢٠١٩", False), ("-201", False), ("2019.0", False),
])  # fmt: skip
def test_a_year_is_one_that_somebody_can_have_lived_in(raw: str, right: bool) -> None:
    assert (problem(FieldKind.YEAR, raw) is None) == right


def test_texts_have_their_bounds_and_lose_what_deceives() -> None:
    assert problem(FieldKind.SHORT, "x" * MAX_SHORT) is None
    assert "100 characters" in (problem(FieldKind.SHORT, "x" * (MAX_SHORT + 1)) or "")
    assert problem(FieldKind.LONG, "x" * MAX_LONG) is None
    assert "2,000 characters" in (problem(FieldKind.LONG, "x" * (MAX_LONG + 1)) or "")
    assert clean_value(field(FieldKind.SHORT), f"a\nb{OVERRIDE}c\0") == "a bc"
    assert clean_value(field(FieldKind.LONG), f"a\r\n\r\nb{OVERRIDE}c\0 ") == "a\n\nbc"


def test_a_choice_is_one_of_the_list() -> None:
    assert problem(FieldKind.CHOICE, "North", "North", "South") is None
    assert "from the list" in (problem(FieldKind.CHOICE, "Up", "North", "South") or "")


def test_what_stands_there_stays_on_offer() -> None:
    assert field(FieldKind.CHOICE, "a", "b").offered("b") == [("a", "a"), ("b", "b")]
    assert field(FieldKind.CHOICE, "a", "b").offered("old")[-1] == ("old", "old")
    assert field(FieldKind.CHOICE, "a", "b").offered("") == [("a", "a"), ("b", "b")]


@pytest.mark.parametrize(("draft", "wrong"), [
    (FieldDraft("Region", "choice", "members", "North\nSouth"), set()),
    (FieldDraft("Region", "choice", "members", "North\nNorth\n\n"), {"choices"}),
    (FieldDraft("Region", "choice", "members", "\n".join(map(str, range(MAX_CHOICES + 1)))), {"choices"}),
    (FieldDraft("Region", "choice", "members", "North\n" + "x" * 41), {"choices"}),
    (FieldDraft(" \u202e", "short", "members"), {"label"}),
    (FieldDraft("x" * 41, "short", "members"), {"label"}),
    (FieldDraft("Region", "colour", "nobody"), {"kind", "visibility"}),
])  # fmt: skip
def test_a_field_is_described_in_full(draft: FieldDraft, wrong: set[str]) -> None:
    assert checked_field(draft)[1].fields.keys() == wrong


def test_only_a_list_has_choices_and_what_is_unclear_is_for_members() -> None:
    made, _ = checked_field(FieldDraft("Year", "year", "", "North\nSouth"))
    assert (made.choices, made.visibility) == ((), Audience.MEMBERS)
