"""Quotes are references: written as blocks, stored without their words, and found again after edits."""

import pytest

from server.domain.markup import (
    MAX_BODY,
    MAX_QUOTES,
    QuoteRef,
    body_length,
    expand,
    passage,
    quoted_ids,
    relocate,
    render,
    split_quotes,
)

TEXTS = {
    7: "I took it at noon.\nBy three in the afternoon\nI could sleep on the kitchen floor.",
    8: "same same same",
    9: "```\nlooks like code\n[quote=7]\n[/quote]",
}


def test_a_quoted_passage_becomes_a_reference_and_its_copy_is_gone() -> None:
    markup = render("Hi\n[quote=7]\nBy three in  the\nafternoon I could sleep\n[/quote]\nMe too", TEXTS)
    start = TEXTS[7].index("By three")
    assert markup.quotes == (QuoteRef(7, start, TEXTS[7].index(" on the kitchen")),)
    assert "afternoon" not in markup.body + markup.html + markup.text
    assert passage(TEXTS[7], markup.quotes[0]) == "By three in the afternoon\nI could sleep"
    assert split_quotes(markup.html) == ["<p>Hi</p>", markup.quotes[0], "<p>Me too</p>"]


def test_a_quote_can_be_written_on_one_line_and_without_a_passage() -> None:
    assert render("[quote=8]same[/quote]", TEXTS).body == "[quote=8 0-4]"
    assert render("[quote=8]\n\n[/quote]\nx", TEXTS).body == "[quote=8]\nx"
    assert render("[quote=8]\nx", TEXTS).body == "[quote=8]\nx"


@pytest.mark.parametrize(
    "source", ["```\n[quote=7]\n```", "> [quote=7]", " [quote=7]", "x [quote=7]", "[quote=0]", "[quote=7"]
)
def test_a_quote_is_only_recognised_at_the_beginning_of_a_line_outside_code(source: str) -> None:
    assert render(source, TEXTS).quotes == () == quoted_ids(source)


@pytest.mark.parametrize(
    "source",
    [
        "[quote=7]\nwords bo never wrote\n[/quote]",
        "[quote=7 5-9999]",
        "[quote=7 9-5]",
        "[quote=404 0-4]",
        "[quote=404]\nx\n[/quote]",
    ],
)
def test_a_passage_that_is_not_there_becomes_the_whole_post(source: str) -> None:
    (ref,) = render(source, TEXTS).quotes
    assert (ref.start, ref.stop) == (None, None)


def test_expanding_shows_the_passage_unless_it_would_be_read_back_differently() -> None:
    assert expand("[quote=8 0-4]\nx", TEXTS) == "[quote=8]\nsame\n[/quote]\nx"
    assert expand("[quote=8 5-9]", TEXTS) == "[quote=8 5-9]"  # the second "same" of three
    assert expand("[quote=9 0-19]", TEXTS) == "[quote=9 0-19]"  # begins like a code fence
    assert expand("[quote=8 0-4]", {}) == "[quote=8]"
    long = {1: "word " * 3_000 + "end"}
    body = "[quote=1 0-15003]\n" + "x" * 10_000
    assert expand(body, long) == body  # written out, it would no longer fit


def test_a_post_names_at_most_twenty_quotes() -> None:
    source = "\n".join(f"[quote={number}]" for number in range(1, 40))
    assert quoted_ids(source) == tuple(range(1, MAX_QUOTES + 1))
    assert len(render(source, {}).quotes) == MAX_QUOTES
    assert quoted_ids("[quote=7]\n[quote=7]\n[quote=8]") == (7, 8)


def test_a_body_that_is_too_long_is_refused_and_its_stored_form_never_is() -> None:
    with pytest.raises(ValueError, match="20001"):
        render("x" * (MAX_BODY + 1), {})
    full = "\n".join(["[quote=1]z[/quote]"] * MAX_QUOTES)
    full += "\n" + "x" * (MAX_BODY - len(full) - 1)
    stored = render(full, {1: "y" * 18_000 + " z"}).body
    assert len(stored) > MAX_BODY >= body_length(stored)
    assert render(stored, {1: "y" * 18_000 + " z"}).body == stored


def test_an_edit_elsewhere_moves_a_reference_and_leaves_its_words() -> None:
    old, ref = "one two two three", QuoteRef(3, 8, 11)
    for new in ("one two two three!", "zero one two two three", "one  two two four", "ONE two two three"):
        moved = relocate(ref, old, new)
        assert moved.start is not None
        assert new[moved.start : moved.stop] == "two"
        assert new[: moved.start].count("two") == 1


def test_a_passage_that_was_edited_away_becomes_the_whole_post() -> None:
    assert relocate(QuoteRef(3, 4, 7), "one two three", "one three") == QuoteRef(3)
    assert relocate(QuoteRef(3), "one", "two") == QuoteRef(3)
    assert relocate(QuoteRef(3, 4, 99), "one", "two") == QuoteRef(3)
