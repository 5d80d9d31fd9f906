"""Who carries letters: a mail server, or, without one, files to look at."""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

SEND_WITHIN = 20.0  # seconds for each step of talking to the mail server
_RELAY, _SUBMISSION, _SUBMISSIONS = 25, 587, 465  # ports: for this machine's own mail; RFC 6409; RFC 8314
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)


class Undelivered(Exception):
    """The letter was not taken. `final` says that trying again is useless; the message is what was said."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Carriage(Protocol):
    """An open connection: letters are handed over one by one."""

    async def hand_over(self, message: EmailMessage) -> None:
        """Returns when it has been taken. Raises Undelivered."""


class Carrier(Protocol):
    """Somebody who takes letters."""

    def open(self) -> contextlib.AbstractAsyncContextManager[Carriage]:
        """For as many letters as there are now. Raises Undelivered when nobody can be reached."""


class MailServer:
    """`smtp://[user:password@]host[:port]`, or `smtps://` with TLS from the first byte on (RFC 8314).

    Over `smtp://` the connection is encrypted (STARTTLS, RFC 3207) when the server offers it, and must be
    before a password is sent. Certificates are checked, except this machine's own.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._port = parts.port or _usual_port(parts.scheme, signs_in=bool(parts.username))
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password or "") if parts.username else None
        self._implicit = parts.scheme == "smtps"

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Carriage]:
        """Connects, encrypts and signs in."""
        here = self._host in _LOOPBACK
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._implicit,
            start_tls=None if self._implicit or self._user is None or here else True,
            validate_certs=not here,
            timeout=SEND_WITHIN,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, ssl.SSLError, OSError) as error:
            client.close()
            raise Undelivered(_said(error)) from error
        try:
            yield _Connection(client)
        finally:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
            client.close()


class _Connection:
    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def hand_over(self, message: EmailMessage) -> None:
        """As Carriage says. A refusal of this letter leaves the connection for the next one."""
        try:
            await self._client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusals = error.recipients
            final = all(one.code >= 500 for one in refusals)
            raise Undelivered("; ".join(_said(one) for one in refusals), final=final) from error
        except aiosmtplib.SMTPResponseException as error:
            raise Undelivered(
                _said(error), final=isinstance(error, aiosmtplib.SMTPDataError) and error.code >= 500
            ) from error
        except aiosmtplib.SMTPNotSupported as error:  # an address in another script (RFC 6531)
            raise Undelivered(_said(error), final=True) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undelivered(_said(error)) from error


class MailFolder:
    """Without a mail server: readable `.eml` files, which nobody but the owner of the folder may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Carriage]:
        """Makes the folder."""
        try:
            await asyncio.to_thread(self._folder.mkdir, 0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Undelivered(error.strerror or str(error)) from error
        yield self

    async def hand_over(self, message: EmailMessage) -> None:
        """Writes the file at once or not at all."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise Undelivered(error.strerror or str(error)) from error

    def _write(self, message: EmailMessage) -> None:
        name = _UNSAFE.sub("-", str(message["Message-ID"]).strip("<>").partition("@")[0])
        half = self._folder / f".{name}.half"
        half.touch(0o600)
        half.write_bytes(message.as_bytes(policy=SMTP))
        half.replace(self._folder / f"{name}.eml")


def _usual_port(scheme: str, *, signs_in: bool) -> int:
    if scheme == "smtps":
        return _SUBMISSIONS
    return _SUBMISSION if signs_in else _RELAY


def _said(error: Exception) -> str:
    code = getattr(error, "code", None)
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    return " ".join(f"{code} {text}".split()) if code else " ".join(str(text).split())
