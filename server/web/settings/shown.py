"""The pages of a member's settings, and showing one of them."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.web.pages import page
from server.web.requests import viewer

PAGES = (
    ("account", "/settings", "Account"),
    ("profile", "/settings/profile", "Profile"),
    ("reading", "/settings/reading", "Reading"),
    ("mail", "/settings/mail", "E-mail"),
    ("two_step", "/settings/two-step", "Two-step sign-in"),
    ("programs", "/settings/programs", "Programs"),
    ("standing", "/settings/standing", "Standing"),
    ("history", "/settings/history", "History"),
    ("data", "/settings/data", "My data"),
)
"""Name, address and label, in the order of the navigation. A page's template is `settings/{name}.html`."""
_BELOW = {"name": "account"}  # pages that another one leads to
_OF_WHO_WAITS = ("mail", "data")


async def settings_page(request: Request, name: str, status: int = 200, **context: object) -> HTMLResponse:
    """A page of PAGES, with the way to the others. Its template gets `form`, and what else is given."""
    places = PAGES if viewer(request).is_member else tuple(one for one in PAGES if one[0] in _OF_WHO_WAITS)
    place = _BELOW.get(name, name)
    return await page(request, f"settings/{name}.html", status, places=places, place=place, **context)
