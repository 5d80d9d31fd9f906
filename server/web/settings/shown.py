"""The pages of a member's settings, and showing one of them."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.web.pages import page

PAGES = (
    ("account", "/settings", "Account"),
    ("reading", "/settings/reading", "Reading"),
    ("mail", "/settings/mail", "E-mail"),
    ("data", "/settings/data", "My data"),
)
"""Name, address and label, in the order of the navigation. A page's template is `settings/{name}.html`."""


async def settings_page(request: Request, name: str, status: int = 200, **context: object) -> HTMLResponse:
    """A page of PAGES, with the way to the others. Its template gets `form`, and what else is given."""
    return await page(request, f"settings/{name}.html", status, places=PAGES, place=name, **context)
