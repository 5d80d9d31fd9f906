"""R16 for sessions: people's devices and programs on live sockets, whose sessions end in every way there is.

Much is told all the time: posts on the topic that all follow, and notices on each one's private channel.
What a socket hears is held against the position at which its session ended: from there on, nothing.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from server.actions import accounts, member_accounts, notices, password_change, posting, sessions, tokens
from server.actions.posting import Draft
from server.actions.sessions import SignedIn
from server.domain.clock import now_ms
from server.domain.notices import NoticeKind
from server.domain.viewer import Role, Scope, Viewer
from server.store.database import Database
from tests.support.sockets import Socket, member_socket
from tests.support.waiting import act_slowly
from tests.support.whole_board import NO_LIMITS, PASSWORD, WholeBoard

PEOPLE = ("ann", "bo", "cleo", "mod")
DEVICES = 3  # browsers of each of them at a time
PROGRAMS = 1
PAUSE = 0.02  # seconds at most between two acts of those who write
GONE_WITHIN = 10.0  # seconds; the promise is measured
BOARD_ITSELF = Viewer(None, "", Role.ADMIN)


@dataclass(eq=False)
class Seat:
    """A connection of a session; `number` is the session's."""

    name: str
    number: int
    viewer: Viewer | None  # None: a program's
    socket: Socket
    closing: contextlib.AsyncExitStack
    ended_at: int = 0  # the position from which on it may be told nothing
    lost_at: float = 0.0  # by the loop's clock
    gone_after: float = 0.0  # seconds
    reading: asyncio.Task[None] | None = None


@dataclass
class Outcome:
    """`leaks` are sentences; `delays` are seconds from a commit to the end of a socket that it ended."""

    leaks: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    frames: int = 0
    ends: list[str] = field(default_factory=list)


class Sessions:
    """Who is connected, and the ways in which their sessions end."""

    def __init__(self, board: WholeBoard, seed: int) -> None:
        self.board, self.db = board, board.db
        self.chance = random.Random(seed)
        self.outcome = Outcome()
        self.seats: dict[str, list[Seat]] = {name: [] for name in PEOPLE}
        self.topic = 0
        self.passwords = dict.fromkeys(PEOPLE, PASSWORD)
        self._over = False

    async def play(self, ends: int) -> Outcome:
        """That many ends, while others write."""
        made = await self.board.topic("Nights", "Who is awake?", by="ada")
        self.topic = made.topic_id
        for name in PEOPLE:
            await self._fill(name)
        writing = asyncio.create_task(self._write())
        ways, coming = self._ways(), list[str]()
        for _ in range(ends):
            coming = coming or self.chance.sample(list(ways), len(ways))  # each comes, in any order
            name, how = self.chance.choice(PEOPLE), coming.pop()
            await ways[how](name)
            self.outcome.ends.append(how)
            await self._fill(name)
        self._over = True
        await writing
        for seat in [one for seats in self.seats.values() for one in seats]:
            await seat.closing.aclose()
        return self.outcome

    def _ways(self) -> dict[str, Callable[[str], Awaitable[None]]]:
        return {
            "signs out": self._sign_out,
            "ends a device": self._end_device,
            "ends the others": self._end_others,
            "changes the password": self._change_password,
            "ends a token": self._end_token,
            "is signed out": self._is_signed_out,
        }

    # Ends: who goes is known before, the position afterwards

    async def _sign_out(self, name: str) -> None:
        seat = self._some(name)
        await self._end([seat], sessions.sign_out(self.db, _of(seat), now=now_ms()))

    async def _end_device(self, name: str) -> None:
        here, there = self.chance.sample(self._browsers(name), 2)
        await self._end([there], sessions.end_device(self.db, _of(here), there.number, now=now_ms()))

    async def _end_others(self, name: str) -> None:
        here = self._some(name)
        others = [one for one in self.seats[name] if one is not here]
        await self._end(others, sessions.end_other_devices(self.db, _of(here), now=now_ms()))

    async def _change_password(self, name: str) -> None:
        here = self._some(name)
        others = [one for one in self.seats[name] if one is not here]
        old, self.passwords[name] = self.passwords[name], f"seven quiet lanterns {self.chance.random()}"
        state = self.board.server.app.state
        changing = password_change.change_password(
            self.db, state.passwords, _of(here), old, self.passwords[name], now=now_ms(), limits=NO_LIMITS
        )
        await self._end(others, changing)

    async def _end_token(self, name: str) -> None:
        here = self._some(name)
        program = self.chance.choice([one for one in self.seats[name] if one.viewer is None])
        await self._end([program], tokens.end_token(self.db, _of(here), program.number, now=now_ms()))

    async def _is_signed_out(self, name: str) -> None:
        number = self.board.viewer(name).id or 0
        ending = member_accounts.sign_out_member(self.db, BOARD_ITSELF, number, None, now=now_ms())
        await self._end(self.seats[name], ending)

    async def _end(self, seats: list[Seat], act: Awaitable[object]) -> None:
        """Does it, and waits until those whom it concerns are gone."""
        gone, loop = list(seats), asyncio.get_running_loop()
        await act
        for seat in gone:
            seat.lost_at = loop.time()
            self.seats[seat.name].remove(seat)
        for seat in gone:
            seat.ended_at = await self._end_of(seat.number)
        for seat in gone:
            await self._watch_it_go(seat)

    async def _end_of(self, session: int) -> int:
        """The position of the event by which the session ended."""
        async with self.db.snapshot() as reader:
            found = await reader.value(
                "SELECT MIN(seq) FROM events WHERE kind = 'session' AND object_id = :id", id=session
            )
        assert found is not None, "it has ended"
        return int(found)

    async def _watch_it_go(self, seat: Seat) -> None:
        assert seat.reading is not None
        done, _ = await asyncio.wait([seat.reading], timeout=GONE_WITHIN)
        if not done:
            self.outcome.leaks.append(f"a socket of {seat.name} is still open")
        self.outcome.delays.append(seat.gone_after)
        self.outcome.frames += len(seat.socket.seen)
        late = [one for one in seat.socket.seen if one.get("position", 0) >= seat.ended_at]
        self.outcome.leaks += [f"session {seat.number} ended at {seat.ended_at}: {one}" for one in late]
        await seat.closing.aclose()

    # Who is there

    async def _fill(self, name: str) -> None:
        """As many devices and programs as each of them has."""
        while len(self._browsers(name)) < DEVICES:
            signed_in = await self._sign_in(name)
            await self._sit(name, signed_in.viewer.session_id or 0, signed_in.viewer, cookie=signed_in.token)
        while len(self.seats[name]) < DEVICES + PROGRAMS:
            made = await self._token(name)
            await self._sit(name, made[0], None, bearer=made[1])

    async def _sign_in(self, name: str) -> SignedIn:
        username, state = self.board.viewer(name).username, self.board.server.app.state
        password = self.passwords[name]
        return await accounts.sign_in(
            self.db, state.passwords, username, password, remember=True, now=now_ms(), limits=NO_LIMITS
        )

    async def _token(self, name: str) -> tuple[int, str]:
        draft = tokens.TokenDraft(f"{self.chance.random()}", Scope.READ.value, "30", self.passwords[name])
        state = self.board.server.app.state
        viewer = _of(self._some(name))
        made = await tokens.make_token(
            self.db, state.passwords, viewer, draft, now=now_ms(), limits=NO_LIMITS
        )
        return made.id, made.secret

    async def _sit(
        self, name: str, number: int, viewer: Viewer | None, *, cookie: str = "", bearer: str | None = None
    ) -> None:
        header = f"{self.board.config.cookie_name}={cookie}" if cookie else None
        stack = contextlib.AsyncExitStack()
        socket = await stack.enter_async_context(
            member_socket(self.board.base_url, cookie=header, bearer=bearer)
        )
        own = f"member:{self.board.viewer(name).id}"
        ready = await socket.hello([f"topic:{self.topic}", "board", own])
        assert own in ready["channels"]
        seat = Seat(name, number, viewer, socket, stack)
        seat.reading = asyncio.create_task(_read(seat))
        self.seats[name].append(seat)

    def _browsers(self, name: str) -> list[Seat]:
        return [one for one in self.seats[name] if one.viewer is not None]

    def _some(self, name: str) -> Seat:
        return self.chance.choice(self._browsers(name))

    # What is told meanwhile

    async def _write(self) -> None:
        number = 0
        while not self._over:
            number += 1
            draft = Draft(f"Word {number}")
            await posting.reply(
                self.db, self.board.viewer("ada"), self.topic, draft, now=now_ms(), limits=NO_LIMITS
            )
            await _notice(self.db, self.board.viewer(PEOPLE[number % len(PEOPLE)]).id or 0)
            await act_slowly(self.chance.uniform(0, PAUSE))


async def _read(seat: Seat) -> None:
    """Until the server closes."""
    await seat.socket.closed(within=3600)
    if seat.lost_at:
        seat.gone_after = asyncio.get_running_loop().time() - seat.lost_at


async def _notice(db: Database, member_id: int) -> None:
    async with db.begin() as writer:
        await notices.tell(
            writer, member_id, NoticeKind.ROLE_CHANGED, object_kind="member", object_id=member_id,
            words="member", now=now_ms(),
        )  # fmt: skip


def _of(seat: Seat) -> Viewer:
    assert seat.viewer is not None
    return seat.viewer
