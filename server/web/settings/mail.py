"""The member's e-mail: whether the address is confirmed, another one, and which letters he gets."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from server.actions import addresses, mail_choices, sessions
from server.domain.clock import now_ms
from server.domain.errors import Invalid, TooManyRequests
from server.domain.mail_choices import MailChoices
from server.store import mail_choices as stored_choices
from server.store import members
from server.views.page_models import Form
from server.web import state
from server.web.policies import Policy
from server.web.requests import fields, is_ticked, viewer, wants_json
from server.web.responses import Json, headers_of, json_answer, see_other, status_of
from server.web.routing import get, post
from server.web.settings.shown import settings_page

SAVED = ("sent", "changing", "confirmed", "letters")  # what `?saved=` may say


async def show_mail(request: Request) -> Response:
    """`GET /settings/mail`."""
    if wants_json(request):
        return json_answer({**await _address(request), "letters": _told(await _choices(request))})
    saved = request.query_params.get("saved", "")
    return await _page(request, Form(), saved=saved if saved in SAVED else "")


async def send_confirmation(request: Request) -> Response:
    """`POST /settings/mail/confirmation`: another letter that asks whether the address is right."""
    try:
        await addresses.send_confirmation(
            state.database(request), viewer(request), now=now_ms(), limits=state.limits(request)
        )
    except TooManyRequests as error:
        return await _again(request, {}, error)
    if wants_json(request):
        return json_answer(await _address(request))
    return see_other("/settings/mail?saved=sent")


async def change_address(request: Request) -> Response:
    """`POST /settings/mail/address`: begins a change, which a letter to the new address completes."""
    values = await fields(request, "email", "current")
    try:
        await addresses.change_address(
            state.database(request),
            state.passwords(request),
            viewer(request),
            values["email"],
            values["current"],
            now=now_ms(),
            limits=state.limits(request),
        )
    except (Invalid, TooManyRequests) as error:
        return await _again(request, {"email": values["email"]}, error)
    if wants_json(request):
        return json_answer(await _address(request))
    return see_other("/settings/mail?saved=changing")


async def choose_letters(request: Request) -> Response:
    """`POST /settings/mail/letters`: all choices at once."""
    given = await fields(request, "answers", "texts", "notices", "reports")
    chosen = MailChoices(**{name: is_ticked(value) for name, value in given.items()})
    if not viewer(request).is_moderating:  # he was not asked; it is for when he becomes a moderator
        chosen = replace(chosen, reports=(await _choices(request)).reports)
    await mail_choices.choose_letters(state.database(request), viewer(request), chosen)
    return json_answer(_told(chosen)) if wants_json(request) else see_other("/settings/mail?saved=letters")


async def _again(request: Request, kept: Mapping[str, str], error: Invalid | TooManyRequests) -> Response:
    if wants_json(request):
        raise error
    problems = error.fields if isinstance(error, Invalid) else {"": error.message}
    answer = await _page(request, Form(kept, problems), status_of(error))
    answer.headers.update(headers_of(error))
    return answer


async def _address(request: Request) -> dict[str, Json]:
    member_id = sessions.member_of(viewer(request))
    async with state.database(request).snapshot() as reader:
        account = await members.by_id(reader, member_id)
        confirmed = await members.is_confirmed(reader, member_id)
    return {"email": account.email if account else "", "confirmed": confirmed}


async def _choices(request: Request) -> MailChoices:
    async with state.database(request).snapshot() as reader:
        return await stored_choices.of_member(reader, sessions.member_of(viewer(request)))


def _told(chosen: MailChoices) -> dict[str, Json]:
    return {
        "answers": chosen.answers,
        "texts": chosen.texts,
        "notices": chosen.notices,
        "reports": chosen.reports,
    }


async def _page(request: Request, form: Form, status: int = 200, saved: str = "") -> Response:
    address, choices = await _address(request), None
    if viewer(request).is_member:
        told = _told(await _choices(request))
        choices = Form({name: "1" if chosen else "" for name, chosen in told.items()})
    return await settings_page(
        request, "mail", status, form=form, saved=saved, address=address, choices=choices
    )


routes = [
    get("/settings/mail", show_mail, Policy.SIGNED_IN),
    post("/settings/mail/confirmation", send_confirmation, Policy.SIGNED_IN),
    post("/settings/mail/address", change_address, Policy.SIGNED_IN),
    post("/settings/mail/letters", choose_letters, Policy.MEMBER),
]
