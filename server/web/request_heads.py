"""uvicorn's HTTP protocol with a bound on what comes before the body.

Without one a request line or a header without end could fill the memory. A proxy bounds it too; this is for
boards without one.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 * 1024  # bytes of a request line with all headers, as h11 has it


class BoundedHeads(HttpToolsProtocol):
    """Answers 400 to a longer head, and closes."""

    _is_in_head = True
    _head = 0  # bytes that came of it
    _ended = False  # whether a head or a body ended in what came last

    def data_received(self, data: bytes) -> None:
        """Takes bytes of a head or a body."""
        self._ended = False
        super().data_received(data)
        if self._is_in_head and not self._ended and not self.transport.is_closing():
            self._head += len(data)
            if self._head > MAX_HEAD:
                self.send_400_response("The request's headers are too large.")

    def handle_websocket_upgrade(self) -> None:
        """Hands over what was read to a protocol that can `take_head`; for others it is written again."""
        protocol_class = self.ws_protocol_class
        if protocol_class is None or not hasattr(protocol_class, "take_head"):
            super().handle_websocket_upgrade()
            return
        self.connections.discard(self)
        protocol: Any = protocol_class(self.config, self.server_state, self.app_state)  # type: ignore[call-arg]  # uvicorn knows only asyncio's
        protocol.take_over(self.transport, self.server, self.client, is_secure=self.scheme == "https")
        protocol.take_head(self.scope["method"], self.url, self.scope["http_version"], self.headers)
        self.transport.set_protocol(protocol)

    def on_headers_complete(self) -> None:
        """The head ends here; what follows is not counted."""
        self._is_in_head, self._ended = False, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next head may begin; what came last was a body, however much it was."""
        self._is_in_head, self._head, self._ended = True, 0, True
        super().on_message_complete()
