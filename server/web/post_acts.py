"""What staff do with a single post besides removing it, and what its author finds of it afterwards."""

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.actions import asking, purging
from server.actions.composing import removed_source
from server.actions.purging import Purge
from server.domain.clock import now_ms
from server.domain.copies import repeated, shingles
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.permissions import may_ask_to_edit, may_moderate, may_purge, may_reply
from server.domain.viewer import Scope, Viewer
from server.store import copies, post_joins, posts, topics, visibility
from server.store.copies import Candidate
from server.store.database import Reader
from server.views.filters import iso
from server.web import state
from server.web.pages import page as html_page
from server.web.policies import Policy
from server.web.posts import look_up
from server.web.requests import fields, viewer, wants_json
from server.web.responses import Json, json_answer
from server.web.routing import get, post
from server.web.show import blank_form, form_again, path_id
from server.web.told import post_told

MOST_SHOWN = 20  # copies


@dataclass(frozen=True, slots=True)
class Doomed:
    """A removed post that is to be erased for good. `words` are None where it was already.

    `under` is the number of the post that it was joined with, where its text stands too; else its own.
    """

    id: int
    topic_id: int
    words: str | None
    is_opening: bool
    under: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A post that repeats another one; `percent` of it."""

    post: Candidate
    percent: int


async def ask_form(request: Request) -> Response:
    """`GET /posts/{id}/ask`: what should its author change?"""
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        post_now, topic_now, shown, topic = await look_up(reader, who, path_id(request))
    if not may_ask_to_edit(who, post_now, topic_now):
        raise Forbidden("You can't ask for a change of this post.")
    return await html_page(request, "posts/ask.html", post=shown, topic=topic, form=blank_form())


async def ask(request: Request) -> Response:
    """`POST /posts/{id}/ask`."""
    values = await fields(request, "words")
    try:
        made = await asking.ask_to_edit(
            state.database(request), viewer(request), path_id(request), values["words"], now=now_ms()
        )
    except Invalid as error:
        if wants_json(request):
            raise
        async with state.database(request).snapshot() as reader:
            _, _, shown, topic = await look_up(reader, viewer(request), path_id(request))
        return await form_again(request, "posts/ask.html", values, error, post=shown, topic=topic)
    if wants_json(request):
        return await post_told(request, made.post_id, made.after, made.position)
    return RedirectResponse(f"/posts/{made.post_id}", 303)


async def purge_form(request: Request) -> Response:
    """`GET /posts/{id}/purge`: what it means, and the two confirmations."""
    return await html_page(request, "posts/purge.html", form=blank_form(), doomed=await _doomed(request))


async def purge(request: Request) -> Response:
    """`POST /posts/{id}/purge`."""
    values = await fields(request, "reason", "number", "knows", "tell")
    post_id = path_id(request)
    given = Purge(values["reason"], values["number"], bool(values["knows"]), bool(values["tell"]))
    try:
        made = await purging.purge_post(
            state.database(request), viewer(request), post_id, given, now=now_ms()
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await form_again(request, "posts/purge.html", values, error, doomed=await _doomed(request))
    if wants_json(request):
        return json_answer({"purged": True, "position": made.position})
    return RedirectResponse(f"/topics/{made.topic_id}", 303)


async def show_copies(request: Request) -> Response:
    """`GET /posts/{id}/copies`: other posts into which its text was pasted."""
    who, post_id = viewer(request), path_id(request)
    async with state.database(request).snapshot() as reader:
        found, words = await _copies(reader, who, post_id)
    shown = await asyncio.to_thread(_compared, words, found)
    if wants_json(request):
        told: list[Json] = [
            {"id": one.post.id, "author": one.post.author, "at": iso(one.post.at), "percent": one.percent}
            for one in shown
        ]
        return json_answer({"copies": told})
    return await html_page(request, "posts/copies.html", post_id=post_id, copies=shown, looked=len(found))


async def own_text(request: Request) -> Response:
    """`GET /posts/{id}/own-text`: what the viewer wrote and a moderator removed, to copy or to write anew."""
    who, post_id = viewer(request), path_id(request)
    async with state.database(request).snapshot() as reader:
        found = await posts.state(reader, post_id)
        text = await removed_source(reader, who, post_id) if found and found.author_id == who.id else None
        around = await topics.state(reader, found.topic_id) if found else None
    if found is None or around is None or text is None:
        raise NotFound
    answer_to = around if may_reply(who, around) else None
    form = blank_form({"body": text})
    return await html_page(request, "posts/own_text.html", post_id=post_id, answer_to=answer_to, form=form)


async def _doomed(request: Request) -> Doomed:
    """What the page about purging says of the post. Raises NotFound, or Forbidden before it is removed."""
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        post_now, topic_now = await visibility.post(reader, who, path_id(request))
        words = await posts.words_of(reader, post_now.id)
        under = await post_joins.whereabouts(reader, post_now.id)
    if not may_purge(who) or not post_now.removed:
        raise Forbidden("Please remove the post first. Then it can be erased for good.")
    return Doomed(post_now.id, topic_now.id, words, post_now.place == 1, under)


async def _copies(reader: Reader, who: Viewer, post_id: int) -> tuple[list[Candidate], str]:
    post_now, topic_now = await visibility.post(reader, who, post_id)
    if not may_moderate(who, topic_now):
        raise Forbidden("You don't moderate this category.")
    words = await posts.words_of(reader, post_id)
    return await copies.candidates(reader, post_now.id, topic_now.id, who.audience), words or ""


def _compared(words: str, found: list[Candidate]) -> list[Copy]:
    source = shingles(words)
    shares = [(repeated(source, one.plain), one) for one in found]
    near = sorted(((share, one) for share, one in shares if share), key=lambda pair: -pair[0])
    return [Copy(one, max(1, round(share * 100))) for share, one in near[:MOST_SHOWN]]


routes = [
    get("/posts/{id:int}/ask", ask_form, Policy.MODERATES, Scope.MODERATE),
    post("/posts/{id:int}/ask", ask, Policy.MODERATES, Scope.MODERATE),
    get("/posts/{id:int}/copies", show_copies, Policy.MODERATES, Scope.MODERATE),
    get("/posts/{id:int}/own-text", own_text, Policy.MEMBER, Scope.READ),
    get("/posts/{id:int}/purge", purge_form, Policy.ADMIN),
    post("/posts/{id:int}/purge", purge, Policy.ADMIN),
]
