"""The administrators' pages, and showing one of them."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.web.pages import page

PAGES = (
    ("settings", "/admin/settings", "Board"),
    ("categories", "/admin/categories", "Categories"),
    ("limits", "/admin/limits", "Limits"),
    ("announcements", "/admin/announcements", "Announcements"),
    ("members", "/admin/members", "Members"),
    ("joining", "/admin/sign-up", "Joining"),
    ("invitations", "/admin/invitations", "Invitations"),
    ("fields", "/admin/fields", "Profile fields"),
    ("uploads", "/admin/uploads", "Uploads"),
    ("words", "/admin/words", "Words"),
    ("help_lines", "/admin/help-lines", "Help lines"),
    ("mail", "/admin/mail", "Mail"),
)
"""Name, address and label, in the order of the navigation. A page's template is `admin/{name}.html`."""


async def admin_page(
    request: Request, name: str, status: int = 200, *, template: str = "", **context: object
) -> HTMLResponse:
    """A page of PAGES, or one below it with a template of its own, with the way to the others.

    The template gets `form`, and what else is given.
    """
    shown = f"admin/{template or name}.html"
    return await page(request, shown, status, places=PAGES, place=name, **context)
