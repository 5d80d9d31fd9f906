"""What changes on administrators' open pages when another one, or a member, does something."""

from collections.abc import Sequence

from server.domain.clock import now_ms
from server.domain.events import Kind, LoggedEvent
from server.store import member_list
from server.views import administration
from server.views.canvas import Canvas, Change, put

LIST = "admin-members"
_ABOUT_MEMBERS = (Kind.MEMBER, Kind.SESSION, Kind.ACCOUNT, Kind.SANCTION)


async def for_administrators(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """Rows and pages of members, and the lists of which there is one each."""
    painted: list[Change] = []
    changed: dict[int, int] = {}
    for logged in events:
        if logged.event.kind in _ABOUT_MEMBERS and logged.event.member_id is not None:
            changed[logged.event.member_id] = logged.seq
    for member_id, seq in changed.items():
        painted += await _member(canvas, member_id, seq)
    newest = {logged.event.kind: logged.seq for logged in events}
    if Kind.INVITATION in newest or Kind.MEMBER in newest:  # who joined by one may have another name
        seq = max(newest.get(Kind.INVITATION, 0), newest.get(Kind.MEMBER, 0))
        invited = await administration.invited(canvas.reader, seq, now=now_ms())
        painted.append(put("admin-invitations", "admin/_invitations.html", invited))
    if Kind.SETTINGS in newest:
        fields = await administration.asked_for(canvas.reader, newest[Kind.SETTINGS])
        painted.append(put("admin-fields", "admin/_fields.html", fields))
        painted.append(put("admin-archived", "admin/_archived.html", fields))
    if Kind.LETTER in newest:
        letterbox = await administration.letterbox(canvas.reader, newest[Kind.LETTER], now=now_ms())
        painted.append(put("admin-mail", "admin/_mail.html", letterbox))
    return painted


async def _member(canvas: Canvas, member_id: int, seq: int) -> list[Change]:
    listed = await member_list.one(canvas.reader, member_id)
    file = await administration.member_file(canvas.reader, member_id, seq, now=now_ms())
    if listed is None or file is None:
        return []
    row = administration.ListedRow(listed, seq)
    return [
        put(f"admin-row-{member_id}", "admin/_row.html", row, (LIST, member_id)),
        put(f"admin-facts-{member_id}", "admin/_facts.html", file),
        put(f"admin-role-{member_id}", "admin/_role.html", file),
        put(f"admin-sessions-{member_id}", "admin/_sessions.html", file),
        put(f"admin-door-{member_id}", "admin/_door.html", file),
        put(f"admin-history-{member_id}", "admin/_history.html", file),
    ]
