"""Sections and categories for administrators: what there is, in which order, for whom, moderated by whom."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from server.actions import board_shape as actions
from server.actions import category_moderators as moderators
from server.domain.board_shape import CategoryDraft, SeenBy, ShapedCategory, ShapedSection, order_of
from server.domain.clock import now_ms
from server.domain.errors import Invalid, NotFound
from server.store import category_moderators, sections
from server.store.category_moderators import CategoryModerator
from server.store.database import Reader
from server.views.page_models import Form
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Handler, Policy
from server.web.requests import fields, is_ticked, viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

_PATH = "/admin/categories"
_DESCRIBED = ("section", "name", "description", "seen_by")
SEEN_BY = (
    (SeenBy.EVERYONE.value, "Everyone", "Guests and search engines too."),
    (SeenBy.UNLISTED.value, "Everyone, but not search engines", "They are asked to leave it out."),
    (SeenBy.MEMBERS.value, "Members", "Guests don’t learn that it exists."),
    (SeenBy.STAFF.value, "Staff", "Moderators and administrators only."),
)
_SAVED = {
    "yes": "Saved. Everyone sees it already, on open pages too.",
    "archived": "Archived. Everything in it can still be read.",
    "deleted": "Deleted.",
    "moderators": "Saved. It holds at once, also in tabs that are open.",
}

Act = Callable[[Request, Mapping[str, str]], Awaitable[str]]
Place = Literal["categories", "category", "section"]  # which page a form stands on


async def show_categories(request: Request) -> Response:
    """`GET /admin/categories`."""
    return json_answer(await _told(request)) if wants_json(request) else await _page(request)


async def show_category(request: Request) -> Response:
    """`GET /admin/categories/{id}`: its form, and who moderates it."""
    return await _page(request, "category")


async def show_section(request: Request) -> Response:
    """`GET /admin/sections/{id}`: its name, to be changed."""
    return await _page(request, "section")


def _acting(act: Act, *names: str, place: Place = "categories") -> Handler:
    """A write that leads back to the page it was made on, where a form that is refused comes back filled."""

    async def handler(request: Request) -> Response:
        values = await fields(request, *names) if names else {}
        try:
            saved = await act(request, values)
        except Invalid as error:
            if wants_json(request):
                raise
            return await _page(request, place, Form(values, error.fields), 422)
        if wants_json(request):
            return json_answer(await _told(request))
        back = f"{_PATH}/{path_id(request)}" if saved == "moderators" else _PATH
        return see_other(f"{back}?saved={saved}")

    handler.__name__ = act.__name__.strip("_")
    return handler


async def _add_category(request: Request, values: Mapping[str, str]) -> str:
    await actions.add_category(
        state.database(request), viewer(request), CategoryDraft(**values), now=now_ms()
    )
    return "yes"


async def _change_category(request: Request, values: Mapping[str, str]) -> str:
    await actions.change_category(
        state.database(request), viewer(request), path_id(request), CategoryDraft(**values), now=now_ms()
    )
    return "yes"


async def _archive_category(request: Request, values: Mapping[str, str]) -> str:
    await actions.archive_category(
        state.database(request),
        viewer(request),
        path_id(request),
        archived=True,
        shown=is_ticked(values["shown"]),
        now=now_ms(),
    )
    return "archived"


async def _reopen_category(request: Request, _: Mapping[str, str]) -> str:
    await actions.archive_category(
        state.database(request), viewer(request), path_id(request), archived=False, now=now_ms()
    )
    return "yes"


async def _delete_category(request: Request, _: Mapping[str, str]) -> str:
    await actions.delete_category(state.database(request), viewer(request), path_id(request), now=now_ms())
    return "deleted"


async def _appoint(request: Request, values: Mapping[str, str]) -> str:
    await moderators.appoint(
        state.database(request), viewer(request), path_id(request), values["username"], now=now_ms()
    )
    return "moderators"


async def _dismiss(request: Request, _: Mapping[str, str]) -> str:
    member_id = int(request.path_params["member"])
    await moderators.dismiss(
        state.database(request), viewer(request), path_id(request), member_id, now=now_ms()
    )
    return "moderators"


async def _add_section(request: Request, values: Mapping[str, str]) -> str:
    await actions.add_section(state.database(request), viewer(request), values["section_name"], now=now_ms())
    return "yes"


async def _rename_section(request: Request, values: Mapping[str, str]) -> str:
    await actions.rename_section(
        state.database(request), viewer(request), path_id(request), values["section_name"], now=now_ms()
    )
    return "yes"


async def _delete_section(request: Request, _: Mapping[str, str]) -> str:
    await actions.delete_section(state.database(request), viewer(request), path_id(request), now=now_ms())
    return "deleted"


async def _arrange(request: Request, values: Mapping[str, str]) -> str:
    await actions.arrange(state.database(request), viewer(request), values["order"], now=now_ms())
    return "yes"


def _moving(kind: str, by: int) -> Handler:
    move = actions.move_category if kind == "category" else actions.move_section

    async def move_it(request: Request, _: Mapping[str, str]) -> str:
        await move(state.database(request), viewer(request), path_id(request), by, now=now_ms())
        return "yes"

    return _acting(move_it)


async def _told(request: Request) -> Json:
    shape = await state.database(request).read(sections.shape)
    return {
        "sections": [
            {"id": section.id, "name": section.name, "categories": [_of(one) for one in section.categories]}
            for section in shape
        ]
    }


def _of(one: ShapedCategory) -> Json:
    return {"id": one.id, **_described(one), "archived": one.archived, "topics": one.topics}


def _described(one: ShapedCategory) -> dict[str, str]:
    return {
        "section": str(one.section_id),
        "name": one.name,
        "description": one.description,
        "seen_by": one.seen_by.value,
    }


async def _page(
    request: Request, place: Place = "categories", form: Form | None = None, status: int = 200
) -> Response:
    """The whole shape with the forms for more, or one category's or section's own page. Raises NotFound."""

    async def reading(reader: Reader) -> tuple[list[ShapedSection], list[CategoryModerator]]:
        return await sections.shape(reader), await category_moderators.every(reader)

    shape, held = await state.database(request).read(reading)
    begun, changing = _begun(request, place, shape)
    return await admin_page(
        request,
        "categories",
        status,
        template="" if place == "categories" else place,
        form=Form(begun | dict(form.values), form.problems) if form else Form(begun),
        shape=shape,
        order=";".join(f"{section}:{','.join(map(str, ids))}" for section, ids in order_of(shape)),
        changing=changing,
        moderators=held,
        seen_by=SEEN_BY,
        saved=_SAVED.get(request.query_params.get("saved", ""), ""),
    )


def _begun(
    request: Request, place: Place, shape: list[ShapedSection]
) -> tuple[dict[str, str], ShapedCategory | ShapedSection | None]:
    """What the forms of that page begin with, and what the page is about. Raises NotFound."""
    if place == "categories":
        first = str(shape[0].id) if shape else ""
        return {"section": first, "seen_by": SeenBy.EVERYONE.value}, None
    number = path_id(request)
    if place == "section":
        for section in shape:
            if section.id == number:
                return {"section_name": section.name}, section
        raise NotFound
    for one in (one for section in shape for one in section.categories):
        if one.id == number:
            return _described(one), one
    raise NotFound


routes = [
    get(_PATH, show_categories, Policy.ADMIN),
    post(_PATH, _acting(_add_category, *_DESCRIBED), Policy.ADMIN),
    post(f"{_PATH}/order", _acting(_arrange, "order"), Policy.ADMIN),
    get(f"{_PATH}/{{id:int}}", show_category, Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}", _acting(_change_category, *_DESCRIBED, place="category"), Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}/up", _moving("category", -1), Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}/down", _moving("category", 1), Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}/archive", _acting(_archive_category, "shown"), Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}/reopen", _acting(_reopen_category), Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}/delete", _acting(_delete_category, place="category"), Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}/moderators", _acting(_appoint, "username", place="category"), Policy.ADMIN),
    post(
        f"{_PATH}/{{id:int}}/moderators/{{member:int}}/dismiss",
        _acting(_dismiss, place="category"),
        Policy.ADMIN,
    ),
    post("/admin/sections", _acting(_add_section, "section_name"), Policy.ADMIN),
    get("/admin/sections/{id:int}", show_section, Policy.ADMIN),
    post("/admin/sections/{id:int}", _acting(_rename_section, "section_name", place="section"), Policy.ADMIN),
    post("/admin/sections/{id:int}/up", _moving("section", -1), Policy.ADMIN),
    post("/admin/sections/{id:int}/down", _moving("section", 1), Policy.ADMIN),
    post("/admin/sections/{id:int}/delete", _acting(_delete_section, place="section"), Policy.ADMIN),
]
