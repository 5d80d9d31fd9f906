"""The live room of the whole board: what people do arrives, and what they lose is taken away at once."""

import contextlib
from collections.abc import AsyncIterator

from server.actions import housekeeping, members, moderation, sessions
from server.actions.settings import change_settings
from server.domain.channels import Channel, Thing
from server.domain.clock import MINUTE, now_ms
from server.domain.events import Event, Kind
from server.domain.settings import DEFAULTS
from server.domain.viewer import Audience, Role
from server.live.protocol import RESYNC
from server.store import post_numbers
from tests.support.authenticator import set_up
from tests.support.sockets import Socket, member_socket
from tests.support.whole_board import WholeBoard, board

__all__ = ["board"]


@contextlib.asynccontextmanager
async def socket_of(board: WholeBoard, name: str | None, *channels: object) -> AsyncIterator[Socket]:
    async with member_socket(board.base_url, board.cookie(name) if name else None) as socket:
        ready = await socket.hello([str(channel) for channel in channels])
        assert ready["denied"] == []
        yield socket


async def test_a_reply_and_its_removal_reach_a_guest(board: WholeBoard) -> None:
    posted = await board.topic("Dentist", "Before a count?")
    async with socket_of(board, None, f"topic:{posted.topic_id}") as guest:
        reply = await board.reply(posted.topic_id, "Always after.")
        patches = {one["target"]: one for one in (await guest.next("changes"))["patches"]}
        assert "Always after." in patches[f"post-{reply.post_id}"]["html"]
        assert patches[f"topic-{posted.topic_id}"]["op"] == "put"
        await moderation.remove_post(board.db, board.viewer("mod"), reply.post_id, "off topic", now=now_ms())
        patches = {one["target"]: one for one in (await guest.next("changes"))["patches"]}
        assert patches[f"post-{reply.post_id}"]["op"] == "remove"


async def test_a_removed_topic_is_taken_from_everyone_but_staff(board: WholeBoard) -> None:
    posted = await board.topic("Buy this", "Now.")
    name = f"topic:{posted.topic_id}"
    async with (
        socket_of(board, None, name) as guest,
        socket_of(board, "mod", name, f"{name}:staff") as mod,
    ):
        await moderation.remove_topic(board.db, board.viewer("ada"), posted.topic_id, "spam", now=now_ms())
        assert (await guest.next("dropped"))["channels"] == [name]
        assert (await mod.next("dropped"))["channels"] == [name]
        assert (await mod.next("changes"))["channel"] == f"{name}:staff"
        assert guest.kinds() == ["ready", "dropped"]


async def test_a_category_that_becomes_private_takes_its_topics_from_guests(board: WholeBoard) -> None:
    posted = await board.topic("Dentist", "Before a count?")
    category = board.places[Audience.PUBLIC]
    name = f"topic:{posted.topic_id}"
    async with socket_of(board, None, name, "board") as guest, socket_of(board, "ann", name) as ann:
        async with board.db.begin() as writer:
            await writer.run("UPDATE categories SET visibility = 1 WHERE id = :id", id=category)
            writer.append(Event(Kind.CATEGORY, category, Audience.PUBLIC, category_id=category))
        assert (await guest.next("dropped"))["channels"] == [name]
        reply = await board.reply(posted.topic_id, "Only among us.")
        targets: set[str] = set()
        while f"post-{reply.post_id}" not in targets:
            targets |= {one["target"] for one in (await ann.next("changes"))["patches"]}
        await board.topic("Another", "Hello", where=Audience.MEMBERS)
        assert "Only among us." not in str(guest.seen)


async def test_signing_out_closes_the_sockets_of_that_browser(board: WholeBoard) -> None:
    async with socket_of(board, "ann", "board") as ann, socket_of(board, "bo", "board") as bo:
        await sessions.sign_out(board.db, board.viewer("ann"), now=now_ms())
        assert await ann.closed(within=2) == 4501
        await board.topic("Dentist", "Before a count?", by="bo")
        assert (await bo.next("changes"))["channel"] == "board"


async def test_a_session_whose_time_is_over_takes_its_sockets_along(board: WholeBoard) -> None:
    """Tokens are looked at when a socket is made; one that stays open would outlive them."""
    soon = now_ms() + MINUTE
    async with board.db.begin() as writer:
        await writer.run(
            "UPDATE sessions SET expires_at = :soon WHERE id = :id",
            id=board.viewer("ann").session_id,
            soon=soon,
        )
    async with socket_of(board, "ann", "board") as ann, socket_of(board, "bo", "board") as bo:
        await housekeeping.tidy(board.db, now=soon - 1)
        await board.topic("Dentist", "Before a count?", by="bo")
        assert (await ann.next("changes"))["channel"] == "board"  # the premise: until then it lives
        await housekeeping.tidy(board.db, now=soon)
        assert await ann.closed(within=2) == 4501
        assert (await bo.next("changes"))["channel"] == "board"


async def test_a_moderator_who_is_one_no_longer_connects_again(board: WholeBoard) -> None:
    posted = await board.topic("Dentist", "Before a count?")
    staff = Channel(Thing.TOPIC, posted.topic_id, Audience.STAFF)
    async with socket_of(board, "mod", staff) as mod:
        moderator = board.viewer("mod").id
        assert moderator is not None
        await members.change_role(board.db, board.viewer("ada"), moderator, Role.MEMBER, now=now_ms())
        assert await mod.closed(within=2) in (4001, 4501)
    async with member_socket(board.base_url, board.cookie("mod")) as again:
        assert (await again.hello([str(staff)]))["denied"] == [str(staff)]


async def test_staff_who_lack_the_second_factor_that_is_demanded_lose_their_channels(
    board: WholeBoard,
) -> None:
    posted = await board.topic("Rota", "Who is on duty?", by="mod", where=Audience.STAFF)
    name = f"topic:{posted.topic_id}:staff"
    await set_up(board.db, board.server.app.state.passwords, board.viewer("ada"))
    async with socket_of(board, "mod", name) as moderator:
        async with board.db.snapshot() as reader:
            number = str(await post_numbers.upcoming(reader))
        values = {**DEFAULTS, "staff_second_factor": "on"}
        await change_settings(board.db, board.viewer("ada"), values, number)
        assert await moderator.closed() == RESYNC.code
    async with member_socket(board.base_url, board.cookie("mod")) as again:
        assert (await again.hello([name]))["denied"] == [name]
