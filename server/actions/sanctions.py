"""Acts on members: warnings, notes, silences and bans; each takes one transaction, and can be ended.

A ban ends all of the member's sessions and his programs' tokens: the log closes their sockets and open tabs,
and nobody enters until it is over. Then he signs in again; nothing else of his account has changed.
"""

import dataclasses

from server.actions import notices, sessions
from server.actions.admission import tell_member
from server.domain import sanctions as rules
from server.domain.errors import Forbidden, NotFound
from server.domain.events import Event, Kind
from server.domain.notices import NoticeKind
from server.domain.permissions import may_sanction
from server.domain.sanctions import Draft, SanctionKind
from server.domain.times import exact
from server.domain.viewer import Audience, Viewer
from server.store import audit, members
from server.store import sanctions as rows
from server.store.database import Database, Writer
from server.store.members import Account
from server.store.sanctions import Sanction

NOT_YOURS = "You can't do this with yourself, or with somebody of your own rank or above."
_OVER = "This is over already."
_NOTICES = {
    SanctionKind.WARNING: NoticeKind.WARNED,
    SanctionKind.SILENCE: NoticeKind.SILENCED,
    SanctionKind.BAN: NoticeKind.BANNED,
}


async def impose(db: Database, viewer: Viewer, member_id: int, draft: Draft, *, now: int) -> int:
    """Warns, notes, silences or bans, as the draft says; returns the number of what was done.

    A silence or a ban takes the place of the one before. Raises Forbidden, NotFound or Invalid (`reason`,
    `private`, `lasts`).
    """
    rules.check(draft)
    async with db.begin() as writer:
        account = await hold_junior(writer, viewer, member_id)
        return await add(writer, viewer, account, draft, now=now)


async def add(writer: Writer, viewer: Viewer, account: Account, draft: Draft, *, now: int) -> int:
    """The same in a transaction that holds the member, with a draft that was checked."""
    kind, until = draft.kind, rules.until(draft, now)
    clean = dataclasses.replace(
        draft,
        reason=rules.clean(draft.reason) if kind.is_told else "",
        private=rules.clean(draft.private),
        on_profile=draft.on_profile and kind is SanctionKind.BAN,
    )
    for earlier in await rows.of_member(writer, account.id):
        if earlier.is_running and earlier.kind is kind:
            await rows.end(writer, earlier.id, by=viewer.id, now=now)
            _tell(writer, earlier.id, account.id, kind)
    sanction_id = await rows.add(writer, account.id, clean, by=viewer.id, until=until, now=now)
    _tell(writer, sanction_id, account.id, kind)
    if kind is SanctionKind.BAN:
        tell_member(writer, account.id, account.role)  # before its sessions, so that they close as banned
        await sessions.end_all(writer, account.id)
    if kind in _NOTICES:
        await notices.tell(
            writer,
            account.id,
            _NOTICES[kind],
            object_kind="sanction",
            object_id=sanction_id,
            words=clean.reason,
            by=viewer.id,
            now=now,
        )
    after = "" if not kind.lasts else "for good" if until is None else exact(until)
    warns, silences = kind is SanctionKind.WARNING, kind is SanctionKind.SILENCE
    done = "warn" if warns else "silence" if silences else "note" if kind is SanctionKind.NOTE else "ban"
    await audit.note(writer, viewer.id, done, "member", account.id, clean.reason, after=after, now=now)
    return sanction_id


async def end(db: Database, viewer: Viewer, sanction_id: int, *, now: int) -> int:
    """Ends a silence or a ban before its time, or takes a warning or a note back; returns whose it was.

    Raises Forbidden, or NotFound when there is none of that number, or it is over.
    """
    return await _end(db, viewer, sanction_id, as_before=False, now=now)


async def take_back(db: Database, viewer: Viewer, sanction_id: int, *, now: int) -> int:
    """As `end`, and the member stands as before: a silence or ban whose place this one took runs again."""
    return await _end(db, viewer, sanction_id, as_before=True, now=now)


async def _end(db: Database, viewer: Viewer, sanction_id: int, *, as_before: bool, now: int) -> int:
    async with db.begin() as writer:
        before = await rows.find(writer, sanction_id)
        if before is None:
            raise NotFound
        account = await hold_junior(writer, viewer, before.member_id)
        found = await rows.find(writer, sanction_id)
        if found is None or not found.is_open or found.read_at is not None:
            raise NotFound(_OVER)
        await end_held(writer, viewer, account, found, as_before=as_before, now=now)
    return account.id


async def end_held(
    writer: Writer, viewer: Viewer, account: Account, sanction: Sanction, *, as_before: bool, now: int
) -> None:
    """The same in a transaction that holds the member, of one that is not over."""
    sanction_id, kind = sanction.id, sanction.kind
    await rows.end(writer, sanction_id, by=viewer.id, now=now)
    earlier_id = await rows.bring_back(writer, sanction_id, now) if as_before else None
    if earlier_id is not None:
        _tell(writer, earlier_id, account.id, kind)
    _tell(writer, sanction_id, account.id, kind)
    if kind is SanctionKind.BAN:
        tell_member(writer, account.id, account.role)
    if kind.is_told and earlier_id is None:
        await notices.tell(
            writer,
            account.id,
            NoticeKind.SANCTION_ENDED,
            object_kind="sanction",
            object_id=sanction_id,
            words=kind.value,
            by=viewer.id,
            now=now,
        )
    warned, silenced = kind is SanctionKind.WARNING, kind is SanctionKind.SILENCE
    noted = kind is SanctionKind.NOTE
    done = "end_warning" if warned else "end_silence" if silenced else "end_note" if noted else "end_ban"
    after = "" if earlier_id is None else "the one before runs again"
    await audit.note(writer, viewer.id, done, "member", account.id, after=after, now=now)


async def read_warnings(db: Database, viewer: Viewer, ids: list[int], *, now: int) -> None:
    """The viewer has read these warnings of his. What is none of his changes nothing.

    Those that were on his page, so that one which came meanwhile is not taken for read. Raises
    SignInRequired.
    """
    member_id = sessions.member_of(viewer)
    async with db.begin() as writer:
        for sanction_id in await rows.read(writer, member_id, ids, now):
            _tell(writer, sanction_id, member_id, SanctionKind.WARNING)
            await audit.note(writer, member_id, "read_warning", "member", member_id, now=now)


async def end_due(db: Database, *, now: int) -> None:
    """Writes down which silences and bans are over because their time has come, so that open pages follow.

    What anybody may do does not wait for this: it compares with the clock (`store/standing.py`).
    """
    async with db.snapshot() as reader:
        more = await rows.has_due(reader, now)
    while more:
        async with db.begin() as writer:
            over = await rows.end_due(writer, now)
            for sanction_id, member_id, kind in over:
                _tell(writer, sanction_id, member_id, kind)
                await audit.tell_again(writer, kind.value, "member", member_id)
                account = await members.by_id(writer, member_id)
                if kind is SanctionKind.BAN and account is not None:
                    tell_member(writer, member_id, account.role)
        more = len(over) == rows.PRUNED_AT_ONCE


async def hold_junior(writer: Writer, viewer: Viewer, member_id: int) -> Account:
    """The member, kept from others until the transaction ends. Raises Forbidden or NotFound."""
    if not viewer.is_staff:
        raise Forbidden("Only moderators can do this.")
    account = await members.hold(writer, member_id)
    if account is None:
        raise NotFound
    if not may_sanction(viewer, account.id, account.role):
        raise Forbidden(NOT_YOURS)
    return account


def _tell(writer: Writer, sanction_id: int, member_id: int, kind: SanctionKind) -> None:
    """Staff hear of everything, the member of what he is told of."""
    if kind.is_told:
        writer.append(Event(Kind.SANCTION, sanction_id, Audience.MEMBERS, member_id=member_id))
    else:
        writer.append(Event(Kind.SANCTION, sanction_id, Audience.STAFF, member_id=member_id))
