"""Passkeys in the settings: adding one, its name, and removing it. Their list is on `two_step`'s page."""

import json

from starlette.requests import Request
from starlette.responses import Response

from server.actions import passkeys
from server.domain.clock import now_ms
from server.domain.devices import device_name
from server.domain.errors import Invalid
from server.domain.passkeys import MAX_ANSWER
from server.web import state
from server.web.passkeys import NO_STORE
from server.web.policies import Policy
from server.web.requests import device, fields, viewer, wants_json
from server.web.responses import json_answer
from server.web.routing import post
from server.web.settings.two_step import refused, shown_again
from server.web.show import path_id
from server.web.welcome import relying_party


async def ask(request: Request) -> Response:
    """`POST /settings/passkeys/options`: always JSON, for `navigator.credentials.create`."""
    given = await fields(request, "current")
    options = await passkeys.adding_options(
        state.database(request),
        state.passwords(request),
        await relying_party(request),
        viewer(request),
        given["current"],
        now=now_ms(),
        limits=state.limits(request),
    )
    return json_answer({"options": json.loads(options)}, headers=NO_STORE)


async def add(request: Request) -> Response:
    """`POST /settings/passkeys`: `credential` is what the browser made, as JSON text, and its `name`."""
    given = await fields(request, "credential", "name")
    try:
        passkey_id = await passkeys.add_passkey(
            state.database(request),
            await relying_party(request),
            viewer(request),
            given["credential"][:MAX_ANSWER],
            given["name"] or device_name(device(request)),
            now=now_ms(),
        )
    except Invalid as error:
        return await refused(request, error, {"name": given["name"]})
    if wants_json(request):
        return json_answer({"passkey": {"id": passkey_id}}, 201)
    return shown_again("passkey")


async def rename(request: Request) -> Response:
    """`POST /settings/passkeys/{id}/rename`."""
    given = await fields(request, "name")
    await passkeys.rename_passkey(state.database(request), viewer(request), path_id(request), given["name"])
    return json_answer({"saved": True}) if wants_json(request) else shown_again("renamed")


async def remove(request: Request) -> Response:
    """`POST /settings/passkeys/{id}/remove`."""
    await passkeys.remove_passkey(state.database(request), viewer(request), path_id(request), now=now_ms())
    return json_answer({"saved": True}) if wants_json(request) else shown_again("removed")


routes = [
    post("/settings/passkeys/options", ask, Policy.MEMBER),
    post("/settings/passkeys", add, Policy.MEMBER),
    post("/settings/passkeys/{id:int}/rename", rename, Policy.MEMBER),
    post("/settings/passkeys/{id:int}/remove", remove, Policy.MEMBER),
]
