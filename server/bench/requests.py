"""HTTP as a load generator needs it: a kept-alive connection, answers with a Content-Length, little work."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

MAX_HEAD = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: `location` is where to go or empty, `cookies` are the names and values it set."""

    status: int
    location: str
    cookies: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        """The body of an answer in JSON; ValueError says what came when it was refused."""
        if self.status >= 400:
            raise ValueError(f"the server answered {self.status}: {self.body[:300].decode(errors='replace')}")
        value: dict[str, object] = json.loads(self.body)
        return value


class Connection:
    """One request after the other to a port of this machine. It is opened again when the server closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._host = f"127.0.0.1:{port}"
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes it; a request would open it again."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    async def get(self, path: str, *, cookie: str = "", accept: str = "text/html") -> Answer:
        """Reads a page."""
        return await self.send(self.request("GET", path, cookie=cookie, accept=accept))

    async def post(self, path: str, fields: Mapping[str, object], *, cookie: str = "") -> Answer:
        """Writes, as a page of the board itself does, and asks for an answer in JSON."""
        return await self.send(
            self.request("POST", path, json.dumps(fields).encode(), cookie=cookie, accept="application/json")
        )

    def request(
        self, method: str, path: str, body: bytes = b"", *, cookie: str = "", accept: str = "text/html"
    ) -> bytes:
        """The bytes of a request, for one that is sent many times."""
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self._host}",
            f"Accept: {accept}",
            *([f"Cookie: {cookie}"] if cookie else []),
        ]
        if method != "GET":
            lines += [
                f"Origin: http://{self._host}",
                "Content-Type: application/json",
                f"Content-Length: {len(body)}",
            ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    async def send(self, request: bytes) -> Answer:
        """Sends the bytes of a request and waits for the answer. Raises OSError or EOFError."""
        if self._open is not None and self._open[0].at_eof():
            self.close()  # the server waits for the next request for a few seconds only
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._port, limit=MAX_HEAD)
        reader, writer = self._open
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        length, location, cookies = 0, "", {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "location":
                location = value.strip()
            elif name.lower() == "set-cookie":
                key, _, text = value.partition(";")[0].strip().partition("=")
                cookies[key] = text
        return Answer(int(lines[0].split(" ")[1]), location, cookies, await reader.readexactly(length))
