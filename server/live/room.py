"""The live room's life: it is opened with the server, follows the log, and is emptied at the end.

async with live_room(db, renderer, origins, authenticate, limits=True) as app.state.live: ...
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.requests import HTTPConnection

from server.live.company.leases import leases_of
from server.live.company.neighbours import Neighbours
from server.live.connections.capacity import sockets_at_most
from server.live.connections.sweep import Sweep
from server.live.drain import before_stopping, drain
from server.live.hub import Hub
from server.live.limits import Places
from server.live.presence import Presence
from server.live.relay import Relay
from server.live.resuming.catch_up import Sources
from server.live.resuming.resume import Resume
from server.live.rights import RoleOf
from server.live.state import AddressOf, Authenticate, LiveState
from server.live.wakeup import BACKSTOP, Wakeup
from server.live.wakeups.wakeup_sources import wakeup_sources
from server.store.database import Database
from server.store.redis_link import RedisLink
from server.store.standing import role_today
from server.views.render import Renderer


def _peer(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


@contextlib.asynccontextmanager
async def live_room(
    db: Database,
    renderer: Renderer,
    origins: frozenset[str],
    authenticate: Authenticate,
    *,
    limits: bool = True,
    address_of: AddressOf = _peer,
    sources: Sources | None = None,
    role_of: RoleOf = role_today,
    redis: RedisLink | None = None,
    backstop: float = BACKSTOP,
    workers: int = 1,
) -> AsyncIterator[LiveState]:
    """Follows the log as long as it is entered; at its end sockets are closed (4000) and the relay stops.

    `address_of` has to look through trusted proxies, or everyone behind one counts as one address.
    `workers` are the server's processes, which share the machine's memory; with a single one on SQLite
    presence is nobody else's to know.
    `sources`, `role_of` and `backstop` (seconds between looks at the log at most) are for tests.
    """
    sources = sources or Sources(renderer)
    hub, wakeup = Hub(), Wakeup(backstop)
    relay = Relay(db, hub, sources, role_of, wakeup)
    presence = Presence(db, hub, Neighbours(leases_of(db, redis, workers)))
    hub.watchers.append(presence.moved)
    relay.listeners.append(presence.hear)
    async with wakeup_sources(db, wakeup, redis) as wakeups:
        await relay.start()
        resume = Resume(db, sources, relay.recent, relay.known_rights)
        state = LiveState(
            db,
            renderer,
            relay,
            hub,
            origins,
            authenticate,
            limits,
            sources,
            address_of,
            resume,
            presence,
            wakeups,
            places=Places(sockets_at_most(workers)),
        )
        work = (relay.run(), Sweep(hub, state.slow).run(), presence.run())
        tasks = [asyncio.create_task(one) for one in work]
        try:
            with before_stopping(lambda: drain(hub)):
                yield state
        finally:
            await drain(hub)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await presence.end()
