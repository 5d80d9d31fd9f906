"""R16: a session that ended, in whatever way, is told nothing from that moment on, and is closed (S4)."""

import pytest

from server.live.rights import Rights
from tests.reliability import r16_sessions
from tests.reliability.r16_sessions import Sessions
from tests.support.whole_board import WholeBoard

pytestmark = pytest.mark.slow

ENDS = 24
WITHIN = 2.0  # seconds (S4)


async def test_a_session_that_ended_is_told_nothing_more_under_load(board: WholeBoard) -> None:
    found = await Sessions(board, seed=4).play(ENDS)
    assert found.leaks == []
    assert len(set(found.ends)) == 6  # the premise: every way, and many sockets that heard much before
    assert len(found.delays) > ENDS
    assert found.frames > 10 * len(found.delays)
    assert max(found.delays) < WITHIN


async def test_a_session_that_goes_on_would_be_noticed(
    sqlite_board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_away(_: Rights, _events: object) -> None:
        return None

    monkeypatch.setattr(Rights, "apply", look_away)
    monkeypatch.setattr(r16_sessions, "GONE_WITHIN", 0.3)
    found = await Sessions(sqlite_board, seed=4).play(3)
    assert any("still open" in leak for leak in found.leaks)
    assert any("ended at" in leak for leak in found.leaks)
