"""What a board of a million posts costs beside a small one: every page that many ask for, and a reply.

python -m tests.bench.growth [--board FOLDER] [--posts POSTS] [--rounds ROUNDS] [--postgresql]

Both boards are served at once, each by a process of its own, and asked in turns. Each page is asked for under
an address that is new (`?n=1`), so that it is made and not kept; what is on it was rendered before. FOLDER
keeps the boards (`small/` and `large/`) for the next time; replies are added to them. With --postgresql they
are in a PostgreSQL that is thrown away.
"""

import argparse
import contextlib
import itertools
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from server.bench import people, processes
from server.bench.loops import run
from server.bench.people import Member, Topic
from server.bench.processes import Served, machine
from server.bench.requests import Connection
from server.bench.tables import number, table
from tests.bench.filling import fill, show
from tests.bench.large_board import LONG_SHARE, LONG_TOPIC, Size
from tests.support.postgresql import PostgreSQL

SMALL, LARGE = 10_000, 1_000_000  # posts
A_PAGE, A_LIST = 20, 30  # posts of a topic's page, topics of a list's
ROUNDS = 5
ASKED, REPLIED = 100, 50  # times in a round
_counter = itertools.count(1)

Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Cost:
    """Of doing something once: microseconds of the server's processor, milliseconds until the answer."""

    cpu: float
    wait: float


class Board:
    """A board that is served, and somebody who writes on it."""

    def __init__(self, size: Size, served: Served, connection: Connection, member: Member) -> None:
        self._size = size
        self._served = served
        self._connection = connection
        self._member = member

    async def acts(self) -> dict[str, tuple[Act, int]]:
        """What is measured, by its name, with how often in a round."""
        lists = max(2, self._size.topics // 12 // A_LIST)  # of a category
        short = await self._full_topic(f"/categories/2/category-2?page={lists // 2}")
        long = Topic(LONG_TOPIC, (await self._connection.get(f"/topics/{LONG_TOPIC}/x")).location)
        pages = self._size.posts // LONG_SHARE // A_PAGE
        addresses = {
            "index": "/",
            "latest": "/latest",
            "latest, in the middle": f"/latest?page={lists * 5}",
            "a category": "/categories/2/category-2",
            "a category, in the middle": f"/categories/2/category-2?page={lists // 2}",
            "a topic": short.path,
            "a long topic": long.path,
            "a long topic, in the middle": f"{long.path}?page={pages // 2}",
            "a long topic, at the end": f"{long.path}?page={pages}",
            "a profile": "/members/Member%201",
        }
        reading: dict[str, tuple[Act, int]] = {
            name: (self._get(path), ASKED) for name, path in addresses.items()
        }
        return reading | {
            "a reply": (self._reply(short), REPLIED),
            "a reply in a long topic": (self._reply(long), REPLIED),
        }

    async def cost(self, act: Act, times: int) -> Cost:
        """Of doing it so often, one after the other."""
        waits = []
        cpu = self._served.use().cpu
        for _ in range(times):
            asked = time.perf_counter()
            await act()
            waits.append(time.perf_counter() - asked)
        return Cost(1e6 * (self._served.use().cpu - cpu) / times, 1e3 * median(waits))

    def _get(self, path: str) -> Act:
        async def get() -> None:
            answer = await self._connection.get(f"{path}{'&' if '?' in path else '?'}n={next(_counter)}")
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")

        return get

    def _reply(self, topic: Topic) -> Act:
        async def reply() -> None:
            (await self._member.reply(topic, next(_counter))).json()

        return reply

    async def _full_topic(self, path: str) -> Topic:
        """A topic of the list that has a whole page and can be written in."""
        listed: Any = (await self._connection.get(path, accept="application/json")).json()["topics"]
        told = next(topic for topic in listed if topic["replies"] >= A_PAGE and not topic["locked"])
        return Topic(told["id"], told["url"])


async def compare(folder: Path, urls: Mapping[str, str], posts: int, rounds: int) -> None:
    """Prints the table; the boards are in the folder, or at these URLs."""
    async with (
        _board(folder / "small", urls.get("small", ""), Size(SMALL)) as small,
        _board(folder / "large", urls.get("large", ""), Size(posts)) as large,
    ):
        boards = [(board, await board.acts()) for board in (small, large)]
        rows = []
        for name in boards[0][1]:
            costs: tuple[list[Cost], list[Cost]] = ([], [])
            for _ in range(rounds + 1):
                for (board, acts), found in zip(boards, costs, strict=True):
                    found.append(await board.cost(*acts[name]))
            rows.append(_row(name, *(found[1:] for found in costs)))  # the first round warms up
            print(rows[-1], flush=True)
    print(table(("", "ratio", "ratio of time", f"{SMALL:,} posts", f"{posts:,} posts", "time", "time"), rows))


def _row(name: str, small: list[Cost], large: list[Cost]) -> tuple[str, ...]:
    cpu = [median(cost.cpu for cost in costs) for costs in (small, large)]
    wait = [median(cost.wait for cost in costs) for costs in (small, large)]
    return (
        name,
        f"{cpu[1] / cpu[0]:.2f}",
        f"{wait[1] / wait[0]:.2f}",
        *(f"{number(value)} µs" for value in cpu),
        *(f"{number(value)} ms" for value in wait),
    )


@contextlib.asynccontextmanager
async def _board(folder: Path, url: str, size: Size) -> AsyncIterator[Board]:
    os.environ["DATABASE_URL"] = url  # of the server that is started next; empty: the file in its folder
    async with processes.board(folder) as served, Connection(served.port) as connection:
        member = await people.sign_up(connection, f"Writer {time.time_ns() % 10**12}")
        yield Board(size, served, connection, member)


@contextlib.contextmanager
def postgresql(posts: int) -> Iterator[dict[str, str]]:
    """Both boards in a server of their own, which may use as much memory as a small one has."""
    server = PostgreSQL(shared_buffers="512MB", autovacuum="on")
    try:
        run(server.start())
        urls = {name: run(server.create(name)) for name in ("small", "large")}
        for url, size in zip(urls.values(), (SMALL, posts), strict=True):
            print(f"Writing {size:,} posts to {url}", flush=True)
            fill(url, Size(size), show)
        yield urls
    finally:
        server.stop()


def make(folder: Path, size: Size) -> None:
    """The board in that folder, unless it is there."""
    file = folder / "fireside.db"
    if not file.exists():
        print(f"Writing {size.posts:,} posts to {file}", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / "unfinished.db"
        unfinished.unlink(missing_ok=True)
        fill(f"sqlite:///{unfinished}", size, show)
        unfinished.rename(file)


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--board", type=Path)
    parser.add_argument("--posts", type=int, default=LARGE)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.board or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls: dict[str, str] = {}
        if options.postgresql:
            urls = stack.enter_context(postgresql(options.posts))
        else:
            make(folder / "small", Size(SMALL))
            make(folder / "large", Size(options.posts))
        print(machine(), flush=True)
        run(compare(folder, urls, options.posts, options.rounds))
        print(machine())


if __name__ == "__main__":
    main()
