"""R3: random stories in real browsers. `python -m tests.reliability.r3 [--steps 200] [--seeds 1,2,3]
[--browser chromium|firefox|webkit] [--short]`

Seventeen tabs of three people live through them: networks go and come, tabs are left and come back from the
browser's memory, are frozen, hidden and asleep for hours, members sign out and in again in another tab, and
sockets are cut, while others write, edit, remove, restore, lock and thank. Then every tab is the page that a
reload would show, element for element.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.reliability.figures import Figure, options, tell, verdict
from tests.reliability.r3_browsers import browser_called
from tests.reliability.r3_story import Story, live_through
from tests.support.chromium import pages_of
from tests.support.people_in_browsers import People
from tests.support.troubles import Troubles
from tests.support.whole_board import whole_board


async def one_story(name: str, seed: int, steps: int) -> tuple[Story, list[str]]:
    """The story, and what its pages complained of. What Chromium says of networks is known; others differ."""
    troubles = Troubles()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'fireside.db'}"
        async with (
            whole_board(url) as board,
            browser_called(name) as browser,
            pages_of(browser, troubles, strict=False) as open_page,
        ):
            story = await live_through(People(board, open_page, troubles), seed, steps)
    return story, [one for one in troubles.unexpected if name == "chromium" or "console:" not in one]


async def prove(name: str, steps: int, seeds: list[int]) -> int:
    told: list[Story] = []
    complaints: list[str] = []
    for seed in seeds:
        began = time.monotonic()
        story, complained = await one_story(name, seed, steps)
        tell(
            f"seed {seed}: {len(story.done)} changes, {story.faults} faults, {time.monotonic() - began:.0f} s"
        )
        if story.differences or complained:
            tell("\n".join([*story.happened, *story.differences, *complained]))
        told.append(story)
        complaints += complained
    return verdict(
        [
            Figure("tabs that differ from a fresh page", sum(len(one.differences) for one in told), 0),
            Figure("complaints of the browser", len(complaints), 0),
            Figure("tabs compared", sum(one.tabs for one in told)),
            Figure("changes lived through", sum(len(one.done) for one in told)),
            Figure("faults lived through", sum(one.faults for one in told)),
        ]
    )


if __name__ == "__main__":
    chosen = options(__doc__ or "", steps=200, seeds="1,2,3", browser="chromium")
    seeds = [int(seed) for seed in chosen.seeds.split(",")]
    steps = 40 if chosen.short else chosen.steps
    sys.exit(asyncio.run(prove(chosen.browser, steps, seeds[:1] if chosen.short else seeds)))
