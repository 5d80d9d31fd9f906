"""Tokens, by which a member's programs sign in: made here, shown once, and ended."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import tokens
from server.actions.tokens import Made, TokenDraft
from server.domain.clock import now_ms
from server.domain.errors import Invalid, TooManyRequests
from server.store import tokens as token_rows
from server.views.page_models import Form
from server.web import state
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import headers_of, json_answer, see_other, status_of
from server.web.routing import get, post
from server.web.settings.shown import settings_page
from server.web.show import path_id, returned_form

_USUAL = Form({"scope": "read", "days": "90"})


async def show_programs(request: Request) -> Response:
    """`GET /settings/programs`."""
    return await _page(request, _USUAL, ended=request.query_params.get("saved") == "ended")


async def make_token(request: Request) -> Response:
    """`POST /settings/programs`: the answer is the only page that ever shows the token, and is not kept."""
    given = await fields(request, "name", "scope", "days", "current")
    try:
        made = await tokens.make_token(
            state.database(request),
            state.passwords(request),
            viewer(request),
            TokenDraft(given["name"], given["scope"], given["days"], given["current"]),
            now=now_ms(),
            limits=state.limits(request),
        )
    except (Invalid, TooManyRequests) as error:
        if wants_json(request):
            raise
        kept = {name: value for name, value in given.items() if name != "current"}
        again = await _page(request, returned_form(kept, error, "current"), status_of(error))
        again.headers.update(headers_of(error))
        return again
    answer = await _page(request, _USUAL, 201, made=made)
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def end_token(request: Request) -> Response:
    """`POST /settings/programs/{id}/end`."""
    await tokens.end_token(state.database(request), viewer(request), path_id(request), now=now_ms())
    if wants_json(request):
        return json_answer({"ended": True})
    return see_other("/settings/programs?saved=ended#tokens")


async def _page(
    request: Request, form: Form, status: int = 200, *, made: Made | None = None, ended: bool = False
) -> Response:
    member_id, now = viewer(request).id, now_ms()
    assert member_id is not None  # the policy let in members only
    listed = await state.database(request).read(lambda reader: token_rows.of_member(reader, member_id, now))
    return await settings_page(
        request, "programs", status, form=form, made=made, ended=ended, tokens=listed, most=tokens.MOST
    )


routes = [
    get("/settings/programs", show_programs, Policy.MEMBER),
    post("/settings/programs", make_token, Policy.MEMBER),
    post("/settings/programs/{id:int}/end", end_token, Policy.MEMBER),
]
