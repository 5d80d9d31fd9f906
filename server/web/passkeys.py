"""`/login/passkey`: signing in by a passkey, which needs a script; `client/elements/passkeys.js` is ours."""

import json

from starlette.requests import Request
from starlette.responses import Response

from server.actions import passkeys
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, TooManyRequests
from server.domain.passkeys import MAX_ANSWER
from server.web import state
from server.web.kept import welcome_back
from server.web.policies import Policy
from server.web.requests import fields, is_ticked, wants_json
from server.web.responses import json_answer
from server.web.routing import post
from server.web.welcome import origin, relying_party, sign_in_again

NO_STORE = {"Cache-Control": "no-store"}


async def ask(request: Request) -> Response:
    """`POST /login/passkey/options`: always JSON, for `navigator.credentials.get`."""
    party = await relying_party(request)
    options = await passkeys.sign_in_options(
        state.database(request),
        party,
        network=origin(request).network,
        now=now_ms(),
        limits=state.limits(request),
    )
    return json_answer({"options": json.loads(options)}, headers=NO_STORE)


async def sign_in(request: Request) -> Response:
    """`POST /login/passkey`: `credential` is what the browser answered, as JSON text."""
    values = await fields(request, "credential", "remember", "next", "kept")
    try:
        signed_in = await passkeys.sign_in(
            state.database(request),
            await relying_party(request),
            values["credential"][:MAX_ANSWER],
            remember=is_ticked(values["remember"]),
            now=now_ms(),
            limits=state.limits(request),
            origin=origin(request),
        )
    except (Invalid, Forbidden, TooManyRequests) as error:
        if wants_json(request):
            raise
        return await sign_in_again(request, values, error, field="credential")
    return await welcome_back(request, signed_in, values)


routes = [
    post("/login/passkey/options", ask, Policy.ANYONE),
    post("/login/passkey", sign_in, Policy.ANYONE),
]
