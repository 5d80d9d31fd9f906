"""R8: the network breaks. `python -m tests.reliability.r8 [--readers 20] [--short]`

Each fault has a network and readers of its own, all on one board where three posts a second are written
past the networks. After the fault every reader is where the server is within the bound, and at the end all
show what the database holds. Ten of a hundred packets are lost for real where a network namespace and
nftables are at hand, and in any case blocks are late as if they had been sent again. A connection on which
nobody writes is kept from being idle by heartbeats; and the server notices by itself when readers are gone
without a word.
"""

import asyncio
import contextlib
import itertools
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.reliability.board_process import BoardProcess, board_process
from tests.reliability.figures import Figure, options, tell, verdict
from tests.reliability.r8_faults import FAULTS, PATIENCE, VISIBLE, Fault, join, slowest, wrong
from tests.reliability.r8_lossy import lossy
from tests.reliability.r9_stuck import kept
from tests.reliability.writing import writing
from tests.support.faulty_network import FaultyNetwork, faulty_network
from tests.support.model_client import ModelClient, Tally
from tests.support.waiting import act_slowly, check, eventually

POSTS_A_SECOND = 3
IDLE_LIMIT = 61.0  # seconds after which many a middlebox forgets a connection
QUIET_FOR = 135.0  # seconds
NOTICED_WITHIN = 45.0  # seconds, by the server
WELCOME = 1  # the topic of the first start, in which nobody writes


async def prove(readers: int, *, short: bool) -> int:
    faults = [fault for fault in FAULTS if not short or fault.within == VISIBLE]
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        board = await stack.enter_async_context(board_process(Path(folder)))
        await board.start()
        tallies = {fault: Tally() for fault in faults}
        networks = {fault: await stack.enter_async_context(faulty_network(board.port)) for fault in faults}
        crowds = {fault: await join(board, networks[fault].port, readers, tallies[fault]) for fault in faults}
        async with writing(board, POSTS_A_SECOND, 600) as written:
            parts = [suffer(board, networks[fault], fault, crowds[fault]) for fault in faults]
            if not short:
                parts += [stay_quiet(board, readers), vanish(board, readers)]
            figures = list(await asyncio.gather(*parts))
        differing = [await wrong(board, crowd) for crowd in crowds.values()]
        figures.append(Figure("readers that differ from the database at the end", sum(differing), 0))
        figures.append(Figure("posts lost or doubled", len(written.lost()) + len(written.doubled()), 0))
        for one in itertools.chain(*crowds.values()):
            one.stop()
        real = await lossy()
        remarks = [f"{fault.name}: {tallies[fault]}" for fault in faults]
        if not real:
            remarks.append("No packet was lost for real: that needs root, unshare, ip and nft.")
        return verdict([*figures, *real], f"{readers} readers for each", *remarks)


async def suffer(
    board: BoardProcess, network: FaultyNetwork, fault: Fault, crowd: Sequence[ModelClient]
) -> Figure:
    """One fault: how long the slowest reader took."""
    fault.begin(network)
    if fault.end is not None:
        await act_slowly(fault.lasts)
        fault.end(network)
    took = await slowest(board, crowd)
    tell(f"{fault.name}: {took:.1f} s")
    return Figure(f"{fault.name}: slowest reader", took, fault.within, "s")


async def stay_quiet(board: BoardProcess, readers: int) -> Figure:
    """A network that forgets whoever is idle, and readers of a topic in which nothing happens."""
    async with faulty_network(board.port) as network:
        network.idle_limit = IDLE_LIMIT
        crowd = await join(board, network.port, readers, topic_id=WELCOME)
        await act_slowly(QUIET_FOR)
        lost = sum(not one.ready_at for one in crowd)
        for one in crowd:
            one.stop()
        return Figure("idle for two minutes: connections forgotten", network.idle_cuts + lost, 0)


async def vanish(board: BoardProcess, readers: int) -> Figure:
    """Readers are gone, and nobody told the server: how long it keeps their connections."""
    async with faulty_network(board.port) as network:
        crowd = await join(board, network.port, readers)
        ports = {line.server.getsockname()[1] for line in network.lines if line.server is not None}
        begin = asyncio.get_running_loop().time()
        network.forget_reader()
        for one in crowd:
            one.stop()
        check(kept(board.port, ports) == readers, "the server has not noticed yet")

        await eventually(lambda: check(not kept(board.port, ports)), PATIENCE)
        took = asyncio.get_running_loop().time() - begin
        return Figure("half open, the reader's side gone: noticed by the server", took, NOTICED_WITHIN, "s")


if __name__ == "__main__":
    given = options("R8: the network breaks.", readers=20)
    sys.exit(asyncio.run(prove(given.readers, short=given.short)))
