"""Messages: what a browser may say, to the letter; what the server says, byte for byte."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.channels import Channel, Thing
from server.live.messages import Changes, Dropped, Error, Heartbeat, Ready, Reset, ServerMessage, encode
from server.live.protocol import (
    MAX_CHANNELS,
    MAX_MESSAGE,
    MAX_POSITION,
    ErrorCode,
    Hello,
    ProtocolError,
    Reason,
    Subscribe,
    Typing,
    Unsubscribe,
    parse,
)
from server.views.patches import Patch

HELLO = {"type": "hello", "epoch": "9f2c", "position": 4710, "channels": ["board", "topic:12"]}


def wrong(text: str) -> ProtocolError:
    with pytest.raises(ProtocolError) as raised:
        parse(text)
    return raised.value


def test_every_message_of_the_contract_is_understood() -> None:
    assert parse(json.dumps(HELLO)) == Hello(("board", "topic:12"), "9f2c", 4710)
    assert parse('{"type":"hello","channels":[]}') == Hello(())
    assert parse('{"type":"subscribe","channels":["topic:40"],"position":0}') == Subscribe(("topic:40",), 0)
    asked = parse('{"type":"subscribe","channels":["topic:40"],"epoch":"e","position":0}')
    assert asked == Subscribe(("topic:40",), 0, "e")
    assert parse('{"type":"unsubscribe","channels":["topic:12"]}') == Unsubscribe(("topic:12",))
    assert parse('{"type":"typing","channel":"topic:12"}') == Typing("topic:12")


def test_a_channel_named_twice_counts_once() -> None:
    assert parse('{"type":"unsubscribe","channels":["board","board"]}') == Unsubscribe(("board",))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"epoch": "e" * 65}, "epoch"),
        ({"epoch": None}, "epoch"),
        ({"position": -1}, "position"),
        ({"position": True}, "position"),
        ({"position": 1.0}, "position"),
        ({"position": "1"}, "position"),
        ({"position": MAX_POSITION + 1}, "position"),
        ({"channels": "board"}, "channels"),
        ({"channels": [f"topic:{n}" for n in range(1, MAX_CHANNELS + 2)]}, "channels"),
        ({"channels": ["x" * 49]}, "channels"),
        ({"channels": [""]}, "channels"),
        ({"channels": ["topic:1\n"]}, "channels"),
        ({"channels": ["töpic:1"]}, "channels"),
        ({"channels": [["board"]]}, "channels"),
        ({"colour": "red"}, "'colour'"),
        ({"__proto__": {}}, "'__proto__'"),
    ],
)
def test_the_wrong_field_is_named(change: dict[str, object], named: str) -> None:
    parse(json.dumps(HELLO))  # is fine without the change
    error = wrong(json.dumps(HELLO | change))
    assert error.code is ErrorCode.INVALID
    assert named in error.message


def test_an_unknown_type_is_unknown_and_other_types_are_invalid() -> None:
    assert wrong('{"type":"__class__"}').code is ErrorCode.UNKNOWN
    assert wrong('{"type":["hello"]}').code is ErrorCode.INVALID
    assert wrong("{}").code is ErrorCode.INVALID


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", '"hello"', "7", "{", "NaN", "[" * 8000, '{"a":' * 1000, "\ud800", "1" * 8000,
        '{"type":"hello","type":"hello","channels":[]}', '{"type":"hello","channels":[],"position":NaN}',
        '{"type":"hello","channels":[],"position":1e999}', '{"type":"hello","channels":["\\ud800"]}',
    ],
)  # fmt: skip
def test_what_is_no_message_is_invalid(text: str) -> None:
    assert wrong(text).code is ErrorCode.INVALID


def test_a_message_has_at_most_eight_kilobytes() -> None:
    padding = " " * (MAX_MESSAGE - len(json.dumps(HELLO)))
    parse(json.dumps(HELLO) + padding)
    assert "bytes" in wrong(json.dumps(HELLO) + padding + " ").message
    assert "bytes" in wrong('"' + "ö" * (MAX_MESSAGE // 2) + '"').message


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["type", "channels", "channel", "epoch", "position"]) | st.text(max_size=12)
TYPES = st.sampled_from(["hello", "subscribe", "unsubscribe", "typing"])


@given(st.dictionaries(NAMES, VALUES | TYPES, max_size=6))
def test_whatever_is_said_is_a_message_or_a_protocol_error(fields: dict[str, object]) -> None:
    text = json.dumps(fields)
    with contextlib.suppress(ProtocolError):
        assert type(parse(text)) in (Hello, Subscribe, Unsubscribe, Typing)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            Ready("9f2c", 1, [], [], 7, 1_795_000_000_000),
            '{"type":"ready","epoch":"9f2c","position":1,"heartbeat":25,"channels":[],"denied":[],"viewer":7,"now":1795000000000,"role":"guest","moderates":[]}',
        ),
        (Heartbeat(4731), '{"type":"heartbeat","position":4731}'),
        (Reset(Reason.OLD), '{"type":"reset","reason":"old"}'),
        (Dropped(["category:3"]), '{"type":"dropped","channels":["category:3"],"purge":true}'),
        (Error(ErrorCode.RATE, "Slow."), '{"type":"error","code":"rate","message":"Slow."}'),
    ],
)
def test_what_the_server_says_is_compact(message: ServerMessage, text: str) -> None:
    assert encode(message) == text


def test_changes_carry_what_applies_and_a_removal_no_content() -> None:
    patches = (
        Patch("put", "post-99", 4723, "posts", 99, "<p>ö</p>"),
        Patch("put", "topic-12", 4724, html="<header>"),
        Patch("remove", "post-97", 4725),
    )
    message = json.loads(encode(Changes(Channel(Thing.TOPIC, 12), 4700, 4725, patches)))
    assert {name: message[name] for name in ("type", "channel", "after", "position")} == {
        "type": "changes", "channel": "topic:12", "after": 4700, "position": 4725,
    }  # fmt: skip
    assert message["patches"] == [
        {
            "op": "put",
            "target": "post-99",
            "list": "posts",
            "order": 99,
            "version": 4723,
            "html": "<p>ö</p>",
        },
        {"op": "put", "target": "topic-12", "version": 4724, "html": "<header>"},
        {"op": "remove", "target": "post-97", "version": 4725},
    ]
