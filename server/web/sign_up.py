"""Joining: the form, what keeps robots from it, and where one waits for a moderator.

Two traps stand in the form: a field that people neither see nor hear, and the time at which it was opened.
Whoever fills in the field, or sends a form of days ago, gets it back, filled, with one and the same sentence.
That may happen to people too, with a browser that fills in everything or a tab from yesterday; they send it
once more, and nothing is lost. A form that comes sooner than a person can fill it in is kept waiting until
then: that costs who has a password manager a moment, and a robot all its speed. Programs that send the fields
without a form's time have no form; they, like robots that wait, meet the limits and the queue
(`actions/admission.py`).
"""

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.actions import accounts, admission
from server.actions.sessions import member_of, token_hash
from server.domain import form_times
from server.domain.clock import SECOND, now_ms
from server.domain.errors import Forbidden, ForumError, Invalid
from server.store import applicants, event_log, members, settings
from server.views.page_models import Form, LiveRoot, WaitingPage
from server.web import state
from server.web.account_forms import account_form_again
from server.web.accounts import new_member
from server.web.documents import rules_html
from server.web.pages import page
from server.web.policies import Policy
from server.web.requests import fields, local_path, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post
from server.web.welcome import origin, welcome

_TRAP = "website"
_FIELDS = ("username", "email", "password", "rules", "next", "invitation", "form_time", _TRAP)
_MAX_TOKEN = 64  # characters of an invitation that are kept; ours have 43
_ONCE_MORE = (
    "This page lay open for long, or something was filled in by itself. Please look at what you entered, type"
    " your password again, and send it once more."
)


async def signup_form(request: Request) -> Response:
    """`GET /signup?invitation=TOKEN`; who is signed in already goes where he wanted to."""
    target = local_path(request.query_params.get("next", "/"))
    if viewer(request).is_signed_in:
        return see_other(target)
    token = request.query_params.get("invitation", "")[:_MAX_TOKEN]
    try:
        async with state.database(request).snapshot() as reader:
            key = await settings.form_key(reader)
            await admission.check_open(reader, token_hash(token) if token else None, now_ms())
    except Forbidden as closed:
        return await page(request, "accounts/closed.html", message=closed.message)
    values = {"next": target, "invitation": token, "form_time": form_times.stamp(key, now_ms())}
    return await page(
        request, "accounts/signup.html", form=Form(values), rules_html=await rules_html(request)
    )


async def signup(request: Request) -> Response:
    """`POST /signup`."""
    values = await fields(request, *_FIELDS)
    now, draft, token = now_ms(), new_member(values), values["invitation"][:_MAX_TOKEN]
    async with state.database(request).snapshot() as reader:
        key = await settings.form_key(reader)
    try:
        await _slow_down(values["form_time"], key, now)
        if _is_trapped(values, key, now):
            # What is wrong with the fields is said first: correcting it takes a person's time anyway.
            await accounts.check_sign_up(state.database(request), draft, invitation=token, now=now)
            raise Invalid({"form": _ONCE_MORE})
        signed_in = await accounts.sign_up(
            state.database(request),
            state.passwords(request),
            draft,
            now=now,
            limits=state.limits(request),
            origin=origin(request),
            invitation=token,
            confirms=state.site(request).sends_mail,
        )
    except ForumError as error:
        return await _again(request, values, error, key)
    waits = signed_in.viewer.is_waiting and not wants_json(request)
    return welcome(request, signed_in, "/waiting" if waits else values["next"], status=201)


async def _slow_down(stamped: str, key: bytes, now: int) -> None:
    opened = form_times.opened_at(key, stamped)
    if opened is not None:
        await asyncio.sleep(max(0, opened + form_times.SOONEST - now) / SECOND)


def _is_trapped(values: Mapping[str, str], key: bytes, now: int) -> bool:
    stamped = values["form_time"]
    return bool(values[_TRAP] or (stamped and form_times.is_over(key, stamped, now)))


async def _again(request: Request, values: dict[str, str], error: ForumError, key: bytes) -> Response:
    """The form as it was; its time only anew when it is too old or not ours, so that nobody waits twice."""
    if isinstance(error, Forbidden) and not wants_json(request):
        return await page(request, "accounts/closed.html", 403, message=error.message)
    now, stamp = now_ms(), values["form_time"]
    stamp = form_times.stamp(key, now) if form_times.is_over(key, stamp, now) else stamp
    kept = {name: value for name, value in values.items() if name != _TRAP} | {"form_time": stamp}
    rules = await rules_html(request)
    return await account_form_again(request, "accounts/signup.html", kept, error, rules_html=rules)


async def waiting(request: Request) -> Response:
    """`GET /waiting`: for somebody who asked to join. It lives, so that he sees when he is let in."""
    who = viewer(request)
    if not who.is_waiting:
        return see_other("/" if who.is_signed_in else "/login?next=/waiting")
    if wants_json(request):
        return json_answer({"role": who.role.value})
    member_id = member_of(who)
    async with state.database(request).snapshot() as reader:
        head = await event_log.head(reader)
        account = await members.by_id(reader, member_id)
        by_staff = await applicants.needs_approval(reader, member_id)
    live = LiveRoot(head.epoch, head.seq, (f"member:{member_id}",))
    shown = WaitingPage(live, "" if by_staff or account is None else account.email)
    return await page(request, "accounts/waiting.html", page=shown)


routes = [
    get("/signup", signup_form, Policy.ANYONE),
    post("/signup", signup, Policy.ANYONE),
    get("/waiting", waiting, Policy.ANYONE),
]
