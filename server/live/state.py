"""What the live room holds while the server runs; `app.state.live` is one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from server.domain.credentials import Credentials
from server.domain.viewer import Viewer
from server.live.connections.slow import SlowReaders
from server.live.hub import Hub
from server.live.limits import Handshakes, Places
from server.live.presence import Presence
from server.live.relay import Relay
from server.live.resuming.catch_up import Sources
from server.live.resuming.resume import Resume
from server.live.wakeups.wakeup_sources import WakeupSources
from server.store.database import Database
from server.views.render import Renderer

# Sockets that read the database at once: after a restart thousands come, and pages and the relay need it too.
READS_AT_ONCE = 2
MAX_SOCKETS = 10_000  # of one process, where nobody has looked what it can hold

# Where a browser is, as far as trusted proxies say.
AddressOf = Callable[[HTTPConnection], str]

# Who it is that shows this, read afresh. Raises TokenRefused for a program's token that is not valid.
Authenticate = Callable[[Credentials], Awaitable[Viewer]]


@dataclass(frozen=True, slots=True)
class LiveState:
    """Everything that sockets share. `origins` are matched exactly; `limits` False is for load tests."""

    db: Database
    renderer: Renderer
    relay: Relay
    hub: Hub
    origins: frozenset[str]
    authenticate: Authenticate
    limits: bool
    sources: Sources
    address_of: AddressOf
    resume: Resume
    presence: Presence
    wakeups: WakeupSources = field(default_factory=lambda: WakeupSources(()))
    slow: SlowReaders = field(default_factory=SlowReaders)
    places: Places = field(default_factory=lambda: Places(MAX_SOCKETS))
    handshakes: Handshakes = field(default_factory=Handshakes)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READS_AT_ONCE))
