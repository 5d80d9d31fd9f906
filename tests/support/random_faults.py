"""What happens to people's browsers while the board lives on, at random: networks, sleep, other tabs.

    faults = RandomFaults(people, Random(7))
    faults.watch("bo", pages)     # the tabs of one browser
    await faults.strike()         # one more thing happens, or one is over
    await faults.calm()           # everything is over

A tab that is left comes back from the browser's memory where that keeps pages (`chromium(remembers=True)`).
"""

from collections.abc import Awaitable, Callable
from random import Random

from playwright.async_api import BrowserContext, Page, expect

from tests.support.people_in_browsers import People
from tests.support.whole_board import PASSWORD

HIDE = """(isHidden) => {
  Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
JUMP = """(by) => {
  const now = Date.now;
  Date.now = () => now.call(Date) + by;
}"""
HOUR = 3_600_000  # milliseconds
OVER = 0.4  # how often something ends rather than that something else begins

End = Callable[[], Awaitable[None]]


class RandomFaults:
    """`struck` tells what happened, for whoever has to find out why a page differs."""

    def __init__(self, people: People, random: Random) -> None:
        self.people = people
        self.random = random
        self.struck: list[str] = []
        self._browsers: dict[str | None, list[Page]] = {}
        self._going_on: dict[str, End] = {}
        self._away: set[Page] = set()  # left or frozen: nothing can be asked of them

    def watch(self, name: str | None, pages: list[Page]) -> None:
        """Lets things happen to these tabs of one person's browser; None is a guest."""
        self._browsers[name] = pages

    @property
    def tabs(self) -> list[Page]:
        """All that is watched."""
        return [page for pages in self._browsers.values() for page in pages]

    async def strike(self) -> None:
        """One more thing happens, or one that goes on ends."""
        if self._going_on and self.random.random() < OVER:
            await self._end(self.random.choice(list(self._going_on)))
            return
        name = self.random.choice(list(self._browsers))
        faults = [self._cut, self._offline, self._hide, self._leave, self._leave, self._jump]
        if _is_chromium(self._context(name)):
            faults.append(self._freeze)
        if name is not None:
            faults.append(self._sign_out)
        await self.random.choice(faults)(name)

    async def calm(self) -> None:
        """Ends everything; networks first, because people have to sign in again."""
        for what in sorted(self._going_on, key=lambda one: not one.startswith("offline")):
            await self._end(what)

    async def _end(self, what: str) -> None:
        self.struck.append(f"over: {what}")
        await self._going_on.pop(what)()

    def _begin(self, what: str, end: End) -> None:
        self.struck.append(what)
        self._going_on[what] = end

    def _is_offline(self, name: str | None) -> bool:
        return f"offline: {name}" in self._going_on

    def _a_tab(self, name: str | None) -> Page | None:
        here = [page for page in self._browsers[name] if page not in self._away]
        return self.random.choice(here) if here else None

    async def _cut(self, _name: str | None) -> None:
        self.struck.append("cut: everyone")
        self.people.cut_everyone()

    async def _offline(self, name: str | None) -> None:
        context = self._context(name)
        if not self._is_offline(name):
            self._begin(f"offline: {name}", lambda: context.set_offline(False))
            await context.set_offline(True)

    async def _hide(self, name: str | None) -> None:
        page = self._a_tab(name)
        if page is not None:
            self.struck.append(f"hidden: {name} {page.url}")
            await page.evaluate(HIDE, True)
            await page.evaluate(HIDE, False)

    async def _freeze(self, name: str | None) -> None:
        page = self._a_tab(name)
        if page is None:
            return
        developer = await page.context.new_cdp_session(page)

        async def thaw() -> None:
            await developer.send("Page.setWebLifecycleState", {"state": "active"})
            await developer.detach()
            self._away.discard(page)

        self._away.add(page)
        self._begin(f"frozen: {name} {page.url}", thaw)
        await developer.send("Page.setWebLifecycleState", {"state": "frozen"})

    async def _leave(self, name: str | None) -> None:
        page = self._a_tab(name)
        if page is None or self._is_offline(name):
            return

        async def come_back() -> None:
            if self._is_offline(name):  # the browser may not have kept it
                await self._end(f"offline: {name}")
            await page.go_back(wait_until="commit")
            self._away.discard(page)

        self._away.add(page)
        self._begin(f"left: {name} {page.url}", come_back)
        await page.goto("/rules")

    async def _jump(self, name: str | None) -> None:
        by = self.random.choice([2 * HOUR, -HOUR])
        self.struck.append(f"clock: {name} by {by}")
        for page in self._browsers[name]:
            if page not in self._away:
                await page.evaluate(JUMP, by)

    async def _sign_out(self, name: str | None) -> None:
        what = f"signed out: {name}"
        if name is None or what in self._going_on or self._is_offline(name):
            return
        tab = await self._context(name).new_page()
        await tab.goto("/")
        await tab.get_by_role("button", name="Sign out").click()
        await expect(tab.get_by_role("link", name="Sign in").first).to_be_visible()

        async def sign_in() -> None:
            if self._is_offline(name):
                await self._end(f"offline: {name}")
            await tab.goto("/login")
            await tab.get_by_label("Name or e-mail").fill(self.people.board.viewer(name).username)
            await tab.get_by_label("Password").fill(PASSWORD)
            await tab.get_by_role("button", name="Sign in").click()
            await expect(tab.get_by_role("button", name="Sign out")).to_be_visible()
            await tab.close()

        self._begin(what, sign_in)

    def _context(self, name: str | None) -> BrowserContext:
        return self._browsers[name][0].context


def _is_chromium(context: BrowserContext) -> bool:
    return context.browser is not None and context.browser.browser_type.name == "chromium"
