"""One-time links, by purpose; the token's hash only. When a link ends is checked where it is used (S9)."""

from dataclasses import dataclass

from server.store.database import Reader, Writer

SETUP = "setup"  # makes the first administrator
CONFIRM = "confirm"  # an address belongs to its member
RESET = "reset"  # sets a new password
ADDRESS = "address"  # a member's new address is his
SECOND_STEP = "second_step"  # a sign-in that waits for its code; it belongs to the member
PASSKEY_SIGN_IN = "passkey_sign_in"  # the challenge for a passkey that is nobody's yet
PASSKEY_ADDING = "passkey_adding"  # the challenge for a member's new passkey
SUBSCRIBE = "subscribe"  # brings letters back that were just ended; `about` is their kind
PRUNED_AT_ONCE = 500  # rows


@dataclass(frozen=True, slots=True)
class Purpose:
    """Whom a link was made for, and what about."""

    member_id: int
    about: str


async def replace(writer: Writer, token_hash: bytes, purpose: str, *, expires_at: int, now: int) -> None:
    """Stores a link that belongs to nobody in particular; earlier ones for the purpose end."""
    await end(writer, purpose)
    await writer.run(
        "INSERT INTO links (token_hash, purpose, created_at, expires_at)"
        " VALUES (:token_hash, :purpose, :now, :expires_at)",
        token_hash=token_hash,
        purpose=purpose,
        now=now,
        expires_at=expires_at,
    )


async def add(
    writer: Writer, token_hash: bytes, purpose: str, member_id: int | None, *, expires_at: int, now: int
) -> None:
    """Stores a link beside others for the purpose; None belongs to whoever has the token."""
    await writer.run(
        "INSERT INTO links (token_hash, purpose, member_id, created_at, expires_at)"
        " VALUES (:token_hash, :purpose, :member_id, :now, :expires_at)",
        token_hash=token_hash,
        purpose=purpose,
        member_id=member_id,
        now=now,
        expires_at=expires_at,
    )


async def owner(reader: Reader, token_hash: bytes, purpose: str, now: int) -> int | None:
    """The member whose link it is, as long as it can be used; None also when it is nobody's."""
    member_id: int | None = await reader.value(
        "SELECT member_id FROM links"
        " WHERE token_hash = :token_hash AND purpose = :purpose AND expires_at > :now",
        token_hash=token_hash,
        purpose=purpose,
        now=now,
    )
    return member_id


async def is_open(reader: Reader, token_hash: bytes, purpose: str, now: int) -> bool:
    """Whether the link can still be used."""
    found = await reader.value(
        "SELECT 1 FROM links WHERE token_hash = :token_hash AND purpose = :purpose AND expires_at > :now",
        token_hash=token_hash,
        purpose=purpose,
        now=now,
    )
    return found is not None


async def any_open(reader: Reader, purpose: str, now: int) -> bool:
    """Whether there is a link for the purpose that can still be used."""
    found = await reader.value(
        "SELECT 1 FROM links WHERE purpose = :purpose AND expires_at > :now LIMIT 1", purpose=purpose, now=now
    )
    return found is not None


async def use(writer: Writer, token_hash: bytes, purpose: str, now: int) -> bool:
    """Uses the link up; False when it is not there, used or over. Only one of several at once succeeds."""
    expires_at: int | None = await writer.value(
        "DELETE FROM links WHERE token_hash = :token_hash AND purpose = :purpose RETURNING expires_at",
        token_hash=token_hash,
        purpose=purpose,
    )
    return expires_at is not None and expires_at > now


async def replace_for(
    writer: Writer,
    token_hash: bytes,
    purpose: str,
    member_id: int,
    about: str = "",
    *,
    expires_at: int,
    now: int,
) -> None:
    """Stores a link of that member; his earlier ones for the purpose end."""
    await end_of_member(writer, purpose, member_id)
    await writer.run(
        "INSERT INTO links (token_hash, purpose, member_id, about, created_at, expires_at)"
        " VALUES (:token_hash, :purpose, :member_id, :about, :now, :expires_at)",
        token_hash=token_hash,
        purpose=purpose,
        member_id=member_id,
        about=about,
        now=now,
        expires_at=expires_at,
    )


async def find_for(reader: Reader, token_hash: bytes, purpose: str, now: int) -> Purpose | None:
    """Whom the link was made for, if it can still be used."""
    row = await reader.one(
        "SELECT member_id, about FROM links WHERE token_hash = :token_hash AND purpose = :purpose"
        " AND member_id IS NOT NULL AND expires_at > :now",
        token_hash=token_hash,
        purpose=purpose,
        now=now,
    )
    return None if row is None else Purpose(row[0], row[1])


async def use_for(writer: Writer, token_hash: bytes, purpose: str, now: int) -> Purpose | None:
    """As `find_for`, and uses the link up; only one of several at once gets it."""
    row = await writer.one(
        "DELETE FROM links WHERE token_hash = :token_hash AND purpose = :purpose"
        " AND member_id IS NOT NULL AND expires_at > :now RETURNING member_id, about",
        token_hash=token_hash,
        purpose=purpose,
        now=now,
    )
    return None if row is None else Purpose(row[0], row[1])


async def end(writer: Writer, purpose: str) -> None:
    """Ends every link for the purpose."""
    await writer.run("DELETE FROM links WHERE purpose = :purpose", purpose=purpose)


async def end_of_member(writer: Writer, purpose: str, member_id: int) -> None:
    """Ends the member's links for the purpose."""
    await writer.run(
        "DELETE FROM links WHERE purpose = :purpose AND member_id = :member_id",
        purpose=purpose,
        member_id=member_id,
    )


async def prune(writer: Writer, now: int) -> bool:
    """Forgets links that are over, at most PRUNED_AT_ONCE; whether there may be more."""
    rows = await writer.all(
        "DELETE FROM links WHERE token_hash IN"
        " (SELECT token_hash FROM links WHERE expires_at <= :now LIMIT :limit) RETURNING token_hash",
        now=now,
        limit=PRUNED_AT_ONCE,
    )
    return len(rows) == PRUNED_AT_ONCE
