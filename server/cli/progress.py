"""How far long work is: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable


def progress(what: str) -> Callable[[int, int], None]:
    """What shows how many of how many are done, on standard error."""
    last = -1

    def show(done: int, total: int) -> None:
        nonlocal last
        percent = 100 * done // max(1, total)
        if percent == last or (not sys.stderr.isatty() and percent % 25):
            return
        last = percent
        if sys.stderr.isatty():
            filled = percent * 30 // 100
            end = "\n" if percent == 100 else ""
            print(
                f"\r{what} [{'#' * filled}{'.' * (30 - filled)}] {percent:3} %",
                end=end,
                file=sys.stderr,
                flush=True,
            )
        else:
            print(f"{what}: {percent} %", file=sys.stderr, flush=True)

    return show
