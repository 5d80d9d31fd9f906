"""R16's readers, who come and go as anybody with any channel and position, and the judge of what they heard.

A frame may tell a word only to those who might read it at the frame's position. A socket whose session has
ended, or whose account was banned or got another role, may be told nothing from that position on, and is
closed.
"""

import asyncio
import contextlib
import json
import random
from dataclasses import dataclass, field
from typing import Any

import websockets

from server.domain.viewer import Audience, Role
from server.store import event_log
from tests.reliability import r16_acts
from tests.reliability.r16_chaos import WORD, Chaos
from tests.support.sockets import Socket, member_socket
from tests.support.waiting import act_slowly
from tests.support.whole_board import WholeBoard

PEOPLE = (None, "ann", "bo", "cleo", "mod")
AUDIENCES = {None: Audience.PUBLIC, Role.MEMBER: Audience.MEMBERS, Role.MODERATOR: Audience.STAFF}
LIVES = (0.05, 1.5)  # seconds that a reader stays
ASKS = 0.1  # of the messages make a reader ask for what it has seen already
BACK = 40  # positions that a reader goes back at most
BETWEEN_ACTS = 0.02  # seconds at most
GONE_WITHIN = 10.0  # seconds; the promise is measured


@dataclass(eq=False)
class Seat:
    """One connection: on whose behalf, since which position, and what it was told."""

    member: int | None
    session: int
    begun: int  # the log's position before it connected
    since: int  # and when it was connected; in between it may have been taken for what its member was
    frames: list[dict[str, Any]] = field(default_factory=list)
    sent_away: float = 0.0  # when its right was lost, by the loop's clock; 0: it was not


@dataclass
class Outcome:
    """`leaks` are sentences; `delays` seconds from a commit to the end of a socket that lost its right."""

    leaks: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)

    @property
    def frames(self) -> int:
        """How many were judged."""
        return sum(len(seat.frames) for seat in self.seats)


async def chaos(board: WholeBoard, *, seed: int, acts: int, readers: int) -> Outcome:
    """Plays it, and judges."""
    rights, outcome, over = Chaos(board, seed), Outcome(), asyncio.Event()
    await rights.prepare()

    def lose(sessions: set[int], member: int) -> None:
        now = asyncio.get_running_loop().time()
        for seat in outcome.seats:
            if seat.member is not None and (seat.session in sessions or seat.member == member):
                seat.sent_away = seat.sent_away or now

    rights.on_loss = lose
    chances = [random.Random(seed * 1000 + number) for number in range(readers)]
    tasks = [asyncio.create_task(_read(rights, outcome, chance, over)) for chance in chances]
    for _ in range(acts):
        await rights.act()
        await act_slowly(rights.chance.uniform(0, BETWEEN_ACTS))
    over.set()
    await asyncio.gather(*tasks)
    for seat in outcome.seats:
        outcome.leaks += [f"{leak}: {frame}" for frame in seat.frames for leak in leaks(rights, seat, frame)]
    return outcome


async def _read(rights: Chaos, outcome: Outcome, chance: random.Random, over: asyncio.Event) -> None:
    """One reader after the other."""
    while not over.is_set():
        who = chance.choice(PEOPLE)
        before, cookie = rights.board.viewer(who), rights.board.cookie(who) if who else None
        async with rights.board.db.snapshot() as reader:
            head = await event_log.head(reader)
        async with member_socket(rights.board.base_url, cookie) as socket:
            with contextlib.suppress(websockets.ConnectionClosed):
                position = chance.choice([None, max(0, head.seq - chance.randrange(BACK))])
                ready = await socket.hello(_channels(rights, chance, before.id), head.epoch, position)
                session = 0 if ready["viewer"] is None else before.session_id or 0
                now = await r16_acts.head(rights.board.db)
                seat = Seat(ready["viewer"], session, head.seq, now, socket.seen)
                outcome.seats.append(seat)
                await _stay(rights, outcome, chance, socket, seat)


def _channels(rights: Chaos, chance: random.Random, member: int | None) -> list[str]:
    names = [f"topic:{topic}" for topic in rights.topics]
    names += [f"category:{place}" for place in [rights.wandering, *rights.board.places.values()]]
    names += [f"{name}:staff" for name in names]
    names += ["board", "moderation", "online", f"member:{member or 1}", "profile:1"]
    return chance.sample(names, chance.randint(3, 12))


async def _stay(rights: Chaos, outcome: Outcome, chance: random.Random, socket: Socket, seat: Seat) -> None:
    loop = asyncio.get_running_loop()
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(*LIVES)):
                await _listen(rights, chance, socket, seat.member)
        if seat.sent_away:
            async with asyncio.timeout(GONE_WITHIN):
                await _listen(rights, chance, socket, seat.member)
    except websockets.ConnectionClosed:
        if seat.sent_away:
            outcome.delays.append(loop.time() - seat.sent_away)
    except TimeoutError:
        outcome.leaks.append(f"a socket of member {seat.member} is still open")


async def _listen(rights: Chaos, chance: random.Random, socket: Socket, member: int | None) -> None:
    while True:
        message = await socket.receive()
        if chance.random() < ASKS and "position" in message:
            again = max(0, message["position"] - chance.randrange(BACK))
            await socket.say("subscribe", channels=_channels(rights, chance, member), position=again)


def leaks(rights: Chaos, seat: Seat, frame: dict[str, Any]) -> list[str]:
    """What is wrong with telling this there."""
    found: list[str] = []
    if frame["type"] in ("here", "typing") and seat.member is None and frame["members"]:
        found.append("a guest was told names")
    if frame["type"] != "changes":
        return found
    position, audience = frame["position"], Audience.PUBLIC
    if seat.member is not None:
        was = rights.roles_of(seat.member, seat.begun, seat.since)
        audience = max(AUDIENCES[role] for role in was)
        if position >= rights.ended.get(seat.session, position + 1):
            found.append(f"session {seat.session} ended at {rights.ended[seat.session]}")
        if not rights.roles_of(seat.member, position, position) <= was:
            found.append(f"member {seat.member} changed: {rights.roles[seat.member][-5:]}")
    for word in WORD.findall(json.dumps(frame)):
        known = [audience for since, audience in rights.words.get(word, []) if since <= position]
        if known and (known[-1] is None or known[-1] > audience):
            found.append(f"{word}, {rights.words[word][-5:]}, was told to {audience.name}")
    return found
