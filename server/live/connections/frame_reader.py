"""Frames from a browser: RFC 6455 is the `websockets` library's business, whole messages are ours."""

import contextlib
import logging
from collections.abc import Callable

from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, SERVER, Protocol

MAX_MESSAGE = 16 * 1024  # bytes; the session refuses more than 8 KB with a sentence, this cuts (1009)

MAX_SPARE = 8  # readers kept for the next connections that say something

_LOG = logging.getLogger("server.live.frames")
_LOG.setLevel(logging.WARNING)  # the library tells of every close


def frame_reader(took_frame: Callable[[], None], hear: Callable[[str | bytes], None]) -> "FrameReader":
    """A reader at the beginning of a frame: one that was given back, or a new one."""
    reader = _SPARE.pop() if _SPARE else FrameReader()
    reader.took_frame, reader.hear = took_frame, hear
    return reader


class FrameReader(Protocol):
    """The library's protocol of one open connection, which hands over whole messages in the order of frames.

    `took_frame` is called after each frame, when its answer (to a ping, to a close) is to be sent, `hear`
    with each message. What is no UTF-8 fails the connection (1007; RFC 6455, 8.1).
    """

    took_frame: Callable[[], None]
    hear: Callable[[str | bytes], None]

    def __init__(self) -> None:
        super().__init__(SERVER, state=OPEN, max_size=MAX_MESSAGE, logger=_LOG)
        self._parts: list[bytes] = []
        self._is_text = True
        self._incomplete = 0  # bytes that were not part of a complete frame yet

    @property
    def is_idle(self) -> bool:
        """Whether nothing is incomplete and no close is under way, so that a fresh one may take its place."""
        return not self._incomplete and not self._parts and self.state is OPEN

    def give_back(self) -> None:
        """Leaves an idle reader to the next connection; making one costs as much as reading a message."""
        if len(_SPARE) < MAX_SPARE:
            self.took_frame = self.hear = _nothing
            _SPARE.append(self)
        else:
            self.forget()

    def forget(self) -> None:
        """Lets go of the connection and of itself: the parser and the reader hold one another."""
        self.took_frame = self.hear = _nothing
        with contextlib.suppress(ValueError):  # it runs: the connection was lost while it heard something
            self.parser.close()

    def receive_data(self, data: bytes | bytearray) -> None:
        """Takes bytes; both callbacks happen in here."""
        self._incomplete += len(data)
        super().receive_data(data)

    def recv_frame(self, frame: Frame) -> None:
        """The library calls it with each frame."""
        self._incomplete -= _size(frame)
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None  # it may come inside a message (5.4); the library refuses that
        super().recv_frame(frame)
        self.events.clear()
        self.took_frame()
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._take_part(frame)

    def _take_part(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if frame.fin:
            payload = b"".join(self._parts)
            self._parts.clear()
            self.hear(payload.decode() if self._is_text else payload)


def _nothing(*_: object) -> None:
    """In nobody's name."""


_SPARE: list[FrameReader] = []


def _size(frame: Frame) -> int:
    """How many bytes a masked frame has on the wire when its length is written as short as possible (5.2).

    One that is written longer leaves a rest, and the reader is kept: that costs memory, nothing else.
    """
    length = len(frame.data)
    return length + (6 if length < 126 else 8 if length < 65_536 else 14)
