"""What the tests of guests' pages share: something to read, fresh pages beside it, and what reading costs."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from server.actions import thanking
from server.domain.clock import now_ms
from server.store.database import Database, Reader
from server.store.drivers import Reading, Result, Row, Value
from server.store.pools import Lent
from server.web.page_cache import PageCache
from tests.support.whole_board import WholeBoard

NOBODY = {"Cookie": "sid=nobody"}  # signs nobody in; its guest gets no kept page
WORD = "xylophone"  # in the first post


@dataclass(frozen=True)
class Talk:
    """A topic by ann in which bo answered, quoting her, cleo thanked him, and the moderator had a word."""

    topic_id: int
    first: int
    answer: int
    last: int
    url: str

    @property
    def places(self) -> list[str]:
        """Every page that shows something of it."""
        return ["/", "/latest", "/categories/1/general", self.url, "/members/ann", "/members/bo", "/rules"]


async def talk_on(board: WholeBoard) -> Talk:
    topic = await board.topic("How do you sleep?", f"Badly, says the {WORD}.", by="ann")
    answer = await board.reply(topic.topic_id, f"[quote={topic.post_id}]\n\nWarm milk.", by="bo")
    await thanking.thank(board.db, board.viewer("cleo"), answer.post_id, now=now_ms())
    last = await board.reply(topic.topic_id, "Be well.", by="mod")
    url = f"/topics/{topic.topic_id}/how-do-you-sleep"
    return Talk(topic.topic_id, topic.post_id, answer.post_id, last.post_id, url)


def kept(board: WholeBoard) -> PageCache:
    """The pages that this server keeps."""
    found: PageCache = board.server.app.state.pages
    return found


def said(answer: httpx.Response) -> tuple[int, str]:
    """What the answer says, whatever the position it is true for, and whichever token its form has."""
    text = re.sub(r'((?:data-)?position"?[=:] ?"?)\d+', r"\1N", answer.text)
    text = re.sub(r'(form_token" value=")[\w-]+', r"\1TOKEN", text)
    return answer.status_code, answer.headers.get("location", "") + text


async def read(guest: httpx.AsyncClient, paths: list[str]) -> dict[str, tuple[int, str]]:
    return {path: said(await guest.get(path)) for path in paths}


async def read_afresh(
    board: WholeBoard, reader: httpx.AsyncClient, paths: list[str]
) -> dict[str, tuple[int, str]]:
    """The same pages, made for this reading of rows alone: what this server knew, it does not any more."""
    board.server.app.state.renderer.forget(None)
    board.server.app.state.known_posts.forget(None)
    headers = {} if reader.cookies else NOBODY
    return {path: said(await reader.get(path, headers=headers)) for path in paths}


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What requests cost meanwhile: "LEND" for each connection, and the statements of each reading."""
    seen: list[str] = []
    lend, read_in_one_turn = Database.lend, Database.read

    async def lending(self: Database, *, writes: bool) -> Lent:
        task = asyncio.current_task()
        if "run_asgi" in repr(task):  # not the relay, which looks every second
            seen.append("LEND")
        return await lend(self, writes=writes)

    async def reading(self: Database, what: Callable[[Reader], Reading[Result]]) -> Result:
        async def counting(reader: Reader) -> Result:
            ask = reader.all

            async def asking(sql: str, **values: Value) -> list[Row]:
                seen.append(sql)
                return await ask(sql, **values)

            reader.all = asking  # type: ignore[method-assign]  # for this reading only
            return await what(reader)

        return await read_in_one_turn(self, counting)

    with monkeypatch.context() as patched:
        patched.setattr(Database, "lend", lending)
        patched.setattr(Database, "read", reading)
        yield seen
