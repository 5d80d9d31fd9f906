"""Joining, confirming, forgetting and coming back, in a browser, with the letters that a mail server gets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from server.actions.passwords import Passwords
from server.config import Config
from tests.support.chromium import OpenPage, pages_of
from tests.support.mail_server import PostOffice, link_in, text_of
from tests.support.people_in_browsers import NARROW, PATIENCE, composer, is_live
from tests.support.servers import running_server
from tests.support.small_board import CHEAP, PASSWORD
from tests.support.troubles import Troubles

NEW = "nine loud lanterns"


@dataclass
class Town:
    """A board with a mail server, and a browser without JavaScript or with it."""

    base_url: str
    office: PostOffice
    open_page: OpenPage

    async def visit(self, path: str, *, script: bool = True) -> Page:
        page = await self.open_page(self.base_url, path=path, viewport=NARROW, java_script_enabled=script)
        page.set_default_timeout(PATIENCE)
        return page


@pytest_asyncio.fixture
async def town(
    sqlite_url: str, office: PostOffice, browser: Browser, troubles: Troubles
) -> AsyncIterator[Town]:
    troubles.allow("status of 422")
    async with running_server(Config(sqlite_url, smtp_url=office.url)) as server:
        server.app.state.passwords.close()
        server.app.state.passwords = Passwords(CHEAP)
        async with pages_of(browser, troubles) as open_page:
            yield Town(server.base_url, office, open_page)


async def join(page: Page, name: str) -> None:
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("E-mail", exact=True).fill(f"{name.lower()}@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("I have read the rules").check()
    await page.get_by_role("button", name="Join").click()


async def test_dora_joins_confirms_forgets_and_comes_back_without_javascript(town: Town) -> None:
    page = await town.visit("/signup", script=False)
    await join(page, "Dora")
    await expect(page.get_by_text("We have sent a letter to dora@example.org")).to_be_visible()
    await page.get_by_role("link", name="Another letter, or another address").click()
    await page.get_by_role("button", name="Send me a letter").click()
    await town.office.next_letter()
    letter = await town.office.next_letter()
    assert "Dear Dora," in text_of(letter)
    await page.goto(link_in(letter))
    await page.get_by_role("button", name="Yes, this is my address").click()
    await expect(page.get_by_role("status").filter(has_text="your address is confirmed")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()

    await page.goto("/login")
    await page.get_by_role("link", name="Forgot your name or password?").click()
    await page.get_by_label("Your e-mail address").fill("dora@example.org")
    await page.get_by_role("button", name="Send me a letter").click()
    await expect(page.get_by_role("status").filter(has_text="a letter is on its way")).to_be_visible()
    letter = await town.office.next_letter()
    assert "your name at Fireside is" in text_of(letter)
    await page.goto(link_in(letter))
    await page.get_by_label("Your new password").fill("short")
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.locator(".problem")).to_be_visible()
    await page.get_by_label("Your new password").fill(NEW)
    await page.get_by_role("button", name="Set the password").click()
    await page.get_by_label("Name or e-mail").fill("dora@example.org")
    await page.get_by_label("Password", exact=True).fill(NEW)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("link", name="Dora")).to_be_visible()
    assert "was changed" in (await town.office.next_letter())["Subject"]


async def test_a_reset_on_the_telephone_turns_the_tablet_to_a_guest_and_keeps_its_draft(town: Town) -> None:
    tablet = await town.visit("/signup")
    await join(tablet, "Dora")
    await expect(tablet.get_by_text("We have sent a letter")).to_be_visible()
    mail_program = await tablet.context.new_page()
    await mail_program.goto(link_in(await town.office.next_letter()))
    await mail_program.get_by_role("button", name="Yes, this is my address").click()
    await expect(tablet.get_by_text("We have sent a letter")).to_have_count(0)  # the open page goes on
    await mail_program.close()
    await tablet.goto("/latest")
    await tablet.get_by_role("link", name="Welcome").first.click()
    await is_live(tablet)
    await composer(tablet).fill("I was just about to")
    telephone = await town.visit("/forgot")
    await telephone.get_by_label("Your e-mail address").fill("Dora")
    await telephone.get_by_role("button", name="Send me a letter").click()
    await telephone.goto(link_in(await town.office.next_letter()))
    await telephone.get_by_label("Your new password").fill(NEW)
    await telephone.get_by_role("button", name="Set the password").click()
    await expect(telephone.get_by_role("status").filter(has_text="new password is set")).to_be_visible()
    await expect(tablet.get_by_role("link", name="Sign in").first).to_be_visible()
    await expect(composer(tablet)).to_have_count(0)
    await tablet.get_by_role("link", name="Sign in").first.click()
    await tablet.get_by_label("Name or e-mail").fill("Dora")
    await tablet.get_by_label("Password", exact=True).fill(NEW)
    await tablet.get_by_role("button", name="Sign in", exact=True).click()
    await expect(composer(tablet)).to_have_value("I was just about to")
