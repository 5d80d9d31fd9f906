"""The administrators' pages, and showing one of them."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.web.pages import page

PAGES = (("settings", "/admin/settings", "Board"), ("fields", "/admin/fields", "Profile fields"))
"""Name, address and label, in the order of the navigation. A page's template is `admin/{name}.html`."""


async def admin_page(request: Request, name: str, status: int = 200, **context: object) -> HTMLResponse:
    """A page of PAGES, with the way to the others. Its template gets `form`, and what else is given."""
    return await page(request, f"admin/{name}.html", status, places=PAGES, place=name, **context)
