"""A live room whose content and rights a test sets: a real log, a real server, no pages.

Content is a text per object. A cookie `who=ann` signs in whoever the test put into `viewers`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.domain.channels import Channel, Thing
from server.domain.credentials import Credentials
from server.domain.errors import Invalid
from server.domain.events import Event, Kind, LoggedEvent
from server.domain.viewer import GUEST, Audience, Role, Viewer
from server.live.endpoint import routes
from server.live.polling import poll
from server.live.resuming.catch_up import Sources
from server.live.room import live_room
from server.live.state import LiveState
from server.live.wakeup import BACKSTOP
from server.store import event_log
from server.store.database import Database, Reader
from server.store.redis_link import RedisLink
from server.views.patches import Patch
from server.views.render import Renderer
from tests.support.servers import AS_SERVED, EmbeddedServer, listening
from tests.support.waiting import check, eventually

TOPIC = Channel(Thing.TOPIC, 12)
# uvicorn's `ws`: our own protocol class, which parks connections, and its usual one.
WAYS = {"parked": "server.live.wire:WireProtocol", "plain": "websockets-sansio"}


class Content:
    """What `views` and `store.visibility` answer in a real room."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}  # of posts; one that is not there was removed
        self.audiences: dict[Channel, Audience] = {TOPIC: Audience.PUBLIC}  # others do not exist
        self.roles: dict[int, Role] = {}  # of members; one that is not there is disabled
        self.broken: set[Channel] = set()
        self.rendered: list[Channel] = []
        self.gate: asyncio.Event | None = None  # rendering waits for it
        self.at_gate = asyncio.Event()

    def sources(self) -> Sources:
        return Sources(Renderer(str), self.patches, self.may_join)

    async def patches(
        self, _reader: Reader, _renderer: Renderer, channel: Channel, events: Sequence[LoggedEvent]
    ) -> tuple[Patch, ...]:
        texts = dict(self.texts)
        if self.gate is not None:
            self.at_gate.set()
            await self.gate.wait()
        if channel in self.broken:
            raise ValueError("a template is broken")
        self.rendered.append(channel)
        latest = {one.event.object_id: one.seq for one in events if one.event.kind is Kind.POST}
        return tuple(
            Patch("put", f"post-{post}", seq, "posts", post, texts[post])
            if post in texts
            else Patch("remove", f"post-{post}", seq)
            for post, seq in latest.items()
        )

    async def may_join(self, _reader: Reader, viewer: Viewer, channel: Channel) -> bool:
        if channel.thing is Thing.MEMBER:
            return viewer.id == channel.id
        return channel in self.audiences and viewer.audience >= self.audiences[channel]

    async def role_of(self, _reader: Reader, member_id: int) -> Role | None:
        return self.roles.get(member_id)


class Stage(Content):
    live: LiveState

    def __init__(self, db: Database, base_url: str, room: contextlib.AsyncExitStack) -> None:
        super().__init__()
        self.db = db
        self.base_url = base_url
        self.room = room  # closing it stops the live room while the server goes on
        self.viewers: dict[str, Viewer] = {}
        self.door: asyncio.Event | None = None  # handshakes wait for it
        self.at_door = asyncio.Event()

    async def authenticate(self, shown: Credentials) -> Viewer:
        if self.door is not None:
            self.at_door.set()
            await self.door.wait()
        return self.viewers.get(shown.cookies.get("who", ""), GUEST)

    async def epoch(self) -> str:
        async with self.db.snapshot() as reader:
            return (await event_log.head(reader)).epoch

    async def tell(self, *events: Event) -> int:
        """Commits the events; the position of the last."""
        return await commit(self.db, *events)

    async def write(self, post: int, text: str | None) -> int:
        """Puts a post into the topic, or removes it."""
        if text is None:
            self.texts.pop(post, None)
        else:
            self.texts[post] = text
        return await self.tell(post_event(post))


async def commit(db: Database, *events: Event) -> int:
    """Commits the events; the position of the last."""
    async with db.begin() as writer:
        for event in events:
            writer.append(event)
    return writer.position


def post_event(post: int, topic: int = 12, audience: Audience = Audience.PUBLIC) -> Event:
    return Event(Kind.POST, post, audience, topic, 3, 7)


def name_fields(_request: Request, error: Exception) -> Response:
    return JSONResponse(error.fields if isinstance(error, Invalid) else {}, 422)


@contextlib.asynccontextmanager
async def set_up(
    url: str,
    *,
    limits: bool = True,
    redis: RedisLink | None = None,
    backstop: float = BACKSTOP,
    **options: Any,
) -> AsyncIterator[Stage]:
    """Serves `/live` of a fresh stage on a free port; `options` are uvicorn's.

    Several stages of one URL are like several processes of one board.
    """
    listener = listening()
    async with Database.open(url) as db, contextlib.AsyncExitStack() as room:
        stage = Stage(db, f"http://127.0.0.1:{listener.getsockname()[1]}", room)
        stage.live = await room.enter_async_context(
            live_room(
                db,
                Renderer(str),
                frozenset([stage.base_url]),
                stage.authenticate,
                limits=limits,
                sources=stage.sources(),
                role_of=stage.role_of,
                redis=redis,
                backstop=backstop,
            )
        )
        app = Starlette(routes=[Route("/poll", poll), *routes], exception_handlers={Invalid: name_fields})
        app.state.live = stage.live
        settings = {
            **AS_SERVED,
            "lifespan": "off",
            "timeout_graceful_shutdown": 2,
        } | options
        server = EmbeddedServer(uvicorn.Config(app, **settings))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await eventually(lambda: check(server.started or serving.done()), timeout=30.0)
            yield stage
        finally:
            server.should_exit = True
            await serving
            listener.close()
