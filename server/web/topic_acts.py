"""What moderators change about a whole topic: forms that work without JavaScript, and their writes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.actions import topic_acts
from server.actions.topic_acts import Why
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.models import Topic
from server.domain.permissions import may_moderate
from server.domain.preferences import DEVICE
from server.domain.viewer import Scope, Viewer
from server.store import categories, topics, visibility
from server.store.database import Reader
from server.store.topic_writes import Pin
from server.web import state
from server.web.pages import page as html_page
from server.web.policies import Policy
from server.web.requests import fields, is_ticked, viewer, wants_json
from server.web.routing import GuardedRoute, get, post
from server.web.show import REFUSALS, blank_form, form_again, path_id
from server.web.told import topic_told

Groups = list[tuple[str, list[tuple[str, str]]]]  # for the macro `select`
MAX_DIGITS = 9  # of a number of minutes or of a category
PACES = (
    ("0", "As often as they like"), ("2", "Once in 2 minutes"), ("5", "Once in 5 minutes"),
    ("15", "Once in 15 minutes"), ("30", "Once in 30 minutes"), ("60", "Once an hour"),
    ("240", "Once in 4 hours"), ("720", "Once in 12 hours"), ("1440", "Once a day"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """A form `topics/{name}.html` at `/topics/{id}/{name}`: its fields, how it begins, and what it does."""

    name: str
    fields: tuple[str, ...]
    filled: Callable[[Topic], Mapping[str, str]]
    do: Callable[[Request, Viewer, int, Mapping[str, str]], Awaitable[int]]


async def category_groups(reader: Reader, who: Viewer) -> Groups:
    """Every category in which the viewer moderates, by section."""
    found = await categories.by_section(reader, who.audience)
    groups = [
        (name, [(str(one.id), one.name) for one in inside if who.moderates(one.id)])
        for _, name, inside in found
    ]
    return [(name, inside) for name, inside in groups if inside]


async def for_moderating(reader: Reader, who: Viewer, topic_id: int) -> Topic:
    """The topic that a moderator's form is about. Raises NotFound or Forbidden."""
    around = await visibility.topic(reader, who, topic_id)
    found = await topics.find(
        reader, topic_id, visibility.rendering(who, around.category_id, around.visibility)
    )
    if found is None:
        raise NotFound
    if not may_moderate(who, around):
        raise Forbidden("Only moderators can do this.")
    return found


def whole_number(name: str, text: str, sentence: str) -> int:
    """The number in a field. Raises Invalid with the sentence for what is none."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise Invalid({name: sentence})
    return int(text)


async def _about(request: Request, act: Act) -> tuple[Topic, Groups]:
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        found = await for_moderating(reader, who, path_id(request))
        return found, await category_groups(reader, who) if act.name == "move" else []


def _paces(topic: Topic) -> tuple[tuple[str, str], ...]:
    """Those to choose from, and the one that a program has set."""
    own = str(topic.slow_minutes)
    if any(value == own for value, _ in PACES):
        return PACES
    return (*PACES, (own, f"Once in {topic.slow_minutes:,} minutes"))


def _form_of(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def handler(request: Request) -> Response:
        topic, groups = await _about(request, act)
        form = blank_form(act.filled(topic))
        return await html_page(
            request, f"topics/{act.name}.html",
            topic=topic, act=act.name, form=form, categories=groups, paces=_paces(topic),
        )  # fmt: skip

    handler.__name__ = f"{act.name}_form"
    return handler


def _write_of(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def handler(request: Request) -> Response:
        values = await fields(request, *act.fields)
        topic_id = path_id(request)
        try:
            position = await act.do(request, viewer(request), topic_id, values)
        except REFUSALS as error:
            if wants_json(request) or not isinstance(error, Invalid):
                raise
            topic, groups = await _about(request, act)
            return await form_again(
                request, f"topics/{act.name}.html", values, error,
                topic=topic, act=act.name, categories=groups, paces=_paces(topic),
            )  # fmt: skip
        if wants_json(request):
            return await topic_told(request, topic_id, position)
        return RedirectResponse(f"/topics/{topic_id}", 303)

    handler.__name__ = act.name
    return handler


async def _rename(request: Request, who: Viewer, topic_id: int, values: Mapping[str, str]) -> int:
    db = state.database(request)
    return await topic_acts.rename(db, who, topic_id, values["title"], why_of(values), now=now_ms())


async def _move(request: Request, who: Viewer, topic_id: int, values: Mapping[str, str]) -> int:
    category = whole_number("category", values["category"], "Please choose a category.")
    db = state.database(request)
    return await topic_acts.move(db, who, topic_id, category, why_of(values), now=now_ms())


async def _pin(request: Request, who: Viewer, topic_id: int, values: Mapping[str, str]) -> int:
    if values["where"] not in ("", "here", "everywhere"):
        raise Invalid({"where": "Please choose one of the two: here or everywhere."})
    until = _end_of(values["until"].strip(), who) if values["until"].strip() else None
    pin = Pin(pinned=True, everywhere=values["where"] == "everywhere", until=until)
    return await topic_acts.set_pinned(state.database(request), who, topic_id, pin, now=now_ms())


async def _unpin(request: Request, who: Viewer, topic_id: int, _: Mapping[str, str]) -> int:
    db = state.database(request)
    return await topic_acts.set_pinned(db, who, topic_id, Pin(pinned=False), now=now_ms())


async def _slow(request: Request, who: Viewer, topic_id: int, values: Mapping[str, str]) -> int:
    minutes = whole_number("minutes", values["minutes"], "Please say how many minutes, 0 to end slow mode.")
    return await topic_acts.set_slow(state.database(request), who, topic_id, minutes, now=now_ms())


def why_of(values: Mapping[str, str]) -> Why:
    """The fields of `topics/_why.html`."""
    return Why(values["reason"], is_ticked(values["tell"]))


def _end_of(text: str, who: Viewer) -> int:
    """When a day is over where the viewer lives, or the moment that a program names, in milliseconds UTC."""
    zone = UTC if who.preferences.zone == DEVICE else ZoneInfo(who.preferences.zone)
    try:
        if "T" in text:
            named = datetime.fromisoformat(text)
            end = named if named.tzinfo else named.replace(tzinfo=zone)
        else:
            end = datetime.combine(date.fromisoformat(text) + timedelta(days=1), datetime.min.time(), zone)
        return int(end.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Invalid({"until": "Please write the day like 2026-12-24, or leave it empty."}) from None


_WHY = ("reason", "tell")
ACTS = (
    Act("rename", ("title", *_WHY), lambda topic: {"title": topic.title}, _rename),
    Act("move", ("category", *_WHY), lambda topic: {"category": str(topic.category.id)}, _move),
    Act(
        "pin",
        ("where", "until"),
        lambda topic: {"where": "everywhere" if topic.pinned_everywhere else "here"},
        _pin,
    ),
    Act("slow", ("minutes",), lambda topic: {"minutes": str(topic.slow_minutes)}, _slow),
)
_UNPIN = Act("unpin", (), lambda _: {}, _unpin)

routes: list[GuardedRoute] = [
    *(get(f"/topics/{{id:int}}/{act.name}", _form_of(act), Policy.MODERATES, Scope.MODERATE) for act in ACTS),
    *(
        post(f"/topics/{{id:int}}/{act.name}", _write_of(act), Policy.MODERATES, Scope.MODERATE)
        for act in (*ACTS, _UNPIN)
    ),
]
