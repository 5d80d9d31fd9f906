"""What programs of staff are told of acts on members."""

from server.domain.sweeps import Progress
from server.store.sanctions import Sanction
from server.views.filters import iso
from server.web.responses import Json


def sanction_told(one: Sanction) -> Json:
    """One act, with what is for staff only."""
    return {
        "id": one.id,
        "kind": one.kind.value,
        "member": {"id": one.member_id, "username": one.username},
        "by": one.by,
        "at": iso(one.at),
        "until": _time(one.until),
        "reason": one.reason,
        "private": one.private,
        "on_profile": one.on_profile,
        "read_at": _time(one.read_at),
        "ended_at": _time(one.ended_at),
        "ended_by": one.ended_by,
        "sweep": None if one.sweep is None else _sweep(one.sweep),
    }


def _sweep(sweep: Progress) -> Json:
    return {"state": sweep.state.value, "done": sweep.done, "total": sweep.total}


def _time(at: int | None) -> str | None:
    return None if at is None else iso(at)
