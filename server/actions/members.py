"""Becoming a member, and becoming something else: what is asked of new accounts, and roles."""

from dataclasses import dataclass

from server.actions import bylines, notices
from server.actions.admission import tell_member, tell_queue
from server.actions.passwords import Passwords
from server.domain.bylines import Byline
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import Event, Kind
from server.domain.names import clean_name, name_problem
from server.domain.notices import NoticeKind
from server.domain.passwords import password_problem
from server.domain.permissions import may_administer
from server.domain.validation import Problems, email_key, email_problem
from server.domain.viewer import Audience, Role, Viewer
from server.store import audit, members, settings
from server.store.database import Database, Reader, Writer
from server.store.members import Account, NewAccount

_NAME_TAKEN = "This name is taken, or looks like one that is. Please choose another."
_EMAIL_TAKEN = "There is a member with this e-mail address already."
_RULES = "Please read the rules and tick that you accept them."


@dataclass(frozen=True, slots=True)
class NewMember:
    """Who wants to become a member, as typed."""

    username: str
    email: str
    password: str
    accepts_rules: bool = False


async def add_member(db: Database, passwords: Passwords, draft: NewMember, role: Role, *, now: int) -> int:
    """A member made by whoever runs the server; returns the number. Raises Invalid or Overloaded."""
    async with db.snapshot() as reader:
        await check(reader, draft)
    password_hash = await passwords.hash(draft.password)
    async with db.begin() as writer:
        await check_email_is_new(writer, draft.email)
        account = await insert(writer, draft, password_hash, role, now=now)
        await audit.note(writer, None, "add_member", "member", account.id, role.value, now=now)
    return account.id


async def change_role(db: Database, viewer: Viewer, member_id: int, role: Role, *, now: int) -> None:
    """Makes a member something else. The board itself does it as a viewer with that role and no id.

    Raises Forbidden, NotFound or Invalid (`role`).
    """
    async with db.begin() as writer:
        before = await members.by_id(writer, member_id)
        if before is not None and before.role is not role:  # posts are locked before members
            await bylines.tell(writer, member_id, Byline.ROLE)
        administrators = await members.hold_administrators(writer, and_member=member_id)
        if not may_administer(viewer) or (viewer.is_member and viewer.id not in administrators):
            raise Forbidden("Only administrators can change roles.")
        account = await members.by_id(writer, member_id)
        if account is None:
            raise NotFound
        if account.id == viewer.id:
            raise Forbidden("You can't change your own role. Please ask another administrator.")
        if role.rank < Role.MEMBER.rank:
            raise Invalid({"role": "Choose member, moderator or admin."})
        if role is not Role.ADMIN and administrators == {member_id}:
            raise Invalid({"role": "This is the only administrator. Please make another one first."})
        if role is not account.role:
            await members.set_role(writer, member_id, role)
            writer.append(Event(Kind.MEMBER, member_id, Audience.PUBLIC, member_id=member_id))
            if account.role is Role.WAITING:
                tell_queue(writer, member_id)
            change = f"{account.role.value} to {role.value}"
            await audit.note(
                writer,
                viewer.id,
                "change_role",
                "member",
                member_id,
                change,
                before=account.role.value,
                after=role.value,
                now=now,
            )
            await notices.tell(
                writer,
                member_id,
                NoticeKind.ROLE_CHANGED,
                object_kind="member",
                object_id=member_id,
                words=role.value,
                by=viewer.id,
                now=now,
            )


async def check(reader: Reader, draft: NewMember, *, rules: bool = False) -> None:
    """Raises Invalid with all that is wrong (`username`, `email`, `password`, and `rules` if they count)."""
    problems = Problems()
    forum_name = await settings.text(reader, "forum_name")
    problems.add("username", name_problem(draft.username, forum_name))
    problems.add("email", email_problem(draft.email))
    problems.add(
        "password",
        password_problem(
            draft.password,
            username=draft.username,
            email=draft.email,
            forum_name=forum_name,
        ),
    )
    problems.add("rules", _RULES if rules and not draft.accepts_rules else None)
    if not problems.of("username"):
        taken = await members.owner_of_name(reader, draft.username)
        problems.add("username", _NAME_TAKEN if taken is not None else None)
    problems.refuse()


async def check_email_is_new(reader: Reader, email: str) -> None:
    """Raises Invalid (`email`) when an account signs in with that address. Only for those who may know."""
    if await members.by_email(reader, email):
        raise Invalid({"email": _EMAIL_TAKEN})


async def insert(
    writer: Writer, draft: NewMember, password_hash: str, role: Role, key: str = "", *, now: int
) -> Account:
    """The new member, in the transaction that decided it. `key` replaces the address for signing in.

    Raises Invalid (`username`) when somebody else took the name meanwhile.
    """
    username, email = clean_name(draft.username), draft.email.strip()
    if await members.owner_of_name(writer, username) is not None:
        raise Invalid({"username": _NAME_TAKEN})
    accepted_at = now if draft.accepts_rules else None
    version = await settings.rules_version(writer) if draft.accepts_rules else 0
    new = NewAccount(username, email, key or email_key(email), password_hash, role, accepted_at, version)
    member_id = await members.add(writer, new, now)
    tell_member(writer, member_id, role)
    return Account(member_id, username, email, password_hash, role, now, disabled=False)
