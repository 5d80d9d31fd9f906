"""Passkeys: the public half of each, which is of no use to whoever reads it."""

from dataclasses import dataclass

from server.store.database import Reader, Row, Writer

_PASSKEY = (
    "SELECT id, member_id, credential_id, public_key, sign_count, name, created_at, used_at"
    " FROM passkeys WHERE "
)


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey as a browser made it, checked."""

    credential_id: bytes
    public_key: bytes  # COSE
    sign_count: int


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of a member. Times are in milliseconds UTC; `used_at` is None until it signed in."""

    id: int
    member_id: int
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: int
    used_at: int | None


async def add(writer: Writer, member_id: int, passkey: NewPasskey, name: str, now: int) -> int:
    """The new passkey's number. Raises Duplicate for a credential that is known."""
    rows = await writer.all(
        "INSERT INTO passkeys (member_id, credential_id, public_key, sign_count, name, created_at)"
        " VALUES (:member_id, :credential_id, :public_key, :sign_count, :name, :now) RETURNING id",
        member_id=member_id,
        credential_id=passkey.credential_id,
        public_key=passkey.public_key,
        sign_count=passkey.sign_count,
        name=name,
        now=now,
    )
    return int(rows[0][0])


async def of_member(reader: Reader, member_id: int) -> list[Passkey]:
    """The member's passkeys, in the order they were added."""
    rows = await reader.all(f"{_PASSKEY}member_id = :member_id ORDER BY id", member_id=member_id)
    return [_passkey(row) for row in rows]


async def find(reader: Reader, credential_id: bytes) -> Passkey | None:
    """The passkey of that credential."""
    row = await reader.one(f"{_PASSKEY}credential_id = :credential_id", credential_id=credential_id)
    return None if row is None else _passkey(row)


async def used(writer: Writer, passkey: Passkey, sign_count: int, now: int) -> bool:
    """Notes that it signed in; False when it is gone, or was used since it was read."""
    found = await writer.value(
        "UPDATE passkeys SET sign_count = :sign_count, used_at = :now"
        " WHERE id = :id AND sign_count = :before RETURNING id",
        id=passkey.id,
        before=passkey.sign_count,
        sign_count=sign_count,
        now=now,
    )
    return found is not None


async def rename(writer: Writer, member_id: int, passkey_id: int, name: str) -> bool:
    """Another name for the member's passkey; False when he has none of that number."""
    found = await writer.value(
        "UPDATE passkeys SET name = :name WHERE id = :id AND member_id = :member_id RETURNING id",
        id=passkey_id,
        member_id=member_id,
        name=name,
    )
    return found is not None


async def remove(writer: Writer, member_id: int, passkey_id: int) -> bool:
    """Forgets the member's passkey; False when he has none of that number."""
    found = await writer.value(
        "DELETE FROM passkeys WHERE id = :id AND member_id = :member_id RETURNING id",
        id=passkey_id,
        member_id=member_id,
    )
    return found is not None


def _passkey(row: Row) -> Passkey:
    return Passkey(row[0], row[1], bytes(row[2]), bytes(row[3]), row[4], row[5], row[6], row[7])
