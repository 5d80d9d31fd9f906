"""R8 where packets are really lost: server and readers in a network namespace of their own.

`python -m tests.reliability.r8_lossy` is run inside of it by `lossy()`, and prints how long readers took.
It needs root, `unshare` and nftables; loopback's packets are dropped by chance there, and nowhere else.
"""

import asyncio
import contextlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.reliability.board_process import board_process
from tests.reliability.figures import Figure
from tests.reliability.r8_faults import LOSS, VISIBLE, join, slowest, wrong
from tests.reliability.writing import writing
from tests.support.waiting import act_slowly

READERS = 20
ROUNDS, EVERY = 12, 2.0  # seconds between two rounds
POSTS_A_SECOND = 3
NETWORK = f"""ip link set lo up
nft add table inet faulty
nft 'add chain inet faulty input {{ type filter hook input priority 0; }}'
nft 'add rule inet faulty input numgen random mod 100 < {round(100 * LOSS)} drop'
exec "$0" -m tests.reliability.r8_lossy"""


async def lossy() -> list[Figure]:
    """The figures; none where no such network can be made."""
    if not all(shutil.which(program) for program in ("unshare", "ip", "nft")):
        return []
    process = await asyncio.create_subprocess_exec(
        "unshare", "--net", "sh", "-ec", NETWORK, sys.executable, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    if process.returncode:
        return []
    found = json.loads(said.splitlines()[-1])
    return [
        Figure(f"{round(100 * LOSS)} % of packets lost: slowest", found["slowest"], VISIBLE, "s"),
        Figure(f"{round(100 * LOSS)} % of packets lost: readers that differ", found["wrong"], 0),
    ]


async def inside() -> None:
    """Readers follow for a while; the slowest of all rounds."""
    took = 0.0
    with tempfile.TemporaryDirectory() as folder:
        async with board_process(Path(folder)) as board:
            await board.start()
            crowd = await join(board, board.port, READERS)
            async with writing(board, POSTS_A_SECOND, 600):
                for _ in range(ROUNDS):
                    await act_slowly(EVERY)
                    took = max(took, await slowest(board, crowd))
            differing = await wrong(board, crowd)
            for one in crowd:
                one.stop()
            with contextlib.suppress(TimeoutError):
                await board.stop()
    print(json.dumps({"slowest": took, "wrong": differing}))


if __name__ == "__main__":
    asyncio.run(inside())
