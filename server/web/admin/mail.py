"""The board's mail for administrators: where it goes, what is stuck and why, and a letter to try it with."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import mail
from server.domain.clock import now_ms
from server.views import administration
from server.views.filters import iso
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

SAVED = ("tested", "again", "discarded")  # what `?saved=` may say


async def show_mail(request: Request) -> Response:
    """`GET /admin/mail`."""
    async with state.database(request).snapshot() as reader:
        page = await administration.live_page(reader)
        letterbox = await administration.letterbox(reader, page.live.position, now=now_ms())
    if wants_json(request):
        letters = [
            {
                "id": one.id,
                "letter": one.letter.value,
                "username": one.username,
                "queued_at": iso(one.queued_at),
                "due_at": None if one.due_at is None else iso(one.due_at),
                "tries": one.tries,
                "problem": one.problem,
            }
            for one in letterbox.stuck
        ]
        return json_answer(
            {
                "waiting": letterbox.outbox.waiting,
                "sent": letterbox.outbox.sent,
                "failed": letterbox.outbox.failed,
                "stuck": letters,
            }
        )
    saved = request.query_params.get("saved", "")
    return await admin_page(
        request,
        "mail",
        form=None,
        saved=saved if saved in SAVED else "",
        page=page,
        letterbox=letterbox,
        leaves=state.site(request).sends_mail,
    )


async def test_mail(request: Request) -> Response:
    """`POST /admin/mail/test`: a letter to whoever asks."""
    await mail.queue_test(state.database(request), viewer(request), now=now_ms())
    return _done(request, "tested")


async def try_again(request: Request) -> Response:
    """`POST /admin/mail/{id}/retry`."""
    await mail.try_again(state.database(request), viewer(request), path_id(request), now=now_ms())
    return _done(request, "again")


async def discard(request: Request) -> Response:
    """`POST /admin/mail/{id}/discard`."""
    await mail.discard(state.database(request), viewer(request), path_id(request), now=now_ms())
    return _done(request, "discarded")


def _done(request: Request, what: str) -> Response:
    return json_answer({"saved": what}) if wants_json(request) else see_other(f"/admin/mail?saved={what}")


routes = [
    get("/admin/mail", show_mail, Policy.ADMIN),
    post("/admin/mail/test", test_mail, Policy.ADMIN),
    post("/admin/mail/{id:int}/retry", try_again, Policy.ADMIN),
    post("/admin/mail/{id:int}/discard", discard, Policy.ADMIN),
]
