"""The end of the server, gently: everybody is told when to come back, then closed, and only then it ends.

uvicorn closes all sockets at once with 1012, before the lifespan's end, and ten thousand browsers would come
back in the same second. So its signal handlers are called only when the sockets are gone.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType

from server.live.hub import SLICE, Hub
from server.live.messages import Draining, encode
from server.live.protocol import DRAINING

BACK_SOONEST = 1.0  # seconds: a new process needs about that
BACK_A_SECOND = 500  # browsers that may come back in one second
DRAIN_WITHIN = 3.0  # seconds for all sockets to close

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def retry_within(sockets: int) -> tuple[float, float]:
    """The seconds between which so many browsers come back, each at a moment of its own."""
    return BACK_SOONEST, round(2 * BACK_SOONEST + sockets / BACK_A_SECOND, 1)


async def drain(hub: Hub) -> None:
    """Tells and closes every socket, and those that still come; waits for them as long as DRAIN_WITHIN."""
    hub.close(DRAINING)
    news = encode(Draining(retry_within(len(hub))))
    for number, follower in enumerate(hub, 1):
        follower.say(news)
        follower.end(DRAINING)
        if number % SLICE == 0:
            await asyncio.sleep(0)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_WITHIN):
            await hub.wait_until_empty()


@contextlib.contextmanager
def before_stopping(work: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """When the process is asked to end, does the work before what the server does then.

    Asked a second time it ends at once. Nothing is done where the server handles no signals itself.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    replaced: dict[int, Callable[[int, FrameType | None], object]] = {}
    stopping: list[asyncio.Task[None]] = []

    async def stop(number: int) -> None:
        await work()
        replaced[number](number, None)

    def asked(number: int, frame: FrameType | None) -> None:
        if stopping:
            replaced[number](number, frame)
        else:
            loop.call_soon_threadsafe(lambda: stopping.append(loop.create_task(stop(number))))

    for number in _SIGNALS:
        handler = signal.getsignal(number)
        if callable(handler) and handler is not signal.default_int_handler:
            replaced[number] = handler
            signal.signal(number, asked)
    try:
        yield
    finally:
        for restored, previous in replaced.items():
            signal.signal(restored, previous)
