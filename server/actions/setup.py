"""The first administrator: made by a one-time link that only the server's console shows (S42, ASVS 6.3.2)."""

from server.actions import members as new_members
from server.actions import sessions
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.sessions import SignedIn, new_token, token_hash
from server.domain.clock import DAY
from server.domain.errors import NotFound
from server.domain.viewer import Role
from server.store import audit, links, members
from server.store.database import Database

LASTS = DAY
_OVER = (
    "This link is used or too old. Starting the server prints a new one as long as there is no administrator."
)


async def setup_link(db: Database, *, now: int) -> str | None:
    """The token of a new link, which ends the earlier ones; None when there is an administrator."""
    token = new_token()
    async with db.begin() as writer:
        if await members.has_administrator(writer):
            return None
        await links.replace(writer, token_hash(token), links.SETUP, expires_at=now + LASTS, now=now)
    return token


async def has_no_way_in(db: Database, *, now: int) -> bool:
    """Whether there is neither an administrator nor a link that could make one."""
    async with db.snapshot() as reader:
        if await members.has_administrator(reader):
            return False
        return not await links.any_open(reader, links.SETUP, now)


async def check_setup_link(db: Database, token: str, *, now: int) -> None:
    """Raises NotFound unless the link can be used."""
    async with db.snapshot() as reader:
        is_open = await links.is_open(reader, token_hash(token), links.SETUP, now)
        if not is_open or await members.has_administrator(reader):
            raise NotFound(_OVER)


async def make_first_administrator(
    db: Database, passwords: Passwords, token: str, draft: NewMember, *, device: str, now: int
) -> SignedIn:
    """The administrator, signed in; the link is used up. Raises NotFound, Invalid or Overloaded."""
    await check_setup_link(db, token, now=now)
    async with db.snapshot() as reader:
        await new_members.check(reader, draft)
    password_hash = await passwords.hash(draft.password)
    async with db.begin() as writer:
        used = await links.use(writer, token_hash(token), links.SETUP, now)
        if not used or await members.has_administrator(writer):
            raise NotFound(_OVER)
        await new_members.check_email_is_new(writer, draft.email)
        account = await new_members.insert(writer, draft, password_hash, Role.ADMIN, now=now)
        await audit.note(writer, account.id, "first_administrator", "member", account.id, now=now)
        return await sessions.start(writer, account, remember=False, device=device, now=now)
