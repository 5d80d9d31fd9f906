"""R12: an hour on the board. `python -m tests.reliability.r12 --folder F [--minutes 60] [--short]`

Readers come and go, a few posts, edits, removals and thank-yous a second are written, and once in a while
somebody reads for two minutes, which keeps SQLite's write-ahead log from starting afresh. Memory does not
grow, threads and files stay, the log stays small. What the server keeps has bounds, and is filled before
the watch begins: the board has many posts, and guests, members and moderators read all their pages twice. It
leaves most of a core to others, and `samples.csv` in the folder.
"""

import asyncio
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.reliability.board_process import BoardProcess, board_process
from tests.reliability.figures import Figure, options, tell, verdict
from tests.reliability.r12_soak import POSTS_A_SECOND, Soak, drift, slope
from tests.reliability.writing import writing
from tests.support.waiting import check, eventually

MB = 2**20
POSTS, PAGE = 25_000, 20  # so that everything that is kept is full at the beginning
LENGTH = 600  # characters of a post, as long as those that are written later: bounds are counted in bytes
AT_ONCE = 8  # readers, so that no connection to the database is idle
WARM_UP = 0.2  # of the time
SLOPE = 1.0  # MB an hour
WAL = 64.0  # MB
FLAT = 3.0  # threads, files


async def prove(folder: Path, seconds: float, readers: int, posts: int) -> int:
    async with board_process(folder, posts=posts, length=LENGTH) as board:
        tell(f"the board has {posts} posts")
        await board.start()
        await read_everything(board, posts)
        begin, cpu, own = time.monotonic(), board.cpu_seconds(), time.process_time()
        async with writing(board, POSTS_A_SECOND, length=LENGTH) as written:
            soak = Soak(board, written)
            await soak.live(seconds, readers)
        took = time.monotonic() - begin
        used, own_used = board.cpu_seconds() - cpu, time.process_time() - own
        truth = await asyncio.to_thread(board.truth)

        def wrong() -> int:
            return sum(
                one.posts != {post: truth[post] for post in truth if post >= one.first}
                for one in soak.readers
            )

        try:
            await eventually(lambda: check(not wrong()), 90.0)
        except AssertionError:
            tell("readers differ")
        differing = wrong()
        for one in soak.readers:
            one.stop()
        stopped = await board.stop()
        findings = await board.findings()
        after = [one for one in soak.samples if one.second > WARM_UP * seconds]
        return verdict(
            [
                Figure("hours after the warm-up", (after[-1].second - after[0].second) / 3600),
                Figure("memory at its beginning", after[0].memory / MB, unit="MB"),
                Figure("memory at its end", after[-1].memory / MB, unit="MB"),
                Figure("growth of memory", slope(after) / MB, SLOPE if seconds >= 1800 else math.inf, "MB/h"),
                Figure("growth of threads", drift([one.threads for one in after]), FLAT),
                Figure("growth of files beside readers", drift([one.files for one in after]), FLAT),
                Figure("write-ahead log, largest", max(one.wal for one in soak.samples) / MB, WAL, "MB"),
                Figure("acknowledged posts", len(written.acknowledged)),
                Figure("of these lost or doubled", len(written.lost()) + len(written.doubled()), 0),
                Figure("answers of 500 and above", soak.refused, 0),
                Figure("readers that differ at the end", differing, 0),
                Figure("findings of integrity_check and fireside check", len(findings), 0),
                Figure("from SIGTERM to exit", stopped, 12.0, "s"),
                Figure("processor, server", 100 * used / took, unit="%"),
                Figure("processor, readers and writers", 100 * own_used / took, unit="%"),
            ],
            f"{took / 60:.0f} minutes, {readers} readers at a time, {soak.tally}",
            *findings,
        )


async def read_everything(board: BoardProcess, posts: int) -> None:
    """Fills what the server keeps for each audience, and the cache of every connection to the database."""
    for name in (None, "ann", "moira"):
        pages = iter([*range(1, posts // PAGE + 2)] * 2)
        await asyncio.gather(*(_read(board, name, pages) for _ in range(AT_ONCE)))


async def _read(board: BoardProcess, name: str | None, pages: Iterator[int]) -> None:
    async with board.browser(name) as reader:
        for number in pages:
            headers = {"Accept": "text/html"}
            await reader.get(
                f"/topics/{board.topic_id}/how-do-you-sleep", params={"page": number}, headers=headers
            )


if __name__ == "__main__":
    given = options("R12: an hour on the board.", folder="", minutes=60.0, readers=300)
    if not given.folder:
        sys.exit("Say --folder: where the board and samples.csv are to be.")
    length = (2.0 if given.short else given.minutes) * 60
    sys.exit(asyncio.run(prove(Path(given.folder), length, given.readers, 500 if given.short else POSTS)))
