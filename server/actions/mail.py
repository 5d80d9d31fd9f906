"""The board's mail: letters are queued in the transaction that is the reason for them, and made out when they
are sent, from what is so then. So nothing is sent that has no reason any more, and no dump of the database
has a link in it that opens something: its token is made a moment before it leaves (S9).
"""

from dataclasses import replace

from server.actions import answers
from server.actions.sessions import new_token, token_hash
from server.actions.waiting import waits_for
from server.domain.clock import MINUTE
from server.domain.errors import NotFound
from server.domain.events import Event, Kind
from server.domain.letters import (
    CHANGE_LASTS,
    CONFIRMATION_LASTS,
    OPTIONAL,
    RECOVERY_LASTS,
    Addressed,
    Letter,
    patience_for,
    pause_after,
)
from server.domain.unsubscribing import Subscription, unsubscribe_token
from server.domain.viewer import Audience, Viewer
from server.store import audit, category_moderators, links, mail_choices, members, notices, outbox, settings
from server.store.database import Database, Reader, Writer
from server.store.mail_choices import Recipient
from server.store.members import Account
from server.store.outbox import Waiting

# Letters with a link: its purpose, the page it leads to, and how long it works.
_LINKS = {
    Letter.CONFIRM: (links.CONFIRM, "/confirm", CONFIRMATION_LASTS),
    Letter.RECOVER: (links.RESET, "/reset", RECOVERY_LASTS),
    Letter.NEW_ADDRESS: (links.ADDRESS, "/confirm", CHANGE_LASTS),
}


async def queue(
    writer: Writer, letter: Letter, member_id: int | None = None, address: str = "", *, now: int
) -> None:
    """A letter, in the transaction that decided it: to the member, or to the address if one is given.

    Of a letter that helps somebody to sign in again the address is what was typed as the name.
    """
    await outbox.add(writer, letter, member_id, address, now)


async def queue_test(db: Database, viewer: Viewer, *, now: int) -> None:
    """A letter to the administrator who wants to see whether mail arrives."""
    async with db.begin() as writer:
        await queue(writer, Letter.TEST, viewer.id, now=now)
        await audit.note(writer, viewer.id, "mail_tested", "board", None, now=now)


async def take(db: Database, *, now: int) -> list[Waiting]:
    """The letters that are due, for this process to send."""
    async with db.snapshot() as reader:
        if not await outbox.any_due(reader, now):
            return []
    async with db.begin() as writer:
        return await outbox.take(writer, now)


async def make_out(db: Database, waiting: Waiting, *, now: int) -> Addressed | None:
    """The letter as it is to be written now; None, and it is forgotten, when its reason is gone."""
    async with db.begin() as writer:
        if waiting.letter in OPTIONAL:
            return await _by_choice(writer, waiting, now)
        account = await _account(writer, waiting)
        addressed = await _addressed(writer, waiting, account)
        if addressed is None:
            await outbox.drop(writer, waiting.id)
        elif account is not None and addressed.letter in _LINKS:
            addressed = await _with_link(writer, addressed, account, now)
    return addressed


async def note_sent(db: Database, waiting: Waiting, addressed: Addressed, *, now: int) -> None:
    """The mail server has it. Which posts it told of is kept: such a letter can't be called back (R15)."""
    async with db.begin() as writer:
        await outbox.note_sent(writer, waiting.id, now)
        if addressed.answers is not None and waiting.member_id is not None:
            for with_text in (True, False):
                told = [one.post_id for one in addressed.answers.answers if bool(one.text) is with_text]
                await outbox.note_mailed(writer, waiting.member_id, told, with_text=with_text, now=now)
        if waiting.tries or waiting.letter is Letter.TEST:  # others leave too often to be told one by one
            _tell(writer, waiting.id)


async def note_failure(db: Database, waiting: Waiting, problem: str, *, final: bool, now: int) -> None:
    """It could not be sent: it is tried again later, unless that is useless or was done for long enough."""
    async with db.begin() as writer:
        due_at = now + pause_after(waiting.tries + 1)
        if final or due_at > waiting.queued_at + patience_for(waiting.letter):
            await outbox.give_up(writer, waiting.id, problem, now)
        else:
            await outbox.put_off(writer, waiting.id, due_at, problem)
        _tell(writer, waiting.id)


async def try_again(db: Database, viewer: Viewer, letter_id: int, *, now: int) -> None:
    """An administrator wants a letter that is stuck to be sent now. Raises NotFound."""
    async with db.begin() as writer:
        if not await outbox.try_again(writer, letter_id, now):
            raise NotFound
        _tell(writer, letter_id)
        await audit.note(writer, viewer.id, "mail_tried_again", "letter", letter_id, now=now)


async def discard(db: Database, viewer: Viewer, letter_id: int, *, now: int) -> None:
    """An administrator doesn't want a letter to be sent. Raises NotFound when it is sent already."""
    async with db.begin() as writer:
        if not await outbox.drop(writer, letter_id):
            raise NotFound
        _tell(writer, letter_id)
        await audit.note(writer, viewer.id, "mail_discarded", "letter", letter_id, now=now)


async def _by_choice(writer: Writer, waiting: Waiting, now: int) -> Addressed | None:
    """A letter that one can do without: to who wants it and may get it, if there is something to tell.

    It tells things as they are now, and what the member may see of them (R15).
    """
    to = await mail_choices.recipient(writer, waiting.member_id or 0, now)
    found = await _told(writer, waiting, to) if to is not None and to.choices.wants(waiting.letter) else None
    if to is None or found is None:
        await outbox.drop(writer, waiting.id)
        return None
    own = Subscription(to.viewer.id or 0, waiting.letter)
    return replace(found, stop=f"/unsubscribe/{unsubscribe_token(await settings.form_key(writer), own)}")


async def _told(reader: Reader, waiting: Waiting, to: Recipient) -> Addressed | None:
    blank = Addressed(waiting.letter, to.email, to.viewer.username)
    if waiting.letter is Letter.NOTICES:
        count = await notices.unread_since(reader, to.viewer.id or 0, waiting.since_id or 0)
        return replace(blank, link="/notices", count=count) if count else None
    if waiting.letter is Letter.REPORTS:
        given = await category_moderators.held_by(reader, to.viewer.id or 0)
        waits = await waits_for(reader, replace(to.viewer, moderated=given))
        link = "/moderation" if waits.reports else "/moderation/approval"
        found = replace(blank, link=link, count=waits.reports, pending=waits.posts)
        return found if waits.reports or waits.posts else None
    told = await answers.told_to(reader, to, waiting.topic_id or 0, waiting.since_id or 0)
    if told is None:
        return None
    return replace(blank, link=f"/posts/{told.answers[0].post_id}", answers=told)


def _tell(writer: Writer, letter_id: int) -> None:
    """Administrators who look at the mail see that it changed."""
    writer.append(Event(Kind.LETTER, letter_id, Audience.STAFF))


async def _account(writer: Writer, waiting: Waiting) -> Account | None:
    if waiting.letter is Letter.RECOVER:
        found = await members.by_login(writer, waiting.address)
    elif waiting.letter is Letter.KNOWN:
        found = await members.by_email(writer, waiting.address)
    else:
        found = await members.by_id(writer, waiting.member_id or 0)
    closed = found is not None and found.disabled and waiting.letter is not Letter.DECLINED
    return None if closed else found


async def _addressed(writer: Writer, waiting: Waiting, account: Account | None) -> Addressed | None:
    """To whom, without a link yet."""
    if account is None:
        return None
    letter, to = waiting.letter, account.email
    if letter is Letter.CONFIRM and await members.is_confirmed(writer, account.id):
        return None
    if letter is Letter.ADDRESS_CHANGING:
        to = waiting.address
    elif letter is Letter.NEW_ADDRESS:
        to = waiting.address
        owner = await members.by_email(writer, to)  # he learns of it, and nobody else (S7)
        if owner is not None and owner.id != account.id and await members.is_confirmed(writer, owner.id):
            return Addressed(Letter.KNOWN, owner.email, owner.username)
    return Addressed(letter, to, account.username, address=account.email)


async def _with_link(writer: Writer, addressed: Addressed, account: Account, now: int) -> Addressed:
    purpose, page, lasts = _LINKS[addressed.letter]
    token = new_token()
    await links.replace_for(
        writer,
        token_hash(token),
        purpose,
        account.id,
        addressed.to,
        expires_at=now + lasts,
        now=now,
    )
    return Addressed(
        addressed.letter,
        addressed.to,
        addressed.username,
        f"{page}/{token}",
        lasts // MINUTE,
        addressed.address,
    )
