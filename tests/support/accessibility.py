"""What axe says about a page (WCAG 2.2 A and AA, and its best practices), in every theme."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


async def violations(page: Page) -> list[str]:
    """What axe says about the page, a line for each element; of the other themes, about their colours."""
    await page.emulate_media(color_scheme="light", contrast="no-preference")
    found = (await Axe().run(page, options=EVERYTHING)).response["violations"]
    for dark, more in ((True, False), (False, True), (True, True)):
        await page.emulate_media(
            color_scheme="dark" if dark else "light", contrast="more" if more else "no-preference"
        )
        found += (await page.evaluate("(options) => axe.run(options)", COLOURS))["violations"]
    await page.emulate_media(color_scheme="light", contrast="no-preference")
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]
