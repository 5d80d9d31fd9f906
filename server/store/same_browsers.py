"""Who signed in from the same browser: a hint for moderators, without addresses of any network.

A browser carries a mark for each member who signed in there (`domain/known_devices.py`). The chance part of a
mark is kept with whose it is, so that the next sign-in from there tells who was there before. Whoever clears
his cookies leaves no hint, and a family that shares a tablet is one.
"""

from collections.abc import Sequence

from server.domain.clock import DAY
from server.store.columns import in_list
from server.store.database import Reader, Writer

KEPT_FOR = 365 * DAY  # milliseconds: as long as browsers carry the marks
MAX_NAMED = 5


async def owners(reader: Reader, nonces: Sequence[str]) -> dict[str, int]:
    """Whose the marks with these chance parts are, as far as that is kept."""
    if not nonces:
        return {}
    names, values = in_list("nonce", list(nonces))
    rows = await reader.all(f"SELECT nonce, member_id FROM browser_marks WHERE nonce IN {names}", **values)
    return {row[0]: row[1] for row in rows}


async def note_mark(writer: Writer, nonce: str, member_id: int, now: int) -> None:
    """A browser carries this mark of the member from now on."""
    await writer.run(
        "INSERT INTO browser_marks (nonce, member_id, at) VALUES (:nonce, :member_id, :now)",
        nonce=nonce,
        member_id=member_id,
        now=now,
    )


async def note_shared(writer: Writer, member_id: int, others: Sequence[int], now: int) -> None:
    """The member signed in where these did before."""
    for other in sorted(set(others) - {member_id}):
        await writer.run(
            "INSERT INTO shared_browsers (member_id, other_id, at) VALUES (:one, :two, :now)"
            " ON CONFLICT (member_id, other_id) DO UPDATE SET at = excluded.at",
            one=min(member_id, other),
            two=max(member_id, other),
            now=now,
        )


async def names_of(reader: Reader, member_id: int) -> tuple[str, ...]:
    """Who signed in from a browser of the member's, the latest first, MAX_NAMED at most."""
    rows = await reader.all(
        "SELECT m.username FROM shared_browsers s"
        " JOIN members m ON m.id = CASE s.member_id WHEN :id THEN s.other_id ELSE s.member_id END"
        " WHERE s.member_id = :id OR s.other_id = :id ORDER BY s.at DESC, m.id LIMIT :limit",
        id=member_id,
        limit=MAX_NAMED,
    )
    return tuple(row[0] for row in rows)


async def prune(writer: Writer, now: int) -> None:
    """Forgets what no browser carries any more."""
    await writer.run("DELETE FROM browser_marks WHERE at <= :before", before=now - KEPT_FOR)
    await writer.run("DELETE FROM shared_browsers WHERE at <= :before", before=now - KEPT_FOR)
