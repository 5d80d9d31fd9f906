"""Accounts: who may sign in, by which name, and as what. What others see of a member is in profiles.py."""

from dataclasses import dataclass

from server.domain.names import name_key
from server.domain.validation import email_key
from server.domain.viewer import Role
from server.store.database import Reader, Row, Writer

_ACCOUNT = (
    "SELECT id, username, email, password_hash, role, created_at, disabled_at IS NOT NULL FROM members WHERE "
)

# One statement, so that a name of today, one of before and none take the same time (S7). Both rows, if there
# are two, are the same member's: nobody takes a name that was somebody else's.
_OWNER = (
    "SELECT COALESCE((SELECT m.id FROM members m WHERE m.name_key = :key),"
    " (SELECT f.member_id FROM former_names f WHERE f.name_key = :key))"
)


@dataclass(frozen=True, slots=True)
class Account:
    """A member as the one who signs in. `joined_at` is in milliseconds UTC."""

    id: int
    username: str
    email: str
    password_hash: str
    role: Role
    joined_at: int
    disabled: bool


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is stored of a new member; already cleaned and checked."""

    username: str
    email: str
    email_key: str
    password_hash: str
    role: Role
    rules_accepted_at: int | None
    rules_version: int = 0


async def by_id(reader: Reader, member_id: int) -> Account | None:
    """The account with that number."""
    return _account(await reader.one(f"{_ACCOUNT}id = :id", id=member_id))


async def by_username(reader: Reader, username: str) -> Account | None:
    """The account with a name that looks the same."""
    return _account(await reader.one(f"{_ACCOUNT}name_key = :key", key=name_key(username)))


async def by_email(reader: Reader, email: str) -> Account | None:
    """The account that signs in with that address."""
    return _account(await reader.one(f"{_ACCOUNT}email_key = :key", key=email_key(email)))


async def by_login(reader: Reader, login: str) -> Account | None:
    """The account of a name, also of one that it had before, or of an e-mail address; names have no @."""
    if "@" in login:
        return await by_email(reader, login)
    return _account(await reader.one(f"{_ACCOUNT}id = ({_OWNER})", key=name_key(login)))


async def owner_of_name(reader: Reader, username: str) -> int | None:
    """The number of the member who has a name that looks the same, or had it before and so keeps it."""
    found: int | None = await reader.value(_OWNER, key=name_key(username))
    return found


async def has_left(reader: Reader, member_id: int) -> bool:
    """Whether the account is nobody's any more."""
    found = await reader.value(
        "SELECT 1 FROM members WHERE id = :id AND name_key LIKE 'left:%'", id=member_id
    )
    return found is not None


async def hold(writer: Writer, member_id: int) -> Account | None:
    """The account as it is now, kept from others until the transaction ends."""
    return _account(await writer.one(f"{_ACCOUNT}id = :id{writer.for_update}", id=member_id))


async def has_administrator(reader: Reader) -> bool:
    """Whether anybody can administer the board."""
    found = await reader.value(
        "SELECT 1 FROM members WHERE role = :role AND disabled_at IS NULL LIMIT 1", role=Role.ADMIN.value
    )
    return found is not None


async def hold_administrators(writer: Writer, and_member: int) -> frozenset[int]:
    """The numbers of all administrators; they and that member are kept from others until the end."""
    rows = await writer.all(
        "SELECT id, role, disabled_at FROM members WHERE role = :role OR id = :id ORDER BY id"
        + writer.for_update,
        role=Role.ADMIN.value,
        id=and_member,
    )
    return frozenset(row[0] for row in rows if row[1] == Role.ADMIN.value and row[2] is None)


async def add(writer: Writer, account: NewAccount, now: int) -> int:
    """The new member's number. Raises Duplicate when the name or the address key is taken."""
    rows = await writer.all(
        "INSERT INTO members (username, name_key, email, email_key, password_hash, role, created_at,"
        " rules_accepted_at, rules_version) VALUES (:username, :name_key, :email, :email_key, :password_hash,"
        " :role, :now, :rules_accepted_at, :rules_version) RETURNING id",
        username=account.username,
        name_key=name_key(account.username),
        email=account.email,
        email_key=account.email_key,
        password_hash=account.password_hash,
        role=account.role.value,
        now=now,
        rules_accepted_at=account.rules_accepted_at,
        rules_version=account.rules_version,
    )
    return int(rows[0][0])


async def set_username(writer: Writer, member_id: int, username: str) -> None:
    """Replaces the name. Raises Duplicate when somebody else has one that looks the same."""
    await writer.run(
        "UPDATE members SET username = :username, name_key = :name_key WHERE id = :id",
        id=member_id,
        username=username,
        name_key=name_key(username),
    )


async def set_password_hash(writer: Writer, member_id: int, password_hash: str) -> None:
    """Replaces the hash."""
    await writer.run(
        "UPDATE members SET password_hash = :password_hash WHERE id = :id",
        id=member_id,
        password_hash=password_hash,
    )


async def is_confirmed(reader: Reader, member_id: int) -> bool:
    """Whether the member has shown that he reads the mail of his address."""
    found = await reader.value(
        "SELECT email_confirmed_at IS NOT NULL FROM members WHERE id = :id", id=member_id
    )
    return bool(found)


async def confirm_email(writer: Writer, member_id: int, now: int) -> None:
    """The member reads the mail of his address."""
    await writer.run("UPDATE members SET email_confirmed_at = :now WHERE id = :id", id=member_id, now=now)


async def set_email(writer: Writer, member_id: int, email: str, key: str) -> None:
    """Replaces the address, and the key by which it signs in. Raises Duplicate when another has the key."""
    await writer.run(
        "UPDATE members SET email = :email, email_key = :key WHERE id = :id",
        id=member_id,
        email=email,
        key=key,
    )


async def set_role(writer: Writer, member_id: int, role: Role) -> None:
    """Replaces the role."""
    await writer.run("UPDATE members SET role = :role WHERE id = :id", id=member_id, role=role.value)


async def close(writer: Writer, member_id: int, now: int) -> None:
    """Lets nobody sign in as that member."""
    await writer.run("UPDATE members SET disabled_at = :now WHERE id = :id", id=member_id, now=now)


async def reopen(writer: Writer, member_id: int) -> None:
    """Lets that member sign in again."""
    await writer.run("UPDATE members SET disabled_at = NULL WHERE id = :id", id=member_id)


async def accept_rules(writer: Writer, member_id: int, version: int, now: int) -> None:
    """Notes that the member accepts that version of the rules; an older one than before changes nothing."""
    await writer.run(
        "UPDATE members SET rules_version = :version, rules_accepted_at = :now"
        " WHERE id = :id AND rules_version < :version",
        id=member_id,
        version=version,
        now=now,
    )


def _account(row: Row | None) -> Account | None:
    if row is None:
        return None
    return Account(row[0], row[1], row[2], row[3], Role(row[4]), row[5], disabled=bool(row[6]))
