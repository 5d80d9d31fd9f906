"""R9, bounded: who never reads is cut, costs a bounded buffer until then, and keeps nobody waiting.

The whole of it, with figures, is `python -m tests.reliability.r9`.
"""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.bench.clients import Crowd
from server.live.connections import parked, slow
from server.live.session import Session
from tests.reliability.board_process import board_process
from tests.reliability.r9_stuck import stuck_readers
from tests.support.stage import WAYS, Stage, set_up
from tests.support.waiting import check, eventually

pytestmark = pytest.mark.slow

OTHERS, STUCK = 20, 5
POSTS, LARGE = 60, 100_000  # characters; the kernel alone keeps 2 to 4 MB for each reader
WITHIN = 12.0  # seconds


@pytest.mark.parametrize("way", WAYS)
async def test_who_never_reads_is_cut_and_the_others_miss_nothing(
    sqlite_url: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow, "STUCK_FOR", 1.0)
    backlogs: list[int] = []
    async with set_up(sqlite_url, limits=False, ws=WAYS[way]) as stage:
        port = urlsplit(stage.base_url).port or 0
        crowd = Crowd(port, ["topic:12"])
        await crowd.connect(OTHERS)
        async with stuck_readers(port, "topic:12", STUCK) as readers:
            for mark in range(POSTS):
                await stage.write(mark, f"mark-{mark} " + "x" * LARGE)
                assert await crowd.received(mark)
                backlogs += [full._link.backlog() for full in sessions(stage) if full.is_full]
            await eventually(lambda: check(len(stage.live.hub) == OTHERS), timeout=15.0)
            if way == "parked":  # on the plain way connections are the server's, which waits for ever
                await eventually(lambda: check(not readers.kept()), timeout=15.0)
                assert max(backlogs) <= parked.MAX_BUFFER + LARGE + 1000  # one frame went in whole
        assert len(backlogs) >= STUCK  # the premise: they were stuck
        assert all(len(crowd.receipts[mark]) == OTHERS for mark in range(POSTS))
        assert (crowd.gaps, crowd.repeats, crowd.resets) == (0, 0, 0)
        await crowd.close()


def sessions(stage: Stage) -> list[Session]:
    return [one for one in stage.live.hub if isinstance(one, Session)]


async def test_the_server_ends_although_readers_take_nothing(tmp_path: Path) -> None:
    long = f"```\n{'&' * 19_000}\n```"  # quickly rendered, and its HTML is five times as long
    async with board_process(tmp_path / "board") as board:
        await board.start()
        async with (
            stuck_readers(board.port, f"topic:{board.topic_id}", STUCK) as readers,
            board.browser("ann") as ann,
        ):
            for _ in range(35):
                await board.reply(ann, long)
            assert readers.kept() == STUCK
            assert await board.stop() <= WITHIN
