"""A board on SQLite, served by `fireside serve` as a process that may be killed and started again.

async with board_process(folder) as board:          # with people and a topic, not started yet
    await board.start()
    post_id = await board.post("ann", "Hello", key="1")
    board.kill()                                    # kill -9
    assert board.truth() == {post_id: version, …}   # read from the file
"""

import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from server.actions import accounts, first_start, members, posting
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.posting import Draft
from server.domain.clock import now_ms
from server.domain.viewer import Role
from server.store import migrations
from server.store.database import Database
from tests.support.model_line import Place
from tests.support.plain_http import plain_client
from tests.support.servers import free_port
from tests.support.small_board import BROWSER, CHEAP, PASSWORD, PROGRAM
from tests.support.waiting import eventually

PEOPLE = {"ann": Role.MEMBER, "bo": Role.MEMBER, "cleo": Role.MEMBER, "moira": Role.MODERATOR}
NO_LIMITS = Limits(enabled=False)
LONG_AGO = 40 * 24 * 3600 * 1000  # milliseconds: nobody is new
STARTS_WITHIN = 60.0  # seconds
STOPS_WITHIN = 20.0  # seconds; the figure that matters is measured
LOG_SHOWN = 2000  # characters
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
NOT_OURS = ("DATABASE_URL", "PUBLIC_URL", "REDIS_URL")
FIRESIDE = Path(sys.executable).with_name("fireside")


@dataclass
class BoardProcess:
    """`tokens` are session tokens by name, `topic_id` the topic that everybody reads."""

    folder: Path
    port: int
    topic_id: int = 0
    tokens: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None
    code: Path | None = None  # another checkout, whose server is to run
    front: int = 0  # the port that people use, where something stands in front

    @property
    def file(self) -> Path:
        """The database."""
        return self.folder / "fireside.db"

    @property
    def public_port(self) -> int:
        """The port that people use."""
        return self.front or self.port

    @property
    def environment(self) -> dict[str, str]:
        """What its commands get to know."""
        found = {key: os.environ[key] for key in os.environ if key not in NOT_OURS}
        if self.code is not None:
            found["PYTHONPATH"] = str(self.code)
        if self.front:
            found["PUBLIC_URL"] = f"http://127.0.0.1:{self.front}"
        return found

    @property
    def log(self) -> str:
        """What all its processes said."""
        return (self.folder / "serve.log").read_text()

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self.process is not None
        return self.process.pid

    def place(self, port: int = 0, who: str = "", topic_id: int = 0) -> Place:
        """Where a reader goes: to everybody's topic on the board's port, if no other ones are given."""
        cookie = f"sid={self.tokens[who]}" if who else ""
        return Place(port or self.public_port, topic_id or self.topic_id, self.public_port, cookie)

    async def start(self, *arguments: str) -> None:
        """Starts `fireside serve --no-limits` on the port; returns when it answers."""
        log = self.folder / "serve.log"
        with log.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                FIRESIDE, "serve", "--no-limits", "--port", str(self.port), "--data", str(self.folder),
                *arguments, env=self.environment, stdin=asyncio.subprocess.DEVNULL,
                stdout=output, stderr=output,
            )  # fmt: skip
        await eventually(self.is_healthy, STARTS_WITHIN)

    async def is_healthy(self) -> None:
        """AssertionError unless the process says so."""
        assert self.process is not None
        if self.process.returncode is not None:
            raise RuntimeError(f"it ended with {self.process.returncode}: {self.log[-LOG_SHOWN:]}")
        async with self.browser(port=self.port) as guest:
            try:
                status = (await guest.get("/healthz")).status_code
            except httpx.TransportError as error:
                raise AssertionError(f"no answer: {error!r}") from None
        assert status == 200, f"/healthz answered {status}"

    async def listens(self) -> None:
        """AssertionError unless somebody takes connections on the port."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            raise AssertionError("nobody listens") from None
        writer.close()

    async def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> float:
        """SIGTERM; the seconds until it was gone. Killed, and TimeoutError, after STOPS_WITHIN."""
        if self.process is None or self.process.returncode is not None:
            return 0.0
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), STOPS_WITHIN)
        except TimeoutError:
            await self.kill()
            raise
        return time.monotonic() - begin

    # What it uses

    def memory(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE

    def cpu_seconds(self) -> float:
        """Processor time so far, in the kernel too."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def threads(self) -> int:
        """How many there are."""
        return len(os.listdir(f"/proc/{self.pid}/task"))  # noqa: PTH208  # a directory of the kernel

    def files(self) -> int:
        """Open file descriptors."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))  # noqa: PTH208  # as above

    # What people do

    @contextlib.asynccontextmanager
    async def browser(self, who: str | None = None, port: int = 0) -> AsyncIterator[httpx.AsyncClient]:
        """A program that is signed in as that member; None: a guest."""
        cookies = {} if who is None else {"sid": self.tokens[who]}
        base_url = f"http://127.0.0.1:{port or self.public_port}"
        headers = BROWSER | PROGRAM | {"Host": f"127.0.0.1:{self.public_port}"}
        async with plain_client(base_url, headers=headers, cookies=cookies, timeout=30) as client:
            yield client

    async def reply(self, member: httpx.AsyncClient, body: str) -> int:
        """Writes a post into the topic; its number. Raises httpx.HTTPError."""
        answer = await member.post(f"/topics/{self.topic_id}/posts", json={"body": body})
        answer.raise_for_status()
        post: int = answer.json()["post"]["id"]
        return post

    # What is so, by the file itself

    def truth(self, since: int = 0) -> dict[int, int]:
        """Versions of the topic's posts from that number on, without those that were removed."""
        query = "SELECT id, version FROM posts WHERE topic_id = ? AND id >= ? AND removed_at IS NULL"
        return {row[0]: row[1] for row in self.ask(query, self.topic_id, since)}

    def last_change(self) -> int:
        """The position of the topic's last event."""
        found: int = self.ask("SELECT max(seq) FROM events WHERE topic_id = ?", self.topic_id)[0][0]
        return found

    def ask(self, query: str, *values: object) -> list[tuple[int, ...]]:
        """Rows of the file, read beside the server."""
        with contextlib.closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=30)) as reader:
            return reader.execute(query, values).fetchall()

    async def findings(self) -> list[str]:
        """What `PRAGMA integrity_check` and `fireside check` have to say; nothing when all agrees."""
        found = [str(row[0]) for row in await asyncio.to_thread(self.ask, "PRAGMA integrity_check")]
        checking = await asyncio.create_subprocess_exec(
            FIRESIDE,
            "check",
            "--data",
            str(self.folder),
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
        )
        said = (await checking.communicate())[0].decode()
        return [one for one in found if one != "ok"] + (said.splitlines() if checking.returncode else [])


@contextlib.asynccontextmanager
async def board_process(folder: Path, *, posts: int = 1, length: int = 0) -> AsyncIterator[BoardProcess]:
    """A furnished board in that folder, which is made, and its process, ended at last if it runs.

    Its replies have at least `length` characters.
    """
    folder.mkdir(parents=True, exist_ok=True)
    board = BoardProcess(folder, free_port())
    await _furnish(board, posts, length)
    try:
        yield board
    finally:
        if board.process is not None and board.process.returncode is None:
            await board.kill()


async def _furnish(board: BoardProcess, posts: int, length: int) -> None:
    url = f"sqlite:///{board.file}"
    await asyncio.to_thread(migrations.upgrade, url)
    passwords = Passwords(CHEAP)
    try:
        async with Database.open(url) as db:
            await first_start.furnish(db, "Fireside", now=now_ms())
            viewers = []
            for name, role in PEOPLE.items():
                draft = NewMember(name, f"{name}@example.org", PASSWORD)
                await members.add_member(db, passwords, draft, role, now=now_ms() - LONG_AGO)
                signed_in = await accounts.sign_in(
                    db, passwords, name, PASSWORD, remember=True, now=now_ms(), limits=NO_LIMITS
                )
                board.tokens[name] = signed_in.token
                viewers.append(signed_in.viewer)
            ann = viewers[0]
            made = await posting.start_topic(
                db, ann, 1, Draft("Tell me.", "How do you sleep?"), now=now_ms(), limits=NO_LIMITS
            )
            board.topic_id = made.topic_id
            for number in range(posts - 1):
                reply = Draft(f"Reply {number}.".ljust(length, "."))
                await posting.reply(db, ann, board.topic_id, reply, now=now_ms(), limits=NO_LIMITS)
    finally:
        passwords.close()
