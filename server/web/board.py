"""Pages of the board as a whole: the newest topics, profiles, and the documents administrators write."""

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.domain import markup
from server.domain.viewer import Viewer
from server.store import settings
from server.store.database import Reader
from server.views import as_json, pages
from server.views.page_models import LatestPage, ProfilePage
from server.web import state
from server.web.pages import page as html_page
from server.web.policies import Handler, Policy
from server.web.requests import wants_json
from server.web.routing import get
from server.web.show import load, page_number, show


async def latest(request: Request) -> Response:
    """`GET /latest`; a page after the last one redirects to that."""
    number = page_number(request)

    async def loader(reader: Reader, who: Viewer) -> LatestPage:
        return await pages.latest(reader, who, number)

    found = await load(request, loader)
    if number > found.pager.page and not wants_json(request):
        return RedirectResponse(found.pager.url(found.pager.page), 302)
    return await show(request, "latest.html", found, as_json.latest_page)


async def profile(request: Request) -> Response:
    """`GET /members/{username}`."""
    username = str(request.path_params["username"])

    async def loader(reader: Reader, who: Viewer) -> ProfilePage:
        return await pages.profile(reader, who, username)

    return await show(request, "members/show.html", await load(request, loader), as_json.profile_page)


def _document(name: str, title: str) -> Handler:
    async def document(request: Request) -> Response:
        async with state.database(request).snapshot() as reader:
            source = await settings.text(reader, name)
        rendered = await asyncio.to_thread(markup.render, source, {})
        return await html_page(request, "documents/show.html", title=title, html=rendered.html)

    return document


routes = [
    get("/latest", latest, Policy.ANYONE),
    get("/members/{username}", profile, Policy.ANYONE),
    get("/rules", _document("rules", "Board rules"), Policy.ANYONE),
    get("/help", _document("help", "Help"), Policy.ANYONE),
    get("/privacy", _document("privacy", "Privacy"), Policy.ANYONE),
]
