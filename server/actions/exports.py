"""Taking everything along: asked for with the password, packed by a job, fetched by its owner only."""

from server.actions import mail, reauthentication, sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.domain.errors import NotFound
from server.domain.exports import TRIES, Export, State
from server.domain.letters import Letter
from server.domain.viewer import Viewer
from server.store import audit, exports
from server.store.database import Database

A_DAY = (3, 24 * 60 * 60)  # exports, by one member, in seconds


async def ask_for_export(
    db: Database, passwords: Passwords, viewer: Viewer, password: str, *, now: int, limits: Limits
) -> None:
    """Queues the viewer's export, in place of an earlier one; nothing happens while one is being packed.

    The password is asked again because a tablet may be a family's. Raises SignInRequired, Invalid
    (`current`) or TooManyRequests.
    """
    account = await reauthentication.confirm_password(db, passwords, viewer, password, now=now, limits=limits)
    member_id = account.id
    async with db.snapshot() as reader:
        found = await exports.of_member(reader, member_id)
    if found is not None and found.state is State.WAITING:
        return
    await limits.check("export", str(member_id), *A_DAY, now)
    async with db.begin() as writer:
        await exports.end_of(writer, member_id)
        await exports.add(writer, member_id, now)
        await audit.note(writer, member_id, "export_asked", "member", member_id, now=now)


async def export_to_fetch(db: Database, viewer: Viewer, export_id: int, *, now: int) -> Export:
    """The viewer's own finished export, noting that it is fetched. Raises SignInRequired or NotFound."""
    member_id = sessions.member_of(viewer)
    async with db.begin() as writer:
        found = await exports.ready(writer, export_id, member_id, now)
        if found is None:
            raise NotFound
        await audit.note(writer, member_id, "export_fetched", "member", member_id, now=now)
    return found


async def take(db: Database, *, now: int) -> Export | None:
    """The next export to be packed, for this process."""
    async with db.snapshot() as reader:
        if not await exports.any_due(reader, now):
            return None
    async with db.begin() as writer:
        return await exports.take(writer, now)


async def note_progress(db: Database, export: Export, done: int, total: int, *, now: int) -> None:
    """So many of its posts are packed."""
    async with db.begin() as writer:
        await exports.note_progress(writer, export.id, done, total, now)


async def note_ready(db: Database, export: Export, file: str, size: int, *, now: int) -> bool:
    """It can be fetched, and its member is told; False when nobody wants it any more."""
    async with db.begin() as writer:
        wanted = await exports.note_ready(writer, export.id, file, size, now)
        if wanted:
            await mail.queue(writer, Letter.EXPORT_READY, export.member_id, now=now)
    return wanted


async def note_failure(db: Database, export: Export) -> None:
    """It could not be packed: it is begun anew a few times, then its member is told on his page."""
    if export.tries >= TRIES:
        async with db.begin() as writer:
            await exports.note_failed(writer, export.id)
