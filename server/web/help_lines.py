"""Whom one can call: a page for everybody, and the same as a part of the page of who seems to need it."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.actions.help_lines import needs_help
from server.domain.clock import now_ms
from server.domain.help_lines import HelpLine, lines_in
from server.domain.markup import MAX_BODY
from server.domain.viewer import Scope
from server.store import settings
from server.web import state
from server.web.pages import PRIVATE
from server.web.pages import page as html_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post

CHECKS_A_MINUTE = 60  # by one member; the composer asks when he pauses


async def show_help_lines(request: Request) -> Response:
    """`GET /help-lines?after=65740`; `after` is a post that its writer has just sent."""
    lines = await _lines(request)
    if wants_json(request):
        told = [
            {"country": one.country, "name": one.name, "number": one.number, "note": one.note}
            for one in lines
        ]
        return json_answer({"help_lines": told})
    after = request.query_params.get("after", "")
    post_id = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
    return await html_page(request, "help_lines/show.html", lines=lines, post_id=post_id)


async def check(request: Request) -> Response:
    """`POST /help-lines/check`: part of a page with the lines if the text calls for them, else nothing.

    The text is not kept, and nobody is told.
    """
    values = await fields(request, "title", "body")
    await state.limits(request).check("help", str(viewer(request).id), CHECKS_A_MINUTE, 60, now_ms())
    html = await help_for(request, values["title"], values["body"], posted=False)
    if wants_json(request):
        return json_answer({"help": html})
    return HTMLResponse(html, headers=PRIVATE)


async def help_for(request: Request, *texts: str, posted: bool = True) -> str:
    """The part of a page with the help lines, for who wrote these; empty when they don't call for it."""
    text = "\n".join(texts)[: 2 * MAX_BODY]
    if not text.strip() or not await needs_help(state.database(request), text):
        return ""
    lines = await _lines(request)
    if not lines:
        return ""
    return str(state.renderer(request).html("help_lines/_panel.html", lines=lines, posted=posted))


def help_path(post_id: int) -> str:
    """The page for who has just posted that, with the way on to it."""
    return f"/help-lines?after={post_id}"


def posted(post_id: int, helped: str) -> Response:
    """Where its writer goes after a post: to it, or by way of the help lines."""
    return see_other(help_path(post_id) if helped else f"/posts/{post_id}")


async def _lines(request: Request) -> tuple[HelpLine, ...]:
    return lines_in(await state.database(request).read(lambda reader: settings.text(reader, "help_lines")))


routes = [
    get("/help-lines", show_help_lines, Policy.ANYONE, Scope.READ),
    post("/help-lines/check", check, Policy.MEMBER, Scope.WRITE),
]
