"""Choosing which letters one gets, in the settings or at the end of a letter."""

from dataclasses import dataclass

from server.actions.sessions import member_of, new_token, token_hash
from server.domain.clock import DAY
from server.domain.errors import NotFound
from server.domain.letters import Letter
from server.domain.mail_choices import MailChoices
from server.domain.unsubscribing import Subscription, read_token
from server.domain.viewer import Viewer
from server.store import links, mail_choices, members, settings
from server.store.database import Database, Reader, Writer

UNDO_LASTS = DAY


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """Letters of that kind have ended. `undo` is what brings them back, once, within UNDO_LASTS."""

    letter: Letter
    undo: str


async def choose_letters(db: Database, viewer: Viewer, chosen: MailChoices) -> None:
    """Sets which letters the viewer gets, those that wait already included.

    No event and no line in the audit: it is nobody else's business. Raises SignInRequired or NotFound.
    """
    member_id = member_of(viewer)
    async with db.begin() as writer:
        if await members.hold(writer, member_id) is None:
            raise NotFound
        await mail_choices.put(writer, member_id, chosen)


async def subscription_of(db: Database, token: str) -> tuple[Letter, bool]:
    """Which letters the token of an address ends, and whether they are wanted now. Raises NotFound."""
    async with db.snapshot() as reader:
        to = await _subscription(reader, token)
        return to.letter, (await mail_choices.of_member(reader, to.member_id)).wants(to.letter)


async def unsubscribe(db: Database, token: str, *, now: int) -> Unsubscribed:
    """Ends letters of one kind to one member, whoever has the letter and whoever is signed in.

    Raises NotFound for a token that is not ours, or of somebody who is gone.
    """
    undo = new_token()
    async with db.begin() as writer:
        to = await _subscription(writer, token)
        await _turn(writer, to, on=False)
        await links.replace_for(
            writer,
            token_hash(undo),
            links.SUBSCRIBE,
            to.member_id,
            to.letter.value,
            expires_at=now + UNDO_LASTS,
            now=now,
        )
    return Unsubscribed(to.letter, undo)


async def subscribe_again(db: Database, undo: str, *, now: int) -> Letter:
    """Takes an `unsubscribe` back. Raises NotFound when that was done, or is too long ago."""
    async with db.begin() as writer:
        found = await links.use_for(writer, token_hash(undo), links.SUBSCRIBE, now)
        if found is None:
            raise NotFound
        to = Subscription(found.member_id, Letter(found.about))
        await _turn(writer, to, on=True)
    return to.letter


async def _subscription(reader: Reader, token: str) -> Subscription:
    to = read_token(await settings.form_key(reader), token)
    account = await members.by_id(reader, to.member_id) if to else None
    if to is None or account is None or account.disabled:
        raise NotFound
    return to


async def _turn(writer: Writer, to: Subscription, *, on: bool) -> None:
    if await members.hold(writer, to.member_id) is None:
        raise NotFound
    chosen = await mail_choices.of_member(writer, to.member_id)
    await mail_choices.put(writer, to.member_id, chosen.turned(to.letter, on=on))
