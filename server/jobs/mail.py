"""Empties the outbox, as long as the server runs: letters are made out, written, and handed to a carrier."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, formataddr, parseaddr

from server.actions import answers, mail
from server.domain.clock import now_ms
from server.domain.letters import Addressed
from server.jobs.carriers import Carriage, Carrier, Undelivered
from server.store import answers as answer_letters
from server.store import settings
from server.store.database import Database
from server.store.outbox import Waiting
from server.views.letters import LetterWriter, Written

EVERY = 2.0  # seconds between two looks: a letter is never later than that, whichever process queued it

HasOpen = Callable[[int, int], bool]  # (a member's number, a topic's)

log = logging.getLogger(__name__)


class _Address(UniqueUnstructuredHeader):
    """A header that is one address. Python encodes words which are longer than a line (RFC 2047), and no mail
    program could open the address then; lines may have 998 characters (RFC 5322)."""

    def fold(self, *, policy: Policy) -> str:
        return f"List-Unsubscribe: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("List-Unsubscribe", _Address)  # type: ignore[arg-type]  # the registry adds BaseHeader
_POLICY = SMTP.clone(header_factory=_HEADERS)


def _nobody_reads(_member_id: int, _topic_id: int) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class MailRoom:
    """What is needed to send a letter. `sender` is the address that letters come from.

    `has_open` says whether a member has a topic before him here, live: then he needs no letter about it. Each
    process asks for its own people at every look, so who read an answer and left again gets none either.
    """

    db: Database
    carrier: Carrier
    writer: LetterWriter
    sender: str
    has_open: HasOpen = _nobody_reads

    async def deliver_due(self, *, now: int) -> int:
        """Tries the letters that are due, at most as many as are taken out at once; how many those were."""
        async with self.db.snapshot() as reader:
            expected = await answer_letters.waiting(reader, now)
        await answers.note_all_read(self.db, [one for one in expected if self.has_open(*one)])
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
            await mail.note_sent(self.db, waiting, addressed, now=now_ms())


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
    came twice is known as one; `Auto-Submitted` (RFC 3834) keeps holiday notices from answering it. What one
    can do without is ended by a mail program's own button (RFC 2369, RFC 8058)."""
    message = EmailMessage(policy=_POLICY)
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message["From"] = sender
    message["To"] = addressed.to
    message["Subject"] = written.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(waiting.queued_at / 1000, UTC))
    message["Message-ID"] = f"<{waiting.queued_at}.{waiting.id}.{addressed.letter}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if written.stop:
        message["Precedence"] = "bulk"  # for programs that answer by themselves and are older than RFC 3834
        message["List-Unsubscribe"] = f"<{written.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return message
