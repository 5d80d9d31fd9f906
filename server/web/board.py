"""Pages of the board as a whole: the newest topics, profiles, and the documents administrators write."""

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from server.domain import markup
from server.domain.errors import NotFound
from server.domain.models import Position, Profile
from server.domain.viewer import Scope, Viewer
from server.store import event_log, former_names, settings
from server.store.database import Reader
from server.views import as_json, pages
from server.views.page_models import LatestPage, ProfilePage
from server.web import state
from server.web.page_cache import Offer, offer
from server.web.pages import PRIVATE, html_answer, rendered
from server.web.policies import Handler, Policy
from server.web.requests import viewer, wants_json
from server.web.routing import get
from server.web.show import load, page_number, show


async def latest(request: Request) -> Response:
    """`GET /latest`; a page after the last one redirects to that."""
    number = page_number(request)

    async def loader(reader: Reader, who: Viewer) -> LatestPage:
        return await pages.latest(reader, who, number)

    loaded = await load(request, loader)
    pager = loaded.page.pager
    if number > pager.page and not wants_json(request):
        return RedirectResponse(pager.url(pager.page), 302)
    return show(request, "latest.html", loaded, as_json.latest_page)


async def card(request: Request) -> Response:
    """`GET /members/{username}/card`: part of a page, with what this viewer may know of the member."""
    username, who = str(request.path_params["username"]), viewer(request)

    async def reading(reader: Reader) -> Profile:
        return await pages.member(reader, who, username)

    try:
        found = await state.database(request).read(reading)
    except NotFound:
        return await _by_todays_name(request, username, "/card")
    if wants_json(request):
        return JSONResponse({"member": as_json.profile(found)}, headers=PRIVATE)
    return HTMLResponse(
        state.renderer(request).html("members/_glance.html", profile=found, staff=who.is_staff),
        headers=PRIVATE,
    )


async def profile(request: Request) -> Response:
    """`GET /members/{username}`."""
    username = str(request.path_params["username"])

    async def loader(reader: Reader, who: Viewer) -> ProfilePage:
        return await pages.profile(reader, who, username)

    try:
        loaded = await load(request, loader)
    except NotFound:
        return await _by_todays_name(request, username)
    return show(request, "members/show.html", loaded, as_json.profile_page)


async def _by_todays_name(request: Request, username: str, below: str = "") -> Response:
    """A former name leads to its owner. Raises NotFound when it was nobody's."""
    found = await state.database(request).read(lambda reader: former_names.today(reader, username))
    if found is None:
        raise NotFound(pages.NO_MEMBER)
    return RedirectResponse(f"/members/{quote(found, safe='')}{below}", 302)


def _document(name: str, title: str) -> Handler:
    async def document(request: Request) -> Response:
        async def loader(reader: Reader, _: Viewer) -> tuple[Position, str]:
            return await event_log.head(reader), await settings.text(reader, name)

        loaded = await load(request, loader)
        head, source = loaded.page
        text = await asyncio.to_thread(markup.render, source, {})
        context = {"title": title, "html": text.html}
        page = rendered(request, "documents/show.html", loaded.board, context)
        if not viewer(request).is_signed_in:
            offer(request, Offer(head.seq, frozenset(), page.until, page.seal))
        return html_answer(page)

    return document


routes = [
    get("/latest", latest, Policy.ANYONE, Scope.READ),
    get("/members/{username}", profile, Policy.ANYONE, Scope.READ),
    get("/members/{username}/card", card, Policy.ANYONE, Scope.READ),
    get("/rules", _document("rules", "Board rules"), Policy.ANYONE, Scope.READ),
    get("/help", _document("help", "Help"), Policy.ANYONE, Scope.READ),
    get("/privacy", _document("privacy", "Privacy"), Policy.ANYONE, Scope.READ),
]
