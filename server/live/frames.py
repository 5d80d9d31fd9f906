"""A message on its way: its text, and its bytes as a WebSocket frame, which are made once for all readers."""

from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode


class Frame(str):
    """The text of one message, which knows its bytes on the wire: a final, unmasked frame (RFC 6455, 5.2)."""

    __slots__ = ("_wire",)
    _wire: bytes

    @property
    def wire(self) -> bytes:
        """The frame's bytes, the same object for everyone it is sent to."""
        try:
            return self._wire
        except AttributeError:
            self._wire = WebSocketFrame(Opcode.TEXT, self.encode()).serialize(mask=False)
            return self._wire
