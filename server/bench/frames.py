"""The bytes of a websocket as a load generator needs them: written once, read with little work.

A client under measurement must cost far less than the server, so this trusts a server that other tests have
checked: of RFC 6455 it knows the handshake, whole frames, ping and close.
"""

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

MARK = re.compile(rb"mark-(\d+)")  # what a load writes into posts to know them again
SAY = "say:"  # begins what a baseline shall send to everyone
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
REMEMBERED = 16  # messages
_KEY = "ZmlyZXNpZGUgYmVuY2ghIQ=="  # 16 bytes, always the same: the answer is not looked at
_UNMASKED = bytes(4)  # a mask of zeros leaves the payload as it is
_FINAL, _MASKED = 0x80, 0x80
_CLOSED_WITHOUT_CODE = 1005  # RFC 6455, 7.1.5


@dataclass(frozen=True, slots=True)
class News:
    """What one frame of the server says.

    `kind` is the message's type, or "ping" or "close". `marks` are the numbers after `mark-` in the message.
    """

    kind: str
    channel: str = ""
    after: int = 0
    position: int = 0
    epoch: str = ""
    marks: tuple[int, ...] = ()
    retry: tuple[float, float] = (0.0, 0.0)  # seconds, of `draining`
    code: int = 0  # of "close"
    payload: bytes = b""  # of "ping"


def handshake(host: str, port: int, path: str, cookie: str) -> bytes:
    """The request of a page of the board itself that opens a socket. `cookie` may be empty."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}:{port}",
        f"Origin: http://{host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {_KEY}",
        "Sec-WebSocket-Version: 13",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def text_frame(message: object) -> bytes:
    """A browser's frame with the message as JSON."""
    return frame(TEXT, json.dumps(message, separators=(",", ":")).encode())


def frame(opcode: int, payload: bytes) -> bytes:
    """A browser's frame."""
    size = len(payload)
    if size < 126:
        head = bytes((_FINAL | opcode, _MASKED | size))
    elif size < 2**16:
        head = bytes((_FINAL | opcode, _MASKED | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((_FINAL | opcode, _MASKED | 127)) + size.to_bytes(8, "big")
    return head + _UNMASKED + payload


class Reader:
    """Reads what a server sends, and remembers it: a fan-out sends the same to thousands."""

    def __init__(self) -> None:
        self._recent: deque[tuple[bytes, News]] = deque(maxlen=REMEMBERED)

    def read(self, data: bytes) -> tuple[tuple[News, ...], bytes]:
        """The news in what came so far, and the beginning of a frame that is not complete."""
        news: list[News] = []
        begin = 0
        for opcode, start, stop in frames_in(data):
            news.append(self._known(opcode, data[start:stop]))
            begin = stop
        return tuple(news), data[begin:]

    def last(self, kind: str) -> bytes:
        """The last message of that kind that came, if it was lately; else nothing."""
        return next((payload for payload, news in reversed(self._recent) if news.kind == kind), b"")

    def _known(self, opcode: int, payload: bytes) -> News:
        if opcode != TEXT:
            return _control(opcode, payload)
        for known, news in reversed(self._recent):
            if known == payload:
                return news
        news = _news(payload)
        self._recent.append((payload, news))
        return news


def frames_in(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Opcode, start and stop of the payload of each complete frame; a server's are not masked."""
    begin, end = 0, len(data)
    while end - begin >= 2:
        size, start = data[begin + 1], begin + 2
        if size == 126:
            start += 2
            size = int.from_bytes(data[begin + 2 : start], "big")
        elif size == 127:
            start += 8
            size = int.from_bytes(data[begin + 2 : start], "big")
        if start + size > end:
            return
        yield data[begin] & 0x0F, start, start + size
        begin = start + size


def _control(opcode: int, payload: bytes) -> News:
    if opcode == PING:
        return News("ping", payload=payload)
    if opcode == CLOSE:
        return News("close", code=int.from_bytes(payload[:2], "big") or _CLOSED_WITHOUT_CODE)
    return News("")


def _news(payload: bytes) -> News:
    message = json.loads(payload)
    low, high = message.get("retry", (0.0, 0.0))
    return News(
        message["type"],
        channel=message.get("channel", ""),
        after=message.get("after", 0),
        position=message.get("position", 0),
        epoch=message.get("epoch", ""),
        marks=tuple(sorted({int(number) for number in MARK.findall(payload)})),
        retry=(float(low), float(high)),
    )
