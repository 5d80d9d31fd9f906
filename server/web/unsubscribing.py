"""The end of a letter leads here: no more letters of that kind, with one press and without signing in.

`POST` is what mail programs send when their own "unsubscribe" button is pressed (RFC 8058): from anywhere,
without a cookie. It is the one write that no origin is asked for (`middleware.OriginCheck`). That is safe
because nothing of the browser counts here. Who is signed in is not looked at, only the token in the address,
which nobody can make but the board (`domain/unsubscribing.py`): another site that makes a browser send this
must have the letter, and then can do no more than anybody who has it, which is to end letters of one kind.
And that can be undone.

`GET` changes nothing (S14): scanners of mail open every link. It shows the button.
"""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import mail_choices
from server.domain.clock import now_ms
from server.domain.letters import Letter
from server.web import state
from server.web.pages import page
from server.web.policies import Policy
from server.web.requests import fields, wants_json
from server.web.responses import json_answer
from server.web.routing import get, post


async def ask(request: Request) -> Response:
    """`GET /unsubscribe/{token}`."""
    letter, wanted = await mail_choices.subscription_of(state.database(request), _token(request))
    return await _page(request, letter, "wanted" if wanted else "ended")


async def unsubscribe(request: Request) -> Response:
    """`POST /unsubscribe/{token}`, by a mail program or the button. No redirect (RFC 8058, 3.1)."""
    done = await mail_choices.unsubscribe(state.database(request), _token(request), now=now_ms())
    if wants_json(request):
        return json_answer({"letters": done.letter.value, "wanted": False})
    return await _page(request, done.letter, "ended", done.undo)


async def undo(request: Request) -> Response:
    """`POST /unsubscribe/undo`: takes it back, once, with what the page after it carries."""
    given = await fields(request, "undo")
    letter = await mail_choices.subscribe_again(state.database(request), given["undo"], now=now_ms())
    if wants_json(request):
        return json_answer({"letters": letter.value, "wanted": True})
    return await _page(request, letter, "again")


def _token(request: Request) -> str:
    return str(request.path_params["token"])


async def _page(request: Request, letter: Letter, step: str, undo: str = "") -> Response:
    return await page(request, "accounts/unsubscribe.html", letter=letter.value, step=step, undo=undo)


routes = [
    post("/unsubscribe/undo", undo, Policy.ANYONE),
    get("/unsubscribe/{token}", ask, Policy.ANYONE),
    post("/unsubscribe/{token}", unsubscribe, Policy.ANYONE),
]
