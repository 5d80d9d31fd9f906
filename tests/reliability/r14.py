"""R14 by the Autobahn test suite: `python -m tests.reliability.r14 [--kosoku PATH] [--short]`

The suite's own cases 1 to 7 and 10, run by `kosoku` (PyPI; `pip install kosoku`, which the tests do without),
against an echo on parked connections and one on uvicorn's own. The limit of a message is larger here than on
the board, because some cases send a megabyte. What stands in KNOWN is known; what else fails is new.
"""

import asyncio
import json
import logging
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from server.live.connections import frame_reader
from tests.reliability.figures import Figure, options, verdict
from tests.reliability.r14_wire import OURS, UVICORNS, echo_server

CASES = (1, 2, 3, 4, 5, 6, 7, 10)
SHORT = (1, 2, 3, 4, 5, 7)
ENOUGH = 16 * 2**20  # bytes of one message
KNOWN = {OURS: set[str](), UVICORNS: {"7.1.5"}}  # answers 1002, not 1000, to a close inside of a message
FINE = {"OK", "NON-STRICT", "INFORMATIONAL"}


async def prove(kosoku: str, groups: tuple[int, ...]) -> int:
    frame_reader.MAX_MESSAGE = ENOUGH
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it tells of all that is no UTF-8
    figures, remarks = [], []
    for name, protocol in (("parked", OURS), ("uvicorn", UVICORNS)):
        async with echo_server(protocol) as port:
            found = await run(kosoku, port, groups)
        behaviors = Counter(case["behavior"] for case in found.values())
        failed = {
            number
            for number, case in found.items()
            if case["behavior"] not in FINE or case["behaviorClose"] not in FINE
        }
        new = failed - KNOWN[protocol]
        figures += [
            Figure(f"{name}: cases", len(found)),
            Figure(f"{name}: ok", behaviors["OK"]),
            Figure(f"{name}: not strict", behaviors["NON-STRICT"]),
            Figure(f"{name}: failed, known", len(failed - new)),
            Figure(f"{name}: failed, new", len(new), 0),
            Figure(f"{name}: cases that were not run", 0 if found else 1, 0),
        ]
        remarks += [f"{name}: {', '.join(sorted(failed)) or 'nothing'} failed"]
    return verdict(figures, *remarks)


async def run(kosoku: str, port: int, groups: tuple[int, ...]) -> dict[str, Any]:
    """The suite's results by case."""
    chosen = [word for group in groups for word in ("-i", f"{group}.*")]
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            kosoku, f"127.0.0.1:{port}", *chosen, "-o", folder, stdout=sys.stderr
        )
        await process.wait()
        report: dict[str, dict[str, Any]] = json.loads((Path(folder) / "index.json").read_text())
    return next(iter(report.values()), {})


if __name__ == "__main__":
    given = options("R14: the Autobahn test suite.", kosoku="")
    program = given.kosoku or shutil.which("kosoku") or str(Path(sys.executable).with_name("kosoku"))
    if not Path(program).exists():
        sys.exit("There is no kosoku. `pip install kosoku` into any environment, and say --kosoku PATH.")
    sys.exit(asyncio.run(prove(program, SHORT if given.short else CASES)))
