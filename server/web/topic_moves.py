"""Splitting and merging topics, moving posts: forms that work without JavaScript, and their writes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.actions import topic_moves
from server.actions.topic_moves import Chosen, Moved, NewTopic
from server.domain.clock import now_ms
from server.domain.errors import ForumError, Invalid
from server.domain.models import Post, Topic
from server.domain.viewer import Scope, Viewer
from server.store import posts, topics, visibility
from server.store.database import Reader
from server.views.page_models import POSTS_A_PAGE
from server.views.pages import page_of_place
from server.web import state
from server.web.pages import page as html_page
from server.web.policies import Policy
from server.web.requests import fields, numbers, viewer, wants_json
from server.web.routing import get, post
from server.web.show import REFUSALS, blank_form, form_again, page_number, path_id
from server.web.told import topic_told
from server.web.topic_acts import Groups, category_groups, for_moderating, whole_number, why_of

MOST_CHOSEN = 500  # posts that are picked one by one
NEAR = 20  # topics of the same category that are offered
_WHY = ("reason", "tell")
_SPLIT = ("title", "category", "topic", "to", "onwards", "page", "go", *_WHY)
_TOPIC = re.compile(r"(?:.*/topics/|#)?([1-9][0-9]{0,14})(?:[/?#].*)?")
_POST = re.compile(r".*/posts/([1-9][0-9]{0,14})")
_WHICH = "Please copy the topic's address, or type its number."


@dataclass(frozen=True, slots=True)
class Picking:
    """A page of a topic whose posts are to be picked, and what is picked so far, on whatever page."""

    topic: Topic
    posts: tuple[Post, ...]
    page: int
    pages: int
    chosen: Chosen
    is_open: bool = True  # whether the posts to pick from are shown at once

    @property
    def elsewhere(self) -> str:
        """The numbers of what is picked on other pages."""
        here = {one.id for one in self.posts}
        return " ".join(str(number) for number in sorted(self.chosen.ids - here))


async def split_form(request: Request) -> Response:
    """`GET /topics/{id}/split?page=&post=`: which posts, and where to."""
    text = request.query_params.get("post", "")
    ids = frozenset({int(text)}) if text.isascii() and text.isdigit() and len(text) < 16 else frozenset()
    return await _blank(request, path_id(request), page_number(request), Chosen(ids))


async def _blank(request: Request, topic_id: int, page: int, chosen: Chosen) -> Response:
    found, groups, near = await _picking(request, topic_id, page, chosen)
    form = blank_form({"to": "new", "category": str(found.topic.category.id)})
    return await html_page(
        request,
        "topics/split.html",
        picking=replace(found, is_open=not chosen.ids),
        topic=found.topic,
        form=form,
        categories=groups,
        near=near,
    )


async def split(request: Request) -> Response:
    """`POST /topics/{id}/split`: moves the posts, or, with `go`, turns the page and keeps what is picked."""
    ids = await numbers(request, "posts", MOST_CHOSEN)
    values = await fields(request, *_SPLIT)
    topic_id, go = path_id(request), values["go"]
    chosen = Chosen(ids, _onwards(go if go.startswith("from-") else f"from-{values['onwards']}"))
    page = _number_in(go.removeprefix("page-")) if go.startswith("page-") else _number_in(values["page"])
    if go:
        return await _split_again(request, values, chosen, page or 1)
    try:
        done = await _move(request, topic_id, chosen, values)
    except REFUSALS as error:
        if wants_json(request) or not isinstance(error, Invalid):
            raise
        return await _split_again(request, values, chosen, page or 1, error)
    return await _done(request, done)


async def move_form(request: Request) -> Response:
    """`GET /posts/{id}/move`: the form of its topic, at its page, with this post picked."""
    who, post_id = viewer(request), path_id(request)
    async with state.database(request).snapshot() as reader:
        found, around = await visibility.post(reader, who, post_id)
    return await _blank(request, around.id, page_of_place(found.place), Chosen(frozenset({post_id})))


async def move(request: Request) -> Response:
    """`POST /posts/{id}/move`: this post alone, into `topic`, or into a new one by `title` and `category`."""
    values = await fields(request, "title", "category", "topic", "to", *_WHY)
    who, post_id = viewer(request), path_id(request)
    async with state.database(request).snapshot() as reader:
        _, around = await visibility.post(reader, who, post_id)
    return await _done(request, await _move(request, around.id, Chosen(frozenset({post_id})), values))


async def merge_form(request: Request) -> Response:
    """`GET /topics/{id}/merge`."""
    who, topic_id = viewer(request), path_id(request)
    async with state.database(request).snapshot() as reader:
        found = await for_moderating(reader, who, topic_id)
        near = await _near(reader, who, found)
    return await html_page(
        request, "topics/merge.html", topic=found, act="merge", form=blank_form(), near=near
    )


async def merge(request: Request) -> Response:
    """`POST /topics/{id}/merge`: all of it into `topic`."""
    values = await fields(request, "topic", *_WHY)
    who, topic_id = viewer(request), path_id(request)
    try:
        into = await _topic_named(request, values["topic"])
        db = state.database(request)
        done = await topic_moves.merge(db, who, topic_id, into, why_of(values), now=now_ms())
    except REFUSALS as error:
        if wants_json(request) or not isinstance(error, Invalid):
            raise
        async with state.database(request).snapshot() as reader:
            found = await for_moderating(reader, who, topic_id)
            near = await _near(reader, who, found)
        return await form_again(
            request, "topics/merge.html", values, error, topic=found, act="merge", near=near
        )
    return await _done(request, done)


async def undo(request: Request) -> Response:
    """`POST /moderation/moves/{id}/undo`: the posts of a split, a move or a merge go back."""
    done = await topic_moves.undo(state.database(request), viewer(request), path_id(request), now=now_ms())
    return await _done(request, done)


async def _move(request: Request, topic_id: int, chosen: Chosen, values: Mapping[str, str]) -> Moved:
    db, who, now = state.database(request), viewer(request), now_ms()
    if values["to"] == "existing" or (not values["to"] and values["topic"]):
        into = await _topic_named(request, values["topic"])
        return await topic_moves.move_posts(db, who, topic_id, chosen, into, why=why_of(values), now=now)
    category = whole_number("category", values["category"], "Please choose a category.")
    new = NewTopic(values["title"], category)
    return await topic_moves.split(db, who, topic_id, chosen, new, why=why_of(values), now=now)


async def _done(request: Request, done: Moved) -> Response:
    if wants_json(request):
        return await topic_told(request, done.topic_id, done.position)
    return RedirectResponse(f"/posts/{done.post_id}", 303)


async def _split_again(
    request: Request,
    values: Mapping[str, str],
    chosen: Chosen,
    page: int,
    error: ForumError | None = None,
) -> Response:
    found, groups, near = await _picking(request, path_id(request), page, chosen)
    if error is None:
        return await html_page(
            request, "topics/split.html",
            picking=found, topic=found.topic, form=blank_form(values), categories=groups, near=near,
        )  # fmt: skip
    return await form_again(
        request, "topics/split.html", dict(values), error,
        picking=found, topic=found.topic, categories=groups, near=near,
    )  # fmt: skip


async def _picking(
    request: Request, topic_id: int, page: int, chosen: Chosen
) -> tuple[Picking, Groups, list[Topic]]:
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        topic = await for_moderating(reader, who, topic_id)
        rendering = visibility.rendering(who, topic.category.id, topic.category.visibility)
        pages = max(1, page_of_place(max(topic.places, 1)))
        page = min(max(1, page), pages)
        first = (page - 1) * POSTS_A_PAGE + 1
        shown = await posts.in_topic(reader, topic_id, rendering, first, first + POSTS_A_PAGE - 1)
        groups, near = await category_groups(reader, who), await _near(reader, who, topic)
    return Picking(topic, tuple(shown), page, pages, chosen), groups, near


async def _near(reader: Reader, who: Viewer, topic: Topic) -> list[Topic]:
    rendering = visibility.rendering(who, topic.category.id, topic.category.visibility)
    found = await topics.in_category(reader, topic.category.id, rendering, limit=NEAR, offset=0)
    return [one for one in found if one.id != topic.id and one.removal is None]


async def _topic_named(request: Request, text: str) -> int:
    """The topic that a moderator means by its number, its address, or that of a post in it.

    Raises Invalid (`topic`).
    """
    text = text.strip()
    named = _POST.match(text)
    if named is not None:
        async with state.database(request).snapshot() as reader:
            around = await posts.state(reader, int(named[1]))
        if around is not None:
            return around.topic_id
    found = _TOPIC.fullmatch(text)
    if found is None:
        raise Invalid({"topic": _WHICH})
    return int(found[1])


def _onwards(text: str) -> int | None:
    return _number_in(text.removeprefix("from-"))


def _number_in(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


routes = [
    get("/topics/{id:int}/split", split_form, Policy.MODERATES, Scope.MODERATE),
    post("/topics/{id:int}/split", split, Policy.MODERATES, Scope.MODERATE),
    get("/topics/{id:int}/merge", merge_form, Policy.MODERATES, Scope.MODERATE),
    post("/topics/{id:int}/merge", merge, Policy.MODERATES, Scope.MODERATE),
    get("/posts/{id:int}/move", move_form, Policy.MODERATES, Scope.MODERATE),
    post("/posts/{id:int}/move", move, Policy.MODERATES, Scope.MODERATE),
    post("/moderation/moves/{id:int}/undo", undo, Policy.MODERATES, Scope.MODERATE),
]
