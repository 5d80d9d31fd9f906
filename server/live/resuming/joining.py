"""Putting a follower on channels without a hole: what was missed, and what is published meanwhile."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from server.domain.channels import Channel
from server.live.frames import Frame
from server.live.hub import Follower, Hub
from server.live.protocol import Hello, Subscribe, Unsubscribe
from server.live.resuming.catch_up import Asked, Caught
from server.live.state import LiveState

Parsed: TypeAlias = dict[str, Channel | None]


def parsed(command: Hello | Subscribe | Unsubscribe) -> Parsed:
    """The channels of the command by their names; None for a name that no channel can have."""
    return {name: Channel.parse(name) for name in command.channels}


def wanted(command: Hello | Subscribe, asked: Parsed, epoch: str) -> Asked:
    """What the command asks for. `epoch` is what a subscribe counts in that does not say it.

    A page that was fetched before history was lost may arrive after the socket learned of it.
    """
    channels = tuple(channel for channel in asked.values() if channel is not None)
    counted_in = (command.epoch or epoch) if isinstance(command, Subscribe) else command.epoch
    return Asked(channels, counted_in, command.position)


def join_from_memory(state: LiveState, follower: Follower, since: int, asked: Asked) -> Caught | None:
    """Joins at once where memory knows the answer; None where it doesn't, and nothing was done.

    `since`: where the log stood before the follower's account was read.
    """
    if not state.resume.is_unchanged(follower.viewer, since):
        return None
    caught = state.resume.from_memory(follower.viewer, asked)
    if caught is not None:
        for channel in caught.allowed:
            state.hub.join(channel, follower)
    return caught


async def join(
    state: LiveState,
    follower: Follower,
    since: int,
    asked: Asked,
    is_still_itself: Callable[[], Awaitable[bool]],
) -> Caught | None:
    """Waits on the channels and reads what was missed; None when the follower has to end.

    What is not allowed, or was taken away meanwhile, is left again and not in the answer.
    """
    async with state.turns:
        # Meanwhile somebody else may have asked the same.
        caught = join_from_memory(state, follower, since, asked)
        if caught is not None:
            return caught
        # Frames are held from here on, so that nothing falls between the snapshot and the first frame.
        for channel in asked.channels:
            state.hub.join(channel, follower)
        caught = await state.resume.from_database(follower.viewer, asked)
        if not await is_still_itself():
            return None
    for channel in asked.channels:
        if not state.hub.waits(channel, follower):
            caught.allowed.pop(channel, None)
            caught.changes.pop(channel, None)
        elif channel not in caught.allowed:
            state.hub.leave(channel, follower)
    return caught


def settle(hub: Hub, follower: Follower, caught: Caught) -> list[Frame]:
    """Makes the follower live; the held frames that are newer than what it has read, in order."""
    held = [
        one
        for channel, last_change in caught.allowed.items()
        for one in hub.settle(channel, follower, last_change, caught.head.seq)
    ]
    return [frame for _, frame in sorted(held, key=lambda one: one[0])]
