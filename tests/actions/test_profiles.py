"""What members say about themselves: who is told of it, and what becomes of files."""

import os
from collections.abc import Awaitable
from pathlib import Path

import pytest

from server.actions import profile_fields, profiles, thanking
from server.actions.images import Images
from server.actions.limits import Limits
from server.actions.profiles import CHANGES, ProfileDraft
from server.domain.clock import HOUR, now_ms
from server.domain.errors import Forbidden, Invalid, NotFound, SignInRequired, TooManyRequests
from server.domain.events import Event, Kind
from server.domain.profile_fields import MAX_FIELDS, FieldDraft
from server.domain.viewer import GUEST, Audience
from server.store import event_log
from server.store import profile_fields as field_rows
from server.store import profiles as profile_rows
from server.store.avatars import SIZES, Avatars
from server.store.bylines import AT_ONCE
from tests.support.model_board import NO_LIMITS, ModelBoard, model_board
from tests.support.pictures import phone_photo

YEAR = FieldDraft("Year of diagnosis", "year", "members")


async def save(
    board: ModelBoard,
    text: str = "",
    about: str = "",
    fields: dict[int, str] | None = None,
    limits: Limits = NO_LIMITS,
) -> None:
    values = {f"field_{number}": value for number, value in (fields or {}).items()}
    draft = ProfileDraft(text, about, values)
    await profiles.save_profile(board.db, board.viewer("bo"), draft, now=now_ms(), limits=limits)


async def picture(board: ModelBoard, avatars: Avatars) -> str:
    return await profiles.change_picture(
        board.db, avatars, Images(), board.viewer("bo"), phone_photo(), now=now_ms(), limits=NO_LIMITS
    )


async def ask(board: ModelBoard, draft: FieldDraft = YEAR) -> int:
    return await profile_fields.add_field(board.db, board.viewer("ada"), draft, now=now_ms())


async def events_of(board: ModelBoard, act: Awaitable[None]) -> list[Event]:
    async with board.db.snapshot() as reader:
        before = (await event_log.head(reader)).seq
    await act
    async with board.db.snapshot() as reader:
        return [logged.event for logged in await event_log.since(reader, before, 1000)]


async def test_a_new_personal_text_is_told_wherever_it_stands(database_url: str) -> None:
    async with model_board(database_url) as board:
        anns = await board.topic(by="ann")
        reply = await board.reply(anns.topic_id, by="bo")
        inner = await board.topic(by="bo", where=Audience.MEMBERS)
        told = await events_of(board, save(board, "Tea first"))
        posts = {(one.object_id, one.audience) for one in told if one.kind is Kind.POST}
        assert posts == {(reply.post_id, Audience.PUBLIC), (inner.post_id, Audience.MEMBERS)}
        assert [one.object_id for one in told if one.kind is Kind.MEMBER] == [board.viewer("bo").id]
        assert await events_of(board, save(board, " Tea  first ")) == []  # the same again
        about = await events_of(board, save(board, "Tea first", "I garden."))
        assert [one.kind for one in about] == [Kind.MEMBER]  # which does not stand beside posts


async def test_who_wrote_much_is_told_beside_the_newest(sqlite_url: str) -> None:
    async with model_board(sqlite_url) as board:
        opening = await board.topic(by="ann")
        posts = [(await board.reply(opening.topic_id, by="bo")).post_id for _ in range(AT_ONCE + 5)]
        told = await events_of(board, save(board, "Tea first"))
        assert [one.object_id for one in told if one.kind is Kind.POST] == posts[-AT_ONCE:]


async def test_a_text_about_oneself_is_rendered_safely_and_quotes_nobody(sqlite_url: str) -> None:
    async with model_board(sqlite_url) as board:
        posted = await board.topic("A secret.", by="ann")
        await save(board, "", f"*Hi* <script>x</script> [a](javascript:x)\n\n[quote={posted.post_id}]\n\nBye")
        async with board.db.snapshot() as reader:
            found = await profile_rows.find(reader, board.viewer("bo").id or 0, Audience.PUBLIC)
        assert found is not None
        assert "<em>Hi</em> &lt;script&gt;" in found.about_html
        assert "Bye" in found.about_html
        assert not any(odd in found.about_html for odd in ("href", "secret", "quote", "\ue000"))


async def test_all_that_is_wrong_is_said_at_once_and_nothing_is_changed(database_url: str) -> None:
    async with model_board(database_url) as board:
        number = await ask(board)
        with pytest.raises(Invalid) as refused:
            await save(board, "x" * 201, "y" * 5001, {number: "soon"})
        assert refused.value.fields.keys() == {"personal_text", "about", f"field_{number}"}
        with pytest.raises(Invalid):
            await save(board, "Fine", "Fine", {number: "soon"})
        async with board.db.snapshot() as reader:
            said = await profile_rows.said(reader, board.viewer("bo").id or 0)
            assert said is not None
            assert (said.personal_text, said.about) == ("", "")


async def test_a_field_shows_its_value_to_its_audience_until_it_is_archived(database_url: str) -> None:
    async with model_board(database_url) as board:
        bo, ada = board.viewer("bo"), board.viewer("ada")
        ids = {
            seen: await ask(board, FieldDraft(seen, "short", seen))
            for seen in ("everyone", "members", "staff")
        }
        await save(board, fields={number: f"for {seen}" for seen, number in ids.items()})

        async def shown(audience: Audience) -> list[str]:
            async with board.db.snapshot() as reader:
                return [one.value for one in await field_rows.shown(reader, bo.id or 0, audience)]

        assert await shown(Audience.PUBLIC) == ["for everyone"]
        assert await shown(Audience.MEMBERS) == ["for everyone", "for members"]
        assert await shown(Audience.STAFF) == ["for everyone", "for members", "for staff"]
        await profile_fields.raise_field(board.db, ada, ids["staff"], now=now_ms())
        assert await shown(Audience.STAFF) == ["for everyone", "for staff", "for members"]
        await profile_fields.archive_field(board.db, ada, ids["members"], archived=True, now=now_ms())
        assert await shown(Audience.STAFF) == ["for everyone", "for staff"]
        asked = {ids[seen]: f"for {seen}" for seen in ("everyone", "staff")}
        await save(board, fields=asked)
        await profile_fields.archive_field(board.db, ada, ids["members"], archived=False, now=now_ms())
        assert await shown(Audience.MEMBERS) == ["for everyone", "for members"]
        narrower = FieldDraft("everyone", "short", "staff")
        await profile_fields.change_field(board.db, ada, ids["everyone"], narrower, now=now_ms())
        assert await shown(Audience.MEMBERS) == ["for members"]
        await save(board)  # everything empty
        assert await shown(Audience.STAFF) == []


async def test_a_choice_that_left_the_list_may_stay_where_it_stands(sqlite_url: str) -> None:
    async with model_board(sqlite_url) as board:
        number = await ask(board, FieldDraft("Region", "choice", "members", "North\nSouth"))
        await save(board, fields={number: "North"})
        fewer = FieldDraft("Region", "choice", "members", "South\nEast")
        await profile_fields.change_field(board.db, board.viewer("ada"), number, fewer, now=now_ms())
        await save(board, "Tea first", fields={number: "North"})
        await save(board, "Tea first", fields={number: "East"})
        with pytest.raises(Invalid):
            await save(board, "Tea first", fields={number: "North"})


async def test_only_administrators_ask_and_there_is_a_bound(sqlite_url: str) -> None:
    async with model_board(sqlite_url) as board:
        for name in (None, "bo", "mod"):
            with pytest.raises(Forbidden):
                await profile_fields.add_field(board.db, board.viewer(name), YEAR, now=now_ms())
        numbers = [await ask(board) for _ in range(MAX_FIELDS)]
        with pytest.raises(Invalid, match="archive one first"):
            await ask(board)
        ada = board.viewer("ada")
        await profile_fields.archive_field(board.db, ada, numbers[0], archived=True, now=now_ms())
        await ask(board)
        with pytest.raises(Invalid, match="archive one first"):
            await profile_fields.archive_field(board.db, ada, numbers[0], archived=False, now=now_ms())
        other = FieldDraft("Year", "short", "members")
        with pytest.raises(Invalid, match="new field"):
            await profile_fields.change_field(board.db, ada, numbers[1], other, now=now_ms())
        with pytest.raises(NotFound):
            await profile_fields.change_field(board.db, ada, 999, YEAR, now=now_ms())


async def test_one_picture_a_member_and_no_file_without_one(database_url: str, tmp_path: Path) -> None:
    avatars = Avatars(tmp_path)

    def files() -> set[str]:
        return {path.name for path in tmp_path.rglob("*.webp")}

    async with model_board(database_url) as board:
        first = await picture(board, avatars)
        assert files() == {f"{first}-{size}.webp" for size in SIZES}
        second = await picture(board, avatars)
        assert second != first
        assert files() == {f"{second}-{size}.webp" for size in SIZES}
        await profiles.remove_picture(board.db, avatars, board.viewer("bo"), now=now_ms())
        assert files() == set()
        await profiles.remove_picture(board.db, avatars, board.viewer("bo"), now=now_ms())  # there is none


async def test_files_that_are_nobodys_are_swept_when_they_are_old(database_url: str, tmp_path: Path) -> None:
    avatars = Avatars(tmp_path)
    async with model_board(database_url) as board:
        assert await profiles.sweep_pictures(board.db, avatars, now=now_ms()) == 0  # no folder yet
        kept = await picture(board, avatars)
        lost = avatars.keep(dict.fromkeys(SIZES, b"x"))  # as by a process that died then
        stranger = tmp_path / "uploads" / "avatars" / "notes.txt"
        stranger.write_text("not ours")
        assert await profiles.sweep_pictures(board.db, avatars, now=now_ms()) == 0
        for path in stranger.parent.iterdir():
            os.utime(path, (1, 1))
        assert await profiles.sweep_pictures(board.db, avatars, now=now_ms() + HOUR) == 1
        assert avatars.read(f"{lost}-64.webp") is None
        assert avatars.read(f"{kept}-64.webp") is not None
        assert stranger.exists()


async def test_guests_and_the_impatient_are_refused(sqlite_url: str, tmp_path: Path) -> None:
    async with model_board(sqlite_url) as board:
        with pytest.raises(SignInRequired):
            await profiles.save_profile(board.db, GUEST, ProfileDraft("", ""), now=now_ms(), limits=NO_LIMITS)
        with pytest.raises(SignInRequired):
            await profiles.remove_picture(board.db, Avatars(tmp_path), GUEST, now=now_ms())
        limits = Limits()
        for number in range(CHANGES[0]):
            await save(board, f"Number {number}", limits=limits)
        with pytest.raises(TooManyRequests):
            await save(board, "One more", limits=limits)


async def test_thanks_given_count_where_everybody_sees_them(database_url: str) -> None:
    async with model_board(database_url) as board:
        bo = board.viewer("bo")
        public, inner = await board.topic(by="ann"), await board.topic(by="ann", where=Audience.MEMBERS)
        for posted in (public, inner):
            await thanking.thank(board.db, bo, posted.post_id, now=now_ms())
        async with board.db.snapshot() as reader:
            found = await profile_rows.find(reader, bo.id or 0, Audience.STAFF)
        assert found is not None
        assert (found.thanks_given, found.thanks_received) == (1, 0)
