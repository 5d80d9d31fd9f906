"""Pasted text is found again, and what everybody says is not taken for a copy."""

from server.domain.copies import repeated, shingles

STORY = (
    "I was given the blue tablets on a Monday and by the evening my hands were shaking so much"
    " that I could not hold a cup. The nurse told me to stop at once."
)


def test_a_pasted_text_is_found_whatever_stands_around_it() -> None:
    pasted = f"Somebody wrote here:\n\n> {STORY.upper().replace('.', ' !')}\n\nIs that true?"
    assert repeated(shingles(STORY), pasted) == 1.0


def test_a_part_of_it_is_found_with_how_much_it_is() -> None:
    half = STORY.partition(". ")[0]
    assert 0.5 < repeated(shingles(STORY), half) < 0.8


def test_other_words_and_a_shared_phrase_are_no_copy() -> None:
    assert repeated(shingles(STORY), "I was given the red ones, which I could take without any trouble.") == 0
    assert repeated(shingles(STORY), "") == 0
    assert repeated(shingles("Too short."), "Too short.") == 0


def test_a_short_text_is_found_when_all_of_it_is_there() -> None:
    short = "Buy my lamp for peace"
    assert repeated(shingles(short), f"He says: {short}!") == 1.0
