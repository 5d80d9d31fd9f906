"""What was done on the board, by whom and why: for staff, narrowed, in pages, and to be taken back."""

from datetime import MAXYEAR, UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from server.actions import undoing
from server.domain.acts import ACTS
from server.domain.channels import MODERATION
from server.domain.clock import now_ms
from server.domain.errors import Forbidden
from server.domain.permissions import may_administer
from server.domain.preferences import DEVICE
from server.domain.viewer import Scope, Viewer
from server.store import event_log, members, moderation_log
from server.store.database import Reader
from server.store.moderation_log import Line, Narrowed
from server.views.filters import iso
from server.views.page_models import LINES_A_PAGE, Form, LiveRoot, LogPage
from server.web import state
from server.web.moderation.shown import moderation_page
from server.web.policies import Policy
from server.web.requests import viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

LONGEST_SEARCH = 100  # characters
LONGEST_NUMBER = 15  # digits
FIELDS = ("who", "act", "kind", "about", "from", "to", "words")
KINDS = (("post", "Posts"), ("topic", "Topics"), ("member", "Members"), ("board", "The board"))
_NOBODY = "Nobody has this name. Please check how it is written."
_NO_DAY = "Please write a day as 2026-11-22."
_SAVED = {"undone": "Taken back. Everybody sees it as it was before."}


async def show_log(request: Request, *, problem: str = "") -> Response:
    """`GET /moderation/log?who=&act=&kind=&about=&from=&to=&words=&show=&before=`.

    With a `problem` it says that above the lines: why nothing was done (409).
    """
    who = viewer(request)
    accounts = request.query_params.get("show") == "accounts"
    if accounts and not may_administer(who):
        raise Forbidden("Only administrators can read what members do with their accounts.")
    typed = {name: _typed(request, name) for name in FIELDS}
    before = _typed(request, "before")
    cursor = int(before) if before.isascii() and before.isdigit() and len(before) <= LONGEST_NUMBER else None
    async with state.database(request).snapshot() as reader:
        head = await event_log.head(reader)
        narrowed, problems = await _narrowed(reader, who, typed)
        found = (
            []
            if problems
            else await moderation_log.page(
                reader, narrowed, for_admins=accounts, before=cursor, limit=LINES_A_PAGE + 1
            )
        )
    lines = found[:LINES_A_PAGE]
    query = {name: text for name, text in typed.items() if text} | ({"show": "accounts"} if accounts else {})
    older = urlencode(query | {"before": lines[-1].id}) if len(found) > len(lines) else ""
    shown = LogPage(
        tuple(lines),
        takes_new=not accounts and cursor is None and narrowed == Narrowed() and not problems,
        older=f"/moderation/log?{older}" if older else "",
        live=LiveRoot(head.epoch, head.seq, (str(MODERATION),)),
    )
    if wants_json(request):
        return json_answer(_told(shown), 422 if problems else 200)
    return await moderation_page(
        request,
        "log",
        422 if problems else 409 if problem else 200,
        problem=problem,
        page=shown,
        form=Form(typed, problems),
        narrowed=bool(any(typed.values())),
        accounts=accounts,
        acts=_acts(accounts=accounts),
        kinds=KINDS,
        saved=_SAVED.get(request.query_params.get("saved", ""), ""),
    )


async def undo(request: Request) -> Response:
    """`POST /moderation/log/{id}/undo`: who comes second is told so above the log as it is now."""
    try:
        await undoing.undo(state.database(request), viewer(request), path_id(request), now=now_ms())
    except Forbidden as error:
        if wants_json(request):
            raise
        return await show_log(request, problem=error.message)
    return json_answer({"undone": True}) if wants_json(request) else see_other("/moderation/log?saved=undone")


async def _narrowed(reader: Reader, who: Viewer, typed: dict[str, str]) -> tuple[Narrowed, dict[str, str]]:
    problems: dict[str, str] = {}
    people: dict[str, int | None] = {"who": None, "about": None}
    for name in people:
        if typed[name]:
            account = await members.by_username(reader, typed[name])
            people[name] = account.id if account else None
            if account is None:
                problems[name] = _NOBODY
    days: dict[str, datetime | None] = {}
    for name in ("from", "to"):
        days[name] = _day(typed[name], who)
        if typed[name] and days[name] is None:
            problems[name] = _NO_DAY
    last = days["to"]
    narrowed = Narrowed(
        actor_id=people["who"],
        member_id=people["about"],
        act=typed["act"] if typed["act"] in ACTS else "",
        object_kind=typed["kind"] if typed["kind"] in dict(KINDS) else "",
        since=_ms(days["from"]),
        until=_ms(last + timedelta(days=1)) if last else None,
        words=typed["words"],
    )
    return narrowed, problems


def _typed(request: Request, name: str) -> str:
    return request.query_params.get(name, "").replace("\0", "").strip()[:LONGEST_SEARCH]


def _day(text: str, who: Viewer) -> datetime | None:
    """The beginning of the day where the viewer is, if he said where."""
    zone = UTC if who.preferences.zone == DEVICE else ZoneInfo(who.preferences.zone)
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        return None
    return day if day.year < MAXYEAR else None  # of the last year's last day no morrow can be said


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def _acts(*, accounts: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    found = [(act.name, act.title) for act in ACTS.values() if act.for_admins is accounts]
    return [("", sorted(found, key=lambda one: one[1]))]


def _told(shown: LogPage) -> Json:
    return {
        "log": [line_told(line) for line in shown.lines],
        "older": shown.older or None,
        "epoch": shown.live.epoch,
        "position": shown.live.position,
    }


def line_told(line: Line) -> dict[str, Json]:
    """A line for a program, and for the export."""
    return {
        "id": line.id,
        "at": iso(line.at),
        "by": line.actor or None,
        "act": line.act,
        "kind": line.object_kind,
        "number": line.object_id,
        "member": line.member or None,
        "reason": line.reason,
        "before": line.before,
        "after": line.after,
        "told": line.told,
    }


routes = [
    get("/moderation/log", show_log, Policy.STAFF, Scope.MODERATE),
    post("/moderation/log/{id:int}/undo", undo, Policy.STAFF, Scope.MODERATE),
]
