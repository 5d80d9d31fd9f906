"""Authenticator apps and recovery codes; and which role counts as long as there is none.

A dump of the database gives the apps' secrets, because the board has to reckon the same codes. By itself it
signs nobody in: a code is asked for only after the password, of which there is an argon2id hash, as there is
of each recovery code. Together with a password that was found elsewhere it would, as if there were but one
factor; so when a dump was lost, members should switch two-step sign-in off and on: that makes new secrets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.viewer import Role
from server.store.database import Reader, Writer

WITHHELD_SQL = (
    "(m.role IN ('moderator', 'admin')"
    " AND EXISTS (SELECT 1 FROM settings w WHERE w.name = 'staff_second_factor' AND w.value <> '')"
    " AND NOT EXISTS (SELECT 1 FROM second_factors f"
    " WHERE f.member_id = m.id AND f.confirmed_at IS NOT NULL))"
)
"""Whether the rights of staff wait until `m`, a row of members, has a second factor, as the board demands."""


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A member's app. `is_on` is False while it is being set up. Times are in milliseconds UTC."""

    secret: str
    recovery_salt: bytes
    last_step: int  # of which a code was taken
    created_at: int
    is_on: bool

    def is_being_set_up(self, lasts: int, now: int) -> bool:
        """Whether the member began to set it up less than `lasts` milliseconds ago."""
        return not self.is_on and now - self.created_at < lasts


async def of_member(reader: Reader, member_id: int) -> SecondFactor | None:
    """The member's app, or the one that is being set up."""
    row = await reader.one(
        "SELECT secret, recovery_salt, last_step, created_at, confirmed_at IS NOT NULL FROM second_factors"
        " WHERE member_id = :member_id",
        member_id=member_id,
    )
    return None if row is None else SecondFactor(row[0], bytes(row[1]), row[2], row[3], bool(row[4]))


async def is_on(reader: Reader, member_id: int) -> bool:
    """Whether signing in asks the member for a code."""
    found = await of_member(reader, member_id)
    return found is not None and found.is_on


async def start(writer: Writer, member_id: int, secret: str, recovery_salt: bytes, now: int) -> bool:
    """An app to be set up, in place of one that never was confirmed; False when one is on."""
    started = await writer.value(
        "INSERT INTO second_factors (member_id, secret, recovery_salt, created_at)"
        " VALUES (:member_id, :secret, :recovery_salt, :now) ON CONFLICT (member_id) DO UPDATE"
        " SET secret = excluded.secret, recovery_salt = excluded.recovery_salt, last_step = 0,"
        " created_at = excluded.created_at WHERE second_factors.confirmed_at IS NULL RETURNING member_id",
        member_id=member_id,
        secret=secret,
        recovery_salt=recovery_salt,
        now=now,
    )
    return started is not None


async def confirm(writer: Writer, member_id: int, secret: str, now: int) -> bool:
    """Switches on the app that is being set up; False when it is on, or another one is being set up."""
    confirmed = await writer.value(
        "UPDATE second_factors SET confirmed_at = :now"
        " WHERE member_id = :member_id AND secret = :secret AND confirmed_at IS NULL RETURNING member_id",
        member_id=member_id,
        secret=secret,
        now=now,
    )
    return confirmed is not None


async def take_step(writer: Writer, member_id: int, secret: str, step: int) -> bool:
    """Notes that a code of that step was taken; False when one of it or of a later step was before."""
    taken = await writer.value(
        "UPDATE second_factors SET last_step = :step"
        " WHERE member_id = :member_id AND secret = :secret AND last_step < :step RETURNING member_id",
        member_id=member_id,
        secret=secret,
        step=step,
    )
    return taken is not None


async def end(writer: Writer, member_id: int) -> None:
    """Forgets the app and its recovery codes."""
    await writer.run("DELETE FROM recovery_codes WHERE member_id = :member_id", member_id=member_id)
    await writer.run("DELETE FROM second_factors WHERE member_id = :member_id", member_id=member_id)


async def replace_recovery_codes(
    writer: Writer, member_id: int, recovery_salt: bytes, code_hashes: Sequence[bytes]
) -> None:
    """Stores new recovery codes; those of before are worth nothing."""
    await writer.run("DELETE FROM recovery_codes WHERE member_id = :member_id", member_id=member_id)
    await writer.run(
        "UPDATE second_factors SET recovery_salt = :recovery_salt WHERE member_id = :member_id",
        member_id=member_id,
        recovery_salt=recovery_salt,
    )
    for code_hash in code_hashes:
        await writer.run(
            "INSERT INTO recovery_codes (code_hash, member_id) VALUES (:code_hash, :member_id)",
            code_hash=code_hash,
            member_id=member_id,
        )


async def use_recovery_code(writer: Writer, member_id: int, code_hash: bytes) -> bool:
    """Uses the code up; False when it is none, or was used. Only one of several at once succeeds."""
    used = await writer.value(
        "DELETE FROM recovery_codes WHERE code_hash = :code_hash AND member_id = :member_id"
        " RETURNING member_id",
        code_hash=code_hash,
        member_id=member_id,
    )
    return used is not None


async def recovery_codes_left(reader: Reader, member_id: int) -> int:
    """How many recovery codes the member has not used."""
    found = await reader.value(
        "SELECT COUNT(*) FROM recovery_codes WHERE member_id = :member_id", member_id=member_id
    )
    return int(found or 0)


async def role_that_counts(reader: Reader, member_id: int) -> Role | None:
    """What the member may act as now; None when the account is disabled or gone."""
    row = await reader.one(
        f"SELECT m.role, {WITHHELD_SQL} FROM members m WHERE m.id = :id AND m.disabled_at IS NULL",
        id=member_id,
    )
    return None if row is None else Role.MEMBER if row[1] else Role(row[0])


async def staff_without(reader: Reader) -> list[int]:
    """The numbers of moderators and administrators who have no second factor."""
    rows = await reader.all(
        "SELECT m.id FROM members m WHERE m.role IN ('moderator', 'admin') AND NOT EXISTS"
        " (SELECT 1 FROM second_factors f WHERE f.member_id = m.id AND f.confirmed_at IS NOT NULL)"
        " ORDER BY m.id"
    )
    return [row[0] for row in rows]
