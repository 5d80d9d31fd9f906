"""A member's profile as he makes it: picture, personal text, a text about himself, the board's own fields."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.actions import profiles as actions
from server.actions.profiles import ProfileDraft
from server.actions.sessions import member_of
from server.domain.clock import now_ms
from server.domain.errors import ForumError, Invalid, NotFound, Overloaded, TooManyRequests
from server.domain.profile_fields import ProfileField
from server.store import profile_fields, profiles
from server.store import settings as stored_settings
from server.store.database import Reader
from server.store.profiles import Said
from server.views.addresses import picture_url
from server.views.page_models import Form
from server.web import state, uploads
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import Json, headers_of, json_answer, see_other, status_of
from server.web.routing import get, post
from server.web.settings.shown import settings_page

SAVED = ("picture", "no-picture", "texts")  # what `?saved=` may say
_TEXTS = ("personal_text", "about")
_REFUSALS = (Invalid, TooManyRequests, Overloaded)

Own = tuple[Said, list[ProfileField], dict[int, str]]


async def show_profile(request: Request) -> Response:
    """`GET /settings/profile`."""
    if wants_json(request):
        return json_answer(await _told(request))
    saved = request.query_params.get("saved", "")
    return await _page(request, saved=saved if saved in SAVED else "")


async def save_profile(request: Request) -> Response:
    """`POST /settings/profile`: all texts, and the fields as `field_7`."""
    _, own_fields, _ = await _own(request)
    given = await fields(request, *_TEXTS, *(one.name for one in own_fields))
    draft = ProfileDraft(given["personal_text"], given["about"], given)
    try:
        await actions.save_profile(
            state.database(request), viewer(request), draft, now=now_ms(), limits=state.limits(request)
        )
    except _REFUSALS as error:
        return await _refused(request, error, "about", given)
    if wants_json(request):
        return json_answer(await _told(request))
    return see_other("/settings/profile?saved=texts#texts")


async def save_picture(request: Request) -> Response:
    """`POST /settings/profile/picture`: a form with the file `picture`."""
    data = await uploads.uploaded(request, "picture")
    try:
        await actions.change_picture(
            state.database(request),
            state.avatars(request),
            state.images(request),
            viewer(request),
            data,
            now=now_ms(),
            limits=state.limits(request),
        )
    except _REFUSALS as error:
        return await _refused(request, error, "picture")
    if wants_json(request):
        return json_answer(await _told(request))
    return see_other("/settings/profile?saved=picture#picture-section")


async def remove_picture(request: Request) -> Response:
    """`POST /settings/profile/picture/remove`."""
    await actions.remove_picture(
        state.database(request), state.avatars(request), viewer(request), now=now_ms()
    )
    if wants_json(request):
        return json_answer(await _told(request))
    return see_other("/settings/profile?saved=no-picture#picture-section")


async def _own(request: Request) -> Own:
    member_id = member_of(viewer(request))

    async def reading(reader: Reader) -> Own | None:
        said = await profiles.said(reader, member_id)
        if said is None:
            return None
        return said, await profile_fields.active(reader), await profile_fields.values(reader, member_id)

    found = await state.database(request).read(reading)
    if found is None:
        raise NotFound
    return found


async def _told(request: Request) -> Json:
    said, own_fields, values = await _own(request)
    return {
        "picture": picture_url(said.picture, 256) if said.picture else None,
        "personal_text": said.personal_text,
        "about": said.about,
        "fields": [
            {
                "name": one.name,
                "label": one.label,
                "kind": one.kind.value,
                "visibility": one.visibility.name.lower(),
                "choices": list(one.choices),
                "value": values.get(one.id, ""),
            }
            for one in own_fields
        ],
    }


async def _refused(
    request: Request, error: ForumError, field: str, given: Mapping[str, str] | None = None
) -> Response:
    """The page again, with what was typed; what is no field's fault stands beside `field`."""
    if wants_json(request):
        raise error
    problems = error.fields if isinstance(error, Invalid) else {field: error.message}
    answer = await _page(request, problems, given, status_of(error))
    answer.headers.update(headers_of(error))
    return answer


async def _page(
    request: Request,
    problems: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    status: int = 200,
    saved: str = "",
) -> Response:
    said, own_fields, values = await _own(request)
    limits = await state.database(request).read(stored_settings.limits)
    stored = {one.name: values.get(one.id, "") for one in own_fields}
    stored |= {"personal_text": said.personal_text, "about": said.about}
    return await settings_page(
        request,
        "profile",
        status,
        form=Form(given or stored, problems or {}),
        profile=said,
        fields=own_fields,
        names=("picture", *_TEXTS, *(one.name for one in own_fields)),
        saved=saved,
        most=limits.picture_size * 2**20,
    )


routes = [
    get("/settings/profile", show_profile, Policy.MEMBER),
    post("/settings/profile", save_profile, Policy.MEMBER),
    post(uploads.PICTURE, save_picture, Policy.MEMBER),
    post(f"{uploads.PICTURE}/remove", remove_picture, Policy.MEMBER),
]
