"""Another name for a member: chosen by himself now and then, or by an administrator at any time.

The name stands nowhere but in the member's row, and is joined wherever it is shown; so nothing of what he
wrote is changed, only told anew (`bylines.py`). The old name stays his: it leads to him, signs him in, and
nobody else can take it.
"""

from server.actions import bylines, mail, news, notices, pending, reauthentication, reports
from server.actions.admission import tell_member
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.actions.writers import writer_of
from server.domain.bylines import Byline
from server.domain.clock import DAY
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.letters import Letter
from server.domain.names import clean_name, name_key, name_problem
from server.domain.notices import NoticeKind
from server.domain.permissions import may_administer
from server.domain.viewer import Role, Viewer
from server.store import audit, former_names, members, settings
from server.store.database import Database, Duplicate, Reader, Writer
from server.store.members import Account

APART = 30 * DAY
"""Milliseconds from one change of one's own name to the next. Longer talks would not know who is who."""

_SAME = "This is your name already."
_SAME_OF_HIS = "This is the member's name already."
_TAKEN = "This name is taken, or looks like one that is or was somebody's. Please choose another."
_PASSWORD = "This name is your password, or too close to it. Please choose another."  # noqa: S105  # a sentence
_TOO_SOON = "You changed your name less than 30 days ago. If it can't wait, please ask an administrator."
_NOT_ADMIN = "Only administrators can give somebody else another name."
_OWN = "This is your own account. You change your own name in your settings."


async def change_name(
    db: Database,
    passwords: Passwords,
    viewer: Viewer,
    name: str,
    current: str,
    *,
    now: int,
    limits: Limits,
) -> None:
    """Gives the viewer another name. His sessions stay, and a letter tells him.

    Raises as `writer_of`, Invalid (`username`, `current`), TooManyRequests or Overloaded.
    """
    member_id = writer_of(viewer)
    account = await reauthentication.confirm_password(db, passwords, viewer, current, now=now, limits=limits)
    if name_key(name) == name_key(current):
        raise Invalid({"username": _PASSWORD})

    async def check(reader: Reader) -> None:
        changed_at = await former_names.chosen_at(reader, member_id)
        if changed_at is not None and now < changed_at + APART:
            raise Invalid({"username": _TOO_SOON})
        await _check(reader, account, name, _SAME)

    await db.read(check)  # before anything is locked
    try:
        async with db.begin() as writer:
            await bylines.tell(writer, member_id, Byline.NAME)
            held = await reauthentication.hold(writer, account)
            await check(writer)
            await _rename(writer, held, name, viewer, now)
    except Duplicate:
        raise Invalid({"username": _TAKEN}) from None


async def rename_member(db: Database, viewer: Viewer, member_id: int, name: str, *, now: int) -> None:
    """Gives somebody else another name, whenever that last changed. The board is a viewer without id.

    Raises Forbidden, NotFound or Invalid (`username`).
    """
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    if member_id == viewer.id:
        raise Forbidden(_OWN)
    try:
        async with db.begin() as writer:
            if await members.by_id(writer, member_id) is None or await members.has_left(writer, member_id):
                raise NotFound
            await bylines.tell(writer, member_id, Byline.NAME)
            held = await members.hold(writer, member_id)
            assert held is not None  # accounts are never deleted
            await _check(writer, held, name, _SAME_OF_HIS)
            await _rename(writer, held, name, viewer, now)
    except Duplicate:
        raise Invalid({"username": _TAKEN}) from None


async def _check(reader: Reader, account: Account, name: str, same: str) -> None:
    problem = name_problem(name, await settings.text(reader, "forum_name"))
    if clean_name(name) == account.username:
        problem = same
    if not problem and await members.owner_of_name(reader, name) not in (None, account.id):
        problem = _TAKEN
    if problem:
        raise Invalid({"username": problem})


async def _rename(writer: Writer, held: Account, name: str, viewer: Viewer, now: int) -> None:
    new = clean_name(name)
    await former_names.keep(writer, held.id, held.username, chosen=viewer.id == held.id, now=now)
    await members.set_username(writer, held.id, new)
    if held.role is Role.WAITING:
        tell_member(writer, held.id, held.role)
    else:
        news.tell_member(writer, held.id)
    await reports.retell_naming(writer, held.id)
    await pending.retell_of(writer, held.id)
    await mail.queue(writer, Letter.NAME_CHANGED, held.id, now=now)
    await notices.tell(
        writer,
        held.id,
        NoticeKind.RENAMED,
        object_kind="member",
        object_id=held.id,
        words=new,
        by=viewer.id,
        now=now,
    )
    act = "name_changed" if viewer.id == held.id else "rename"
    await audit.note(writer, viewer.id, act, "member", held.id, before=held.username, after=new, now=now)
