"""The answer to a write, for programs and our own script: the thing, and the patches that others get too."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.domain.channels import Channel, Thing
from server.domain.errors import NotFound
from server.domain.models import Post, Rendering, Topic
from server.domain.permissions import sees
from server.domain.viewer import Audience, Viewer
from server.store import event_log, posts, topics, visibility
from server.store.database import Reader
from server.views import as_json, patches
from server.views.as_json import Json
from server.views.patches import Change, Put
from server.web import state
from server.web.requests import viewer

MAX_CHANGES = 200  # events of one write that are told in its answer; more come by the socket


async def post_told(  # noqa: PLR0917  # as it is said: this post, what changed with it, and how it went
    request: Request, post_id: int, after: int, position: int, status: int = 200, help_html: str = ""
) -> Response:
    """`{"post": …, "changes": […]}`; `post` is null once it is not there any more for this viewer.

    `help` and `help_url`: for its writer alone, when he should be shown help lines.
    """
    who = viewer(request)

    async def reading(reader: Reader) -> tuple[Post | None, Channel, list[Change]]:
        found = await posts.state(reader, post_id)
        channel, rendering = await channel_of(reader, who, found.topic_id if found else 0)
        changes = await _changes(reader, channel, after, position)
        shown = _post_of(changes, post_id) or (await posts.several(reader, [post_id], rendering)).get(post_id)
        return shown, channel, changes

    shown, channel, changes = await state.database(request).read(reading)
    post = as_json.post(shown, html=body_html(request, shown)) if shown else None
    told = _told(request, channel, after, position, changes)
    helped = {"help": help_html, "help_url": f"/help-lines?after={post_id}"} if help_html else {}
    return JSONResponse({"post": post, "changes": told, "position": position, **helped}, status)


async def topic_told(request: Request, topic_id: int, position: int) -> Response:
    """`{"topic": …, "changes": […]}`."""
    who = viewer(request)

    async def reading(reader: Reader) -> tuple[Topic | None, Channel, list[Change]]:
        channel, rendering = await channel_of(reader, who, topic_id)
        shown = await topics.find(reader, topic_id, rendering)
        return shown, channel, await _changes(reader, channel, position - 1, position)

    shown, channel, changes = await state.database(request).read(reading)
    told = _told(request, channel, position - 1, position, changes)
    return JSONResponse(
        {"topic": as_json.topic(shown) if shown else None, "changes": told, "position": position}
    )


async def member_changes(request: Request, after: int, position: int) -> list[Json]:
    """What changed for the viewer alone."""
    channel = Channel(Thing.MEMBER, viewer(request).id or 0)

    async def reading(reader: Reader) -> list[Change]:
        return await _changes(reader, channel, after, position)

    return _told(request, channel, after, position, await state.database(request).read(reading))


async def channel_of(reader: Reader, who: Viewer, topic_id: int) -> tuple[Channel, Rendering]:
    """The channel on which this viewer follows the topic, and its rendering.

    Raises NotFound when the topic's category is not for him any more; of a removed topic there is only
    nothing to show.
    """
    found = await topics.state(reader, topic_id)
    if found is None or not sees(who, found.visibility):
        raise NotFound
    rendering = visibility.rendering(who, found.category_id, found.visibility)
    return Channel(Thing.TOPIC, topic_id, Audience.STAFF if rendering.staff else None), rendering


def body_html(request: Request, post: Post) -> str:
    """The post's text as HTML, its quotes filled in."""
    return str(state.renderer(request).post_html(post))


async def _changes(reader: Reader, channel: Channel, after: int, position: int) -> list[Change]:
    events = await event_log.on_channel(reader, channel, after, MAX_CHANGES)
    return await patches.changes(reader, channel, [logged for logged in events if logged.seq <= position])


def _post_of(changes: Sequence[Change], post_id: int) -> Post | None:
    """The post, if the changes put it somewhere."""
    things = (change.thing for change in changes if isinstance(change, Put))
    return next((thing for thing in things if isinstance(thing, Post) and thing.id == post_id), None)


def _told(
    request: Request, channel: Channel, after: int, position: int, changes: Sequence[Change]
) -> list[Json]:
    found = patches.rendered(state.renderer(request), changes)
    return [as_json.changes(channel, after, position, found)] if found else []
