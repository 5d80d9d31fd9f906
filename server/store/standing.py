"""How a member stands now: read afresh with every request, and compared with the clock, so that what has an
end is over at that very moment, whether or not anybody has written that down."""

from dataclasses import dataclass

from server.domain.clock import now_ms
from server.domain.sanctions import SanctionKind
from server.domain.standing import Standing, Term
from server.domain.viewer import Role
from server.store.database import Reader
from server.store.second_factors import role_that_counts

IN_FORCE = "ended_at IS NULL AND (until IS NULL OR until > :now)"
"""Of a row of `sanctions` that lasts: it is in force at the time `:now`."""

VERSION_SQL = (
    "(SELECT COALESCE(MAX(x.version), 0) FROM sanctions x WHERE x.member_id = m.id AND x.kind <> 'note')"
)
"""Where the log stood when the last of what `m` was told of changed; 0 when nothing ever was. Notes of the
staff don't count, or a member could read off his page that somebody wrote one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the top of a member's own pages says of his standing. `id` is the member's."""

    id: int
    version: int
    standing: Standing


async def of(reader: Reader, member_id: int, now: int, *, owes_rules: bool = False) -> Standing:
    """What keeps the member from writing, or from signing in. Of several terms the longest counts."""
    rows = await reader.all(
        "SELECT kind, until, reason FROM sanctions WHERE member_id = :id AND kind <> 'note'"
        f" AND read_at IS NULL AND {IN_FORCE} ORDER BY until IS NULL, until, id",
        id=member_id,
        now=now,
    )
    found = {SanctionKind(kind): Term(until, reason) for kind, until, reason in rows}
    return Standing(
        ban=found.get(SanctionKind.BAN),
        silence=found.get(SanctionKind.SILENCE),
        owes_warning=SanctionKind.WARNING in found,
        owes_rules=owes_rules,
    )


async def role_today(reader: Reader, member_id: int) -> Role | None:
    """What the member may act as now; None when the account is closed, banned or gone."""
    role = await role_that_counts(reader, member_id)
    banned = role is not None and (await of(reader, member_id, now_ms())).ban is not None
    return None if banned else role
