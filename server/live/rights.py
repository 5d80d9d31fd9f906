"""Who loses what by the events of the log, in the snapshot whose content is about to be sent.

A right is lost by an event in the same log as content, so it is ordered against content: sockets are
closed and channels taken away before anything that the same look found is published.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from server.domain.channels import BOARD, Channel, Thing
from server.domain.clock import now_ms
from server.domain.events import Event, Kind, LoggedEvent, channels_of
from server.domain.viewer import GUEST, Audience, Role, Viewer
from server.live.hub import Follower, Hub
from server.live.messages import Dropped, encode
from server.live.protocol import BANNED, RESYNC, SIGNED_OUT
from server.live.resuming.catch_up import MayJoin
from server.store import category_moderators, standing
from server.store.database import Reader

log = logging.getLogger(__name__)

# The role of a member today; None when the account is disabled or gone.
RoleOf = Callable[[Reader, int], Awaitable[Role | None]]

# Somebody of each audience, to ask whether a thing is still for it.
_SOMEBODY = {
    Audience.PUBLIC: GUEST,
    Audience.MEMBERS: Viewer(id=0, username="", role=Role.MEMBER),
    Audience.STAFF: Viewer(id=0, username="", role=Role.MODERATOR),
}


class Rights:
    """Applies one look's events to the sockets of a hub. Made anew for each snapshot."""

    def __init__(self, reader: Reader, hub: Hub, may_join: MayJoin, role_of: RoleOf) -> None:
        self._reader = reader
        self._hub = hub
        self._may_join = may_join
        self._role_of = role_of
        self._known: dict[tuple[Channel, Audience | Viewer], bool] = {}

    async def apply(self, events: Sequence[LoggedEvent]) -> None:
        """Closes and drops whatever the events took away."""
        channels: dict[Channel, None] = {}
        members: dict[int, None] = {}
        sessions: dict[tuple[int, int], None] = {}
        reviewed: dict[int, None] = {}
        for event in dict.fromkeys(logged.event for logged in events):
            if event.kind is Kind.SESSION and event.member_id is not None:
                sessions[event.member_id, event.object_id] = None
            elif event.kind is Kind.MEMBER:
                members[event.object_id] = None
            elif event.kind is Kind.SANCTION and event.member_id is not None:
                reviewed[event.member_id] = None
            if event.kind in (Kind.TOPIC, Kind.CATEGORY, Kind.MEMBER):
                channels.update(dict.fromkeys(await self._touched(event)))
        for member in members:  # before their sessions, so that who is banned reads that he is
            await self._review_member(member)
        for member, session_id in sessions:
            self._hub.end_member(member, SIGNED_OUT, session_id)
        for member in reviewed:
            await self._review_standing(member)
        for channel in channels:
            await self._review_channel(channel)

    async def start_over(self) -> None:
        """Events are missing: members connect again, and thereby say who they are; guests are looked at."""
        for follower in self._hub:
            if follower.viewer.is_signed_in:
                follower.end(RESYNC)
        for channel in self._hub.rooms():
            await self._review_channel(channel)

    async def _touched(self, event: Event) -> list[Channel]:
        """Followed channels whose visibility the event may have narrowed."""
        channels = [one for one in channels_of(event) if one != BOARD and self._hub.room(one) is not None]
        if event.kind is Kind.CATEGORY and event.category_id is not None:
            # The audience is the widest before or after. If it has no access now, the category was
            # narrowed, and with it topics that the event doesn't name.
            category = Channel(Thing.CATEGORY, event.category_id)
            if not await self._may_join(self._reader, _SOMEBODY[event.audience], category):
                channels += [one for one in self._hub.rooms() if one.thing is Thing.TOPIC]
        return channels

    async def _review_member(self, member: int) -> None:
        sockets = self._hub.sockets_of(member)
        if not sockets:
            return
        role = await self._role_of(self._reader, member)
        given = await category_moderators.held_by(self._reader, member)
        for follower in sockets:
            if role is None:
                follower.end(BANNED)
            elif (
                follower.viewer.left_of(role) is not follower.viewer.role
                or follower.viewer.left_of_categories(given) != follower.viewer.moderated
            ):
                follower.end(RESYNC)

    async def _review_standing(self, member: int) -> None:
        """What keeps him from writing, which his typing hints ask, is known to his sockets too."""
        sockets = self._hub.sockets_of(member)
        if not sockets:
            return
        found = await standing.of(self._reader, member, now_ms())
        for follower in sockets:
            owes = follower.viewer.standing.owes_rules
            follower.viewer = replace(follower.viewer, standing=replace(found, owes_rules=owes))

    async def _review_channel(self, channel: Channel) -> None:
        if await self._is_for_all(channel):  # which spares asking thousands of readers, one by one
            return
        room = self._hub.room(channel)
        for follower in room.followers() if room else []:
            if not await self._allowed(follower.viewer, channel):
                self._drop(follower, channel)

    async def _is_for_all(self, channel: Channel) -> bool:
        """Whether guests may follow it. Audiences are nested: what is for guests is for everyone."""
        return channel.thing is not Thing.MEMBER and await self._allowed(GUEST, channel)

    async def _allowed(self, viewer: Viewer, channel: Channel) -> bool:
        # What a category's own moderators and administrators may is asked for each of them: there are few.
        alone = channel.thing in (Thing.MEMBER, Thing.ADMINISTRATION) or bool(viewer.moderated)
        key = (channel, viewer if alone else viewer.audience)
        if key not in self._known:
            self._known[key] = await self._may_join(self._reader, viewer, channel)
        return self._known[key]

    def _drop(self, follower: Follower, channel: Channel) -> None:
        # A waiting follower finds out when it settles, and says so in the right order.
        waits = self._hub.waits(channel, follower)
        if self._hub.leave(channel, follower) and not waits:
            follower.say(encode(Dropped([str(channel)])))
