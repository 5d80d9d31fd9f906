"""No page breaks a rule that axe knows (WCAG 2.2 A and AA, and its best practices), and none is cut."""

from server.actions.setup import setup_link
from server.config import Config
from server.domain.clock import now_ms
from tests.support.accessibility import violations
from tests.support.chromium import OpenPage
from tests.support.every_page import every_page
from tests.support.people_in_browsers import NARROW, WIDE, People
from tests.support.servers import running_server
from tests.support.sideways import sideways


async def test_no_page_breaks_a_rule_of_accessibility_or_is_wider_than_its_window(people: People) -> None:
    found: list[str] = []
    seen: set[str] = set()
    async for name, page in every_page(people, reduced_motion="reduce"):
        await page.set_viewport_size(NARROW if len(seen) % 2 else WIDE)
        seen.add(name)
        found += [f"{name}: {what}" for what in [*await violations(page), *await sideways(page)]]
    assert len(seen) > 20, "every kind of page was seen"
    assert not found, "\n".join(found)


async def test_a_new_board_that_waits_for_its_administrator_breaks_none_either(
    sqlite_url: str, page_of: OpenPage
) -> None:
    async with running_server(Config(sqlite_url, limits=False)) as server:
        token = await setup_link(server.app.state.db, now=now_ms())
        page = await page_of(server.base_url, path=f"/setup/{token}", reduced_motion="reduce")
        assert await page.locator("h1").inner_text() == "Light the fire"
        assert await violations(page) == []
