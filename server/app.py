"""The application: `create_app` wires the rooms together, and nothing else does.

`uvicorn server.app:app` serves it with the configuration of the environment; `fireside serve` does the same
with its options put there first.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from functools import partial
from random import Random

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from server import config as configuration
from server.actions import first_start, sessions, setup
from server.actions.images import Images
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.config import Config
from server.demo import players
from server.domain.channels import Thing
from server.domain.clock import now_ms
from server.domain.credentials import Credentials
from server.domain.events import LoggedEvent
from server.domain.viewer import Scope, Viewer
from server.jobs.announcements import announce_due
from server.jobs.bylines import tell_bylines
from server.jobs.carriers import Carrier, MailFolder, MailServer
from server.jobs.departures import let_go
from server.jobs.exports import Packer, pack_exports
from server.jobs.housekeeping import keep_house
from server.jobs.mail import MailRoom, deliver_mail
from server.jobs.pins import watch_pins
from server.jobs.sanctions import follow_sanctions
from server.live import endpoint
from server.live import health as live_health
from server.live.polling import poll
from server.live.relay import Relay
from server.live.room import live_room
from server.live.state import LiveState
from server.store import event_log, migrations
from server.store import health as store_health
from server.store.avatars import Avatars
from server.store.database import Database
from server.store.redis_link import RedisLink, redis_link
from server.store.shared_counts import SharedCounts
from server.views.export_pages import ExportPages
from server.views.known_posts import KnownPosts
from server.views.letters import LetterWriter
from server.views.render import Renderer
from server.web import kept, middleware, responses, routes, rules
from server.web.health_checks import HealthChecks
from server.web.page_cache import PageCache
from server.web.policies import Policy
from server.web.requests import client_address
from server.web.routing import get
from server.web.settings import standing
from server.web.static import StaticFiles

Events = Sequence[LoggedEvent] | None  # None: all that was known may have changed

log = logging.getLogger("fireside")

_READABLE = "passwords and posts can be read on their way. On the internet, use https with a proxy in front."


def create_app(config: Config) -> Starlette:
    """The board of that configuration. Its database is brought up to date when it starts."""
    db = Database(config.database_url)
    static = StaticFiles()
    renderer = Renderer(static.url, static.modules())
    pages, known_posts, avatars = PageCache(), KnownPosts(), Avatars(config.data_dir)

    async def authenticate(shown: Credentials) -> Viewer:
        token = shown.cookies.get(config.cookie_name, "")
        return await sessions.resume(db, token, shown.bearer, now=now_ms())

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await asyncio.to_thread(migrations.upgrade, config.database_url)
        async with contextlib.AsyncExitStack() as stack:
            await db.connect()
            stack.push_async_callback(db.disconnect)
            stack.callback(app.state.passwords.close)
            await _prepare(db, config)
            redis = await stack.enter_async_context(_redis(db, config))
            if redis is not None:
                app.state.limits = Limits(SharedCounts(redis), enabled=config.limits)
            live = await stack.enter_async_context(
                live_room(
                    db,
                    renderer,
                    config.origins,
                    authenticate,
                    limits=config.limits,
                    address_of=client_address,
                    redis=redis,
                    workers=config.web_workers,
                )
            )
            stack.enter_context(_followed(pages, [renderer.forget, known_posts.forget], db, live.relay))
            app.state.live = live
            app.state.readers = live.presence.reading
            app.state.health = _health(db, live, config)
            await stack.enter_async_context(_in_background(keep_house(db, avatars)))
            await stack.enter_async_context(_in_background(let_go(db, avatars)))
            await stack.enter_async_context(_in_background(watch_pins(db)))
            await stack.enter_async_context(_in_background(follow_sanctions(db)))
            await stack.enter_async_context(_in_background(tell_bylines(db)))
            await stack.enter_async_context(_in_background(announce_due(db)))
            await stack.enter_async_context(_in_background(deliver_mail(_mail_room(db, config, live))))
            packer = Packer(db, config.exports_dir, ExportPages(renderer), avatars)
            await stack.enter_async_context(_in_background(pack_exports(packer)))
            if config.demo:
                chance = Random()  # noqa: S311  # what the demo's members do is no secret
                await stack.enter_async_context(_in_background(players.play(db, chance=chance)))
            yield

    all_routes: list[BaseRoute] = [
        *endpoint.routes,  # first: after a restart thousands come at once
        *routes.routes,
        *static.routes(),
        get("/live", poll, Policy.ANYONE, Scope.READ),
    ]
    app = Starlette(
        routes=all_routes,
        middleware=middleware.stack(config, db, pages=pages),
        exception_handlers=(
            responses.EXCEPTION_HANDLERS
            | rules.EXCEPTION_HANDLERS
            | standing.EXCEPTION_HANDLERS
            | kept.EXCEPTION_HANDLERS
        ),
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # one address for a thing; others are not found
    app.state.config = config
    app.state.db = db
    app.state.renderer = renderer
    app.state.static = static.url
    app.state.pages = pages
    app.state.known_posts = known_posts
    app.state.avatars = avatars
    app.state.images = Images()
    app.state.passwords = Passwords()
    app.state.limits = Limits(enabled=config.limits)
    return app


async def _prepare(db: Database, config: Config) -> None:
    """A board that was started by another server than `fireside serve` gets its beginning here."""
    if config.is_readable_on_the_way:
        log.warning("PUBLIC_URL is %s: %s", config.public_url, _READABLE)
    if config.demo:
        return
    await first_start.furnish(db, config.forum_name, now=now_ms())
    if await setup.has_no_way_in(db, now=now_ms()):
        token = await setup.setup_link(db, now=now_ms())
        log.warning("No administrator yet. This link makes one: %s/setup/%s", config.address, token)


@contextlib.asynccontextmanager
async def _redis(db: Database, config: Config) -> AsyncIterator[RedisLink | None]:
    """The Redis that processes share, if there is one."""
    if not config.redis_url:
        yield None
        return
    async with db.snapshot() as reader:
        name = await event_log.board_name(reader)
    async with redis_link(config.redis_url, name) as link:
        yield link


def _mail_room(db: Database, config: Config, live: LiveState) -> MailRoom:
    """Letters leave by the mail server of the configuration, or are written into files."""

    def has_open(member_id: int, topic_id: int) -> bool:
        on = (live.hub.channels_of(socket) for socket in live.hub.sockets_of(member_id))
        return any(one.thing is Thing.TOPIC and one.id == topic_id for channels in on for one in channels)

    if config.sends_mail:
        carrier: Carrier = MailServer(config.smtp_url)
    else:
        carrier = MailFolder(config.mail_dir)
        if not config.is_local:
            log.warning("SMTP_URL is not set: mail is written to %s and reaches nobody.", config.mail_dir)
    return MailRoom(db, carrier, LetterWriter(config.address), config.mail_from, has_open)


def _health(db: Database, live: LiveState, config: Config) -> HealthChecks:
    return HealthChecks(
        {
            "database": partial(store_health.database, db),
            "log": partial(live_health.log_tail, live),
            "wakeups": partial(live_health.wakeups, live),
            "mail": partial(store_health.mail, db, config.mail_dir, has_server=config.sends_mail),
            "disk": partial(store_health.disk, config.data_dir),
        }
    )


@contextlib.contextmanager
def _followed(
    pages: PageCache, forgetting: Sequence[Callable[[Events], None]], db: Database, relay: Relay
) -> Iterator[None]:
    """What is kept in memory goes when it changes: by commits of this process at once, else by the log."""

    mine: set[int] = set()  # positions of own commits, until the log tells of them too

    def looked(events: Events) -> None:
        others = events and [logged for logged in events if logged.seq not in mine]
        pages.follow(others)
        if others is None or others:
            for forget in forgetting:
                forget(others)
        if events:
            mine.difference_update([seq for seq in mine if seq <= events[-1].seq])

    def committed(events: Events) -> None:
        if events is None:
            pages.start_over()
        else:
            pages.touch(events)
            mine.update(logged.seq for logged in events)
        for forget in forgetting:
            forget(events)

    pages.follow(None)  # the relay stands at the end of the log; what was read before may have changed unseen
    relay.listeners.append(looked)
    db.followers.append(committed)
    try:
        yield
    finally:
        db.followers.remove(committed)
        relay.listeners.remove(looked)
        pages.stop()


@contextlib.asynccontextmanager
async def _in_background(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def __getattr__(name: str) -> Starlette:
    """`app`, made when a server asks for it, so that importing this module reads no environment."""
    if name != "app":
        raise AttributeError(name)
    return create_app(configuration.of_process())
