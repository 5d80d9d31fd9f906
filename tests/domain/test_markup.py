"""Markup: hostile input stays harmless, links are what they say, quotes are references."""

import time
from collections.abc import Callable
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.domain.markup import (
    ALLOWED_ATTRIBUTES,
    ALLOWED_TAGS,
    MAX_BODY,
    Markup,
    QuoteRef,
    excerpt,
    expand,
    passage,
    relocate,
    render,
    split_quotes,
)

REL = 'rel="ugc nofollow noopener"'
TEXTS = {
    7: "I took it at noon.\nBy three in the afternoon\nI could sleep on the kitchen floor.",
    8: "same same same",
    9: "```\nlooks like code\n[quote=7]\n[/quote]",
}

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><xmp><title></xmp><iframe srcdoc='<script>alert(1)</script>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java&#x202e;script:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](java\ue000script:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x](//evil.example)",
    "[x](https:evil.example)",
    "[x](https://nejm.org@evil.example/)",
    "[x](https:\\\\evil.example)",
    '[a](https://a.example"onmouseover=alert(1))',
    '[a](<https://a.example/" onmouseover="alert(1)>)',
    "[a](https://a.example 'x\" onmouseover=\"alert(1)')",
    "`<img src=x onerror=alert(1)>`",
    '```" onmouseover="alert(1)\n<b>\n```',
    '[quote=7" onclick="alert(1)]',
    "[url=javascript:alert(1)]x[/url] [color=red;background:url(x)]x[/color]",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "# <h1 onclick=alert(1)>x",
]


class Outline(HTMLParser):
    """Tags and attributes as a parser sees them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", {"data": data}))

    def handle_decl(self, decl: str) -> None:
        self.tags.append(("!", {"data": decl}))


def assert_harmless(html: str) -> None:
    for tag, attributes in Outline(html).tags:
        assert tag in ALLOWED_TAGS
        assert set(attributes) <= ALLOWED_ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        if tag == "a":
            assert attributes["rel"] == "ugc nofollow noopener"
            href = attributes.get("href")  # none: the sanitiser did not like it
            assert href is None or href.lower().startswith(("http://", "https://", "mailto:"))
    cleaner = nh3.Cleaner(
        tags=set(ALLOWED_TAGS), attributes=ALLOWED_ATTRIBUTES, link_rel="ugc nofollow noopener"
    )
    assert cleaner.clean(html) == html


def html_of(source: str) -> str:
    return render(source, {}).html


@pytest.mark.parametrize("source", HOSTILE)
def test_s26_s28_hostile_input_comes_out_harmless(source: str) -> None:
    for nested in (
        source,
        f"> - **{source}**",
        f"[quote=7]\n{source}\n[/quote]",
        f"[x {source} y](https://a.example)",
    ):
        assert_harmless(render(nested, TEXTS).html)


PIECES = st.sampled_from(
    [*HOSTILE, "[quote=7]", "[quote=8 0-4]", "[/quote]", "\n", "\n\n", "```", "~~~", "> ", "- ", "1. ",
    "    ", "|a|\n|-|\n",
     "**", "_", "~~", "`", "[", "](", ")", "![", "<", ">", "&", "\\", "#", "same", " ",
     "www.a.example", "a@b.org",
     "By three in the afternoon", "\ue0007\ue001", "&#xE000;", "\x00", "\u202e", "\ud800", "nejm.org/x_(y)"]
)  # fmt: skip
SOURCES = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=80))


@settings(max_examples=300)
@given(SOURCES)
@example("[quote=7]\n[/quote]\n```\n[/quote]\n```")
@example("[quote=8 5-9][/quote][/quote]")
@example("www.a.example|x|\n|-|")
@example("https://a.example:99999/")
@example("- a\n  ```\n[quote=8]\nsame\n[/quote]\n  ```")
def test_s26_what_comes_out_is_a_fixed_point_with_listed_tags_only(source: str) -> None:
    first = render(source, TEXTS)
    assert_harmless(first.html)
    assert render(first.body, TEXTS) == first
    assert render(expand(first.body, TEXTS), TEXTS).body == first.body
    assert [piece for piece in split_quotes(first.html) if isinstance(piece, QuoteRef)] == list(first.quotes)
    assert not any(char in first.text for char in "\ue000\ue001\x00\u202e\ud800")


def test_s28_every_link_carries_its_rel_and_is_counted() -> None:
    markup = render("[a](https://a.example) <mailto:ann@a.example> www.b.example/x `www.c.example`", {})
    assert markup.links == markup.html.count(REL) == 3


def test_a_journals_address_without_scheme_is_linked_to_its_last_letter() -> None:
    html = html_of("See nejm.org/doi/10.1056:a+b&c=d. (And www.nhs.uk/x.)")
    assert (
        f'<a href="https://nejm.org/doi/10.1056:a+b&amp;c=d" {REL}>nejm.org/doi/10.1056:a+b&amp;c=d</a>. ('
        in html
    )
    assert f'<a href="https://www.nhs.uk/x" {REL}>www.nhs.uk/x</a>.)' in html


@pytest.mark.parametrize(
    "source", ["I slept.It helped.", "ann@a.example", "file.py", "v1.2.3", "www.", "`nejm.org`"]
)
def test_what_is_no_address_is_not_linked(source: str) -> None:
    assert render(source, {}).links == 0


def test_emphasis_does_not_break_an_address() -> None:
    for address in ("https://a.example/_x_/*y*z", "http://a.example/a_(b)_c_d"):
        link = f'<a href="{address}" {REL}>{address}</a>'
        assert html_of(f"*see* {address}, ok") == f"<p><em>see</em> {link}, ok</p>"


def test_the_text_of_a_bare_address_is_what_was_written() -> None:
    assert ">https://xn--80ak6aa92e.com/%E2%80%AE</a>" in html_of("https://xn--80ak6aa92e.com/%E2%80%AE")


def test_an_image_is_a_link_and_never_empty() -> None:
    assert (
        html_of("![scan](https://a.example/s.png)")
        == f'<p><a href="https://a.example/s.png" {REL}>scan</a></p>'
    )
    assert ">https://a.example/s.png</a>" in html_of("![](https://a.example/s.png)")
    assert html_of("[![i](https://i.example)](https://a.example)").count("<a ") == 1


def test_line_breaks_headings_tables_and_struck_text() -> None:
    assert html_of("one\ntwo") == "<p>one<br>\ntwo</p>"
    assert html_of("# a\n## b\n### c\n###### d") == "<h3>a</h3>\n<h3>b</h3>\n<h4>c</h4>\n<h4>d</h4>"
    assert "<s>gone</s>" in html_of("~~gone~~")
    assert "<td>1</td>" in html_of("|a|\n|:-:|\n|1|")
    assert '<ol start="3">' in html_of("3. x")


def test_the_text_is_what_is_shown_on_single_spaced_lines() -> None:
    markup = render("# Hi\n\n- *a*   b\n- c &amp; d\n\n|x|y|\n|-|-|\n|1|2|\n\n[quote=7]\n\nend\nof it", TEXTS)
    assert markup.text == "Hi\na b\nc & d\nx\ny\n1\n2\nend\nof it"


def test_s26_a_quote_marker_cannot_be_forged() -> None:
    real = render("[quote=7]", TEXTS).html
    assert split_quotes(real) == [QuoteRef(7)]
    for forged in (real, "&#xE000;7&#xE001;", "`&#57344;7&#57345;`", "[x](https://a.example/\ue0007\ue001)"):
        assert not any(isinstance(piece, QuoteRef) for piece in split_quotes(html_of(forged)))


def test_a_long_passage_is_cut_at_a_word() -> None:
    text = "word " * 300
    shown = passage(text, QuoteRef(1, 0, 1400))
    assert len(shown) <= 600
    assert shown.endswith("word…")
    assert passage("short", QuoteRef(1, 3, 99)) == "short"
    assert excerpt("a\nb  c") == "a b c"
    assert excerpt("x" * 500, 10) == "x" * 9 + "…"
    assert excerpt("one two three", 9) == "one two…"


GROWING: dict[str, Callable[[int], str]] = {
    "links": lambda n: "https://a.example/x " * (n // 20),
    "www": lambda n: "www." * (n // 4),
    "bare hosts": lambda n: "a.com " * (n // 6),
    "dotted": lambda n: "a." * (n // 2),
    "dashed": lambda n: "a-" * (n // 2) + ".com",
    "addresses in addresses": lambda n: "https://a.com/" * (n // 14),
    "other schemes": lambda n: "a://" * (n // 4),
    "schemes": lambda n: "https://" * (n // 8),
    "www in addresses": lambda n: "a.com/www.b.c" * (n // 13),
    "www in brackets": lambda n: "(www.a" * (n // 6),
    "open paths": lambda n: "a.com/(" * (n // 7),
    "open paths with schemes": lambda n: "https://a.com/(" * (n // 15),
    "open paths with spaces": lambda n: ("a.com/(" * 280 + " ") * (n // 1961),
    "open quotes in paths": lambda n: "a.com/'" * (n // 7),
    "users": lambda n: "https://" + "a@" * (n // 2 - 4),
    "lists": lambda n: "- " * (n // 2),
    "nested brackets": lambda n: "[" * (n // 2) + "](a)" * (n // 8),
    "brackets": lambda n: "[" * n,
    "image brackets": lambda n: "![" * (n // 2),
    "link heads": lambda n: "[a](" * (n // 4),
    "quote marks": lambda n: "> " * (n // 2),
    "emphasis": lambda n: "*a_ " * (n // 4),
    "backticks": lambda n: " ".join("`" * (k % 40 + 1) for k in range(n // 20))[:n],
    "entities": lambda n: "&" * n,
    "spaces before a close": lambda n: " " * (n - 9) + "x[/quote]",
    "closes": lambda n: "[/quote]" * (n // 8),
    "unclosed quotes": lambda n: "[quote=1]x\n" * (n // 11),
    "tables": lambda n: "|" * (n // 2) + "\n" + "|-" * (n // 4),
}


@pytest.mark.parametrize("name", GROWING)
def test_s27_four_times_the_input_never_takes_eight_times_as_long(name: str) -> None:
    def seconds(size: int) -> float:
        source, best = GROWING[name](size), float("inf")
        for _ in range(3):
            before = time.process_time()
            render(source, {1: "x"})
            best = min(best, time.process_time() - before)
        return best

    seconds(1_000)
    assert seconds(MAX_BODY - 200) < 8 * seconds((MAX_BODY - 200) // 4) + 0.005  # quadratic would be 16


def test_s27_locating_and_relocating_stay_linear_on_repetitive_text() -> None:
    def seconds(size: int) -> float:
        text, words, best = "ab" * size, "ab" * (size // 4) + "b", float("inf")
        for _ in range(3):
            before = time.process_time()
            render(f"[quote=1]\n{words}\n[/quote]", {1: text})
            relocate(QuoteRef(1, 1, size), text, "x" + text.replace("ba", "b a") + "x")
            best = min(best, time.process_time() - before)
        return best

    assert seconds(19_000) < 8 * seconds(4_750) + 0.005


def test_a_rendered_body_is_a_value() -> None:
    assert render("x", {}) == Markup(body="x", html="<p>x</p>", text="x", quotes=(), links=0, said="x")
