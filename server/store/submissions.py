"""Repeated submits: the same key from the same member within 24 hours gets the first answer again."""

from hashlib import sha256

from server.store.database import Reader, Writer

KEPT_MS = 24 * 3600 * 1000
MAX_TOKEN = 80  # characters; of a longer one, which only programs send, the hash is kept


async def result(reader: Reader, member_id: int, token: str, now: int) -> int | None:
    """What the first submit with this token made, if there was one."""
    found = await reader.value(
        "SELECT result_id FROM submissions WHERE member_id = :member_id AND token = :token AND at > :since",
        member_id=member_id,
        token=_kept(token),
        since=now - KEPT_MS,
    )
    return None if found is None else int(found)


async def note(writer: Writer, member_id: int, token: str, result_id: int, now: int) -> None:
    """Remember what this token made. Raises Duplicate when another transaction was first."""
    await writer.run("DELETE FROM submissions WHERE at <= :before", before=now - KEPT_MS)
    await writer.run(
        "INSERT INTO submissions (member_id, token, result_id, at)"
        " VALUES (:member_id, :token, :result_id, :now)",
        member_id=member_id,
        token=_kept(token),
        result_id=result_id,
        now=now,
    )


def _kept(token: str) -> str:
    return token if len(token) <= MAX_TOKEN else sha256(token.encode()).hexdigest()
