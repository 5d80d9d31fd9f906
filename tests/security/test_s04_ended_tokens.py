"""S4: a program's sockets end within two seconds of its token, its owner's role, or its owner's password."""

from collections.abc import Awaitable, Callable

import pytest

from server.actions import members, tokens
from server.domain.clock import DAY, now_ms
from server.domain.events import Event, Kind
from server.domain.viewer import Audience, Role, Scope
from tests.support.programs import program, token_of
from tests.support.sockets import member_socket, refused
from tests.support.whole_board import PASSWORD, WholeBoard

NEW = "nine loud lanterns"
SIGNED_OUT, BANNED, RESYNC = 4501, 4503, 4001


async def ended_by_its_owner(board: WholeBoard, token_id: int) -> None:
    async with board.browser("mod") as mod:
        assert (await mod.post(f"/settings/programs/{token_id}/end")).status_code == 303


async def ended_with_the_password(board: WholeBoard, _: int) -> None:
    async with board.browser("mod") as mod:
        form = {"current": PASSWORD, "password": NEW}
        assert (await mod.post("/settings/password", data=form)).status_code == 303


async def ended_with_everything_else(board: WholeBoard, _: int) -> None:
    async with board.browser("mod") as mod:
        assert (await mod.post("/settings/devices/end")).status_code == 303


async def closed_with_the_account(board: WholeBoard, _: int) -> None:
    mod = board.viewer("mod")
    async with board.db.begin() as writer:
        await writer.run("UPDATE members SET disabled_at = :now WHERE id = :id", now=now_ms(), id=mod.id)
        writer.append(Event(Kind.MEMBER, mod.id or 0, Audience.PUBLIC, member_id=mod.id))


async def made_a_member(board: WholeBoard, _: int) -> None:
    mod = board.viewer("mod")
    await members.change_role(board.db, board.viewer("ada"), mod.id or 0, Role.MEMBER, now=now_ms())


@pytest.mark.parametrize(
    ("end", "code", "again"),
    [
        (ended_by_its_owner, SIGNED_OUT, 401),
        (ended_with_the_password, SIGNED_OUT, 401),
        (ended_with_everything_else, SIGNED_OUT, 401),
        (closed_with_the_account, BANNED, 401),
        (made_a_member, RESYNC, 101),
    ],
)
async def test_a_programs_socket_ends_with_its_right(
    board: WholeBoard, end: Callable[[WholeBoard, int], Awaitable[None]], code: int, again: int
) -> None:
    made = await token_of(board, "mod", Scope.MODERATE)
    async with member_socket(board.base_url, bearer=made.secret) as socket:
        ready = await socket.hello(["board", "moderation"])
        assert set(ready["channels"]) == {"board", "moderation"}
        await end(board, made.id)
        assert await socket.closed(within=2.0) == code
    assert await refused(board.base_url, [("Authorization", f"Bearer {made.secret}")]) == again


async def test_a_programs_socket_ends_when_its_token_is_over(board: WholeBoard) -> None:
    made = await token_of(board, "ann", now=now_ms() - 30 * DAY + 2_500)
    async with member_socket(board.base_url, bearer=made.secret) as socket:
        await socket.hello(["board"])
        async with program(board, made.secret) as client:
            assert (await client.get("/viewer")).status_code == 200
        assert await socket.closed(within=2.0 + 2.5) == SIGNED_OUT


async def test_what_does_not_concern_a_token_leaves_its_socket_open(board: WholeBoard) -> None:
    """A moderator's reading token is a member's: it loses nothing when he is a moderator no more."""
    one, other = await token_of(board, "mod", called="one"), await token_of(board, "mod", called="two")
    async with member_socket(board.base_url, bearer=one.secret) as socket:
        ready = await socket.hello(["board", "moderation"])
        assert ready["denied"] == ["moderation"]
        await tokens.end_token(board.db, board.viewer("mod"), other.id, now=now_ms())
        async with board.browser("mod") as mod:
            await mod.post("/settings/presence", data={"presence": "invisible"})
        await made_a_member(board, 0)
        await socket.say("subscribe", channels=["board"], position=0)
        assert (await socket.next("changes"))["channel"] == "board"


async def test_a_handshake_with_a_token_needs_no_origin_and_a_foreign_one_is_refused(
    board: WholeBoard,
) -> None:
    made = await token_of(board, "ann")
    right = ("Authorization", f"Bearer {made.secret}")
    cookie = ("Cookie", board.cookie("ann"))
    assert await refused(board.base_url, [right]) == 101
    assert await refused(board.base_url, [right, ("Origin", board.base_url)]) == 101
    assert await refused(board.base_url, [right, ("Origin", "https://evil.example")]) == 403
    assert await refused(board.base_url, [right, ("Origin", "null")]) == 403
    assert await refused(board.base_url, [cookie]) == 403  # a browser's still has to say where it comes from
    assert await refused(board.base_url, [("Authorization", "Basic YW5uOnB3"), cookie]) == 403
    assert await refused(board.base_url, [("Authorization", "Bearer x"), cookie]) == 401
    assert await refused(board.base_url, [("Authorization", "Bearer x"), ("Origin", board.base_url)]) == 401


async def test_a_program_is_not_somebody_who_is_there(board: WholeBoard) -> None:
    topic = await board.topic("Sleep", "How?", by="ann")
    channel = f"topic:{topic.topic_id}"
    made = await token_of(board, "bo")
    async with (
        member_socket(board.base_url, bearer=made.secret) as script,
        member_socket(board.base_url, cookie=board.cookie("ann")) as ann,
    ):
        await script.hello([channel])
        await ann.hello([channel])
        here = await ann.next("here")
        assert here["members"] == ["ann"]
        assert here["guests"] == 0


async def test_a_program_polls_as_its_owner(board: WholeBoard) -> None:
    made = await token_of(board, "ann")
    async with program(board, made.secret) as client:
        messages = (await client.get("/live", params={"channels": f"member:{board.viewer('ann').id}"})).json()
        assert messages[0]["viewer"] == board.viewer("ann").id
