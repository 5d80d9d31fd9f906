"""One story of R3: people read in many tabs while others act and browsers suffer."""

from dataclasses import dataclass
from random import Random

from server.domain.viewer import Audience
from tests.support.people_in_browsers import People, is_live
from tests.support.random_acts import random_acts
from tests.support.random_faults import RandomFaults
from tests.support.same_page import difference_of

FAULT_CHANCE = 0.4  # after an act

# What a browser says of networks that are cut, and of pages that are not there any more for who signed out.
EXPECTED = (
    r"ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_CONNECTION|status of 40[34]|WebSocket"
    r"|establish a connection"
)


@dataclass(frozen=True)
class Story:
    """`done` are the acts that changed something, `differences` are between tabs and fresh pages."""

    happened: list[str]
    done: list[str]
    faults: int
    tabs: int
    differences: list[str]


async def live_through(people: People, seed: int, steps: int) -> Story:
    """As many acts, with faults between them; the same seed tells the same story, as far as ids go."""
    board, random = people.board, Random(seed)
    people.troubles.allow(EXPECTED)
    async with random_acts(board, seed) as acts:
        await acts.furnish()
        await people.sign_in_again("bo")  # in his browser; the acts go on with the session before
        await people.sign_in_again("mod")
        busy, growing = acts.topics[:2]
        paths = ["/", "/latest", "/categories/1", "/members/bo"]
        paths += [f"/topics/{busy}", f"/topics/{busy}?page=2", f"/topics/{growing}"]
        behind_the_door = f"/categories/{board.places[Audience.MEMBERS]}"
        faults = RandomFaults(people, random)
        faults.watch(None, await people.tabs(None, *paths))
        faults.watch("bo", await people.tabs("bo", *paths[:2], behind_the_door))  # the rest is a guest's
        faults.watch("mod", await people.tabs("mod", *paths))
        for _ in range(steps):
            before = len(acts.done)
            await acts.act()
            faults.struck += acts.done[before:]
            if random.random() < FAULT_CHANCE:
                await faults.strike()
        await faults.calm()
        done = [line for line in acts.done if line.endswith("303")]
        for page in faults.tabs:
            await page.evaluate("dispatchEvent(new Event('online'))")  # so that it comes back now
            await is_live(page)
        found = [await difference_of(page) for page in faults.tabs]
    happened = faults.struck
    differences = [one for one in found if one]
    return Story(happened, done, len(happened) - len(acts.done), len(faults.tabs), differences)
