"""What somebody had typed when he turned out to be signed out: nothing is lost, and nothing is sent for him.

The fields travel in the sign-in form, in one hidden field, through the second step if there is one, and stand
in a form again when he is in: there he reads them and sends them, or not. They are not sent by themselves,
because it may be somebody else who signs in now, on a tablet that a family shares. Passwords and codes don't
come along.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from server.actions.sessions import SignedIn
from server.domain.errors import SignInRequired, TokenRefused
from server.views.page_models import Form
from server.web.carried import carried
from server.web.pages import page
from server.web.requests import MAX_PARTS, came_from, here, local_path, wants_json
from server.web.responses import on_forum_error
from server.web.welcome import keep_signed_in, sign_in_page, welcome

SECRET = ("password", "current", "leave_password", "code", "secret", "credential")
SHOWN = {
    "title": "Title",
    "body": "Your text",
    "reason": "Reason",
    "words": "Your words",
    "details": "Your words",
    "note": "Note",
    "private": "For the staff",
    "personal_text": "Personal text",
    "about": "About you",
}
"""Fields that people write into, and what they are called; all others come along unseen."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A write that waits: the path it was sent to, the page it was made on, and its fields."""

    to: str
    back: str
    fields: Mapping[str, str]

    @property
    def texts(self) -> dict[str, str]:
        """What was written into the fields of SHOWN."""
        return {name: value for name, value in self.fields.items() if name in SHOWN and value.strip()}


async def on_sign_in_required(request: Request, error: Exception) -> Response:
    """The sign-in page with the write in its form; for programs, and where nothing was typed, as always."""
    kept = None
    if isinstance(error, SignInRequired) and not isinstance(error, TokenRefused) and not wants_json(request):
        kept = await _typed(request)
    if kept is None:
        return await on_forum_error(request, error)
    form = Form({"next": kept.back, "kept": _written(kept)})
    return await sign_in_page(request, form, 401, kept=kept)


async def welcome_back(request: Request, signed_in: SignedIn, values: Mapping[str, str]) -> Response:
    """As `welcome`, to `next`; or to what was typed, in a form, if the sign-in form had it in `kept`."""
    kept = read_kept(values["kept"])
    if kept is None or wants_json(request):
        return welcome(request, signed_in, values["next"])
    request.scope["state"]["viewer"] = signed_in.viewer
    answer = await page(request, "accounts/kept.html", kept=kept, labels=SHOWN)
    keep_signed_in(request, answer, signed_in)
    return answer


def read_kept(text: str) -> Kept | None:
    """What the hidden field says; None when there is nothing, or it is not ours."""
    try:
        found: object = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    to, back, fields = found.get("to"), found.get("back"), found.get("fields")
    if not (isinstance(to, str) and isinstance(back, str) and isinstance(fields, dict)):
        return None
    if len(fields) > MAX_PARTS or not all(isinstance(value, str) for value in fields.values()):
        return None
    return Kept(local_path(to), local_path(back), fields)


async def _typed(request: Request) -> Kept | None:
    try:
        fields = await carried(request, SECRET)
    except HTTPException:  # a file, or what cannot be read
        return None
    typed = any(value.strip() for name, value in fields.items() if name != "form_token")
    return Kept(here(request), came_from(request), fields) if typed else None


def _written(kept: Kept) -> str:
    return json.dumps({"to": kept.to, "back": kept.back, "fields": dict(kept.fields)}, ensure_ascii=False)


EXCEPTION_HANDLERS: dict[int | type[Exception], ExceptionHandler] = {SignInRequired: on_sign_in_required}
"""For create_app, beside the others."""
