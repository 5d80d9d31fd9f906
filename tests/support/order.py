"""Which files go first where several processes run tests: the long ones, so that none of them still runs when
the others have nothing left to do. Those that have to run alone go last: then nobody waits for them.

A process takes one file after the other (pytest-xdist's `--dist loadfile`, in the order of the tests).
"""

from collections import Counter
from pathlib import Path

import pytest

LONG = ("slow", "browser")  # files with tests so marked, in this order; then those with many tests
LAST = "alone"


@pytest.hookimpl(trylast=True)  # after the marks were added
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=_Order(items))


class _Order:
    """The sorting key of a test: its file's place, so that files stay together and tests in their order."""

    def __init__(self, items: list[pytest.Item]) -> None:
        self._counts = Counter(item.path for item in items)
        self._marked = {
            mark: {item.path for item in items if item.get_closest_marker(mark) is not None}
            for mark in (*LONG, LAST)
        }

    def __call__(self, item: pytest.Item) -> tuple[int, int, Path]:
        path = item.path
        rank = next((place for place, mark in enumerate(LONG) if path in self._marked[mark]), len(LONG))
        if path in self._marked[LAST]:
            rank = len(LONG) + 1
        return rank, -self._counts[path], path
