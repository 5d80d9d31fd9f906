"""What is announced stands on every page from its begin to its end, also on those that are open."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.actions import announcements
from server.domain.announcements import AnnouncementDraft, checked_announcement, local_time
from server.domain.clock import DAY, HOUR, MINUTE, now_ms
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.viewer import Audience
from server.store import event_log, settings
from tests.support.sockets import member_socket
from tests.support.whole_board import WholeBoard, board, sqlite_board

__all__ = ["board", "sqlite_board"]

WORDS = "The board moves on Sunday."


def draft(begins: int | None = None, ends: int | None = None, **changes: str) -> AnnouncementDraft:
    """Of a week from now on, in UTC."""
    now = now_ms()
    typed = {
        "text": WORDS,
        "audience": "everyone",
        "begins": "" if begins is None else local_time(now + begins, "UTC"),
        "ends": local_time(now + (7 * DAY if ends is None else ends), "UTC"),
    }
    return AnnouncementDraft(**(typed | changes))


async def announce(board: WholeBoard, made: AnnouncementDraft, *, now: int | None = None) -> int:
    return await announcements.announce(board.db, board.viewer("ada"), made, now=now or now_ms())


async def test_an_announcement_stands_on_every_page_at_once(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?")
    paths = ("/", "/latest", f"/topics/{asked.topic_id}", "/members/ann", "/login", "/rules")
    async with board.browser() as guest, member_socket(board.base_url) as socket:
        for path in paths:
            assert WORDS not in (await guest.get(path, follow_redirects=True)).text
        await socket.hello(["board"])
        number = await announce(board, draft())
        assert (await socket.next("reset", within=2.0))["reason"] == "epoch"
        for path in paths:
            assert WORDS in (await guest.get(path, follow_redirects=True)).text, path
        await announcements.take_down(board.db, board.viewer("ada"), number, now=now_ms())
        await socket.next("reset", within=2.0)
        for path in paths:
            assert WORDS not in (await guest.get(path, follow_redirects=True)).text, path


async def test_what_is_for_members_is_not_for_guests(board: WholeBoard) -> None:
    await announce(board, draft(audience="members"))
    async with board.browser() as guest, board.browser("bo") as bo:
        assert WORDS not in (await guest.get("/")).text
        assert WORDS in (await bo.get("/")).text


async def test_what_is_to_come_is_on_no_page_and_is_told_when_it_begins(board: WholeBoard) -> None:
    await announce(board, draft(begins=2 * HOUR))
    now = now_ms()
    async with board.browser() as guest:
        assert WORDS not in (await guest.get("/")).text
    at_begin = now + 3 * HOUR
    async with board.db.snapshot() as reader:
        before = await event_log.head(reader)
        early, late = await settings.board(reader, now), await settings.board(reader, at_begin)
        over = await settings.board(reader, now + 8 * DAY)
    assert early.announcements == ()
    assert [one.text for one in late.announcements] == [WORDS]
    assert early.changes_at is not None
    assert 0 <= now + 2 * HOUR - early.changes_at < 2 * MINUTE  # guests' pages are kept until then
    assert over.announcements == ()
    await announcements.tell_due(board.db, now=now)
    assert (await board.db.read(event_log.head)).epoch == before.epoch
    for _ in range(2):  # once is enough
        await announcements.tell_due(board.db, now=at_begin)
    after = await board.db.read(event_log.head)
    assert after.epoch != before.epoch
    assert event_log.root_of(after.epoch) == event_log.root_of(before.epoch)
    assert after.seq == before.seq + 1


async def test_an_announcement_is_said_anew(sqlite_board: WholeBoard) -> None:
    board, ada = sqlite_board, sqlite_board.viewer("ada")
    number = await announce(board, draft())
    again = draft(text="On Monday, not on Sunday.")
    await announcements.change_announcement(board.db, ada, number, again, now=now_ms())
    async with board.browser() as guest:
        page = (await guest.get("/")).text
        assert "On Monday" in page
        assert WORDS not in page
    with pytest.raises(NotFound):
        await announcements.change_announcement(board.db, ada, 99, again, now=now_ms())


async def test_only_three_stand_at_a_time(sqlite_board: WholeBoard) -> None:
    for number in range(4):
        await announce(sqlite_board, draft(text=f"Number {number}."), now=now_ms() - number * MINUTE)
    async with sqlite_board.browser() as guest:
        page = (await guest.get("/")).text
    assert [f"Number {number}." in page for number in range(4)] == [True, True, True, False]


def test_what_is_wrong_is_said_beside_its_field() -> None:
    wrong: dict[str, Callable[[], AnnouncementDraft]] = {
        "text": lambda: draft(text="  "),
        "audience": lambda: draft(audience="staff"),
        "begins": lambda: replace(draft(), begins="soon"),
        "ends": lambda: draft(begins=DAY, ends=HOUR),
    }
    for field, made in wrong.items():
        with pytest.raises(Invalid) as refused:
            checked_announcement(made(), "UTC", now_ms())
        assert refused.value.fields.keys() == {field}
    for typed in (draft(text="x" * 301), draft(ends=400 * DAY), draft(ends=-HOUR)):
        with pytest.raises(Invalid):
            checked_announcement(typed, "UTC", now_ms())


def test_times_are_those_of_who_types_them() -> None:
    now = 1_800_000_000_000
    typed = AnnouncementDraft(WORDS, "everyone", "", local_time(now + DAY, "Europe/Berlin"))
    made = checked_announcement(typed, "Europe/Berlin", now)
    assert abs(made.ends_at - (now + DAY)) < MINUTE
    assert made.audience is Audience.PUBLIC
    assert checked_announcement(typed, "UTC", now).ends_at - made.ends_at in (HOUR, 2 * HOUR)


async def test_only_administrators_announce(sqlite_board: WholeBoard) -> None:
    number = await announce(sqlite_board, draft())
    for name in (None, "ann", "mod"):
        who, db = sqlite_board.viewer(name), sqlite_board.db
        for acting in (
            announcements.announce(db, who, draft(), now=now_ms()),
            announcements.change_announcement(db, who, number, draft(), now=now_ms()),
            announcements.take_down(db, who, number, now=now_ms()),
        ):
            with pytest.raises(Forbidden):
                await acting
