"""One member for staff: who he is, what was done with him, what was removed of his; and acts on him."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import sanctions as acts
from server.domain.channels import Channel, Thing
from server.domain.clock import now_ms
from server.domain.errors import Invalid, NotFound
from server.domain.names import name_key
from server.domain.permissions import may_sanction
from server.domain.sanctions import FOR_GOOD, PRESETS, Draft, SanctionKind, reason_of
from server.domain.viewer import Audience, Scope
from server.store import event_log, member_records, sanctions
from server.store.member_records import MemberRecord
from server.views.addresses import record_url
from server.views.filters import iso
from server.views.page_models import REMOVED_POSTS, Form, LiveRoot, RecordPage
from server.web import state
from server.web.moderation.sanctions_told import sanction_told
from server.web.moderation.shown import moderation_page
from server.web.policies import Policy
from server.web.requests import fields, is_ticked, viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post

KINDS = (
    ("warning", "Warn", "Must be read before the next post. A draft is kept."),
    ("silence", "Silence", "Can read everything, and not write or thank, until the time is over."),
    ("ban", "Ban", "Is signed out everywhere within seconds, and can't sign in until the time is over."),
    ("note", "Note", "For the team only. The member never learns of it."),
)
LENGTHS = (
    ("day", "A day"),
    ("3days", "Three days"),
    ("week", "A week"),
    ("2weeks", "Two weeks"),
    ("month", "A month"),
    ("3months", "Three months"),
    ("year", "A year"),
    (FOR_GOOD, "For good"),
)
PRESET_LABELS = tuple((name, label) for name, (label, _) in PRESETS.items())
_DEFAULTS = {"kind": "warning", "lasts": "week"}
_SAVED = {
    "warning": "Warned. It has to be read before the next post.",
    "silence": "Silenced. Open pages know it already.",
    "ban": "Banned. All sessions have ended, and open pages have been emptied.",
    "note": "Noted, for the team only.",
    "ended": "Done. It is over.",
    "swept": "Banned. Everything goes now, also from pages that are open; below you can follow, and undo it.",
    "undone": "The ban is over, and everything comes back now.",
}


async def show_member(request: Request) -> Response:
    """`GET /moderation/members/{username}`."""
    saved = _SAVED.get(request.query_params.get("saved", ""), "")
    asked = request.query_params.get("kind", "")  # so that a link can lead to an act
    chosen = {"kind": asked} if asked in tuple(SanctionKind) else {}
    return await _page(request, Form(_DEFAULTS | chosen), saved=saved)


async def act(request: Request) -> Response:
    """`POST /moderation/members/{username}/acts`."""
    values = await fields(request, "kind", "preset", "reason", "private", "lasts", "on_profile")
    try:
        if values["kind"] not in tuple(SanctionKind):
            raise Invalid({"kind": "Please choose what should happen."})
        record = await record_of(request)
        draft = Draft(
            SanctionKind(values["kind"]),
            reason_of(values["preset"], values["reason"]),
            values["private"],
            values["lasts"],
            on_profile=is_ticked(values["on_profile"]),
        )
        await acts.impose(state.database(request), viewer(request), record.id, draft, now=now_ms())
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, Form(values, error.fields), 422)
    if wants_json(request):
        return await _page(request, Form(), 201)
    return see_other(f"{record_url(record)}?saved={draft.kind.value}")


async def record_of(request: Request) -> MemberRecord:
    """The member whom the address names. Raises NotFound."""
    username = str(request.path_params["username"])
    found = await state.database(request).read(
        lambda reader: member_records.named(reader, name_key(username))
    )
    if found is None:
        raise NotFound("There is no member of that name.")
    return found


async def _page(request: Request, form: Form, status: int = 200, saved: str = "") -> Response:
    who, username = viewer(request), str(request.path_params["username"])
    async with state.database(request).snapshot() as reader:
        head = await event_log.head(reader)
        record = await member_records.named(reader, name_key(username))
        if record is None:
            raise NotFound("There is no member of that name.")
        found = await sanctions.of_member(reader, record.id)
        removed = await member_records.removed_posts(reader, record.id, limit=REMOVED_POSTS)
    may_act = may_sanction(who, record.id, record.role)
    live = LiveRoot(head.epoch, head.seq, (str(Channel(Thing.PROFILE, record.id, Audience.STAFF)),))
    shown = RecordPage(record, tuple(found), tuple(removed), may_act, live)
    if wants_json(request):
        return json_answer(_told(shown), status)
    return await moderation_page(
        request,
        "bans",
        status,
        template="member",
        page=shown,
        form=form,
        kinds=KINDS,
        presets=PRESET_LABELS,
        lengths=LENGTHS,
        saved=saved,
    )


def _told(shown: RecordPage) -> Json:
    record = shown.record
    removed: list[Json] = [
        {"id": one.id, "topic_id": one.topic_id, "at": iso(one.at), "by": one.by, "reason": one.reason}
        for one in shown.removed
    ]
    return {
        "member": {
            "id": record.id,
            "username": record.username,
            "role": record.role.value,
            "joined_at": iso(record.joined_at),
            "posts": record.posts,
            "removed": record.removed,
            "warnings": record.warnings,
        },
        "may_act": shown.may_act,
        "sanctions": [sanction_told(one) for one in shown.sanctions],
        "removed_posts": removed,
        "epoch": shown.live.epoch,
        "position": shown.live.position,
    }


routes = [
    get("/moderation/members/{username}", show_member, Policy.STAFF, Scope.MODERATE),
    post("/moderation/members/{username}/acts", act, Policy.STAFF, Scope.MODERATE),
]
