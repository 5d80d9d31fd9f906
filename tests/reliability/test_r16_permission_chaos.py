"""R16: who lost a right is told nothing from that event on, and is sent away; whoever kept it goes on."""

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from server.actions import accounts, moderation, posting, topic_acts
from server.actions.posting import Draft
from server.domain.clock import now_ms
from server.domain.viewer import Audience, Role
from server.live.rights import Rights
from server.store import categories
from tests.reliability import r16_acts as acts
from tests.reliability import r16_judge
from tests.support.sockets import Message, Socket, member_socket
from tests.support.waiting import check, eventually
from tests.support.whole_board import NO_LIMITS, PASSWORD, WholeBoard

pytestmark = pytest.mark.slow

SIGNED_OUT, BANNED, RESYNC = 4501, 4503, 4001
DROPPED = 0  # no close: only the channel is taken away


@dataclass(frozen=True)
class Scene:
    """A topic in a category of its own, and who reads it: guest, bo in two browsers, the moderator."""

    board: WholeBoard
    category: int
    topic: int
    post: int
    start: int
    readers: dict[str, Socket]


async def sign_in(board: WholeBoard, name: str) -> None:
    """A new session for somebody whose old ones may be over."""
    username = board.viewer(name).username
    passwords = board.server.app.state.passwords
    signed_in = await accounts.sign_in(
        board.db, passwords, username, PASSWORD, remember=True, now=now_ms(), limits=NO_LIMITS
    )
    board.people[name], board.tokens[name] = signed_in.viewer, signed_in.token


@contextlib.asynccontextmanager
async def scene(board: WholeBoard) -> AsyncIterator[Scene]:
    async with board.db.begin() as writer:
        category = await categories.add(
            writer,
            section_id=1,
            name="Feet",
            slug="feet",
            description="",
            visibility=Audience.PUBLIC,
            position=9,
        )
    made = await posting.start_topic(
        board.db,
        board.viewer("ann"),
        category,
        Draft("Cold wordA feet.", "Feet"),
        now=now_ms(),
        limits=NO_LIMITS,
    )
    await sign_in(board, "bo")
    other = board.cookie("bo")
    await sign_in(board, "bo")
    cookies = {"guest": None, "bo": board.cookie("bo"), "bo elsewhere": other, "mod": board.cookie("mod")}
    async with contextlib.AsyncExitStack() as stack:
        readers: dict[str, Socket] = {}
        for name, cookie in cookies.items():
            readers[name] = await stack.enter_async_context(member_socket(board.base_url, cookie))
            await readers[name].hello([channel_of(name, made.topic_id)])
        yield Scene(board, category, made.topic_id, made.post_id, made.after, readers)


def channel_of(name: str, topic: int) -> str:
    return f"topic:{topic}:staff" if name == "mod" else f"topic:{topic}"


@dataclass(frozen=True)
class Loss:
    """What happens, who loses by it, and how they are told."""

    act: Callable[[Scene], Awaitable[int]]
    losers: tuple[str, ...]
    close: int


async def end_bans(scene: Scene) -> None:
    await acts.end_ban(scene.board.db, scene.board.viewer("ada"), scene.board.viewer("bo"))
    await acts.set_role(scene.board.db, scene.board.viewer("ada"), scene.board.viewer("mod"), Role.MODERATOR)


def of_category(audience: Audience) -> Callable[[Scene], Awaitable[int]]:
    return lambda scene: acts.show(scene.board.db, scene.category, audience)


def to(audience: Audience) -> Callable[[Scene], Awaitable[int]]:
    return lambda scene: topic_acts.move(
        scene.board.db, scene.board.viewer("mod"), scene.topic, scene.board.places[audience], now=now_ms()
    )


LOSSES = {
    "signed out": Loss(lambda s: acts.sign_out(s.board.db, s.board.viewer("bo")), ("bo",), SIGNED_OUT),
    "a new password": Loss(
        lambda s: acts.sign_out_everywhere(s.board.db, s.board.viewer("bo")),
        ("bo", "bo elsewhere"),
        SIGNED_OUT,
    ),
    "banned": Loss(
        lambda s: acts.ban(s.board.db, s.board.viewer("ada"), s.board.viewer("bo")),
        ("bo", "bo elsewhere"),
        BANNED,
    ),
    "no moderator any more": Loss(
        lambda s: acts.set_role(s.board.db, s.board.viewer("ada"), s.board.viewer("mod"), Role.MEMBER),
        ("mod",),
        RESYNC,
    ),
    "for members only": Loss(of_category(Audience.MEMBERS), ("guest",), DROPPED),
    "for staff only": Loss(of_category(Audience.STAFF), ("guest", "bo", "bo elsewhere"), DROPPED),
    "moved to the staff room": Loss(
        to(Audience.STAFF),
        ("guest", "bo", "bo elsewhere"),
        DROPPED,
    ),
    "moved to the quiet corner": Loss(to(Audience.MEMBERS), ("guest",), DROPPED),
}


async def test_who_lost_a_right_is_told_nothing_more_and_the_others_everything(board: WholeBoard) -> None:
    for name, loss in LOSSES.items():
        async with scene(board) as found:
            lost_at = await loss.act(found)
            draft = Draft("wordB, said afterwards")
            await posting.reply(
                board.db, board.viewer("ada"), found.topic, draft, now=now_ms(), limits=NO_LIMITS
            )
            for reader, socket in found.readers.items():
                if reader not in loss.losers:
                    await hears(socket, "wordB")
                elif loss.close:
                    assert await socket.closed() == loss.close, (name, reader)
                    assert told_since(socket, lost_at) == [], (name, reader)
                else:
                    await is_dropped(socket, channel_of(reader, found.topic), found.start)
                    changes = [one for one in told_since(socket, lost_at) if one["type"] == "changes"]
                    assert "word" not in json.dumps(changes), (name, reader)
            await end_bans(found)
            await sign_in(board, "mod")


async def hears(socket: Socket, word: str) -> None:
    """Waits for the word."""
    while word not in json.dumps(socket.seen):
        await socket.receive()


async def is_dropped(socket: Socket, channel: str, start: int) -> None:
    """The channel was taken away, and is denied when it is asked for."""
    assert (await socket.next("dropped"))["channels"] == [channel]
    await socket.say("subscribe", channels=[channel], position=start)
    assert (await socket.next("error"))["code"] == "denied"


def told_since(socket: Socket, position: int) -> list[Message]:
    """What speaks of that position or a later one."""
    return [one for one in socket.seen if one.get("position", 0) >= position]


async def test_what_was_removed_is_told_to_nobody_from_whatever_position(board: WholeBoard) -> None:
    async with scene(board) as found:
        await moderation.remove_post(board.db, board.viewer("mod"), found.post, "", now=now_ms())
        for reader in ("guest", "bo"):
            cookie = None if reader == "guest" else board.cookie("bo")
            async with member_socket(board.base_url, cookie) as late:
                ready = await late.hello([f"topic:{found.topic}", "board", f"category:{found.category}"])
                await late.say(
                    "subscribe", channels=["board", f"category:{found.category}"], position=found.start,
                    epoch=ready["epoch"],
                )  # fmt: skip
                await late.next("changes")
                assert "wordA" not in json.dumps(late.seen)


async def test_nothing_leaks_while_rights_come_and_go(board: WholeBoard) -> None:
    found = await r16_judge.chaos(board, seed=1, acts=45, readers=10)
    assert found.leaks == []
    assert found.frames > 100  # the premise: much was told, and many were sent away
    assert len(found.delays) > 3
    await eventually(lambda: check(len(board.server.app.state.live.hub) == 0))


async def test_a_leak_would_be_noticed(sqlite_board: WholeBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look_away(_: Rights, _events: object) -> None:
        return None

    monkeypatch.setattr(Rights, "apply", look_away)
    monkeypatch.setattr(r16_judge, "GONE_WITHIN", 0.1)
    found = await r16_judge.chaos(sqlite_board, seed=1, acts=45, readers=10)
    sentences = ("was told to", "ended at", "changed:")
    assert any(sentence in leak for leak in found.leaks for sentence in sentences)
    assert any("still open" in leak for leak in found.leaks)
