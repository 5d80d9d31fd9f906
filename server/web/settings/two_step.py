"""`/settings/two-step`: the authenticator app, its recovery codes, and the list of passkeys.

Secrets and recovery codes are on pages that no cache keeps; recovery codes only on the answer that made them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from server.actions import two_step
from server.actions.two_step import Both
from server.domain.clock import now_ms
from server.domain.errors import ForumError, Invalid, Overloaded, TooManyRequests
from server.domain.one_time_codes import RECOVERY_CODES, address_of_secret, in_groups
from server.store import passkeys, settings
from server.store import second_factors as store
from server.store.database import Reader
from server.store.passkeys import Passkey
from server.views.filters import iso
from server.views.page_models import Form
from server.views.qr_code import qr_code
from server.web import state
from server.web.passkeys import NO_STORE
from server.web.policies import Policy
from server.web.requests import client_address, fields, network_of, viewer, wants_json
from server.web.responses import Json, headers_of, json_answer, see_other, set_session_cookie, status_of
from server.web.routing import get, post
from server.web.settings.shown import settings_page
from server.web.welcome import passkey_host

PATH = "/settings/two-step"
SAVED = {  # what `?saved=` may say, and where on the page that is said
    "off": "two-step",
    "passkey": "passkeys",
    "renamed": "passkeys",
    "removed": "passkeys",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: `stage` is "off", "started" or "on"; the secret while an app is being set up."""

    stage: str
    codes_left: int
    passkeys: list[Passkey]
    secret: str = ""
    address: str = ""

    @property
    def grouped(self) -> str:
        """The secret in groups, for those who type it."""
        return in_groups(self.secret)

    @property
    def picture(self) -> str:
        """The QR code for those who scan it, as an address of itself."""
        return qr_code(self.address)


async def show_two_step(request: Request) -> Response:
    """`GET /settings/two-step`; `?saved=` says what was done just now."""
    shown = await _shown(request)
    if wants_json(request):
        return json_answer(_as_json(shown), headers=NO_STORE)
    saved = request.query_params.get("saved", "")
    return await _page(request, shown, saved=saved if saved in SAVED else "")


async def start(request: Request) -> Response:
    """`POST /settings/two-step/start`."""
    given = await fields(request, "current")
    try:
        await two_step.start_setup(
            state.database(request),
            state.passwords(request),
            viewer(request),
            given["current"],
            now=now_ms(),
            limits=state.limits(request),
        )
    except (Invalid, TooManyRequests, Overloaded) as error:
        return await refused(request, error, field="current")
    if wants_json(request):
        return json_answer(_as_json(await _shown(request)), headers=NO_STORE)
    return see_other(f"{PATH}#two-step")


async def switch_on(request: Request) -> Response:
    """`POST /settings/two-step/on`: answers with the recovery codes, this once."""
    given = await fields(request, "code")
    try:
        switched = await two_step.switch_on(
            state.database(request),
            state.passwords(request),
            viewer(request),
            given["code"],
            now=now_ms(),
            limits=state.limits(request),
        )
    except (Invalid, TooManyRequests, Overloaded) as error:
        return await refused(request, error)
    answer = await _codes_told(request, switched.codes)
    signed_in = switched.signed_in
    set_session_cookie(answer, state.site(request), signed_in.token, remember=signed_in.remember)
    return answer


async def renew_codes(request: Request) -> Response:
    """`POST /settings/two-step/codes`: answers with the new recovery codes, this once."""
    given = await _both(request)
    try:
        codes = await two_step.renew_recovery_codes(
            state.database(request),
            state.passwords(request),
            viewer(request),
            given,
            now=now_ms(),
            limits=state.limits(request),
        )
    except (Invalid, TooManyRequests, Overloaded) as error:
        return await refused(request, error)
    return await _codes_told(request, codes)


async def switch_off(request: Request) -> Response:
    """`POST /settings/two-step/off`."""
    given = await _both(request)
    try:
        await two_step.switch_off(
            state.database(request),
            state.passwords(request),
            viewer(request),
            given,
            now=now_ms(),
            limits=state.limits(request),
        )
    except (Invalid, TooManyRequests, Overloaded) as error:
        return await refused(request, error)
    if wants_json(request):
        return json_answer(_as_json(await _shown(request)))
    return shown_again("off")


async def refused(
    request: Request, error: ForumError, values: Mapping[str, str] | None = None, *, field: str = "code"
) -> Response:
    """The page with what is wrong; what is no field's fault stands beside `field`. Programs get the error."""
    if wants_json(request):
        raise error
    problems = error.fields if isinstance(error, Invalid) else {field: error.message}
    answer = await _page(request, await _shown(request), Form(values or {}, problems), status_of(error))
    answer.headers.update(headers_of(error))
    return answer


def shown_again(saved: str) -> RedirectResponse:
    """After a change: the page, which says what was done."""
    return see_other(f"{PATH}?saved={saved}#{SAVED[saved]}")


async def _both(request: Request) -> Both:
    given = await fields(request, "current", "code")
    return Both(given["current"], given["code"], network_of(client_address(request)))


async def _codes_told(request: Request, codes: tuple[str, ...]) -> Response:
    if wants_json(request):
        return json_answer({"recovery_codes": codes}, headers=NO_STORE)
    return await _page(request, await _shown(request), codes=codes)


async def _shown(request: Request) -> Shown:
    who, now = viewer(request), now_ms()
    member_id = who.id
    assert member_id is not None  # the policy let in members only

    async def reading(reader: Reader) -> Shown:
        found = await store.of_member(reader, member_id)
        keys = await passkeys.of_member(reader, member_id)
        if found is not None and found.is_on:
            return Shown("on", await store.recovery_codes_left(reader, member_id), keys)
        if found is None or not found.is_being_set_up(two_step.SETTING_UP, now):
            return Shown("off", 0, keys)
        forum_name = await settings.text(reader, "forum_name")
        address = address_of_secret(found.secret, who.username, forum_name)
        return Shown("started", 0, keys, found.secret, address)

    return await state.database(request).read(reading)


async def _page(
    request: Request,
    shown: Shown,
    form: Form | None = None,
    status: int = 200,
    *,
    saved: str = "",
    codes: tuple[str, ...] = (),
) -> HTMLResponse:
    answer = await settings_page(
        request,
        "two_step",
        status,
        form=form or Form(),
        shown=shown,
        saved=saved,
        codes=codes,
        most_codes=RECOVERY_CODES,
        passkey_host=passkey_host(state.site(request)),
    )
    answer.headers.update(NO_STORE)
    return answer


def _as_json(shown: Shown) -> Json:
    """The secret is in it only while an app is being set up."""
    keys: list[Json] = [
        {
            "id": one.id,
            "name": one.name,
            "created_at": iso(one.created_at),
            "used_at": None if one.used_at is None else iso(one.used_at),
        }
        for one in shown.passkeys
    ]
    told: dict[str, Json] = {
        "two_step": shown.stage,
        "recovery_codes_left": shown.codes_left,
        "passkeys": keys,
    }
    return told | ({"secret": shown.secret, "address": shown.address} if shown.secret else {})


routes = [
    get(PATH, show_two_step, Policy.MEMBER),
    post(f"{PATH}/start", start, Policy.MEMBER),
    post(f"{PATH}/on", switch_on, Policy.MEMBER),
    post(f"{PATH}/codes", renew_codes, Policy.MEMBER),
    post(f"{PATH}/off", switch_off, Policy.MEMBER),
]
