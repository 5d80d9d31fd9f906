"""S24: nothing is told without saying to whom. An event has an audience, a frame a channel, at every call."""

import ast
import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from server.actions import moderation, thanking
from server.domain.channels import Channel
from server.domain.clock import now_ms
from server.domain.events import Event, Kind, channels_of
from server.domain.viewer import Audience
from server.live.hub import Hub
from server.store import event_log
from server.store.database import Writer
from tests.support.rules import calls, text_of, tree, under
from tests.support.whole_board import WholeBoard

AUDIENCE = 2  # the place of an event's audience
FROM_A_THING = {"visibility"}  # read with the thing it is about, in the same transaction
BY_NAME = {audience.name for audience in Audience}
# Kinds that say nothing that not everybody may know: a profile, a session's number, the board's own texts;
# notices, which are told on their member's channel alone; reports, what waits and lines of the log, on
# moderators' (and what waits, on its author's);
# and what is told on administrators' alone.
PUBLIC_ANYWAY = {
    *("MEMBER", "SESSION", "SETTINGS", "NOTICE", "REPORT", "PENDING", "LOG", "SANCTION"),
    *("ACCOUNT", "INVITATION", "LETTER"),
}
OF_THE_LOG = "server/store/event_log.py"  # reads events that were told before


def sources() -> Iterator[tuple[PurePosixPath, str]]:
    for path in tree():
        if path.suffix == ".py" and under(path, "server"):
            yield path, text_of(path)


def audience_of(call: ast.Call) -> ast.expr | None:
    """What an `Event(...)` names as its audience."""
    if len(call.args) > AUDIENCE:
        return call.args[AUDIENCE]
    return next((keyword.value for keyword in call.keywords if keyword.arg == "audience"), None)


def is_honest(call: ast.Call) -> bool:
    """Whether the audience is the thing's own, or named for a kind that hides nothing."""
    audience = audience_of(call)
    if not isinstance(audience, ast.Attribute):
        return False
    if audience.attr in FROM_A_THING:
        return True
    kind = call.args[0]
    named = audience.attr in BY_NAME and isinstance(audience.value, ast.Name)
    return named and isinstance(kind, ast.Attribute) and kind.attr in PUBLIC_ANYWAY


@pytest.mark.parametrize(
    ("line", "honest"),
    [
        ("Event(Kind.POST, 7, topic.visibility, 3)", True),
        ("Event(Kind.MEMBER, 7, Audience.PUBLIC, member_id=7)", True),
        ("Event(Kind.POST, 7, Audience.PUBLIC, 3)", False),
        ("Event(Kind.TOPIC, 7)", False),
        ("Event(Kind.TOPIC, 7, 0)", False),
    ],
)
def test_the_check_knows_good_from_bad(line: str, honest: bool) -> None:
    call = ast.parse(line).body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    assert is_honest(call.value) == honest


def test_every_event_takes_its_audience_from_what_it_is_about() -> None:
    found = [
        (f"{path}:{call.lineno}", call)
        for path, source in sources()
        if str(path) != OF_THE_LOG
        for call, name in calls(source)
        if name == "Event"
    ]
    assert len(found) >= 9  # the premise: these are the calls
    # The first start's own category and topic are made for everyone, in the same function.
    dishonest = [where for where, call in found if not is_honest(call)]
    assert [where for where in dishonest if not where.startswith("server/actions/first_start.py")] == []


def test_an_event_without_audience_and_a_frame_without_channel_cannot_be_written() -> None:
    required = {field.name for field in dataclasses.fields(Event) if field.default is dataclasses.MISSING}
    assert "audience" in required
    assert Event.__annotations__["audience"] is Audience
    publish = inspect.signature(Hub.publish).parameters
    assert publish["channel"].annotation is Channel
    assert publish["channel"].default is inspect.Parameter.empty
    assert inspect.signature(Writer.append).parameters["event"].annotation in (Event, "Event")
    with pytest.raises(TypeError):
        Event(Kind.POST, 7)  # type: ignore[call-arg]  # that is the point


def test_only_the_relay_publishes_and_only_the_session_answers() -> None:
    """A second way out to sockets would be one that asks nobody."""
    publishing = {
        str(path) for path, source in sources() for _, name in calls(source) if name.endswith("hub.publish")
    }
    assert publishing == {"server/live/relay.py"}
    hinting = {
        str(path) for path, source in sources() for _, name in calls(source) if name.endswith("hub.hint")
    }
    assert hinting == {"server/live/company/telling.py"}  # which writes no name into what is for guests
    pushing = {
        str(path)
        for path, source in sources()
        for _, name in calls(source)
        if name.endswith(".push") and not under(path, "server/domain")  # the Markdown parser's
    }
    assert pushing <= {f"server/live/{name}.py" for name in ("relay", "hub", "session", "rights")}


@pytest.mark.parametrize("where", Audience, ids=lambda audience: audience.name)
async def test_an_events_audience_is_its_categorys(board: WholeBoard, where: Audience) -> None:
    topic = await board.topic("Sleep", "How?", by="mod", where=where)
    reply = await board.reply(topic.topic_id, f"[quote={topic.post_id}]\n\nSo.", by="ada")
    ada, now = board.viewer("ada"), now_ms()
    await thanking.thank(board.db, ada, topic.post_id, now=now)
    await moderation.set_locked(board.db, ada, topic.topic_id, locked=True, now=now)
    await moderation.remove_post(board.db, ada, reply.post_id, "", now=now)
    await moderation.remove_topic(board.db, ada, topic.topic_id, "", now=now)
    await moderation.restore_topic(board.db, ada, topic.topic_id, now=now)
    async with board.db.snapshot() as reader:
        logged = await event_log.since(reader, topic.after, 1000)
    about = [one.event for one in logged if one.event.kind in (Kind.POST, Kind.TOPIC, Kind.CATEGORY)]
    assert {event.kind for event in about} == {Kind.POST, Kind.TOPIC, Kind.CATEGORY}
    assert {event.audience for event in about} == {where}
    told = {str(channel) for event in about for channel in channels_of(event)}
    assert ("board" in told) == (where is Audience.PUBLIC)
    profile = f"profile:{board.viewer('mod').id}"
    assert (profile in told) == (where is Audience.PUBLIC)
    assert (f"{profile}:members" in told) == (where is not Audience.STAFF)
    profiles_changed = [one for one in logged if one.event.kind is Kind.MEMBER]
    assert bool(profiles_changed) == (where is Audience.PUBLIC) or where is not Audience.PUBLIC
