"""Validation: what is refused, and that the sentence says what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.markup import render
from server.domain.validation import (
    Problems,
    body_problem,
    clean_personal_text,
    clean_title,
    email_key,
    email_problem,
    slug,
    title_problem,
)


def test_problems_keep_the_first_sentence_of_each_field() -> None:
    problems = Problems()
    assert not problems
    problems.add("title", None)
    assert not problems
    problems.add("title", "First.")
    problems.add("title", "Second.")
    problems.add("body", "Third.")
    assert problems
    assert list(problems) == [("title", "First."), ("body", "Third.")]
    assert problems.fields == dict(problems)
    assert problems.of("title") == "First."
    assert problems.of("email") is None


@pytest.mark.parametrize(
    "title", ["x", "  Sleep, at last  ", "x" * 150, " " + "x" * 150 + "\n", "5 < 6 <b>bold</b>", "שלום"]
)
def test_titles_people_write_are_fine(title: str) -> None:
    assert title_problem(title) is None


@pytest.mark.parametrize(
    "title", ["", "  \n ", "x" * 151, "a\x00b", "a\u202eb", "\u200b", "\u3164", "a\ue000b"]
)
def test_a_title_says_something_visible_in_150_characters(title: str) -> None:
    assert (title_problem(title) or "").endswith(".")


def test_a_title_that_is_too_long_learns_by_how_much() -> None:
    assert "3 characters too long" in (title_problem("x" * 153) or "")
    assert "1 character too long" in (title_problem("x" * 151) or "")
    assert clean_title(" a \n b\u0301 ") == "a b́"


@pytest.mark.parametrize("body", ["", " \n\t", "\u200b", "\x00\ue000", "x" * 20_001, "[quote=1]\n" * 21])
def test_a_body_is_not_empty_and_fits(body: str) -> None:
    assert (body_problem(body) or "").endswith(".")


def test_a_body_that_is_too_long_learns_by_how_much() -> None:
    assert "1,500 characters too long; 20,000 fit" in (body_problem("x" * 21_500) or "")
    assert body_problem("x" * 20_000 + "\r\n ") is None


@given(st.text(min_size=1, max_size=50))
def test_a_body_without_a_problem_can_be_rendered(body: str) -> None:
    if body_problem(body) is None:
        render(body, {})


@pytest.mark.parametrize(
    "email",
    ["ann@example.org", " ann@example.org ", "a.b+c@sub.example.co.uk", "o'brien@example.org",
    "jürgen@bücher.example",
     "ann@xn--bcher-kva.example", "x" * 64 + "@example.org", "用户@例子.公司"],
)  # fmt: skip
def test_addresses_people_have_are_fine(email: str) -> None:
    assert email_problem(email) is None


@pytest.mark.parametrize(
    "email",
    ["", "ann", "@example.org", "ann@", "ann@@example.org", "a@b@example.org", "ann@localhost",
    "ann@-a.org", "ann@a-.org",
     "ann@a..org", "ann@.org", "ann@example.org.", "ann@127.0.0.1", "ann@[127.0.0.1]",
     "a b@example.org", ".a@example.org",
     "a.@example.org", "a..b@example.org", '"a"@example.org', "a,b@example.org", "a@b.org,c@d.org",
     "<a@b.org>",
     "x" * 65 + "@example.org", "ä" * 33 + "@example.org", "a@" + "x" * 64 + ".org",
     "a@" + "x.ab" * 70 + ".org",
     "ann@ex_ample.org", "\ud800@example.org"],
)  # fmt: skip
def test_what_mail_servers_refuse_is_refused_with_a_sentence(email: str) -> None:
    assert (email_problem(email) or "").endswith(".")


@pytest.mark.parametrize("char", ["\r\n", "\n", "\r", "\x00", "\x7f", "\u2028", "\u202e", "\u200b"])
def test_s13_no_address_can_end_a_mail_header(char: str) -> None:
    for email in (
        f"ann{char}@example.org",
        f"ann@example.org{char}",
        f"ann@exa{char}mple.org",
        f"{char}ann@example.org",
    ):
        assert email_problem(email) is not None


def test_addresses_are_looked_up_without_regard_to_case() -> None:
    assert email_key(" Ann@Example.ORG") == email_key("ann@example.org") == "ann@example.org"
    assert email_key("JU\u0308RGEN@example.org") == "jürgen@example.org"


@pytest.mark.parametrize(
    ("title", "end"),
    [("Sleep, at last!", "sleep-at-last"), ("Größe & Œuvre", "grosse-oeuvre"), ("Don't panic",
    "dont-panic"), ("東京", "topic"),
     ("", "topic"), ("a/../b?c#d", "a-b-c-d"), ("x" * 99, "x" * 60), ("word " * 20, "-".join(["word"] * 12))],
)  # fmt: skip
def test_a_slug_is_readable_ascii(title: str, end: str) -> None:
    assert slug(title) == end


@given(st.text(max_size=300))
def test_slugs_and_personal_texts_keep_their_bounds(text: str) -> None:
    assert 1 <= len(slug(text)) <= 60
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    line = clean_personal_text(text)
    assert len(line) <= 200
    assert clean_personal_text(line) == line
    assert "\n" not in line
