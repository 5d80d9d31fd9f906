"""Putting two posts of one author together: a form that shows the result first, and its write."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.actions import post_joins
from server.domain.clock import now_ms
from server.domain.errors import Invalid, NotFound
from server.domain.models import Post, Topic
from server.domain.viewer import Scope
from server.store import posts, topics, visibility
from server.web import state
from server.web.pages import page as html_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.routing import get, post
from server.web.show import MAX_ID, blank_form, path_id, returned_form
from server.web.told import post_told


@dataclass(frozen=True, slots=True)
class Joining:
    """A post, and those of its author that it can be joined with; `result` is what the chosen one makes.

    `later` goes and `result` stays. Both are None where the chosen one can't be taken.
    """

    post: Post
    topic: Topic
    offered: tuple[Post, ...]
    later: Post | None = None
    result: Post | None = None
    same: bool = False

    @property
    def other(self) -> int | None:
        """The number of the post that was chosen."""
        if self.later is None or self.result is None:
            return None
        return self.result.id if self.later.id == self.post.id else self.later.id


async def join_form(request: Request) -> Response:
    """`GET /posts/{id}/join?into=`: what the two posts become; without `into` the one before is taken."""
    return await _page(request, request.query_params.get("into", ""))


async def join(request: Request) -> Response:
    """`POST /posts/{id}/join`."""
    values = await fields(request, "into")
    db, who = state.database(request), viewer(request)
    try:
        made = await post_joins.join(db, who, path_id(request), _number(values["into"]), now=now_ms())
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, values["into"], error)
    if wants_json(request):
        return await post_told(request, made.post_id, made.after, made.position)
    return RedirectResponse(f"/posts/{made.post_id}", 303)


async def _page(request: Request, into: str, error: Invalid | None = None) -> Response:
    shown = await _offers(request)
    try:
        shown = await _with_result(request, shown, into)
    except Invalid as refused:
        error = error or refused
    if error is None:
        return await html_page(request, "posts/join.html", joining=shown, form=blank_form())
    form = returned_form({"into": into}, error)
    return await html_page(request, "posts/join.html", status=422, joining=shown, form=form)


async def _offers(request: Request) -> Joining:
    db, who, post_id = state.database(request), viewer(request), path_id(request)
    offered = await post_joins.offered(db, who, post_id)
    async with db.snapshot() as reader:
        _, around = await visibility.post(reader, who, post_id)
        rendering = visibility.rendering(who, around.category_id, around.visibility)
        found = await posts.several(reader, [post_id, *offered], rendering)
        topic = await topics.find(reader, around.id, rendering)
    if topic is None or post_id not in found:
        raise NotFound
    return Joining(found[post_id], topic, tuple(found[one] for one in offered if one in found))


async def _with_result(request: Request, shown: Joining, into: str) -> Joining:
    seen = await post_joins.look(state.database(request), viewer(request), shown.post.id, _number(into))
    inside = {one.id: one for one in (shown.post, *shown.offered)}
    earlier, later = inside.get(seen.pair.earlier.id), inside.get(seen.pair.later.id)
    if earlier is None or later is None:
        raise Invalid({"into": "Please choose one of the posts below."})
    quotes = earlier.quotes if seen.pair.same else earlier.quotes + later.quotes
    result = replace(earlier, html=seen.text.html, quotes=quotes)
    return replace(shown, later=later, result=result, same=seen.pair.same)


def _number(text: str) -> int | None:
    """The number of a post; None where nothing was chosen. Raises Invalid (`into`)."""
    text = text.strip().removeprefix("#")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16 and 1 <= int(text) <= MAX_ID):
        raise Invalid({"into": "Please give the number of a post."})
    return int(text)


routes = [
    get("/posts/{id:int}/join", join_form, Policy.MODERATES, Scope.MODERATE),
    post("/posts/{id:int}/join", join, Policy.MODERATES, Scope.MODERATE),
]
