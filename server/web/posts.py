"""A post's permanent address, and what is done with a single post."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from server.actions import moderation, posting, thanking
from server.actions.composing import source_of
from server.actions.posting import Edit, Posted
from server.domain.clock import now_ms
from server.domain.errors import EditConflict, Forbidden, ForumError, Invalid, NotFound
from server.domain.models import Post, PostState, Topic, TopicState
from server.domain.permissions import may_edit, may_remove_post, sees_post, sees_topic
from server.domain.viewer import Scope, Viewer
from server.store import event_log, outbox, post_joins, posts, topics, visibility
from server.store.database import Reader
from server.views import as_json
from server.views.addresses import topic_url
from server.views.page_models import Reach
from server.views.pages import page_of_place
from server.web import state
from server.web.help_lines import help_for, posted
from server.web.pages import page as html_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.routing import delete, get, patch, post, put
from server.web.show import REFUSALS, blank_form, form_again, path_id
from server.web.told import body_html, post_told

MAX_DIGITS = 16  # of a version


async def permalink(request: Request) -> Response:
    """`GET /posts/{id}`: JSON, or a redirect to the topic's page and the post on it."""
    who, post_id = viewer(request), path_id(request)
    async with state.database(request).snapshot() as reader:
        try:
            post_now, topic_now, shown, topic = await look_up(reader, who, post_id)
        except NotFound:
            return RedirectResponse(await _other_address(reader, who, post_id), 302)
        head = await event_log.head(reader)
        editable = may_edit(who, post_now, topic_now)
        body = await source_of(reader, who, post_now) if editable else None
    if wants_json(request):
        told = as_json.post(shown, html=body_html(request, shown), body=body)
        return JSONResponse({"post": told, "epoch": head.epoch, "position": head.seq})
    number = page_of_place(shown.place)
    query = f"?page={number}" if number > 1 else ""
    return RedirectResponse(f"{topic_url(topic)}{query}#post-{post_id}", 302)


async def _other_address(reader: Reader, who: Viewer, post_id: int) -> str:
    """Where to look for a post that is not shown by itself: under another one, or gone with its topic."""
    if (there := await post_joins.whereabouts(reader, post_id)) != post_id:
        await look_up(reader, who, there)
        return f"/posts/{there}"
    found, around = await visibility.post(reader, who, post_id)
    if not found.removed_with_topic:
        raise NotFound
    return f"/topics/{around.id}"


async def edit_form(request: Request) -> Response:
    """`GET /posts/{id}/edit`."""
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        post_now, topic_now, shown, topic = await look_up(reader, who, path_id(request))
        if not may_edit(who, post_now, topic_now):
            raise Forbidden("You can't change this post. Only its author can, while the topic is open.")
        body = await source_of(reader, who, post_now)
    form = blank_form({"body": body, "reason": "", "version": str(post_now.version)})
    return await html_page(request, "posts/edit.html", post=shown, topic=topic, form=form)


async def edit(request: Request) -> Response:
    """`POST` or `PATCH /posts/{id}`."""
    values = await fields(request, "body", "reason", "version")
    try:
        change = Edit(values["body"], _seen(values["version"]), values["reason"])
        made = await posting.edit(
            state.database(request), viewer(request), path_id(request), change, now=now_ms()
        )
    except (*REFUSALS, EditConflict) as error:
        if wants_json(request):
            raise
        return await _edit_again(request, values, error)
    helped = await help_for(request, values["body"])
    if wants_json(request):
        return await post_told(request, made.post_id, made.after, made.position, help_html=helped)
    return posted(made.post_id, helped)


def _seen(version: str) -> int:
    if not (version.isascii() and version.isdigit() and len(version) <= MAX_DIGITS):
        raise Invalid({"version": "Send the version of the post that you have changed."})
    return int(version)


async def _edit_again(request: Request, values: dict[str, str], error: ForumError) -> Response:
    async with state.database(request).snapshot() as reader:
        _, _, shown, topic = await look_up(reader, viewer(request), path_id(request))
    if not isinstance(error, EditConflict):
        return await form_again(request, "posts/edit.html", values, error, post=shown, topic=topic)
    form = blank_form({**values, "version": str(error.version)})
    theirs = error.current_body
    return await html_page(
        request, "posts/conflict.html", status=409, post=shown, topic=topic, form=form, theirs=theirs
    )


async def remove_form(request: Request) -> Response:
    """`GET /posts/{id}/remove`: asks for the reason."""
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        post_now, topic_now, shown, topic = await look_up(reader, who, path_id(request))
        reach = await reach_of(request, reader, topic, shown)
    if not may_remove_post(who, post_now, topic_now):
        raise Forbidden(moderation.why_not(who, post_now, topic_now))
    form = blank_form({"tell": "1"})
    return await html_page(request, "posts/remove.html", post=shown, topic=topic, form=form, reach=reach)


async def remove(request: Request) -> Response:
    """`POST /posts/{id}/remove` or `DELETE /posts/{id}`."""
    values = await fields(request, "reason", "tell")
    try:
        made = await moderation.remove_post(
            state.database(request),
            viewer(request),
            path_id(request),
            values["reason"],
            tell=bool(values["tell"]),
            now=now_ms(),
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await _remove_again(request, values, error)
    if wants_json(request):
        return await post_told(request, made.post_id, made.after, made.position)
    async with state.database(request).snapshot() as reader:
        left, gone = await topics.state(reader, made.topic_id), await posts.state(reader, made.post_id)
    return RedirectResponse(_near(viewer(request), left, gone), 303)


def _near(who: Viewer, topic: TopicState | None, gone: PostState | None) -> str:
    """Where one goes on reading after a removal: at what is left of the post, on its page or the board."""
    if topic is None or gone is None or not sees_topic(who, topic):
        return "/"
    if topic.removed:
        return f"/topics/{topic.id}"
    if sees_post(who, gone, topic):
        return f"/posts/{gone.id}"
    number = page_of_place(gone.place)
    return f"/topics/{topic.id}" + (f"?page={number}" if number > 1 else "")


async def _remove_again(request: Request, values: dict[str, str], error: Invalid) -> Response:
    async with state.database(request).snapshot() as reader:
        _, _, shown, topic = await look_up(reader, viewer(request), path_id(request))
        reach = await reach_of(request, reader, topic, shown)
    context = {"post": shown, "topic": topic, "reach": reach}
    return await form_again(request, "posts/remove.html", values, error, **context)


def _acting(
    act: Callable[[Request, Viewer, int], Awaitable[Posted]],
) -> Callable[[Request], Awaitable[Response]]:
    async def handler(request: Request) -> Response:
        return await _done(request, await act(request, viewer(request), path_id(request)))

    return handler


async def _restore(request: Request, who: Viewer, post_id: int) -> Posted:
    return await moderation.restore_post(state.database(request), who, post_id, now=now_ms())


async def _thank(request: Request, who: Viewer, post_id: int) -> Posted:
    return await thanking.thank(state.database(request), who, post_id, now=now_ms())


async def _take_back(request: Request, who: Viewer, post_id: int) -> Posted:
    return await thanking.take_back(state.database(request), who, post_id)


async def _done(request: Request, made: Posted) -> Response:
    if wants_json(request):
        return await post_told(request, made.post_id, made.after, made.position)
    return RedirectResponse(f"/posts/{made.post_id}", 303)


async def reach_of(request: Request, reader: Reader, topic: Topic, shown: Post) -> Reach | None:
    """Where the post has gone until now, for a moderator who is about to remove it."""
    if not viewer(request).moderates(topic.category.id):
        return None
    letters = await outbox.mailed(reader, shown.id)
    waiting = await outbox.waiting_about(reader, topic.id, shown.id)
    return Reach(state.readers(request, topic.id), waiting, letters.letters, letters.with_text)


async def look_up(reader: Reader, who: Viewer, post_id: int) -> tuple[PostState, TopicState, Post, Topic]:
    """The post and its topic as they are, and as this viewer sees them. Raises NotFound."""
    post_now, topic_now = await visibility.post(reader, who, post_id)
    rendering = visibility.rendering(who, topic_now.category_id, topic_now.visibility)
    shown = (await posts.several(reader, [post_id], rendering)).get(post_id)
    topic = await topics.find(reader, topic_now.id, rendering)
    if shown is None or topic is None:
        raise NotFound
    return post_now, topic_now, shown, topic


routes = [
    get("/posts/{id:int}", permalink, Policy.ANYONE, Scope.READ),
    post("/posts/{id:int}", edit, Policy.MEMBER, Scope.WRITE),
    patch("/posts/{id:int}", edit, Policy.MEMBER, Scope.WRITE),
    delete("/posts/{id:int}", remove, Policy.MEMBER, Scope.WRITE),
    get("/posts/{id:int}/edit", edit_form, Policy.MEMBER, Scope.READ),
    get("/posts/{id:int}/remove", remove_form, Policy.MEMBER, Scope.READ),
    post("/posts/{id:int}/remove", remove, Policy.MEMBER, Scope.WRITE),
    post("/posts/{id:int}/restore", _acting(_restore), Policy.MODERATES, Scope.MODERATE),
    post("/posts/{id:int}/thanks", _acting(_thank), Policy.MEMBER, Scope.WRITE),
    put("/posts/{id:int}/thanks", _acting(_thank), Policy.MEMBER, Scope.WRITE),
    post("/posts/{id:int}/thanks/undo", _acting(_take_back), Policy.MEMBER, Scope.WRITE),
    delete("/posts/{id:int}/thanks", _acting(_take_back), Policy.MEMBER, Scope.WRITE),
]
