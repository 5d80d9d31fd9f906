"""A message on its way: its text, and its bytes as a WebSocket frame, made once for all readers."""

from typing import Self

from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode


class Frame(str):
    """The text of one message, which knows its bytes on the wire: a final, unmasked frame (RFC 6455, 5.2)."""

    __slots__ = ("wire",)
    wire: bytes  # the same object for everyone it is sent to

    def __new__(cls, text: str) -> Self:
        """The frame of the text."""
        frame = super().__new__(cls, text)
        frame.wire = WebSocketFrame(Opcode.TEXT, text.encode()).serialize(mask=False)
        return frame
