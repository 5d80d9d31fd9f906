"""Warning, noting, silencing and banning a member; ending it; and what he may do meanwhile."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import accounts, posting, profiles, sanctions, sessions, thanking
from server.actions.limits import Limits
from server.actions.members import NewMember, add_member
from server.actions.posting import Draft as PostDraft
from server.domain.channels import MODERATION, Channel, Thing
from server.domain.clock import DAY
from server.domain.errors import (
    Banned,
    Forbidden,
    Invalid,
    NotFound,
    SignInRequired,
    Silenced,
    WarningOwed,
)
from server.domain.sanctions import Draft, SanctionKind
from server.domain.viewer import GUEST, Role, Viewer
from server.store import audit, event_log, leavers, own_things, standing
from server.store import sanctions as rows
from server.views.patches import Patch, patches
from tests.support.model_board import NO_LIMITS, RENDERER, ModelBoard, model_board
from tests.support.small_board import PASSWORD

NOW = 1_800_000_000_000
WARNING, NOTE, SILENCE, BAN = SanctionKind


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as board:
        yield board


def id_of(board: ModelBoard, name: str) -> int:
    return board.viewer(name).id or 0


async def impose(
    board: ModelBoard, kind: SanctionKind, *, on: str = "ann", by: str = "mod", **chosen: str
) -> int:
    draft = Draft(kind, chosen.get("reason", "Be kind."), chosen.get("private", "x"), chosen.get("lasts", ""))
    return await sanctions.impose(board.db, board.viewer(by), id_of(board, on), draft, now=NOW)


async def signed_in(board: ModelBoard, name: str, now: int = NOW) -> str:
    """The token of a new session."""
    made = await accounts.sign_in(
        board.db, board.passwords, name, PASSWORD, remember=True, now=now, limits=NO_LIMITS
    )
    return made.token


async def viewer(board: ModelBoard, token: str, now: int = NOW) -> Viewer:
    return await sessions.resume(board.db, token, now=now)


async def reply(board: ModelBoard, who: Viewer, topic_id: int, now: int = NOW) -> None:
    await posting.reply(board.db, who, topic_id, PostDraft("Soup helps."), now=now, limits=NO_LIMITS)


async def pushed(board: ModelBoard, channel: Channel, after: int) -> dict[str, Patch]:
    async with board.db.snapshot() as reader:
        events = await event_log.on_channel(reader, channel, after, 100)
        return {one.target: one for one in await patches(reader, RENDERER, channel, events)}


async def position(board: ModelBoard) -> int:
    async with board.db.snapshot() as reader:
        return (await event_log.head(reader)).seq


async def test_a_warning_is_read_before_the_next_post(board: ModelBoard) -> None:
    topic = await board.topic(by="bo")
    token = await signed_in(board, "ann")
    await reply(board, await viewer(board, token), topic.topic_id)
    warning = await impose(board, WARNING, reason="Please stay kind.")
    ann = await viewer(board, token)
    assert ann.standing.owes_warning
    with pytest.raises(WarningOwed):
        await reply(board, ann, topic.topic_id)
    with pytest.raises(WarningOwed):
        await thanking.thank(board.db, ann, topic.post_id, now=NOW)
    await sanctions.read_warnings(board.db, board.viewer("bo"), [warning], now=NOW)
    assert (await viewer(board, token)).standing.owes_warning  # it was not bo's to read
    later = await impose(board, WARNING, reason="And again.")
    await sanctions.read_warnings(board.db, ann, [warning], now=NOW)
    assert (await viewer(board, token)).standing.owes_warning  # one that came meanwhile is not taken for read
    await sanctions.read_warnings(board.db, ann, [warning, later], now=NOW)
    await reply(board, await viewer(board, token), topic.topic_id)


async def test_a_note_is_the_teams_alone(board: ModelBoard) -> None:
    before, token = await position(board), await signed_in(board, "ann")
    number = await impose(board, NOTE, private="Called us, and was friendly.", reason="never told")
    own = Channel(Thing.MEMBER, id_of(board, "ann"))
    assert await pushed(board, own, before) == {}
    assert (await viewer(board, token)).standing_at == 0
    async with board.db.snapshot() as reader:
        (note,) = await rows.of_member(reader, id_of(board, "ann"))
        assert (note.id, note.private, note.reason) == (number, "Called us, and was friendly.", "")
        assert await own_things.sanctions(reader, id_of(board, "ann")) == []
        assert "note" not in {one.act for one in await own_things.acts(reader, id_of(board, "ann"))}
        assert await rows.of_member(reader, id_of(board, "ann"), told=True) == []


async def test_a_silenced_member_reads_and_does_not_write_until_it_is_over(board: ModelBoard) -> None:
    topic = await board.topic(by="bo")
    own = await board.reply(topic.topic_id, by="ann")
    token = await signed_in(board, "ann")
    await impose(board, SILENCE, lasts="day", reason="Take a breath.")
    ann = await viewer(board, token)
    with pytest.raises(
        Silenced, match=r"until 16 January 2027, 08:00 UTC. The moderators' reason: “Take a br"
    ):
        await reply(board, ann, topic.topic_id)
    for refused in (
        thanking.thank(board.db, ann, topic.post_id, now=NOW),
        posting.edit(board.db, ann, own.post_id, posting.Edit("More.", own.position), now=NOW),
        profiles.save_profile(board.db, ann, profiles.ProfileDraft("Buy!", ""), now=NOW, limits=NO_LIMITS),
    ):
        with pytest.raises(Silenced):
            await refused
    assert (await viewer(board, token, NOW + DAY - 1)).standing.silence is not None
    over = await viewer(board, token, NOW + DAY)
    assert over.standing.may_write  # to the millisecond, although nobody has written down that it is over
    await reply(board, over, topic.topic_id, NOW + DAY)


async def test_a_ban_ends_all_sessions_and_signing_in_says_why(board: ModelBoard) -> None:
    token = await signed_in(board, "ann")
    before = await position(board)
    await impose(board, BAN, lasts="week", reason="Advertising.")
    assert await viewer(board, token) == GUEST
    with pytest.raises(Banned, match=r"until 22 January 2027, 08:00 UTC; then .* “Advertising.”"):
        await signed_in(board, "ann")
    with pytest.raises(Invalid):  # nobody else learns of it
        await accounts.sign_in(
            board.db, board.passwords, "ann", "wrong", remember=True, now=NOW, limits=Limits()
        )
    async with board.db.snapshot() as reader:
        events = await event_log.on_channel(reader, Channel(Thing.MEMBER, id_of(board, "ann")), before, 100)
    kinds = [one.event.kind.value for one in events]
    assert kinds.index("member") < kinds.index("session")  # sockets close as banned, not as signed out
    assert await viewer(board, await signed_in(board, "ann", NOW + 7 * DAY), NOW + 7 * DAY) != GUEST


async def test_a_ban_for_good_lasts_until_somebody_ends_it(board: ModelBoard) -> None:
    number = await impose(board, BAN, lasts="good")
    with pytest.raises(Banned, match="was banned by the moderators"):
        await signed_in(board, "ann", NOW + 3650 * DAY)
    await sanctions.end(board.db, board.viewer("mod"), number, now=NOW + DAY)
    assert await signed_in(board, "ann", NOW + DAY)
    with pytest.raises(NotFound):
        await sanctions.end(board.db, board.viewer("mod"), number, now=NOW + DAY)


async def test_a_new_term_takes_the_place_of_the_one_before(board: ModelBoard) -> None:
    first = await impose(board, SILENCE, lasts="year")
    second = await impose(board, SILENCE, lasts="day")
    async with board.db.snapshot() as reader:
        assert [one.id for one in await rows.running(reader, 10)] == [second]
        assert (await rows.several(reader, [first]))[first].ended_by == "moira"
        silence = (await standing.of(reader, id_of(board, "ann"), NOW)).silence
    assert silence is not None
    assert silence.until == NOW + DAY


async def test_open_pages_follow_when_a_term_is_over_by_itself(board: ModelBoard) -> None:
    number = await impose(board, SILENCE, lasts="day")
    before = await position(board)
    await sanctions.end_due(board.db, now=NOW + DAY - 1)
    assert await position(board) == before
    await sanctions.end_due(board.db, now=NOW + DAY + 900)
    for_staff = await pushed(board, MODERATION, before)
    assert for_staff[f"ban-{number}"].op == "remove"
    own = await pushed(board, Channel(Thing.MEMBER, id_of(board, "ann")), before)
    assert "data-silenced" not in (own[f"standing-{id_of(board, 'ann')}"].html or "")
    async with board.db.snapshot() as reader:
        assert (await rows.several(reader, [number]))[number].ended_at == NOW + DAY


async def test_pages_of_staff_and_of_the_member_hear_of_it(board: ModelBoard) -> None:
    before, ann = await position(board), id_of(board, "ann")
    number = await impose(board, SILENCE, lasts="good", private="Third time.")
    listed = (await pushed(board, MODERATION, before))[f"ban-{number}"]
    assert (listed.list, "for good" in (listed.html or "")) == ("bans", True)
    staff = await pushed(board, Channel(Thing.PROFILE, ann, board.viewer("mod").audience), before)
    assert "Third time." in (staff[f"sanction-{number}"].html or "")
    own = await pushed(board, Channel(Thing.MEMBER, ann), before)
    assert "data-silenced" in (own[f"standing-{ann}"].html or "")
    assert all("Third time." not in (one.html or "") for one in own.values())


async def test_somebody_silenced_while_his_reply_was_on_its_way_has_not_written(board: ModelBoard) -> None:
    topic = await board.topic(by="bo")
    stale = await viewer(board, await signed_in(board, "ann"))
    await impose(board, SILENCE, lasts="day")
    with pytest.raises(Silenced):
        await reply(board, stale, topic.topic_id)
    await impose(board, BAN, lasts="day")
    with pytest.raises(SignInRequired):
        await reply(board, stale, topic.topic_id)


@pytest.mark.parametrize(
    ("by", "on", "may"),
    [
        ("mod", "ann", True), ("mod", "mod", False), ("mod", "ada", False), ("mod", "second", False),
        ("ada", "mod", True), ("ada", "ann", True), ("ada", "ada", False), ("ann", "bo", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", SanctionKind)
async def test_nobody_acts_on_himself_or_on_seniors(
    board: ModelBoard, kind: SanctionKind, by: str, on: str, may: bool
) -> None:
    board.people["second"] = Viewer(999, "second", Role.MODERATOR)
    if on == "second":
        draft = NewMember("second", "second@example.org", PASSWORD)
        number = await add_member(board.db, board.passwords, draft, Role.MODERATOR, now=NOW)
        board.people["second"] = Viewer(number, "second", Role.MODERATOR)
    if may:
        number = await impose(board, kind, by=by, on=on, lasts="day")
        for other in ("ann", on):
            with pytest.raises(Forbidden):
                await sanctions.end(board.db, board.viewer(other), number, now=NOW)
        await sanctions.end(board.db, board.viewer(by), number, now=NOW)
    else:
        with pytest.raises(Forbidden):
            await impose(board, kind, by=by, on=on, lasts="day")


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(WARNING), "reason"),
        (Draft(WARNING, "x" * 501), "reason"),
        (Draft(NOTE, "words"), "private"),
        (Draft(SILENCE, "words"), "lasts"),
        (Draft(BAN, "words", lasts="a while"), "lasts"),
        (Draft(BAN, "words", "x" * 2001, lasts="day"), "private"),
    ],
)
async def test_what_is_missing_is_said_beside_its_field(board: ModelBoard, draft: Draft, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await sanctions.impose(board.db, board.viewer("mod"), id_of(board, "ann"), draft, now=NOW)
    assert list(refused.value.fields) == [field]


async def test_nobody_who_is_nobody_can_be_acted_on(board: ModelBoard) -> None:
    with pytest.raises(NotFound):
        await sanctions.impose(board.db, board.viewer("mod"), 999, Draft(WARNING, "x"), now=NOW)
    with pytest.raises(NotFound):
        await sanctions.end(board.db, board.viewer("mod"), 999, now=NOW)


async def test_every_act_stands_in_the_log_and_what_was_told_in_the_members_own_copy(
    board: ModelBoard,
) -> None:
    for kind in SanctionKind:
        await sanctions.end(board.db, board.viewer("mod"), await impose(board, kind, lasts="week"), now=NOW)
    async with board.db.snapshot() as reader:
        acts = {one.act for one in await audit.latest(reader, 50)}
        own = await own_things.sanctions(reader, id_of(board, "ann"))
    assert {"warn", "note", "silence", "ban", "end_warning", "end_note", "end_silence", "end_ban"} <= acts
    assert [(one.kind, one.reason) for one in own] == [
        ("warning", "Be kind."),
        ("silence", "Be kind."),
        ("ban", "Be kind."),
    ]


async def test_who_leaves_takes_along_what_was_noted_about_him(board: ModelBoard) -> None:
    await impose(board, NOTE)
    await impose(board, WARNING)
    async with board.db.begin() as writer:
        await leavers.unname(writer, id_of(board, "ann"), "nobody:1", NOW)
    async with board.db.snapshot() as reader:
        assert await rows.of_member(reader, id_of(board, "ann")) == []


@pytest.mark.parametrize("lasts", ["good", "week"])
async def test_a_ban_that_is_taken_back_brings_the_one_it_replaced_back(
    board: ModelBoard, lasts: str
) -> None:
    ann = id_of(board, "ann")
    first = await impose(board, BAN, lasts=lasts)
    second = await impose(board, BAN, lasts="day")
    later = NOW + (DAY // 2 if lasts == "good" else 8 * DAY)
    await sanctions.take_back(board.db, board.viewer("mod"), second, now=later)
    async with board.db.snapshot() as reader:
        running = [one.id for one in await rows.of_member(reader, ann) if one.is_running]
    assert running == ([first] if lasts == "good" else [])
