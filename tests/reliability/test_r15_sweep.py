"""R15 for a sweep: what a banned member wrote is nowhere after one act, and back everywhere once undone."""

import pytest

from server.actions import profiles, sweeps
from server.domain.clock import now_ms
from server.domain.sanctions import Draft, SanctionKind
from server.domain.sweeps import SweepState
from server.store import sweeps as rows
from tests.reliability.test_r15_removal_canary import PUBLIC_COLUMNS, agrees, pages, plant, where
from tests.support.crawl import in_tables
from tests.support.waiting import check, eventually
from tests.support.whole_board import NO_LIMITS, WholeBoard

pytestmark = pytest.mark.slow

READERS = (None, "ann", "mod")  # bo, who wrote it, is banned


async def reaches(board: WholeBoard, number: int, state: SweepState) -> None:
    """Waits until the server's own job has done all of it."""

    async def look() -> None:
        async with board.db.snapshot() as reader:
            found = await rows.find(reader, number)
        check(found is not None and found.state is state)

    await eventually(look, timeout=20.0)


async def test_everything_of_a_banned_member_is_nowhere_and_comes_back_everywhere(
    sqlite_board: WholeBoard,
) -> None:
    board = sqlite_board
    canary = await plant(board)
    said = profiles.ProfileDraft(f"I know {canary.word}", f"Ask me about {canary.word}.")
    await profiles.save_profile(board.db, board.viewer("bo"), said, now=now_ms(), limits=NO_LIMITS)
    before = {name: await where(board, name, canary) for name in READERS}
    for name in READERS:
        assert {f"page /topics/{canary.topic}", "page /members/bo"} <= before[name]
    in_public = await in_tables(board.db, canary.word)
    assert in_public == PUBLIC_COLUMNS | {"members.personal_text", "members.about", "members.about_html"}

    bo, mod = board.viewer("bo").id or 0, board.viewer("mod")
    draft = Draft(SanctionKind.BAN, "Advertising.", lasts="good")
    number = await sweeps.start_sweep(board.db, mod, bo, draft, with_answered=True, now=now_ms())
    await reaches(board, number, SweepState.REMOVED)
    for name in (*READERS, "bo"):
        assert await where(board, name, canary) == set(), name
    kept = {f"posts.removed_{column}" for column in ("body", "html", "plain", "edit_reason")}
    kept |= {f"sweeps.{column}" for column in ("personal_text", "about", "about_html")}
    assert await in_tables(board.db, canary.word) == kept
    assert await agrees(board)

    await sweeps.undo(board.db, mod, number, now=now_ms())
    await reaches(board, number, SweepState.RESTORED)
    for name in READERS:
        back = await where(board, name, canary)
        assert pages(back) == pages(before[name]), name
    assert await in_tables(board.db, canary.word) == in_public
    assert await agrees(board)
