"""Rendered things are found again by what they are, never by what they were."""

from dataclasses import replace

import pytest

from server.domain.events import Event, Kind, LoggedEvent
from server.domain.models import Author, CategoryName, LastPost, Post, Quote, Thank, Topic
from server.domain.settings import Board
from server.domain.viewer import GUEST, Audience, Role
from server.views.fragments import Fragment, Fragments
from server.views.page_models import Form, LiveRoot, Pager, TopicPage
from server.views.render import Renderer

NOW = 1_795_354_320_000
ann = Author(7, "Ann")
post = Post(
    99, 12, 1, ann, NOW - 5_000, None, None, "", 6, "<p>Warm milk.</p>", (Thank(9, "Bo"),),
    (Quote(65, "Cleo", "How?"),),
)  # fmt: skip


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


def renderer(clock: Clock | None = None) -> Renderer:
    return Renderer(lambda path: f"/static/abc/{path}", clock=clock or Clock())


def shown(made: Renderer, value: Post, staff: bool = False) -> str:
    return str(made.thing("posts/_post.html", value, staff=staff))


def test_an_equal_value_is_rendered_once() -> None:
    made = renderer()
    first = made.thing("posts/_post.html", post, staff=False)
    kept = made.fragments.find("posts/_post.html", replace(post), (False,), NOW)
    assert kept is not None
    assert kept.html.decode() == str(first)
    assert len(made.fragments) == 1
    assert shown(made, replace(post)) == shown(renderer(), post)


CHANGES: list[dict[str, object]] = [
    {"html": "<p>Cold milk.</p>"},
    {"version": 7},
    {"author": replace(ann, role=Role.MODERATOR)},
    {"author": replace(ann, personal_text="Since 2019")},
    {"author": Author(None, "Ann")},
    {"edited_at": NOW - 10, "edited_by": "Mod"},
    {"edit_reason": "typo", "edited_at": NOW - 10},
    {"thanks": ()},
    {"thanks": (Thank(9, "Bob"),)},
    {"quotes": (Quote(65, None, None),)},
    {"html": ""},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_whatever_changes_is_rendered_anew_and_back_again(change: dict[str, object]) -> None:
    made = renderer()
    before = shown(made, post)
    changed = replace(post, **change)  # type: ignore[arg-type]  # fields by name
    assert shown(made, changed) == shown(renderer(), changed)
    assert shown(made, post) == before


def test_staffs_rendering_is_another_one() -> None:
    made = renderer()
    assert shown(made, post, staff=True) != shown(made, post, staff=False)
    assert shown(made, post, staff=True) == shown(renderer(), post, staff=True)


def test_ages_are_as_right_as_on_a_fresh_page() -> None:
    clock = Clock()
    made = renderer(clock)
    for seconds in (0, 54, 55, 60, 119, 4_000, 90_000):
        clock.now = NOW + seconds * 1000
        assert shown(made, post) == shown(renderer(clock), post), seconds


def test_a_page_knows_when_the_first_of_its_words_changes() -> None:
    clock = Clock()
    made = renderer(clock)
    for _ in ("rendered", "found"):
        page = made.page("posts/_quote.html", quote=post.quotes[0])
        assert page.until > NOW + 10**9
        made._until = page.until
        shown(made, post)
        shown(made, replace(post, id=100, created_at=NOW - 3_600_000))
        assert made._until == NOW + 55_000


def test_a_page_is_whole_whatever_people_wrote() -> None:
    for title in ("How do you sleep?", "A mark \0 of ours", "\0\0\0"):
        topic = Topic(
            12, title, CategoryName(3, "General", "general", Audience.PUBLIC), ann, NOW, 0, 1,
            pinned=False, locked=False, version=5, last_post=LastPost(99, ann, NOW),
        )  # fmt: skip
        live = LiveRoot("9f2c", 4710, ("topic:12",))
        page = TopicPage(topic, (post,), Pager(1, 1, 1, "/topics/12/x"), staff=False, live=live)
        context = {"viewer": GUEST, "board": Board("Fireside", ""), "here": "/", "page": page, "form": Form()}
        made = renderer()
        whole = made.html("topics/show.html", **context)
        assert "Warm milk." in whole
        for _ in ("rendered", "found"):
            assert made.page("topics/show.html", **context).body.decode() == whole


def test_a_seal_changes_with_every_byte() -> None:
    made = renderer()
    seals = set()
    for value in (post, replace(post, html="<p>Cold milk.</p>"), replace(post, version=7)):
        context = {"topic": 12, "value": value}
        made._templates["test"] = made._environment.from_string(
            'Topic {{ topic }}: {{ value | thing("posts/_post.html", staff=false) }}'
        )
        seals |= {made.page("test", **(context | {"topic": topic})).seal for topic in (12, 13, 12)}
    assert len(seals) == 6


def test_what_an_event_names_is_forgotten_with_its_words() -> None:
    made = renderer()
    other = replace(post, id=100)
    for value in (post, other):
        shown(made, value)
        shown(made, value, staff=True)
    made.forget([LoggedEvent(9, Event(Kind.POST, 99, Audience.PUBLIC, 12))])
    assert len(made.fragments) == 2
    for staff in (True, False):
        assert made.fragments.find("posts/_post.html", post, (staff,), NOW) is None
    made.forget([LoggedEvent(10, Event(Kind.TOPIC, 100, Audience.PUBLIC, 12))])  # no post
    assert len(made.fragments) == 2
    made.forget(None)
    assert (len(made.fragments), made.fragments.size) == (0, 0)


def test_the_things_asked_for_least_go_when_the_space_is_full() -> None:
    fragments = Fragments(limit=20_000)
    for number in range(1, 500):
        value = replace(post, id=number)
        fragments.keep("posts/_post.html", (False,), Fragment.of(value, "x" * 500, NOW + 1))
        assert fragments.find("posts/_post.html", replace(post, id=1), (False,), NOW) is not None
        assert fragments.size <= 20_000
    assert fragments.find("posts/_post.html", replace(post, id=2), (False,), NOW) is None
    assert len(fragments) == 10
