"""A topic's pages, replying in it, and what moderators do with it."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.actions import moderation, posting
from server.actions.answers import note_read
from server.actions.composing import source_of
from server.actions.posting import Draft
from server.actions.replying import ARCHIVED
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Merged, NotFound
from server.domain.models import Rendering, Topic
from server.domain.permissions import may_edit, may_reply
from server.domain.viewer import Scope, Viewer
from server.store import merged_topics, posts, topics, visibility
from server.store.answers import is_expected
from server.store.database import Reader
from server.views import as_json, pages
from server.views.addresses import topic_url
from server.views.as_json import Json
from server.views.page_models import Form, TopicPage
from server.web import pending, state
from server.web.help_lines import help_for, posted
from server.web.pages import PRIVATE
from server.web.pages import page as html_page
from server.web.policies import Policy
from server.web.requests import came_from, fields, viewer, wants_json
from server.web.routing import get, post
from server.web.show import (
    REFUSALS,
    Loaded,
    blank_form,
    form_again,
    load,
    page_number,
    path_id,
    show,
    submit_token,
    unlisted,
)
from server.web.told import body_html, post_told, topic_told


async def topic(request: Request) -> Response:
    """`GET /topics/{id}/{slug}?page=`; a wrong slug redirects, and a page after the last one to that."""
    topic_id, number, known = path_id(request), page_number(request), state.known_posts(request)

    async def loader(reader: Reader, who: Viewer) -> tuple[TopicPage, dict[int, str], bool]:
        page = await pages.topic(reader, who, topic_id, number, known)
        sources = await _sources(reader, who, page) if wants_json(request) else {}
        return page, sources, bool(who.id) and await is_expected(reader, who.id or 0, topic_id)

    try:
        loaded = await load(request, loader)
    except NotFound:
        return await _moved_on(request, topic_id)
    page, sources, is_told_by_mail = loaded.page
    if is_told_by_mail:
        await note_read(state.database(request), viewer(request), topic_id)

    def to_json(found: TopicPage) -> Json:
        shown = [as_json.post(p, html=body_html(request, p), body=sources.get(p.id)) for p in found.posts]
        return as_json.topic_page(found, shown)

    misnamed = request.path_params.get("slug", "") != page.pager.path.rpartition("/")[2]
    if (misnamed or number > page.pager.page) and not wants_json(request):
        return RedirectResponse(page.pager.url(page.pager.page), 302)
    form = blank_form() if viewer(request).is_member else Form()
    former = _former(request) if viewer(request).is_member else 0
    answer = show(request, "topics/show.html", Loaded(page, loaded.board), to_json, form=form, former=former)
    return unlisted(answer) if page.topic.category.unlisted else answer


def _former(request: Request) -> int:
    """The merged topic that the reader comes from; 0 for none."""
    text = request.query_params.get("former", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


async def _moved_on(request: Request, topic_id: int) -> Response:
    """The way to where a merged topic's posts are, which a browser may follow for ever but asks each time.

    For members it names the old topic, because a draft may wait there. Raises NotFound for any other topic.
    """
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        merged = await merged_topics.find(reader, topic_id, Rendering(who.audience, staff=who.is_moderating))
        if merged is None:
            raise NotFound
        await visibility.topic(reader, who, merged.into.id)  # a removed one is for its own moderators only
    former = f"?former={topic_id}" if who.is_member and not wants_json(request) else ""
    return RedirectResponse(f"{topic_url(merged.into)}{former}", 301, PRIVATE)


async def _sources(reader: Reader, who: Viewer, page: TopicPage) -> dict[int, str]:
    around = await topics.state(reader, page.topic.id)
    found: dict[int, str] = {}
    for shown in page.posts if who.is_member else ():
        state_now = await posts.state(reader, shown.id)
        if around and state_now and may_edit(who, state_now, around):
            found[shown.id] = await source_of(reader, who, state_now)
    return found


async def reply_form(request: Request) -> Response:
    """`GET /topics/{id}/reply?quote=65740`: the reply form on a page of its own."""
    found = await _for_reply(request, path_id(request))
    quoted = [
        text for text in request.query_params.getlist("quote")[:20] if text.isascii() and text.isdigit()
    ]
    body = "".join(f"[quote={int(text[:16])}]\n\n" for text in quoted)
    return await html_page(request, "topics/reply.html", topic=found, form=blank_form({"body": body}))


async def reply(request: Request) -> Response:
    """`POST /topics/{id}/posts`."""
    values = await fields(request, "body", "form_token")
    draft = Draft(values["body"], token=submit_token(request, values))
    try:
        made = await posting.reply(
            state.database(request),
            viewer(request),
            path_id(request),
            draft,
            now=now_ms(),
            limits=state.limits(request),
        )
    except REFUSALS as error:
        if wants_json(request):
            raise
        into = error.into if isinstance(error, Merged) else path_id(request)
        found = await _for_reply(request, into, even_locked=True)
        return await form_again(request, "topics/reply.html", values, error, topic=found)
    helped = await help_for(request, values["body"])
    if made.pending_id:
        return await pending.kept(request, made, helped)
    if wants_json(request):
        return await post_told(request, made.post_id, made.after, made.position, 201, helped)
    return posted(made.post_id, helped)


async def _for_reply(request: Request, topic_id: int, *, even_locked: bool = False) -> Topic:
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        around = await visibility.topic(reader, who, topic_id)
        rendering = visibility.rendering(who, around.category_id, around.visibility)
        found = await topics.find(reader, topic_id, rendering)
    if found is None:
        raise NotFound
    if not even_locked and not may_reply(who, around):
        raise Forbidden(ARCHIVED if around.archived else "This topic is locked. Nobody can reply any more.")
    return found


def _moderating(
    act: Callable[[Request, Viewer, int], Awaitable[int]],
) -> Callable[[Request], Awaitable[Response]]:
    async def handler(request: Request) -> Response:
        topic_id = path_id(request)
        position = await act(request, viewer(request), topic_id)
        if wants_json(request):
            return await topic_told(request, topic_id, position)
        there, before = f"/topics/{topic_id}", came_from(request)
        return RedirectResponse(before if before.startswith(f"{there}/") else there, 303)  # on the same page

    return handler


async def _lock(request: Request, who: Viewer, topic_id: int) -> int:
    return await moderation.set_locked(state.database(request), who, topic_id, locked=True, now=now_ms())


async def _unlock(request: Request, who: Viewer, topic_id: int) -> int:
    return await moderation.set_locked(state.database(request), who, topic_id, locked=False, now=now_ms())


async def _remove(request: Request, who: Viewer, topic_id: int) -> int:
    reason = (await fields(request, "reason"))["reason"]
    return await moderation.remove_topic(state.database(request), who, topic_id, reason, now=now_ms())


async def _restore(request: Request, who: Viewer, topic_id: int) -> int:
    return await moderation.restore_topic(state.database(request), who, topic_id, now=now_ms())


_ACTS = {
    "lock": _lock,
    "unlock": _unlock,
    "remove": _remove,
    "restore": _restore,
}

routes = [
    get("/topics/{id:int}", topic, Policy.ANYONE, Scope.READ),
    get("/topics/{id:int}/reply", reply_form, Policy.MEMBER, Scope.READ),
    get("/topics/{id:int}/{slug}", topic, Policy.ANYONE, Scope.READ),
    post("/topics/{id:int}/posts", reply, Policy.MEMBER, Scope.WRITE),
    *(
        post(f"/topics/{{id:int}}/{name}", _moderating(act), Policy.MODERATES, Scope.MODERATE)
        for name, act in _ACTS.items()
    ),
]
