"""Passkeys and codes in a real browser, with Chromium's virtual authenticator."""

from playwright.async_api import Page, expect

from server.web.welcome import ON_ONE_MACHINE
from tests.support.authenticator import App
from tests.support.people_in_browsers import People
from tests.support.virtual_device import with_device
from tests.support.whole_board import PASSWORD

PATH = "/settings/two-step"


async def at_home(people: People, path: str, **options: object) -> Page:
    """A browser on the name that passkeys are for; an address of numbers is none."""
    home = people.board.base_url.replace("127.0.0.1", ON_ONE_MACHINE)
    return await people.open_page(home, path=path, **options)


async def sign_in(page: Page, name: str) -> None:
    await page.goto(f"/login?next={PATH}")
    await page.get_by_label("Name or e-mail").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def add(page: Page, name: str, password: str = PASSWORD) -> None:
    await page.get_by_label("Name of the new passkey").fill(name)
    await page.locator("#passkey-current").fill(password)
    await page.get_by_role("button", name="Add a passkey").click()


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Sign out", exact=True).first.click()
    await expect(page.get_by_role("link", name="Join", exact=True)).to_be_visible()


async def test_ann_adds_a_passkey_signs_in_by_it_renames_and_removes_it(people: People) -> None:
    people.troubles.allow("status of 422")
    page = await at_home(people, "/login")
    devtools, device = await with_device(page)
    await sign_in(page, "ann")
    await add(page, "My phone", "wrong horse")
    await expect(page.locator("#passkeys .problem")).to_contain_text("not your current password")
    await expect(page.get_by_label("Name of the new passkey")).to_have_value("My phone")
    await add(page, "My phone")
    await expect(page.get_by_role("heading", name="My phone")).to_be_visible()
    await expect(page.locator("#passkeys .saved")).to_contain_text("Added.")
    await add(page, "Once more")
    await expect(page.locator("#passkeys .problems")).to_contain_text("has a passkey for your account")

    await sign_out(page)
    await page.goto("/login?next=/latest")
    await page.get_by_label("Stay signed in").check()
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url("**/latest")
    await expect(page.locator("body")).to_have_attribute("data-username", "ann")
    kept = [one for one in await page.context.cookies() if one["name"] == "sid"]
    assert kept[0]["expires"] > 0  # what was ticked for the password holds for the passkey too

    await page.goto(PATH)
    await page.get_by_text("Rename", exact=True).click()
    await page.get_by_label("New name of My phone").fill("The blue one")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Remove The blue one").click()
    await expect(page.locator("#passkeys .saved")).to_contain_text("Removed.")

    await sign_out(page)
    await page.goto("/login")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page.locator(".problems")).to_contain_text("This passkey did not open the door")
    await devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})


async def test_who_does_not_confirm_is_told_that_nothing_was_done(people: People) -> None:
    page = await at_home(people, "/login")
    devtools, device = await with_device(page)
    await devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page.locator("fire-passkey .problems")).to_contain_text("Nothing was done")
    await expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()


async def test_there_is_no_button_where_it_could_not_work(people: People) -> None:
    by_number = await people.visit(None, "/login", live=False)
    await expect(by_number.get_by_label("Password")).to_be_visible()
    await expect(by_number.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    settings = await people.visit("cleo", PATH, live=False)
    await expect(settings.get_by_text("the address localhost with the board's port")).to_be_visible()
    await expect(settings.get_by_role("button", name="Add a passkey")).to_be_hidden()
    without_script = await at_home(people, "/login", java_script_enabled=False)
    await expect(without_script.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    await expect(without_script.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


async def test_bo_sets_up_his_app_and_signs_in_with_its_code(people: People) -> None:
    page = await at_home(people, "/login")
    await sign_in(page, "bo")
    await page.get_by_label("Your password").first.fill(PASSWORD)
    await page.get_by_role("button", name="Set it up").click()
    picture = page.get_by_role("img", name="A QR code")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.complete && image.naturalWidth > 0")
    app = App((await page.locator(".codes-line code").inner_text()).replace(" ", ""))
    await page.get_by_label("Code of six digits").fill(app.next_code())
    await page.get_by_role("button", name="Switch it on").click()
    await expect(page.locator(".codes li")).to_have_count(10)
    recovery = await page.locator(".codes code").first.inner_text()
    await page.get_by_role("link", name="I have kept them").click()
    await expect(page.get_by_text("10 of 10 recovery codes are left.")).to_be_visible()

    await sign_out(page)
    await sign_in(page, "bo")
    await page.get_by_label("Code").fill(app.next_code())
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url(f"**{PATH}")

    await sign_out(page)
    await sign_in(page, "bo")
    await page.get_by_role("link", name="Use a recovery code").click()
    await page.get_by_label("Recovery code").fill(recovery)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_text("9 of 10 recovery codes are left.")).to_be_visible()
