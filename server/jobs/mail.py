"""Empties the outbox, as long as the server runs: letters are made out, written, and handed to a carrier."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr

from server.actions import mail
from server.domain.clock import now_ms
from server.domain.letters import Addressed
from server.jobs.carriers import Carriage, Carrier, Undelivered
from server.store import settings
from server.store.database import Database
from server.store.outbox import Waiting
from server.views.letters import LetterWriter, Written

EVERY = 2.0  # seconds between two looks: a letter is never later than that, whichever process queued it

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MailRoom:
    """What is needed to send a letter. `sender` is the address that letters come from."""

    db: Database
    carrier: Carrier
    writer: LetterWriter
    sender: str

    async def deliver_due(self, *, now: int) -> int:
        """Tries the letters that are due, at most as many as are taken out at once; how many those were."""
        left = await mail.take(self.db, now=now)
        if not left:
            return 0
        taken = len(left)
        async with self.db.snapshot() as reader:
            forum_name = " ".join((await settings.text(reader, "forum_name")).split())  # S13: in headers
        try:
            async with self.carrier.open() as carriage:
                while left:
                    await self._deliver(carriage, left[0], forum_name)
                    left.pop(0)
        except Undelivered as error:  # nobody is there: it is so for all that are left
            log.warning("mail cannot be sent: %s", error)
            for waiting in left:
                await mail.note_failure(self.db, waiting, str(error), final=False, now=now_ms())
        return taken

    async def _deliver(self, carriage: Carriage, waiting: Waiting, forum_name: str) -> None:
        addressed = await mail.make_out(self.db, waiting, now=now_ms())
        if addressed is None:
            return
        written = self.writer.write(addressed, forum_name)
        message = message_of(waiting, addressed, written, formataddr((forum_name, self.sender)))
        try:
            await carriage.hand_over(message)
        except Undelivered as error:
            # What the server said may name its reader: that is for the administrators' page (S25).
            log.warning("letter %d (%s) was not taken", waiting.id, waiting.letter)
            await mail.note_failure(self.db, waiting, str(error), final=error.final, now=now_ms())
        else:
            await mail.note_sent(self.db, waiting, now=now_ms())


async def deliver_mail(room: MailRoom, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Run until cancelled.

    What fails is tried again, the database's failures included: a letter is in the outbox until it was taken.
    """
    while True:
        try:
            while await room.deliver_due(now=now_ms()):
                pass
        except Exception:
            log.exception("mail could not be delivered; it is tried again")
        await pause(EVERY)


def message_of(waiting: Waiting, addressed: Addressed, written: Written, sender: str) -> EmailMessage:
    """The letter as RFC 5322 wants it. Whatever try it is, its Message-ID is the same, so that a letter which
    came twice is known as one; `Auto-Submitted` (RFC 3834) keeps holiday notices from answering it."""
    message = EmailMessage(policy=SMTP)
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message["From"] = sender
    message["To"] = addressed.to
    message["Subject"] = written.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(waiting.queued_at / 1000, UTC))
    message["Message-ID"] = f"<{waiting.queued_at}.{waiting.id}.{addressed.letter}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return message
