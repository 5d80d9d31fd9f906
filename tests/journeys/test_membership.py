"""A whole life on the board, as a new member has it: from joining to leaving, with JavaScript and without.

Passkeys need a script; all else is the same.
"""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from server.actions import departures
from server.actions.passwords import Passwords
from server.config import Config
from server.domain.clock import DAY, now_ms
from server.domain.leaving import NOBODY
from server.store.database import Database
from server.web.welcome import ON_ONE_MACHINE
from tests.support.chromium import OpenPage, pages_of
from tests.support.mail_server import PostOffice, link_in, text_of
from tests.support.people_in_browsers import NARROW, PATIENCE, composer
from tests.support.servers import running_server
from tests.support.small_board import CHEAP, PASSWORD
from tests.support.troubles import Troubles
from tests.support.virtual_device import with_device

NEW = "nine loud lanterns"
WORDS = "I am new here, and I cannot sleep."


@dataclass
class Town:
    """A board with a mail server, on the name that passkeys are for."""

    home: str
    db: Database
    office: PostOffice
    open_page: OpenPage

    async def visit(self, path: str, *, script: bool) -> Page:
        page = await self.open_page(self.home, path=path, viewport=NARROW, java_script_enabled=script)
        page.set_default_timeout(PATIENCE)
        return page

    async def letter(self, about: str) -> EmailMessage:
        """The next letter, which is about that."""
        found = await self.office.next_letter()
        assert about in found["Subject"]
        return found


@pytest_asyncio.fixture
async def town(
    sqlite_url: str, office: PostOffice, browser: Browser, troubles: Troubles
) -> AsyncIterator[Town]:
    async with running_server(Config(sqlite_url, smtp_url=office.url)) as server:
        server.app.state.passwords.close()
        server.app.state.passwords = Passwords(CHEAP)
        home = server.base_url.replace("127.0.0.1", ON_ONE_MACHINE)
        async with pages_of(browser, troubles) as open_page:
            yield Town(home, server.app.state.db, office, open_page)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
async def test_dora_joins_writes_forgets_comes_back_takes_all_along_and_leaves(
    town: Town, script: bool
) -> None:
    page = await town.visit("/signup", script=script)
    await join(town, page)
    topic = await write(page)
    await forget_and_recover(town, page)
    if script:
        await sign_in_with_a_passkey(page)
    await take_everything_along(town, page)
    others = await town.visit(topic, script=script)
    byline = others.locator("article.post").last.locator("h2")
    await expect(byline).to_contain_text("Dora")
    await leave(town, page)
    if not script:
        await others.reload()
    await expect(byline).to_contain_text(NOBODY)  # in the open page, if it lives
    await expect(others.locator("article.post").last).to_contain_text(WORDS)
    assert "Dora" not in await others.content()
    await page.goto("/settings")
    await expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert (await page.request.get("/members/Dora")).status == 404


async def join(town: Town, page: Page) -> None:
    await page.get_by_label("Name", exact=True).fill("Dora")
    await page.get_by_label("E-mail", exact=True).fill("dora@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("I have read the rules").check()
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_text("We have sent a letter to dora@example.org")).to_be_visible()
    await page.goto(link_in(await town.letter("Is this your address?")))
    await page.get_by_role("button", name="Yes, this is my address").click()
    await expect(page.get_by_role("status").filter(has_text="your address is confirmed")).to_be_visible()


async def write(page: Page) -> str:
    """Dora answers in the welcome topic; its path."""
    await page.goto("/latest")
    await page.get_by_role("link", name="Welcome").first.click()
    await composer(page).fill(WORDS)
    await page.get_by_role("button", name="Reply", exact=True).click()
    await expect(page.locator("article.post").last).to_contain_text(WORDS)
    return "/" + page.url.split("/", 3)[3].partition("#")[0]


async def forget_and_recover(town: Town, page: Page) -> None:
    await sign_out(page)
    await page.goto("/login")
    await page.get_by_role("link", name="Forgot your name or password?").click()
    await page.get_by_label("Your e-mail address").fill("dora@example.org")
    await page.get_by_role("button", name="Send me a letter").click()
    letter = await town.letter("Your name and a new password")
    assert "\n    Dora" in text_of(letter).replace("\r", "")
    await page.goto(link_in(letter))
    await page.get_by_label("Your new password").fill(NEW)
    await page.get_by_role("button", name="Set the password").click()
    await page.get_by_label("Name or e-mail").fill("Dora")
    await page.get_by_label("Password", exact=True).fill(NEW)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await is_signed_in(page)
    await town.letter("was changed")


async def sign_in_with_a_passkey(page: Page) -> None:
    await with_device(page)
    await page.goto("/settings/two-step")
    await page.get_by_label("Name of the new passkey").fill("My phone")
    await page.locator("#passkey-current").fill(NEW)
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_role("heading", name="My phone")).to_be_visible()
    await sign_out(page)
    await page.goto("/login")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await is_signed_in(page)


async def take_everything_along(town: Town, page: Page) -> None:
    await page.goto("/settings/data")
    await page.get_by_label("Your password").first.fill(NEW)
    await page.get_by_role("button", name="Pack everything").click()
    letter = await town.letter("is packed")
    assert "/settings/data" in text_of(letter)
    await page.goto("/settings/data")
    async with page.expect_download() as fetching:
        await page.get_by_role("link", name="Fetch the ZIP file").click()
    file = await (await fetching.value).path()
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        assert archive.testzip() is None
        told = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".json")}
        assert WORDS in archive.read("posts-1.html").decode()
    assert json.loads(told["account.json"])["email"] == "dora@example.org"
    assert [post["body"] for post in json.loads(told["posts-1.json"])] == [WORDS]
    assert json.loads(told["letters.json"]) == {
        "answers": True,
        "texts": False,
        "notices": True,
        "reports": True,
    }
    assert "$argon2" not in "".join(told.values())


async def leave(town: Town, page: Page) -> None:
    await page.goto("/settings/data")
    await page.get_by_label("They stay, without my name").check()
    leaving = page.get_by_role("region", name="Leave")
    await leaving.get_by_label("Your password").fill(NEW)
    await leaving.get_by_role("button", name="Leave in a week").click()
    await expect(page.get_by_text("You are leaving on")).to_be_visible()
    await town.letter("You are leaving")
    assert not await departures.depart_next(town.db, now=now_ms() + 6 * DAY)
    assert await departures.depart_next(town.db, now=now_ms() + 8 * DAY)  # what the job does then


async def is_signed_in(page: Page) -> None:
    await expect(page.locator("body")).to_have_attribute("data-username", "Dora")


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Sign out", exact=True).first.click()
    await expect(page.get_by_role("link", name="Join", exact=True).first).to_be_visible()
