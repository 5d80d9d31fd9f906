"""What moderators did with members: warnings, notes, silences and bans, as staff read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.sanctions import Draft, SanctionKind
from server.domain.standing import Term
from server.domain.sweeps import Progress, SweepState
from server.store.columns import in_list
from server.store.database import Reader, Row, Writer

PRUNED_AT_ONCE = 200  # terms that are written down as over in one transaction


@dataclass(frozen=True, slots=True)
class Sanction:
    """One act on a member. Times are in milliseconds UTC; `by` and `ended_by` are names, None for the board.

    `ended_at` of a term that was not ended early is when its time was over. `sweep` says how far what was
    removed with a ban is.
    """

    id: int
    member_id: int
    username: str
    kind: SanctionKind
    by_id: int | None
    by: str | None
    at: int
    until: int | None
    reason: str
    private: str
    on_profile: bool
    read_at: int | None
    ended_at: int | None
    ended_by: str | None
    version: int
    picture: str
    sweep: Progress | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has written down that it is over. Of a term whose time has just come that is so for
        a moment still; what anybody may do never depends on this."""
        return self.ended_at is None

    @property
    def is_running(self) -> bool:
        """Whether it is a term that is not over."""
        return self.kind.lasts and self.is_open


_SANCTION = (
    "SELECT s.id, s.member_id, m.username, s.kind, s.by_id, b.username, s.at, s.until, s.reason, s.private,"
    " s.on_profile, s.read_at, s.ended_at, e.username, s.version, m.picture,"
    " w.state, w.total, w.done FROM sanctions s LEFT JOIN sweeps w ON w.sanction_id = s.id"
    " JOIN members m ON m.id = s.member_id LEFT JOIN members b ON b.id = s.by_id"
    " LEFT JOIN members e ON e.id = s.ended_by"
)


async def add(
    writer: Writer, member_id: int, draft: Draft, *, by: int | None, until: int | None, now: int
) -> int:
    """The new one's number. The draft is clean."""
    rows = await writer.all(
        "INSERT INTO sanctions (member_id, kind, by_id, at, until, reason, private, on_profile)"
        " VALUES (:member_id, :kind, :by, :now, :until, :reason, :private, :on_profile) RETURNING id",
        member_id=member_id,
        kind=draft.kind.value,
        by=by,
        now=now,
        until=until,
        reason=draft.reason,
        private=draft.private,
        on_profile=draft.on_profile,
    )
    return int(rows[0][0])


async def find(reader: Reader, sanction_id: int) -> Sanction | None:
    """The one of that number."""
    return (await several(reader, [sanction_id])).get(sanction_id)


async def several(reader: Reader, ids: Sequence[int]) -> dict[int, Sanction]:
    """Those of the numbers that there are."""
    if not ids:
        return {}
    ids_sql, values = in_list("id", list(ids))
    rows = await reader.all(f"{_SANCTION} WHERE s.id IN {ids_sql}", **values)
    return {row[0]: _sanction(row) for row in rows}


async def of_member(reader: Reader, member_id: int, *, told: bool = False) -> list[Sanction]:
    """All acts on the member, newest first; with `told` those only that he learns of."""
    kinds_sql = f" AND s.kind <> '{SanctionKind.NOTE}'" if told else ""
    rows = await reader.all(
        f"{_SANCTION} WHERE s.member_id = :id{kinds_sql} ORDER BY s.id DESC", id=member_id
    )
    return [_sanction(row) for row in rows]


async def running(reader: Reader, limit: int) -> list[Sanction]:
    """Who is silenced or banned, the newest first."""
    rows = await reader.all(
        f"{_SANCTION} WHERE s.ended_at IS NULL AND s.kind IN ('silence', 'ban') ORDER BY s.id DESC"
        " LIMIT :limit",
        limit=limit,
    )
    return [_sanction(row) for row in rows]


async def owed(reader: Reader, member_id: int) -> list[Sanction]:
    """The warnings that the member has not read, oldest first."""
    rows = await reader.all(
        f"{_SANCTION} WHERE s.member_id = :id AND s.kind = 'warning' AND s.read_at IS NULL"
        " AND s.ended_at IS NULL ORDER BY s.id",
        id=member_id,
    )
    return [_sanction(row) for row in rows]


async def read(writer: Writer, member_id: int, ids: Sequence[int], now: int) -> list[int]:
    """Notes that the member has read these warnings of his; those that he had not."""
    if not ids:
        return []
    ids_sql, values = in_list("id", list(ids))
    rows = await writer.all(
        "UPDATE sanctions SET read_at = :now WHERE member_id = :member_id AND kind = 'warning'"
        f" AND read_at IS NULL AND id IN {ids_sql} RETURNING id",
        member_id=member_id,
        now=now,
        **values,
    )
    return sorted(row[0] for row in rows)


async def end(writer: Writer, sanction_id: int, *, by: int | None, now: int) -> None:
    """It is over from now on."""
    await writer.run(
        "UPDATE sanctions SET ended_at = :now, ended_by = :by WHERE id = :id AND ended_at IS NULL",
        id=sanction_id,
        by=by,
        now=now,
    )


async def bring_back(writer: Writer, sanction_id: int, now: int) -> int | None:
    """The one that was ended for this one, of its kind, runs again, unless its time has come; its number."""
    found: int | None = await writer.value(
        "UPDATE sanctions SET ended_at = NULL, ended_by = NULL WHERE id = (SELECT MAX(e.id) FROM sanctions e"
        " JOIN sanctions n ON n.id = :id WHERE e.member_id = n.member_id AND e.kind = n.kind AND e.id < n.id"
        " AND e.ended_at = n.at AND (e.until IS NULL OR e.until > :now)) RETURNING id",
        id=sanction_id,
        now=now,
    )
    return found


async def end_due(writer: Writer, now: int) -> list[tuple[int, int, SanctionKind]]:
    """Writes down what is over because its time has come, at most PRUNED_AT_ONCE: number, member, kind."""
    rows = await writer.all(
        "UPDATE sanctions SET ended_at = until WHERE id IN (SELECT id FROM sanctions WHERE ended_at IS NULL"
        " AND until <= :now ORDER BY until LIMIT :limit) RETURNING id, member_id, kind",
        now=now,
        limit=PRUNED_AT_ONCE,
    )
    return sorted((row[0], row[1], SanctionKind(row[2])) for row in rows)


async def has_due(reader: Reader, now: int) -> bool:
    """Whether the time of any has come."""
    found = await reader.value(
        "SELECT 1 FROM sanctions WHERE ended_at IS NULL AND until <= :now LIMIT 1", now=now
    )
    return found is not None


async def shown_ban(reader: Reader, member_id: int) -> Term | None:
    """The ban that everybody may read of on the member's profile."""
    row = await reader.one(
        "SELECT until, reason FROM sanctions WHERE member_id = :id AND kind = 'ban' AND on_profile"
        " AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
        id=member_id,
    )
    return None if row is None else Term(*row)


def _sanction(row: Row) -> Sanction:
    return Sanction(
        row[0],
        row[1],
        row[2],
        SanctionKind(row[3]),
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        bool(row[10]),
        row[11],
        row[12],
        row[13],
        row[14],
        row[15],
        None if row[16] is None else Progress(SweepState(row[16]), row[17], row[18]),
    )
