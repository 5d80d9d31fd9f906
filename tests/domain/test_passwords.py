"""Passwords: length and guessability, nothing else (S6)."""

from importlib.resources import files

import pytest

from server.domain.passwords import password_problem


def problem(password: str) -> str | None:
    return password_problem(
        password, username="Ann Lee", email="ann.lee-77@clinic.example", forum_name="Sleepless Club"
    )


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "tulip-42-anvil",
        "ÄöüÄöüß-é",
        "        x y z",
        "kqzvwmpt",
        "🔥🌊🌍🌬 elements",
        "k" + "v9" * 63,
    ],
)
def test_s6_any_uncommon_password_is_fine_without_composition_rules(password: str) -> None:
    assert problem(password) is None


@pytest.mark.parametrize(("length", "fine"), [(7, False), (8, True), (128, True), (129, False)])
def test_s6_eight_to_128_characters_counted_unmodified(length: int, fine: bool) -> None:
    assert (problem(("ä q7Z" * 26)[:length]) is None) is fine


def test_s6_a_short_password_learns_what_is_wanted() -> None:
    assert "at least 8" in (problem("short") or "")
    assert "15" in (problem("short") or "")


@pytest.mark.parametrize(
    "password",
    ["password", "PassWord", "12345678", "qwertyuiop", "iloveyou", "Summer2024", "trustno1",
    "letmein123", "1q2w3e4r",
     "aaaaaaaaaaaaaaa", "abcabcabcabc", "abcdefghijklmnop", "9876543210", "            "],
)  # fmt: skip
def test_s6_what_everybody_tries_first_is_refused(password: str) -> None:
    assert "stranger would try" in (problem(password) or "")


@pytest.mark.parametrize(
    "password",
    ["fireside2024", "Forum-1234", "sleeplessclub", "Sleepless!1", "Ann Lee 1", "annlee12345",
    "clinic2024", "lee-77@1",
     "ann.lee-77@clinic.example"],
)  # fmt: skip
def test_s6_words_of_the_site_and_the_person_do_not_count(password: str) -> None:
    assert "guessed first" in (problem(password) or "")


def test_s6_those_words_may_occur_in_a_password_that_is_long_enough_without_them() -> None:
    assert problem("annoyed walrus by the fireside") is None


def test_s6_the_list_holds_three_thousand_passwords_that_the_length_would_allow() -> None:
    lines = (
        (files("server.domain") / "data" / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    )
    assert len(lines) == len(set(lines)) >= 3_000
    assert all(len(line) >= 8 and line == line.casefold() for line in lines)
