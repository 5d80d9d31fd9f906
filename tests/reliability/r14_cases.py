"""R14: what RFC 6455 asks of a server once a connection is open: frames, and what must come of them.

`codes` are the close codes that the RFC allows there; 1000 means that the server goes on, and the client
closes when it has heard everything. When a connection fails, what came before may be answered or not.
"""

from dataclasses import dataclass

from server.live.connections.frame_reader import MAX_MESSAGE
from tests.reliability.r14_wire import BINARY, CLOSE, CONT, NO_CODE, PING, PONG, TEXT, close_frame, frame

GOES_ON = (1000,)
BROKEN = (1002,)
BAD_TEXT = (1007,)
TOO_BIG = (1009,)
HELLO = "Grüß Gott, κόσμε 🔥".encode()


@dataclass(frozen=True)
class Case:
    """`echoes` are the messages that come back, `pongs` the payloads of pongs."""

    section: str
    name: str
    send: tuple[bytes, ...]
    codes: tuple[int, ...] = GOES_ON
    echoes: tuple[tuple[int, bytes], ...] = ()
    pongs: tuple[bytes, ...] = ()


def echoed(section: str, name: str, payload: bytes, *send: bytes) -> Case:
    """A text that comes back."""
    return Case(section, name, send, echoes=((TEXT, payload),))


def refused(section: str, name: str, *send: bytes, codes: tuple[int, ...] = BROKEN) -> Case:
    """Something for which the server fails the connection."""
    return Case(section, name, send, codes)


def text(payload: bytes, *, fin: bool = True) -> bytes:
    return frame(TEXT, payload, fin=fin)


def more(payload: bytes = b"", *, fin: bool = True) -> bytes:
    return frame(CONT, payload, fin=fin)


MASKING = [
    refused("5.1", "a text that is not masked", frame(TEXT, b"hi", masked=False)),
    refused("5.1", "a ping that is not masked", frame(PING, b"hi", masked=False)),
    refused("5.1", "a close that is not masked", frame(CLOSE, b"\x03\xe8", masked=False)),
    echoed("5.3", "a text whose mask cuts through its characters", HELLO, text(HELLO)),
]

LENGTHS = [
    *(
        echoed("5.2", f"a text of {size} bytes", b"*" * size, text(b"*" * size))
        for size in (0, 1, 125, 126, 127, 128, 255, 256, 4096, MAX_MESSAGE)
    ),
    *(
        Case("5.6", f"a binary message of {size} bytes", (frame(BINARY, b"\xfe" * size),),
             echoes=((BINARY, b"\xfe" * size),))
        for size in (0, 1, 125, 126, 127, 128, 4096)
    ),
    refused("5.2", "a length of 2^63", bytes((0x81, 0xFF, 0x80)) + bytes(11), codes=(1002, 1009)),
    refused("5.2", "a length of 2^63 - 1", bytes((0x81, 0xFF, 0x7F)) + b"\xff" * 7 + bytes(4), codes=TOO_BIG),
    refused("7.4.1", "a text over the limit", text(b"*" * (MAX_MESSAGE + 1)), codes=TOO_BIG),
    refused("7.4.1", "only the head of a text over the limit",
            bytes((0x81, 0xFF)) + (2**20).to_bytes(8, "big"), codes=TOO_BIG),
    refused("7.4.1", "parts that are over the limit together",
            text(b"*" * MAX_MESSAGE, fin=False), more(b"*"), codes=TOO_BIG),
]  # fmt: skip

RESERVED = [
    *(
        refused("5.2", f"reserved bits {rsv:03b} in opcode {opcode}", frame(opcode, b"hi", rsv=rsv))
        for opcode, rsv in ((TEXT, 1), (TEXT, 2), (TEXT, 4), (TEXT, 7), (BINARY, 4), (PING, 1), (CLOSE, 2))
    ),
    refused("5.2", "reserved bits in a continuation", text(b"a", fin=False), frame(CONT, b"b", rsv=4)),
    *(refused("5.2", f"the reserved opcode {opcode}", frame(opcode, b"hi")) for opcode in (3, 4, 5, 6, 7)),
    *(refused("5.2", f"the reserved opcode {opcode}", frame(opcode)) for opcode in (11, 12, 13, 14, 15)),
    Case("5.2", "a reserved opcode after a text", (text(b"a"), frame(5, b"hi")), BROKEN, ((TEXT, b"a"),)),
    refused("5.2", "a reserved opcode between parts", text(b"a", fin=False), frame(3, b"hi"), more(b"b")),
]

FRAGMENTS = [
    echoed("5.4", "a text in two parts", b"Hello", text(b"Hel", fin=False), more(b"lo")),
    echoed("5.4", "a text in parts of one byte", HELLO, text(HELLO[:1], fin=False),
           *(more(HELLO[at : at + 1], fin=False) for at in range(1, len(HELLO))), more()),
    echoed("5.4", "empty parts", b"", text(b"", fin=False), more(fin=False), more()),
    echoed("5.4", "an empty part in the middle", b"ab", text(b"a", fin=False), more(fin=False), more(b"b")),
    Case("5.4", "a binary message in parts", (frame(BINARY, b"\xff", fin=False), more(b"\xfe")),
         echoes=((BINARY, b"\xff\xfe"),)),
    Case("5.4", "a ping between parts", (text(b"a", fin=False), frame(PING, b"now"), more(b"b")),
         echoes=((TEXT, b"ab"),), pongs=(b"now",)),
    Case("5.4", "pings and a pong between many parts",
         (text(b"a", fin=False), frame(PING, b"1"), more(b"b", fin=False), frame(PONG, b"0"),
          more(fin=False), frame(PING, b"2"), more(b"c")),
         echoes=((TEXT, b"abc"),), pongs=(b"1", b"2")),
    Case("5.4", "two messages in parts, one after the other",
         (text(b"a", fin=False), more(b"b"), text(b"c", fin=False), more(b"d")),
         echoes=((TEXT, b"ab"), (TEXT, b"cd"))),
    refused("5.4", "a continuation of nothing", more(b"hi")),
    refused("5.4", "an unfinished continuation of nothing", more(b"hi", fin=False)),
    Case("5.4", "a continuation after a whole text", (text(b"a"), more(b"b")), BROKEN, ((TEXT, b"a"),)),
    refused("5.4", "a text between parts", text(b"a", fin=False), text(b"b")),
    refused("5.4", "a binary message between parts", text(b"a", fin=False), frame(BINARY, b"b")),
]  # fmt: skip

CONTROL = [
    *(
        Case("5.5.2", f"a ping of {size} bytes", (frame(PING, b"\xfe" * size),), pongs=(b"\xfe" * size,))
        for size in (0, 1, 125)
    ),
    Case("5.5.2", "ten pings", tuple(frame(PING, b"%d" % at) for at in range(10)),
         pongs=tuple(b"%d" % at for at in range(10))),
    Case("5.5.3", "pongs that nobody asked for", (frame(PONG), frame(PONG, b"unasked"), text(b"still here")),
         echoes=((TEXT, b"still here"),)),
    *(
        refused("5.5", f"{name} of 126 bytes", frame(opcode, b"\x03\xe8" + b"*" * 124))
        for name, opcode in (("a ping", PING), ("a pong", PONG), ("a close", CLOSE))
    ),
    *(
        refused("5.5", f"{name} in parts", frame(opcode, b"\x03\xe8", fin=False), more(b"*"))
        for name, opcode in (("a ping", PING), ("a pong", PONG), ("a close", CLOSE))
    ),
]  # fmt: skip

CLOSES = [
    Case("7.1.5", "a close without a code", (close_frame(),), codes=(1000, NO_CODE)),
    Case("5.5.1", "a close with a reason", (close_frame(1000, HELLO),)),
    Case("5.5.1", "a close with the longest reason", (close_frame(1000, b"*" * 123),)),
    *(
        Case("7.4", f"a close with the code {code}", (close_frame(code),), codes=(code,))
        for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
    ),
    *(
        refused("7.4", f"a close with the code {code}, which nobody may send", close_frame(code))
        for code in (0, 999, 1004, NO_CODE, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)
    ),
    refused("5.5.1", "a close of one byte", frame(CLOSE, b"\x03")),
    refused("5.5.1", "a close whose reason is no UTF-8", close_frame(1000, b"\xce\xba\xe1"),
            codes=(1002, 1007)),
    Case("5.5.1", "what comes after a close", (close_frame(1000), text(b"late"), frame(PING, b"late"))),
    Case("5.5.1", "a second close", (close_frame(1000), close_frame(1001))),
    Case("5.4", "a close between parts", (text(b"a", fin=False), close_frame(1000), more(b"b"))),
]  # fmt: skip

NO_UTF8 = {
    "a byte that cannot be": b"caf\xe9",
    "a continuation byte alone": b"\x80",
    "an overlong slash": b"\xc0\xaf",
    "an overlong zero": b"\xe0\x80\x80",
    "a surrogate": b"\xed\xa0\x80",
    "a pair of surrogates": b"\xed\xa0\x80\xed\xb0\x80",
    "more than U+10FFFF": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "a character that is cut off": b"good \xf0\x9f\x94",
}

EDGES = "\x00\x7f\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff".encode()

TEXTS = [
    echoed("8.1", "the first and last code points", EDGES, text(EDGES)),
    echoed("8.1", "a character over two parts", "🔥".encode(),
           text(b"\xf0\x9f", fin=False), more(b"\x94\xa5")),
    Case("8.1", "a character over two parts and a ping",
         (text(b"\xf0\x9f", fin=False), frame(PING, b"\xff"), more(b"\x94\xa5")),
         echoes=((TEXT, "🔥".encode()),), pongs=(b"\xff",)),
    *(refused("8.1", name, text(payload), codes=BAD_TEXT) for name, payload in NO_UTF8.items()),
    *(
        refused("8.1", f"{name}, in parts", text(b"good ", fin=False), more(payload), codes=BAD_TEXT)
        for name, payload in NO_UTF8.items()
    ),
    refused("8.1", "no UTF-8, and a text after it", text(b"\xff"), text(b"fine"), codes=BAD_TEXT),
    Case("8.1", "no UTF-8, and a ping after it", (text(b"\xff"), frame(PING, b"1")), BAD_TEXT, pongs=(b"1",)),
    refused("8.1", "no UTF-8, and a close after it", text(b"\xff"), close_frame(1000), codes=BAD_TEXT),
]  # fmt: skip

CASES = [*MASKING, *LENGTHS, *RESERVED, *FRAGMENTS, *CONTROL, *CLOSES, *TEXTS]

# What uvicorn's own class does otherwise, by the code it closes with. The board runs on it under other
# commands than `fireside serve`, and no browser sends such frames.
KNOWN_OF_UVICORN = {
    "a close between parts": 1002,
    "no UTF-8, and a text after it": 1006,
    "no UTF-8, and a ping after it": 1006,
    "no UTF-8, and a close after it": 1006,
}
