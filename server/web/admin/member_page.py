"""One member for administrators: who he is, where he is signed in, what happened, and what can be done."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from server.actions import member_accounts, renaming
from server.actions.members import change_role
from server.domain.clock import now_ms
from server.domain.devices import device_name
from server.domain.errors import Invalid, NotFound
from server.domain.viewer import Role
from server.views import administration
from server.views.filters import iso
from server.views.page_models import Form
from server.web import state
from server.web.admin.members import member_told
from server.web.admin.shown import admin_page
from server.web.policies import Handler, Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

_SAVED = {
    "role": "Saved. The new role holds at once, also in tabs that are open.",
    "closed": "This account is closed. Its sessions have ended everywhere.",
    "name": "Saved. The new name shows everywhere at once, and the old one leads to it.",
    "opened": "This account is open again.",
    "sessions": "Signed out.",
}

Act = Callable[[Request, int], Awaitable[str]]


async def show_member(request: Request) -> Response:
    """`GET /admin/members/{id}`."""
    saved = _SAVED.get(request.query_params.get("saved", ""), "")
    return await _page(request, saved=saved)


async def make_reset_link(request: Request) -> Response:
    """`POST /admin/members/{id}/reset-link`: the link stands in this answer and nowhere else."""
    try:
        token = await member_accounts.make_reset_link(
            state.database(request), viewer(request), path_id(request), now=now_ms()
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, 422, problems=error.fields)
    url = f"{state.site(request).address}/reset/{token}"
    return json_answer({"url": url}, 201) if wants_json(request) else await _page(request, 201, url=url)


def _acting(act: Act) -> Handler:
    async def handler(request: Request) -> Response:
        member_id = path_id(request)
        try:
            saved = await act(request, member_id)
        except Invalid as error:
            if wants_json(request):
                raise
            return await _page(request, 422, problems=error.fields)
        if wants_json(request):
            return await _page(request)
        return see_other(f"/admin/members/{member_id}?saved={saved}")

    handler.__name__ = act.__name__.strip("_")
    return handler


async def _change_role(request: Request, member_id: int) -> str:
    given = (await fields(request, "role"))["role"]
    if given not in tuple(Role):
        raise Invalid({"role": "Please choose one of these."})
    await change_role(state.database(request), viewer(request), member_id, Role(given), now=now_ms())
    return "role"


async def _rename(request: Request, member_id: int) -> str:
    given = (await fields(request, "username"))["username"]
    await renaming.rename_member(state.database(request), viewer(request), member_id, given, now=now_ms())
    return "name"


async def _close(request: Request, member_id: int) -> str:
    reason = (await fields(request, "reason"))["reason"]
    await member_accounts.close_account(
        state.database(request), viewer(request), member_id, reason, now=now_ms()
    )
    return "closed"


async def _open(request: Request, member_id: int) -> str:
    await member_accounts.reopen_account(state.database(request), viewer(request), member_id, now=now_ms())
    return "opened"


async def _sign_out(request: Request, member_id: int) -> str:
    given = request.path_params.get("session")
    session_id = int(given) if given is not None else None
    await member_accounts.sign_out_member(
        state.database(request), viewer(request), member_id, session_id, now=now_ms()
    )
    return "sessions"


async def _page(
    request: Request,
    status: int = 200,
    *,
    problems: dict[str, str] | None = None,
    saved: str = "",
    url: str = "",
) -> Response:
    member_id, now = path_id(request), now_ms()
    async with state.database(request).snapshot() as reader:
        page = await administration.live_page(reader)
        file = await administration.member_file(reader, member_id, page.live.position, now=now)
    if file is None:
        raise NotFound
    if wants_json(request):
        told: list[Json] = [
            {"id": one.id, "device": device_name(one.device), "seen_at": iso(one.seen_at)}
            for one in file.devices
        ]
        lines: list[Json] = [
            {"at": iso(one.at), "by": one.by, "act": one.act, "reason": one.reason} for one in file.history
        ]
        return json_answer(
            {
                "member": member_told(file.member),
                "former_names": [one.name for one in file.formerly],
                "devices": told,
                "history": lines,
            }
        )
    values = {"role": file.member.role.value}
    if problems:
        values |= await fields(request, "reason", "username")
    return await admin_page(
        request,
        "members",
        status,
        template="member",
        form=Form(values, problems or {}),
        page=page,
        file=file,
        saved=saved,
        url=url,
    )


routes = [
    get("/admin/members/{id:int}", show_member, Policy.ADMIN),
    post("/admin/members/{id:int}/role", _acting(_change_role), Policy.ADMIN),
    post("/admin/members/{id:int}/name", _acting(_rename), Policy.ADMIN),
    post("/admin/members/{id:int}/close", _acting(_close), Policy.ADMIN),
    post("/admin/members/{id:int}/open", _acting(_open), Policy.ADMIN),
    post("/admin/members/{id:int}/sign-out", _acting(_sign_out), Policy.ADMIN),
    post("/admin/members/{id:int}/sessions/{session:int}/end", _acting(_sign_out), Policy.ADMIN),
    post("/admin/members/{id:int}/reset-link", make_reset_link, Policy.ADMIN),
]
