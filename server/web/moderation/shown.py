"""The moderators' pages, and showing one of them."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.web.pages import page
from server.web.requests import viewer

_OF_CATEGORIES = {"queue", "approval", "guide"}  # what a category's own moderators have too
PAGES = (
    ("queue", "/moderation", "Reports"),
    ("approval", "/moderation/approval", "Approval"),
    ("applicants", "/moderation/members", "New members"),
    ("log", "/moderation/log", "Log"),
    ("guide", "/moderation/guide", "Guide"),
    ("bans", "/moderation/bans", "Silenced and banned"),
)
"""Name, address and label, in the order of the navigation. A page's template is `moderation/{name}.html`."""


async def moderation_page(
    request: Request, name: str, status: int = 200, *, template: str = "", **context: object
) -> HTMLResponse:
    """A page of PAGES, or one below it with a template of its own, with the way to the others."""
    shown = f"moderation/{template or name}.html"
    is_staff = viewer(request).is_staff
    places = [one for one in PAGES if is_staff or one[0] in _OF_CATEGORIES]
    return await page(request, shown, status, places=places, place=name, **context)
