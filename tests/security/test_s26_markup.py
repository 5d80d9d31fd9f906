"""S26 and S28, end to end: what hostile markup has become when a browser gets it, in posts and in documents.

What the renderer makes of it is in tests/domain/test_markup.py; here nothing may be added on the way.
"""

import re
from html.parser import HTMLParser

import pytest

from server.actions.settings import change_settings
from server.domain.markup import ALLOWED_TAGS
from server.domain.settings import DEFAULTS
from tests.support.whole_board import WholeBoard

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "</div></article></main><h1>Owned</h1>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "[x](javascript:alert(1)) [x](JaVaScRiPt:alert(1)) [x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=) ![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "<javascript:alert(1)> [x](javascript&colon;alert(1)) [x](java\tscript:alert(1))",
    "[x](//evil.example) [x](\\\\evil.example) [x](https://nejm.org@evil.example/)",
    '[a](<https://a.example/" onmouseover="alert(1)>)',
    "```html onload=alert(1)\n<script>\n```",
    "{{ 7 * 7 }} {% raw %} ${7*7} <%= 7 %>",
    "\ue0001\ue001 &#xE000;1&#xE001;",
    '[quote=1" onclick="alert(1)]x[/quote]',
    "[url=javascript:alert(1)]x[/url][img]x[/img][size=999px;position:fixed]",
]
OURS = {"blockquote": {"class"}, "p": {"class"}, "b": set(), "a": {"href", "rel"}, "ol": {"start"}}


class Body(HTMLParser):
    """Tags with their attributes inside of `<div class="body…">`, closed as they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.bodies = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.open:
            self.tags.append((tag, given))
            if tag not in ("br", "hr"):
                self.open.append(tag)
        elif tag == "div" and (given.get("class") or "").split()[:1] == ["body"]:
            self.open.append(tag)
            self.bodies += 1

    def handle_endtag(self, tag: str) -> None:
        if self.open:
            assert self.open.pop() == tag


def assert_harmless(html: str, extra: frozenset[str] = frozenset()) -> None:
    reader = Body()
    reader.feed(html)
    assert reader.bodies
    assert not reader.open
    for tag, attributes in reader.tags:
        assert tag in ALLOWED_TAGS | OURS.keys() | extra
        assert attributes.keys() <= OURS.get(tag, set())
        href = attributes.get("href") or "https:"
        assert href.startswith(("https:", "http:", "mailto:", "/posts/")), href
        if tag == "a" and not href.startswith("/posts/") and "href" in attributes:
            assert attributes["rel"] == "ugc nofollow noopener"


@pytest.mark.parametrize("wrap", ["{}", "> - **{}**", "[quote=1]\n{}\n[/quote]\n\nend"])
async def test_hostile_posts_are_harmless_wherever_they_are_shown(
    sqlite_board: WholeBoard, wrap: str
) -> None:
    board = sqlite_board
    posted = await board.topic("Sleep", "How?", by="ann")
    async with board.browser("bo", json=True) as bo, board.browser() as guest, board.browser("mod") as mod:
        for source in HOSTILE:
            sent = await bo.post(f"/topics/{posted.topic_id}/posts", json={"body": wrap.format(source)})
            assert sent.status_code == 201
            post = sent.json()["post"]
            assert_harmless(f'<div class="body">{post["html"]}</div>')
            body = (await bo.get(f"/posts/{post['id']}")).json()["post"]["body"]
            again = await bo.post(f"/posts/{post['id']}", json={"body": body, "version": post["version"]})
            assert again.json()["post"]["html"] == post["html"]  # editing nothing changes nothing
            quote = f"[quote={post['id']}]\n\nquoted"
            quoted = await bo.post(f"/topics/{posted.topic_id}/posts", json={"body": quote})
            assert_harmless(f'<div class="body">{quoted.json()["post"]["html"]}</div>')
        for reader in (guest, mod):
            for page in (1, 2):
                shown = await reader.get(f"/topics/{posted.topic_id}/sleep", params={"page": page})
                assert_harmless(shown.text)
                assert "quote" in wrap or "alert(1)" in shown.text  # the premise: it is there, as text
        profile = (await guest.get("/members/bo")).text
        excerpts = re.findall(r'class="excerpt">(.*?)</p>', profile, re.DOTALL)
        assert excerpts
        assert not any("49" in one for one in excerpts)  # nor is anything in them computed


async def test_hostile_documents_are_harmless_too(sqlite_board: WholeBoard) -> None:
    """Administrators write the rules; somebody may have become one."""
    source = "\n\n".join(["# Rules", "## of the house", *HOSTILE])
    values = DEFAULTS | dict.fromkeys(("rules", "help", "privacy"), source)
    await change_settings(sqlite_board.db, sqlite_board.viewer("ada"), values, "2")
    async with sqlite_board.browser() as guest:
        for path in ("/rules", "/help", "/privacy", "/signup"):
            shown = (await guest.get(path)).text
            assert_harmless(shown, extra=frozenset({"h2"}))
            assert "<h2>Rules</h2>" in shown
