"""How much one address, one member and one socket may ask for: buckets and counts, bounded in memory."""

import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from functools import lru_cache

from server.domain.viewer import Viewer
from server.live.protocol import OVERLOADED, TOO_MANY_SOCKETS, Close

SOCKETS_A_MEMBER = 20
SOCKETS_AN_ADDRESS = 60  # clinics share addresses
MESSAGES_A_SECOND = 5.0  # a socket
MESSAGES_AT_ONCE = 20
HANDSHAKES_A_SECOND = 10.0  # an address
HANDSHAKES_AT_ONCE = 60  # everyone behind an address comes back after a restart
MAX_ADDRESSES = 10_000  # remembered; the one that was quiet longest is forgotten first
IPV6_PREFIX = 64  # bits: what one subscriber gets

Clock = Callable[[], float]


class Bucket:
    """Lets `burst` things through at once and `rate` a second after that."""

    __slots__ = ("_burst", "_clock", "_level", "_rate", "_since")

    def __init__(self, rate: float, burst: int, clock: Clock = time.monotonic) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._level = float(burst)
        self._clock = clock
        self._since = clock()

    def take(self) -> bool:
        """Whether one more may pass now."""
        now = self._clock()
        self._level = min(self._burst, self._level + (now - self._since) * self._rate)
        self._since = now
        if self._level < 1:
            return False
        self._level -= 1
        return True


class Handshakes:
    """New connections per address."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, address: str) -> bool:
        """Whether this address may connect once more now."""
        bucket = self._buckets.pop(address, None) or Bucket(
            HANDSHAKES_A_SECOND, HANDSHAKES_AT_ONCE, self._clock
        )
        self._buckets[address] = bucket
        if len(self._buckets) > MAX_ADDRESSES:
            self._buckets.popitem(last=False)
        return bucket.take()


class Places:
    """Open sockets per member, per address and in all; `most` is what this process takes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._members: Counter[int] = Counter()
        self._addresses: Counter[str] = Counter()

    def take(self, viewer: Viewer, address: str) -> Close | None:
        """Counts one more socket until `give_back`; when there is no room, why it has to close instead."""
        if self._taken >= self._most:
            return OVERLOADED
        full = viewer.id is not None and self._members[viewer.id] >= SOCKETS_A_MEMBER
        if full or self._addresses[address] >= SOCKETS_AN_ADDRESS:
            self._tidy(viewer, address)
            return TOO_MANY_SOCKETS
        self._taken += 1
        self._addresses[address] += 1
        if viewer.id is not None:
            self._members[viewer.id] += 1
        return None

    def give_back(self, viewer: Viewer, address: str) -> None:
        """The socket is gone."""
        self._taken -= 1
        self._addresses[address] -= 1
        if viewer.id is not None:
            self._members[viewer.id] -= 1
        self._tidy(viewer, address)

    def _tidy(self, viewer: Viewer, address: str) -> None:
        if self._addresses[address] <= 0:
            del self._addresses[address]
        if viewer.id is not None and self._members[viewer.id] <= 0:
            del self._members[viewer.id]


@lru_cache(maxsize=MAX_ADDRESSES)
def network_of(host: str) -> str:
    """What counts as one address: an IPv4 address, an IPv6 /64, or the text itself when it is neither."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address), IPV6_PREFIX), strict=False))
    return str(address)
