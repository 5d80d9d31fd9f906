"""R16 for what moderators do: whatever they take away is told to nobody outside from then on, under load."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import pytest

from server.actions import (
    board_shape,
    category_moderators,
    moderation,
    purging,
    sweeps,
    topic_acts,
    topic_moves,
)
from server.actions.purging import Purge
from server.actions.topic_moves import Chosen, NewTopic
from server.domain.board_shape import CategoryDraft
from server.domain.clock import now_ms
from server.domain.sanctions import Draft, SanctionKind
from server.domain.sweeps import SweepState
from server.domain.viewer import Audience
from server.live.protocol import BANNED, RESYNC, Close
from server.live.rights import Rights
from server.store import event_log
from tests.reliability import r16_acts
from tests.reliability.r16_vanish import READERS, Played, Scene, act_under_load, name_of, scene
from tests.reliability.test_r15_removal_canary import agrees
from tests.reliability.test_r15_sweep import reaches
from tests.reliability.test_r16_permission_chaos import sign_in
from tests.support.whole_board import WholeBoard

pytestmark = pytest.mark.slow

People = tuple[str | None, ...]
GUEST = None
MEMBERS = ("ann", "bo", "cleo")


@dataclass(frozen=True)
class Act:
    """What happens, from where on it counts, and who is told nothing more of the post, and of the title.

    `sent_away` says whose sockets are closed, and how.
    """

    do: Callable[[Scene], Awaitable[int]]
    outside: People
    title_outside: People = ()
    sent_away: Mapping[str | None, Close] = field(default_factory=dict)


async def remove(at: Scene) -> int:
    db, mod = at.board.db, at.board.viewer("mod")
    return (await moderation.remove_post(db, mod, at.post, "", now=now_ms())).position


async def remove_topic(at: Scene) -> int:
    db, mod = at.board.db, at.board.viewer("mod")
    return await moderation.remove_topic(db, mod, at.topic, "", now=now_ms())


async def purge(at: Scene) -> int:
    await remove(at)
    ada, said = at.board.viewer("ada"), Purge("a court", str(at.post), knows=True)
    return (await purging.purge_post(at.board.db, ada, at.post, said, now=now_ms())).position


async def sweep(at: Scene) -> int:
    board, ban = at.board, Draft(SanctionKind.BAN, "Advertising.", lasts="good")
    bo, mod = board.viewer("bo").id or 0, board.viewer("mod")
    number = await sweeps.start_sweep(board.db, mod, bo, ban, with_answered=True, now=now_ms())
    await reaches(board, number, SweepState.REMOVED)
    return await r16_acts.head(board.db)


def close_category(seen_by: str) -> Callable[[Scene], Awaitable[int]]:
    async def close(at: Scene) -> int:
        db, ada = at.board.db, at.board.viewer("ada")
        draft = CategoryDraft("1", name_of(at.word), "", seen_by)
        await board_shape.change_category(db, ada, at.category, draft, now=now_ms())
        return await r16_acts.head(db)

    return close


async def move(at: Scene) -> int:
    db, mod = at.board.db, at.board.viewer("mod")
    return await topic_acts.move(db, mod, at.topic, at.board.places[Audience.STAFF], now=now_ms())


async def merge(at: Scene) -> int:
    board = at.board
    inner = (await board.topic("Among us", "Hello.", by="ann", where=Audience.MEMBERS)).topic_id
    mod = board.viewer("mod")
    return (await topic_moves.merge(board.db, mod, at.topic, inner, now=now_ms())).position


async def split(at: Scene) -> int:
    db, mod = at.board.db, at.board.viewer("mod")
    new, chosen = NewTopic("Apart", at.board.places[Audience.STAFF]), Chosen(frozenset({at.post}))
    return (await topic_moves.split(db, mod, at.topic, chosen, new, now=now_ms())).position


async def ban(at: Scene) -> int:
    return await r16_acts.ban(at.board.db, at.board.viewer("mod"), at.board.viewer("bo"))


async def take_the_category(at: Scene) -> int:
    """From cleo, who sees the head of a removed topic until then."""
    board, cleo = at.board, at.board.viewer("cleo").id or 0
    await remove_topic(at)
    await category_moderators.dismiss(board.db, board.viewer("ada"), at.category, cleo, now=now_ms())
    return await r16_acts.head(board.db)


ACTS = {
    "a post removed": Act(remove, READERS),
    "a topic removed": Act(remove_topic, READERS, (GUEST, "ann", "bo")),
    "purged": Act(purge, READERS),
    "a category for members": Act(close_category("members"), (GUEST,), (GUEST,)),
    "a category for staff": Act(close_category("staff"), (GUEST, *MEMBERS), (GUEST, *MEMBERS)),
    "a topic moved to staff": Act(move, (GUEST, *MEMBERS), (GUEST, *MEMBERS)),
    "joined with a members' topic": Act(merge, (GUEST,), (GUEST,)),
    "split off for staff": Act(split, (GUEST, *MEMBERS)),
    "a category's moderator no more": Act(take_the_category, READERS, (GUEST, *MEMBERS), {"cleo": RESYNC}),
    "banned": Act(ban, ("bo",), ("bo",), {"bo": BANNED}),
    "everything removed": Act(sweep, READERS, (), {"bo": BANNED}),
}


def leaks(found: Scene, act: Act, played: Played) -> list[str]:
    """Sentences: who was told what from the act on, who reads what still, and whose socket ended wrongly."""
    said: list[str] = []
    for word, outside in ((found.word, act.outside), (found.title, act.title_outside)):
        for person in outside:
            reader = found.readers[person]
            said += [f"{person} was told: {frame}" for frame in reader.told(word, played.lost_at)]
            said += [f"{person} still reads {channel}" for channel in reader.shows(word)]
            late = played.late.get(person)
            said += (
                [f"{person} reads {channel} on coming back" for channel in late.shows(word)] if late else []
            )
    for person in READERS:
        close, way = found.readers[person].close, act.sent_away.get(person)
        right = {way.code} if way else {0, RESYNC.code}  # who connects anew is told what he may read
        if close not in right:
            said.append(f"{person}'s socket ended with {close}")
    return said


async def test_what_a_moderator_takes_away_is_told_to_nobody_outside(board: WholeBoard) -> None:
    for name, act in ACTS.items():
        async with scene(board) as found:
            assert leaks(found, act, await act_under_load(found, act.do)) == [], name
        if act.do in (ban, sweep):
            await r16_acts.end_ban(board.db, board.viewer("mod"), board.viewer("bo"))
            await sign_in(board, "bo")
    assert await agrees(board)


async def test_leaks_would_be_noticed(sqlite_board: WholeBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look_away(*_: object) -> None:
        return None

    with monkeypatch.context() as broken:
        broken.setattr(event_log, "turn_page", look_away)
        act = ACTS["a category for members"]
        async with scene(sqlite_board) as found:  # quietly: whoever writes tells of what is around it too
            said = leaks(found, act, await act_under_load(found, act.do, rounds=0))
        assert f"None still reads topic:{found.elsewhere}" in said
    with monkeypatch.context() as broken:
        broken.setattr(Rights, "apply", look_away)
        act = ACTS["a category's moderator no more"]
        async with scene(sqlite_board) as found:
            said = leaks(found, act, await act_under_load(found, act.do))
        assert any(one.startswith("cleo was told") for one in said)
        assert "cleo's socket ended with 0" in said
