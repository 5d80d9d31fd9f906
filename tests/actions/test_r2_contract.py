"""R2: after every act, whoever applies its events has the page that a fresh load shows.

For each act: every page of every kind of viewer is loaded, the act is done, what the log has since each
page's position is applied as the socket would bring it, and the result is compared with a fresh load.
"""

import inspect
import json
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
import pytest_asyncio

from server import actions
from server.actions import news
from server.domain.channels import Channel
from server.live.messages import encode
from server.live.protocol import Reason
from server.live.resuming.catch_up import Asked, Caught, Sources, catch_up
from tests.actions.r2_acts import ACTS, EXEMPT, Act, Perform
from tests.support.model_board import Address, ModelBoard, model_board
from tests.support.page_model import Patches, difference

# Every file of acts; they register in ACTS.
PARTS = [
    import_module(f"tests.actions.{file.stem}")
    for file in sorted(Path(__file__).parent.glob("r2_*.py"))
    if file.stem != "r2_acts"
]
# A guest, a member, the author of what is acted on, a moderator of the public category only, staff.
VIEWERS = (None, "bo", "ann", "carl", "mod")
MEMBERS = ("ann", "bo", "moira")


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as found:
        yield found


@pytest.mark.parametrize("act", ACTS, ids=str)
async def test_events_turn_every_page_into_a_fresh_one(board: ModelBoard, act: Act) -> None:
    await check(board, await act.prepare(board), shows=act.shows)


async def test_an_event_that_is_missing_is_found(board: ModelBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    perform = await next(act for act in ACTS if act.action == "moderation.set_pinned").prepare(board)
    monkeypatch.setattr(news, "tell_topic", lambda *_: None)
    with pytest.raises(AssertionError, match="Pinned"):
        await check(board, perform, shows=True)


def test_every_action_that_writes_has_an_act_or_a_reason() -> None:
    names = {
        f"{function.__module__.removeprefix('server.actions.')}.{function.__name__}"
        for function in functions()
    }
    tested = {act.action for act in ACTS}
    assert names - tested - set(EXEMPT) == set(), "actions without an act in r2_acts.py"
    assert (tested | set(EXEMPT)) - names == set(), "acts and reasons of actions that are no more"
    assert tested.isdisjoint(EXEMPT)


async def check(board: ModelBoard, perform: Perform, *, shows: bool) -> None:
    open_pages = await every_page(board)
    assert len(open_pages) > 20
    before = {key: page.page.words() for key, page in open_pages.items()}
    await perform()
    changed = False
    for (who, address), page in open_pages.items():
        fresh = await after_its_events(board, who, address, page)
        changed |= fresh != before[who, address]
    assert changed == shows, "whether a page looks different after the act"


async def every_page(board: ModelBoard) -> dict[tuple[str | None, Address], Patches]:
    """Whatever each viewer may open, except later pages of lists, which promise no more than their rows."""
    addresses = [Address("index"), Address("latest"), *(Address("profile", name=name) for name in MEMBERS)]
    addresses += [Address("category", place) for place in board.places.values()]
    async with board.db.snapshot() as reader:
        topics = await reader.all("SELECT id, places FROM topics ORDER BY id")
    for topic_id, places in (*topics[:3], *topics[3:][-2:]):  # of many, some do
        addresses += [Address("topic", topic_id, page) for page in range(1, (places - 1) // 20 + 2)]
    found = {}
    for who in VIEWERS:
        for address in addresses:
            html = await board.load(address, who)
            if html is not None:
                found[who, address] = Patches.of(html)
    return found


async def after_its_events(board: ModelBoard, who: str | None, address: Address, page: Patches) -> str | None:
    """What is on the page once it caught up; the same as on a fresh one, or the test fails."""
    root = page.page
    channels = [Channel.parse(name) for name in root.channels]
    asked = Asked([one for one in channels if one is not None], root.epoch, root.position)
    async with board.db.snapshot() as reader:
        caught = await catch_up(reader, Sources(board.renderer), board.viewer(who), asked)
        html = await board.read(reader, address, board.viewer(who))
    assert caught.reset in (None, Reason.EPOCH)
    if html is None and address.kind == "topic" and len(caught.allowed) == len(channels):
        return leads_on(page, caught)
    if len(caught.allowed) < len(channels) or html is None:
        assert len(caught.allowed) < len(channels), f"{who} stays on the channel of {address}, which is gone"
        return None if html is None else Patches.of(html).page.words()
    if caught.reset is Reason.EPOCH:  # what changed is on pages without number: all are fetched afresh
        return Patches.of(html).page.words()
    for changes in caught.changes.values():
        page.apply(json.loads(encode(changes))["patches"])
    fresh = Patches.of(html).page
    if page.incomplete:
        page.adopt(fresh)
    found = difference(page.page, fresh)
    assert not found, f"{address} of {who or 'a guest'}\n{found}"
    return fresh.words()


def leads_on(page: Patches, caught: Caught) -> str:
    """A topic that was joined with another one: its readers see the way there, and none of its posts."""
    for changes in caught.changes.values():
        page.apply(json.loads(encode(changes))["patches"])
    words = page.page.words()
    assert "data-merged" in words
    assert page.page.lists["posts"].ids == []
    return words


def functions() -> Iterator[Callable[..., Awaitable[object]]]:
    """Every public async function of server/actions."""
    for module_info in pkgutil.iter_modules(actions.__path__):
        module = import_module(f"server.actions.{module_info.name}")
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            if not name.startswith("_") and function.__module__ == module.__name__:
                yield function
