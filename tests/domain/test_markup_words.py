"""Words that the board links or replaces in what members read, and everything that it leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.markup import ALLOWED_TAGS, Markup, render
from server.domain.markup_text import plain_text
from server.domain.substitutions import replaced
from server.domain.watched_words import Action, WatchedWord
from tests.domain.test_word_spans import texts

PAGE = "/topics/3/x?a=1&b=2#post-3"
WATCHED = (
    WatchedWord(1, "casino*", action=Action.REPLACE, instead="***"),
    WatchedWord(2, "miracle cure", action=Action.LINK, instead=PAGE),
    WatchedWord(3, "port", action=Action.LINK, instead="https://example.org/pört"),
    WatchedWord(4, "soup", action=Action.BLOCK),
    WatchedWord(5, "bread", action=Action.FLAG, instead="never"),
)


def shown(source: str) -> str:
    return render(source, {}, WATCHED).html


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("A cásino, CASINOS & casino.", "A ***, *** & ***."),
        ("“Casino’s”", "“***”"),
        ("cas&#105;no, ca\u00adsino", "***, ***"),
        ("cas\\*ino", "cas*ino"),
        ("**cas**ino and *casi*nos", "*** and ***"),
        ("# Casino\n\n- casino\n- > casino", "***\n***\n***"),
        ("| casino | x |\n| - | - |\n| y | casino |", "*** x\ny ***"),
        ("[my casino](https://a.example)", "my ***"),
        ("![casino](https://a.example/x.png)", "***"),
        ("occasionally soup with bread", "occasionally soup with bread"),
    ],
)
def test_a_replaced_word_is_read_as_something_else(source: str, text: str) -> None:
    found = render(source, {}, WATCHED)
    assert " ".join(found.text.split()) == " ".join(text.split())
    assert found.text == plain_text(found.html)


@pytest.mark.parametrize(
    "source",
    [
        "`casino miracle cure`",
        "```\ncasino port\n```",
        "    casino port",
        "https://casino.example/port?miracle-cure",
        "www.casino.example casino.de/port",
        "<https://casino.example>",
        "[](https://casino.example/port)",
        "[https://casino.example](https://port.example)",
        "port@casino.example ftp://casino.example/port",
        "miracle `or` cure",
        "[miracle](https://a.example) cure",
        "[a miracle cure](https://a.example)",
    ],
)
def test_code_addresses_and_what_is_a_link_already_stay_as_they_are(source: str) -> None:
    assert shown(source) == render(source, {}).html


def test_a_word_is_linked_where_it_first_stands_in_a_post_and_only_there() -> None:
    link = f'<a href="{PAGE.replace("&", "&amp;")}" rel="ugc nofollow noopener">Mirácle cure</a>'
    source = "Mirácle cure!\n\n[quote=7]\n\n- miracle cure and port"
    assert shown(source).startswith(f"<p>{link}!</p>")
    assert shown(source).count("<a ") == 2
    assert '<a href="https://example.org/p%C3%B6rt" rel="ugc nofollow noopener">port</a>' in shown(source)


def test_a_phrase_that_is_broken_by_emphasis_is_not_linked() -> None:
    assert "<a " not in shown("miracle *cure*, miracle\ncure")
    assert shown("*miracle cure*").count("<a ") == 1


def test_links_of_the_board_are_not_counted_as_the_authors() -> None:
    assert render("miracle cure, port, https://a.example", {}, WATCHED).links == 1


def test_of_several_entries_the_longest_is_taken() -> None:
    watched = (
        WatchedWord(1, "cure*", action=Action.REPLACE, instead="one"),
        WatchedWord(2, "cure", action=Action.REPLACE, instead="two"),
        WatchedWord(3, "cure all*", action=Action.REPLACE, instead="three"),
    )
    assert render("cure cures cure alls", {}, watched).text == "two one three"


@pytest.mark.parametrize(
    "address", ["//evil.example", "javascript:alert(1)", "data:text/html,x", "ftp://a.example", "help"]
)
def test_an_entry_leads_nowhere_where_a_post_may_not_lead(address: str) -> None:
    watched = (WatchedWord(1, "port", action=Action.LINK, instead=address),)
    assert " href=" not in render("port", {}, watched).html


def test_a_backslash_does_not_lead_elsewhere_as_browsers_would_take_it_for_a_slash() -> None:
    watched = (WatchedWord(1, "port", action=Action.LINK, instead="/\\evil.example"),)
    assert ' href="/%5Cevil.example"' in render("port", {}, watched).html


def test_an_author_cannot_have_the_paths_that_the_board_may_link() -> None:
    assert "/admin" not in shown("miracle cure [x](/admin)").replace("(/admin)", "")


def test_what_is_shown_instead_is_text_and_no_markup() -> None:
    watched = (WatchedWord(1, "port", action=Action.REPLACE, instead="<b>*x*</b>\ue0007\ue001"),)
    assert render("port", {}, watched).html == "<p>&lt;b&gt;*x*&lt;/b&gt;7</p>"


@given(
    st.lists(
        st.sampled_from(
            [
                "casino",
                "miracle cure",
                "port",
                "`",
                "**",
                "[",
                "](https://a.example)",
                "\n",
                "\n\n",
                "> ",
                " ",
                "\u0301",
                "½",
                "a",
                "&#105;",
                "<",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_whatever_is_written_html_and_text_agree_and_the_source_stays(source: str) -> None:
    found = render(source, {}, WATCHED)
    assert found.body == render(source, {}).body
    assert found.text == plain_text(found.html)
    assert render(found.body, {}, WATCHED) == found
    assert found.links == render(source, {}).links
    assert found.said == render(source, {}).text
    tags = {piece.split(">")[0].split()[0].strip("/") for piece in found.html.split("<")[1:]}
    assert tags <= ALLOWED_TAGS


@given(texts)
def test_a_list_that_fits_nowhere_changes_nothing(source: str) -> None:
    watched = (WatchedWord(1, "zzqx", action=Action.REPLACE, instead="x"),)
    assert render(source, {}, watched) == render(source, {})


@given(texts)
def test_a_word_of_its_own_is_replaced_whatever_stands_around_it(text: str) -> None:
    around = text.replace("@", "").replace(":", "").replace("w", "")
    assert replaced(WATCHED, f"{around} CASINO \n") == f"{around} *** \n"
    assert isinstance(render(f"{around}\n\nCASINO", {}, WATCHED), Markup)


def test_a_title_is_replaced_and_never_linked() -> None:
    assert (
        replaced(WATCHED, "Casino, miracle cure & www.casino.example")
        == "***, miracle cure & www.casino.example"
    )
