"""What coming back costs the database: statements a resume, counted where they leave for it."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit

from server.bench.clients import Crowd
from server.store import migrations
from server.store.drivers import Row, Value
from server.store.transactions import Reader
from tests.support.whole_board import WholeBoard, whole_board

READERS = 200
WITHIN = 30.0  # seconds
# The tasks that work for one browser; others look at the log whether anybody comes back or not.
BROWSERS = ("run_asgi", "Commands._work")


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of handshakes and resumes meanwhile."""
    seen: list[str] = []
    ask = Reader.all

    async def asking(reader: Reader, sql: str, **values: Value) -> list[Row]:
        if is_for_a_browser():
            seen.append(sql)
        return await ask(reader, sql, **values)

    Reader.all = asking  # type: ignore[assignment, method-assign]  # until the end of this
    try:
        yield seen
    finally:
        Reader.all = ask  # type: ignore[method-assign]  # as it was


def is_for_a_browser() -> bool:
    """Whether this runs in one of their tasks, or in a thread, where nobody else renders now."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return True
    return any(name in repr(task) for name in BROWSERS)


async def queries_of_resumes() -> tuple[float, dict[str, float]]:
    """Statements for each guest who missed nothing; and for those who missed a post, by who they are."""
    costs: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/fireside.db"
        await asyncio.to_thread(migrations.upgrade, url)
        async with whole_board(url) as board:
            topic = (await board.topic("How do you sleep?", "Tell me.")).topic_id
            in_memory = await _cost(board, topic, cookie="", missed=False)
            costs["guests who missed a post"] = await _cost(board, topic, cookie="", missed=True)
            costs["members"] = await _cost(board, topic, cookie=board.cookie("cleo"), missed=False)
            costs["members who missed a post"] = await _cost(
                board, topic, cookie=board.cookie("cleo"), missed=True
            )
    return in_memory, costs


async def _cost(board: WholeBoard, topic: int, *, cookie: str, missed: bool) -> float:
    """Statements a resume, when READERS come back one after the other."""
    port = urlsplit(board.base_url).port or 0
    crowd = Crowd(port, [f"topic:{topic}"], cookie=cookie)
    await crowd.connect(READERS)
    for client in crowd.clients:
        client.abort()
    await crowd.until(lambda: not any(client.is_connected for client in crowd.clients), WITHIN)
    if missed:
        await board.reply(topic, "Warm feet help.")
    with counted() as seen:
        await crowd.reconnect(crowd.clients, at_once=10)
    await crowd.close()
    return len(seen) / READERS
