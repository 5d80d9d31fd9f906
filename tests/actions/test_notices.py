"""What members are told that concerns them, on both databases."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import members, moderation, notices
from server.domain.channels import Channel, Thing
from server.domain.errors import SignInRequired
from server.domain.notices import NoticeKind
from server.domain.viewer import GUEST, Audience, Role, Viewer
from server.store import event_log
from server.store import notices as stored
from server.views.patches import Patch, patches
from server.views.render import Renderer
from tests.support.model_board import ModelBoard, model_board

NOW = 1_800_000_000_000
ALL = 2**62


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as board:
        yield board


def id_of(board: ModelBoard, name: str) -> int:
    member_id = board.viewer(name).id
    assert member_id is not None
    return member_id


async def tell(board: ModelBoard, name: str, object_kind: str, object_id: int, words: str = "") -> None:
    async with board.db.begin() as writer:
        await notices.tell(
            writer,
            id_of(board, name),
            NoticeKind.ROLE_CHANGED,
            object_kind=object_kind,
            object_id=object_id,
            words=words,
            now=NOW,
        )


async def told(board: ModelBoard, name: str) -> list[stored.Notice]:
    async with board.db.snapshot() as reader:
        return await stored.page(reader, id_of(board, name), None, 50)


async def pushed(board: ModelBoard, name: str, after: int) -> dict[str, Patch]:
    channel = Channel(Thing.MEMBER, id_of(board, name))
    async with board.db.snapshot() as reader:
        events = await event_log.on_channel(reader, channel, after, 100)
        return {
            patch.target: patch
            for patch in await patches(reader, Renderer(lambda path: f"/static/{path}"), channel, events)
        }


async def position(board: ModelBoard) -> int:
    async with board.db.snapshot() as reader:
        return (await event_log.head(reader)).seq


async def test_a_new_moderator_is_told_so_and_the_bell_counts_it(board: ModelBoard) -> None:
    before, ann = await position(board), id_of(board, "ann")
    await members.change_role(board.db, Viewer(None, "", Role.ADMIN), ann, Role.MODERATOR, now=NOW)
    (notice,) = await told(board, "ann")
    assert (notice.kind, notice.read_at) == (NoticeKind.ROLE_CHANGED, None)
    seen = await pushed(board, "ann", before)
    assert "You are a moderator" in (seen[f"notice-{notice.id}"].html or "")
    assert "1<span" in (seen[f"unread-{ann}"].html or "")


async def test_nobody_else_hears_of_a_notice(board: ModelBoard) -> None:
    before = await position(board)
    await tell(board, "ann", "member", id_of(board, "ann"))
    assert await pushed(board, "bo", before) == {}


async def test_a_notice_names_a_post_only_while_its_reader_may_see_it(board: ModelBoard) -> None:
    posted = await board.topic("Sleep")
    reply = await board.reply(posted.topic_id)
    await tell(board, "ann", "post", reply.post_id)
    (notice,) = await told(board, "ann")
    assert notice.target == stored.Target(posted.topic_id, "About the dentist", reply.post_id)
    before = await position(board)
    await moderation.remove_post(board.db, board.viewer("mod"), reply.post_id, "rude", now=NOW)
    (notice,) = await told(board, "ann")
    assert notice.target is None
    assert f"notice-{notice.id}" in await pushed(board, "ann", before)
    await moderation.restore_post(board.db, board.viewer("mod"), reply.post_id, now=NOW)
    (notice,) = await told(board, "ann")
    assert notice.target is not None


async def test_a_topic_that_went_takes_its_title_out_of_notices(board: ModelBoard) -> None:
    posted = await board.topic("Sleep")
    await tell(board, "ann", "topic", posted.topic_id)
    await tell(board, "ann", "post", posted.post_id)
    before = await position(board)
    await moderation.remove_topic(board.db, board.viewer("mod"), posted.topic_id, "rude", now=NOW)
    found = await told(board, "ann")
    assert [notice.target for notice in found] == [None, None]
    assert {f"notice-{notice.id}" for notice in found} <= set(await pushed(board, "ann", before))


async def test_a_notice_never_names_what_is_for_others(board: ModelBoard) -> None:
    posted = await board.topic("Staff only", by="mod", where=Audience.STAFF)
    await tell(board, "ann", "topic", posted.topic_id)
    await tell(board, "mod", "topic", posted.topic_id)
    (for_ann,), (for_mod,) = await told(board, "ann"), await told(board, "mod")
    assert for_ann.target is None
    assert for_mod.target is not None


async def test_reading_empties_the_bell_for_what_was_there(board: ModelBoard) -> None:
    await tell(board, "ann", "member", 1, "member")
    (first,) = await told(board, "ann")
    await tell(board, "ann", "member", 1, "member")
    before = await position(board)
    assert await notices.read(board.db, board.viewer("ann"), first.id, now=NOW) == 1
    assert await notices.read(board.db, board.viewer("bo"), ALL, now=NOW) == 0
    newest, older = await told(board, "ann")
    assert (newest.read_at, older.read_at) == (None, NOW)
    assert f"notice-{first.id}" in await pushed(board, "ann", before)
    with pytest.raises(SignInRequired):
        await notices.read(board.db, GUEST, ALL, now=NOW)


async def test_what_is_gone_for_good_takes_its_notices_along(board: ModelBoard) -> None:
    posted = await board.topic("Sleep")
    await tell(board, "ann", "topic", posted.topic_id)
    (notice,) = await told(board, "ann")
    before = await position(board)
    async with board.db.begin() as writer:
        await notices.withdraw(writer, "topic", posted.topic_id)
    assert await told(board, "ann") == []
    assert (await pushed(board, "ann", before))[f"notice-{notice.id}"].op == "remove"


async def test_nobody_is_told_what_he_did_himself(board: ModelBoard) -> None:
    ann = id_of(board, "ann")
    async with board.db.begin() as writer:
        await notices.tell(
            writer, ann, NoticeKind.ROLE_CHANGED, object_kind="member", object_id=ann, by=ann, now=NOW
        )
    assert await told(board, "ann") == []
