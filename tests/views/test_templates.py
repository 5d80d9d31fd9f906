"""What every page keeps to, whatever is on it."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from jinja2 import UndefinedError

from server.domain.announcements import Announcement
from server.domain.models import (
    Author,
    Quote,
    Removal,
)
from server.domain.viewer import GUEST, Audience, Role, Viewer
from server.views.page_models import (
    Board,
    Form,
    LatestPage,
    Pager,
    TopicPage,
)
from server.views.render import TEMPLATES, Renderer
from server.views.viewer_styles import viewer_css
from tests.support.log_samples import LOG_PAGES
from tests.support.page_samples import (
    ANN,
    EVIL,
    MOD,
    NOW,
    form,
    live,
    post,
    topic,
)
from tests.support.page_samples import PAGES as OTHER_PAGES

PAGES = OTHER_PAGES | LOG_PAGES
PARTIALS = {
    "layout.html",
    "crumbs.html",
    "fields.html",
    "files.html",
    "icons.html",
    "pager.html",
    "people.html",
    "places.html",
    "reading.html",
    "tags.html",
}
ANNOUNCED = (Announcement(4, EVIL, Audience.PUBLIC, NOW - 1, NOW + 2**40),)
renderer = Renderer(lambda path: f"/static/abc/{path}")


def page_for(viewer: Viewer, template: str, **context: object) -> str:
    return renderer.html(
        template, viewer=viewer, board=Board(EVIL, EVIL, ANNOUNCED), here=f"/x?{EVIL}", **context
    )


def post_in(staff: bool = False, **changes: object) -> str:
    return renderer.html("posts/_post.html", post=replace(post, **changes), staff=staff)  # type: ignore[arg-type]  # fields by name


class Outline(HTMLParser):
    """Tags and ids of a page in order; what browsers forgive is not checked."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.names: list[str] = []
        self.attributes: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _value in attrs]
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.names += [value for name, value in attrs if name == "name" and value]


def test_every_page_is_tried_here() -> None:
    pages = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("[!_]*.html")}
    elsewhere = {page for page in pages if page.startswith(("mail/", "export/"))}  # in tests/jobs
    assert pages - PARTIALS - elsewhere == set(PAGES)


@pytest.mark.parametrize("viewer", [GUEST, ANN, MOD], ids=lambda viewer: viewer.role)
@pytest.mark.parametrize("template", PAGES)
def test_a_page_holds_nothing_the_security_policy_refuses(template: str, viewer: Viewer) -> None:
    outline = Outline(page_for(viewer, template, **PAGES[template]))
    assert outline.tags.count("script") == 1  # the module; the one in EVIL is text
    assert "style" not in outline.tags
    assert not [name for name in outline.attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("viewer", [GUEST, ANN, MOD], ids=lambda viewer: viewer.role)
@pytest.mark.parametrize("template", PAGES)
def test_a_page_has_one_title_one_main_part_and_no_id_twice(template: str, viewer: Viewer) -> None:
    outline = Outline(page_for(viewer, template, **PAGES[template]))
    assert [outline.tags.count(tag) for tag in ("h1", "main", "title")] == [1, 1, 1]
    assert len(outline.ids) == len(set(outline.ids))
    levels = [int(tag[1]) for tag in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


@pytest.mark.parametrize("template", PAGES)
def test_no_field_stands_in_the_place_of_what_scripts_ask_a_form(template: str) -> None:
    """In a browser `form.action` is the field of that name or id, if there is one."""
    outline = Outline(page_for(MOD, template, **PAGES[template]))
    asked = {"action", "elements", "method", "requestSubmit", "reset", "submit", "target"}
    assert asked.isdisjoint(outline.names + outline.ids)


@pytest.mark.parametrize("template", PAGES)
def test_a_password_is_never_filled_in_again(template: str) -> None:
    assert "correct horse" not in page_for(GUEST, template, **PAGES[template])


def test_what_was_typed_comes_back_with_a_sentence_beside_its_field() -> None:
    wrong = Form({"login": "ann@example.org"}, {"login": "Nobody has this name."})
    html = page_for(GUEST, "accounts/login.html", form=wrong, passkey_host="")
    assert 'value="ann@example.org"' in html
    assert 'aria-invalid="true" aria-describedby="login-problem" autofocus' in html
    assert re.search(r'id="login-problem">.*Nobody has this name\.', html)


def test_a_problem_of_no_field_is_said_above_the_form() -> None:
    html = page_for(
        GUEST, "accounts/login.html", form=Form({}, {"form": "Please wait a minute."}), passkey_host=""
    )
    assert re.search(r'role="alert">\s*<p>.*Please wait a minute\.', html)


def test_a_name_that_nobody_passed_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="theirs"):
        page_for(ANN, "posts/conflict.html", post=post, topic=topic, form=form)


def test_a_quote_shows_its_source_as_it_reads_today() -> None:
    html = post_in(quotes=(Quote(65, "Ann", "two\nlines"),))
    assert '<b>Ann</b> <a href="/posts/65">#65</a>' in html
    assert "two\nlines" in html
    assert html.index("two\nlines") < html.index("Well said.")


@pytest.mark.parametrize("quotes", [(Quote(65, None, None),), ()], ids=["removed", "not loaded"])
def test_a_quote_of_what_is_not_there_says_so_and_no_more(quotes: tuple[Quote, ...]) -> None:
    html = post_in(quotes=quotes)
    assert "The quoted post is not available." in html
    assert "#65<" not in html


def test_a_post_looks_the_same_to_all_members_and_guests() -> None:
    html = post_in()
    assert 'data-author="9"' in html
    assert 'data-thanked="1 2 3 4 5"' in html
    for act in ("for-members for-others", "take-back", "quote-act", "for-guests", "for-author"):
        assert act in html
    assert "/restore" not in html


def test_a_member_sees_his_own_acts_by_his_style_sheet() -> None:
    css = viewer_css(7)
    assert '[data-author="7"] .for-author' in css
    assert '[data-thanked~="7"] .take-back' in css


def test_a_removed_post_leaves_staff_its_number_its_reason_and_a_way_back() -> None:
    html = post_in(staff=True, html="", removal=Removal(NOW, "Mod", "advertising"))
    assert "#99" in html
    assert "advertising" in html
    assert 'action="/posts/99/restore"' in html
    assert "/thanks" not in html


def test_thanks_name_everyone() -> None:
    assert "<b>Member 1</b>, <b>Member 2</b> and 3 others said thank you" in post_in()
    assert all(f'href="/members/Member%20{number}"' in post_in() for number in range(1, 6))
    assert "said thank you" not in post_in(thanks=())


def test_a_name_whose_account_is_gone_stays_without_a_link() -> None:
    html = post_in(author=Author(None, "Cleo"))
    assert '<span class="name">Cleo</span>' in html
    assert "data-author" not in html


def test_an_administrators_post_offers_its_acts_to_administrators() -> None:
    assert "for-admins" not in post_in(staff=True)
    assert "for-staff for-admins" in post_in(staff=True, author=Author(1, "Root", Role.ADMIN))


@pytest.mark.parametrize(
    ("page", "pages", "hidden"),
    [
        (1, 1, ["first", "previous", "next", "last"]),
        (1, 2, ["first", "previous"]),
        (2, 2, ["next", "last"]),
        (2, 3, []),
    ],
)
def test_a_pager_hides_the_links_that_lead_nowhere(page: int, pages: int, hidden: list[str]) -> None:
    shown = TopicPage(topic, (), Pager(page, pages, 1, "/topics/12/x"), staff=False, live=live)
    html = page_for(ANN, "topics/show.html", page=shown, form=Form())
    assert re.findall(r'pager-(\w+)" href="[^"]*"(?: rel="\w+")? hidden', html) == hidden
    assert (f'<fire-pager data-page="{page}" hidden>' in html) == (pages == 1)


def test_the_pages_of_a_list_are_not_counted() -> None:
    html = page_for(ANN, "latest.html", page=LatestPage((topic,), Pager(2, 3, 41, "/latest"), live))
    assert "Page 2<" in html
    assert re.findall(r'pager-(\w+)"', html) == ["first", "previous", "here", "next"]


def test_only_the_last_page_of_a_topic_is_open() -> None:
    def list_of(page: int) -> str:
        shown = TopicPage(topic, (), Pager(page, 2, 21, "/topics/12/x"), staff=False, live=live)
        html = page_for(ANN, "topics/show.html", page=shown, form=Form())
        return html[html.index('data-list="posts"') :].partition(">")[0]

    assert list_of(1) == 'data-list="posts" data-places="1-20"'
    assert list_of(2) == 'data-list="posts" data-places="21-40" data-open'


def test_a_guest_under_a_topic_is_invited_and_comes_back_to_it() -> None:
    shown = TopicPage(topic, (post,), Pager(1, 1, 1, "/topics/12/x"), staff=False, live=live)
    html = renderer.html(
        "topics/show.html",
        viewer=GUEST,
        board=Board("Fireside", ""),
        here="/topics/12/x?page=2",
        page=shown,
        form=Form(),
    )
    assert 'class="button primary" href="/login?next=/topics/12/x%3Fpage%3D2"' in html
    assert 'href="/login?next=/posts/99"' in html
    assert "<textarea" not in html
