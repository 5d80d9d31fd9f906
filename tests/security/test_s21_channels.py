"""S21: every channel for every role, with unknown and forbidden ones answered alike, and nothing leaking."""

import json
from contextlib import AbstractAsyncContextManager

from server.actions import category_moderators, moderation
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from server.store import event_log
from tests.support.sockets import Socket, member_socket
from tests.support.waiting import check, eventually
from tests.support.whole_board import WholeBoard, board

__all__ = ["board"]

ROLES = (None, "ann", "bo", "mod", "ada")
STAFF = ("mod", "ada")
ABSENT = 987_654


class Channels:
    """Names of every sort of channel, and who may follow each."""

    def __init__(self) -> None:
        self.allowed: dict[str, tuple[str | None, ...]] = {
            "board": ROLES,
            "online": ROLES[1:],
            "moderation": STAFF,
            "administration": ("ada",),
        }

    def add(self, name: str, plain: tuple[str | None, ...]) -> None:
        self.allowed[name] = plain
        self.allowed[f"{name}:staff"] = STAFF if plain or name.startswith("topic:") else ()

    def expected(self, role: str | None) -> tuple[list[str], list[str]]:
        allowed = [name for name, roles in self.allowed.items() if role in roles]
        return allowed, [name for name in self.allowed if name not in allowed]


AUDIENCES = {Audience.PUBLIC: ROLES, Audience.MEMBERS: ROLES[1:], Audience.STAFF: STAFF}


async def furnish(board: WholeBoard) -> tuple[Channels, dict[Audience, int]]:
    """A topic with a word of its own for each audience, and one that was removed."""
    channels, topics = Channels(), {}
    for audience, roles in AUDIENCES.items():
        posted = await board.topic("A topic", f"word-for-{audience.name}", by="mod", where=audience)
        topics[audience] = posted.topic_id
        channels.add(f"topic:{posted.topic_id}", roles)
        channels.add(f"category:{board.places[audience]}", roles)
    removed = await board.topic("A topic", "word-for-nobody", by="ann")
    await moderation.remove_topic(board.db, board.viewer("mod"), removed.topic_id, "spam", now=now_ms())
    channels.add(f"topic:{removed.topic_id}", ())
    for name in ("ann", "mod"):
        member = board.viewer(name).id
        channels.add(f"profile:{member}", ROLES)
        channels.allowed[f"profile:{member}:members"] = ROLES[1:]
        channels.allowed[f"member:{member}"] = (name,)
    return channels, topics


def socket_of(board: WholeBoard, name: str | None) -> AbstractAsyncContextManager[Socket]:
    return member_socket(board.base_url, cookie=board.cookie(name) if name else None)


async def test_every_channel_is_for_whom_it_is_meant(board: WholeBoard) -> None:
    channels, _ = await furnish(board)
    absent = [f"{thing}:{ABSENT}" for thing in ("topic", "category", "profile", "member")]
    never = [*absent, f"topic:{ABSENT}:staff", "topic:0", "topic", "board:1", "nonsense", "topic:1:public"]
    for role in ROLES:
        allowed, denied = channels.expected(role)
        async with socket_of(board, role) as socket:
            ready = await socket.hello([*channels.allowed, *never][:30])
            assert ready["channels"] == allowed, role
            assert ready["denied"] == [*denied, *never][: 30 - len(allowed)], role


async def test_nobody_is_sent_what_is_not_for_him_whatever_position_he_asks_from(board: WholeBoard) -> None:
    channels, _ = await furnish(board)
    async with board.db.snapshot() as reader:
        epoch = (await event_log.head(reader)).epoch
    for role in ROLES:
        async with socket_of(board, role) as socket:
            await socket.hello([*channels.allowed], epoch, 0)
            await until_quiet(board, socket)
            sent = json.dumps(socket.seen)
        for audience, roles in AUDIENCES.items():
            assert (f"word-for-{audience.name}" in sent) == (role in roles), (role, audience)
        # Staff see that something was removed, and by whom; the text is for the moderation pages.
        assert role in STAFF or "word-for-nobody" not in sent


async def until_quiet(board: WholeBoard, socket: Socket) -> None:
    """Waits for a change that comes after everything else."""
    last = await board.topic("The last one", "the end", by="ann")
    while True:
        changes = await socket.next("changes")
        if changes["channel"] == "board" and changes["position"] >= last.position:
            return


async def test_unknown_and_forbidden_channels_are_answered_alike(board: WholeBoard) -> None:
    _, topics = await furnish(board)
    names = {
        "unknown": f"topic:{ABSENT}",
        "forbidden": f"topic:{topics[Audience.MEMBERS]}",
        "staff's": f"topic:{topics[Audience.STAFF]}",
        "staff's rendering": f"topic:{topics[Audience.PUBLIC]}:staff",
        "somebody's own": f"member:{board.viewer('ann').id}",
        "no channel": "nonsense",
    }
    head = await board.db.read(event_log.head)
    hub = board.server.app.state.live.hub
    await eventually(lambda: check(hub.position == head.seq))  # which memory answers with
    answers = {}
    for what, name in names.items():
        async with socket_of(board, None) as socket:
            await socket.hello([name])
            await socket.say("subscribe", channels=[name], position=0)
            await socket.next("error")
            said = [{**message, "now": 0} for message in socket.seen]
            answers[what] = json.dumps(said).replace(name, "CHANNEL")
    assert len(set(answers.values())) == 1, answers


async def test_a_categorys_own_moderator_gets_its_staff_channels_and_no_others(board: WholeBoard) -> None:
    _, topics = await furnish(board)
    ada, public = board.viewer("ada"), board.places[Audience.PUBLIC]
    await category_moderators.appoint(board.db, ada, public, "cleo", now=now_ms())
    removed = await board.topic("A topic", "word-for-nobody", by="ann")
    await moderation.remove_topic(board.db, board.viewer("mod"), removed.topic_id, "spam", now=now_ms())
    hers = [f"topic:{one}:staff" for one in (topics[Audience.PUBLIC], removed.topic_id)]
    hers.append(f"category:{public}:staff")
    foreign = [f"topic:{topics[where]}:staff" for where in (Audience.MEMBERS, Audience.STAFF)]
    foreign += [f"category:{board.places[where]}:staff" for where in (Audience.MEMBERS, Audience.STAFF)]
    foreign += [f"topic:{topics[Audience.STAFF]}", f"category:{board.places[Audience.STAFF]}", "moderation"]
    foreign += [f"profile:{board.viewer('ann').id}:staff", f"topic:{ABSENT}:staff"]
    async with board.db.snapshot() as reader:
        epoch = (await event_log.head(reader)).epoch
    async with socket_of(board, "cleo") as socket:
        ready = await socket.hello([*hers, *foreign], epoch, 0)
        assert ready["channels"] == hers
        assert ready["denied"] == foreign
        await socket.say("subscribe", channels=["board"], position=0)
        await until_quiet(board, socket)
        sent = json.dumps(socket.seen)
    assert "word-for-PUBLIC" in sent
    for word in ("word-for-MEMBERS", "word-for-STAFF", "word-for-nobody"):
        assert word not in sent
    async with socket_of(board, "bo") as socket:  # it was for her, not for all members
        assert (await socket.hello(hers))["denied"] == hers
