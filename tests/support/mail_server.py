"""A real mail server in the test's own loop: it keeps what it takes, and can be made to behave badly.

async with mail_server() as post_office:
    post_office.on_recipient = lambda address: "451 4.7.1 Please come back later"
    ...
    letter = await post_office.next_letter()
"""

import asyncio
import contextlib
import email
import email.policy
import re
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest_asyncio
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from server.domain.clock import now_ms
from server.jobs.carriers import MailServer
from server.jobs.mail import MailRoom
from server.views.letters import LetterWriter
from tests.support.small_board import SmallBoard
from tests.support.waiting import check, eventually

TAKEN = "250 2.0.0 Thank you"
LINK = re.compile(r"https?://\S+/(?:confirm|reset)/[\w-]+")


@dataclass
class PostOffice:
    """What the server does, and what came to it."""

    port: int
    host: str = "127.0.0.1"
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)  # the letters as they came over the wire
    signed_in: list[bytes] = field(default_factory=list)  # passwords that were sent
    encrypted: list[bool] = field(default_factory=list)  # whether each letter came over TLS
    on_recipient: Callable[[str], str] = lambda _: "250 OK"
    on_letter: Callable[[EmailMessage], str | None] = lambda _: TAKEN  # None: breaks off
    stalls: bool = False
    seen: int = 0

    @property
    def url(self) -> str:
        """What SMTP_URL says."""
        return f"smtp://{self.host}:{self.port}"

    async def next_letter(self) -> EmailMessage:
        """The next letter that nobody has looked at, when it has come."""
        await eventually(lambda: check(len(self.letters) > self.seen))
        self.seen += 1
        return self.letters[self.seen - 1]

    async def handle_RCPT(self, *given: object) -> str:  # noqa: N802  # aiosmtpd's name
        """Decides about a recipient: aiosmtpd gives server, session, envelope, address and options."""
        envelope, address = given[2], given[3]
        assert isinstance(envelope, Envelope)
        assert isinstance(address, str)
        if self.stalls:
            await asyncio.Event().wait()
        reply = self.on_recipient(address)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Decides about a letter."""
        content = envelope.content
        assert isinstance(content, bytes)
        letter = email.message_from_bytes(content, policy=email.policy.default)
        reply = self.on_letter(letter)
        if reply is None:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 4.3.0 Bye"
        if reply.startswith("250"):
            self.letters.append(letter)
            self.raw.append(content)
            self.recipients.append(envelope.rcpt_tos)
            assert server.transport is not None
            self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return reply


@contextlib.asynccontextmanager
async def mail_server(
    *,
    on_port: int = 0,
    host: str = "127.0.0.1",
    password: bytes = b"",
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
) -> AsyncIterator[PostOffice]:
    """A server on a free port. With `password` it takes letters from who knows it only.

    With `tls` it offers STARTTLS, or, `implicit`, speaks nothing else from the first byte on (RFC 8314).
    """
    listener = socket.create_server((host, on_port))
    office = PostOffice(listener.getsockname()[1], host)

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, kind: str, data: object
    ) -> AuthResult:
        given = getattr(data, "password", b"")
        office.signed_in.append(given)
        return AuthResult(success=given == password, handled=False)

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # it says that taking passwords without TLS is unsafe: that is tried
            return SMTP(
                office,
                enable_SMTPUTF8=True,
                ident="Tests",
                tls_context=None if implicit else tls,
                authenticator=authenticate if password else None,
                auth_required=bool(password),
                auth_require_tls=False,
                loop=asyncio.get_running_loop(),
            )

    server = await asyncio.get_running_loop().create_server(
        protocol, sock=listener, ssl=tls if implicit else None
    )
    try:
        yield office
    finally:
        server.close()


@pytest_asyncio.fixture
async def office() -> AsyncIterator[PostOffice]:
    """A mail server that takes everything."""
    async with mail_server() as office:
        yield office


async def send_mail(board: SmallBoard, office: PostOffice) -> list[str]:
    """Sends what waits in the board's outbox; to whom."""
    before, writer = len(office.letters), LetterWriter(board.origin)
    room = MailRoom(board.db, MailServer(office.url), writer, "board@example.org")
    await room.deliver_due(now=now_ms())
    return sorted(letter["To"] for letter in office.letters[before:])


def text_of(letter: EmailMessage) -> str:
    """The plain text part."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(letter: EmailMessage) -> str:
    """The HTML part."""
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def link_in(letter: EmailMessage) -> str:
    """The path of the page where the reader acts; the same in both parts."""
    (text_link,) = LINK.findall(text_of(letter))
    assert set(re.findall(r'href="([^"]+/(?:confirm|reset)/[^"]+)"', html_of(letter))) == {text_link}
    return "/" + str(text_link).split("/", 3)[3]
