"""Catching up, from memory where it reaches and else from the database, with the same answer.

After a restart ten thousand browsers come back within seconds, most of them to the same few channels from
about the same position. Each of them costs no query: rights and events are known, and what has to be rendered
was rendered for the first of them.
"""

import dataclasses
from collections import OrderedDict

from server.domain.channels import Channel, Thing
from server.domain.models import Position
from server.domain.viewer import Viewer
from server.live.messages import Changes
from server.live.resuming.catch_up import MAX_OBJECTS, Asked, Caught, Sources, catch_up, count_objects
from server.live.resuming.known_rights import KnownRights
from server.live.resuming.recent import Recent
from server.store.database import Database

MAX_RENDERED = 64  # answers kept
MAX_KEPT = 200_000  # characters of one answer that is kept


class Resume:
    """Answers who comes back. `reads` counts the answers that needed the database."""

    def __init__(self, db: Database, sources: Sources, recent: Recent, rights: KnownRights) -> None:
        self.reads = 0
        self._db = db
        self._sources = sources
        self._recent = recent
        self._rights = rights
        self._epoch = ""
        self._rendered: OrderedDict[tuple[Channel, int], Changes] = OrderedDict()

    def is_unchanged(self, viewer: Viewer, position: int) -> bool:
        """Whether account and session are what they were at that position, as far as the log was read.

        What comes later reaches the socket through the log. False also when it is not known.
        """
        return viewer.id is None or self._recent.since(Channel(Thing.MEMBER, viewer.id), position) == []

    def from_memory(self, viewer: Viewer, asked: Asked) -> Caught | None:
        """The answer as of the newest event that was taken in; None when the database has to be asked."""
        recent = self._recent
        if recent.epoch != self._epoch:  # positions mean something else now
            self._epoch = recent.epoch
            self._rendered.clear()
        caught = Caught(Position(recent.epoch, recent.head))
        since = recent.head if asked.position is None else asked.position
        if asked.position is not None and asked.epoch != recent.epoch:
            return None
        for channel in asked.channels:
            if not self._rights.has(viewer, channel) or not self._add(caught, channel, since):
                return None
        return caught

    def _add(self, caught: Caught, channel: Channel, since: int) -> bool:
        """Puts in what the channel missed; False when it is not known here."""
        events = self._recent.since(channel, since)
        if events is None or count_objects(events) > MAX_OBJECTS:
            return False
        caught.allowed[channel] = events[-1].seq if events else since
        if events:
            rendered = self._rendered.get((channel, since))
            if rendered is None or not events[-1].seq <= rendered.position <= self._recent.head:
                return False
            caught.changes[channel] = dataclasses.replace(rendered, position=self._recent.head)
        return True

    async def from_database(self, viewer: Viewer, asked: Asked) -> Caught:
        """The answer as of now; the next ones who ask the same get it from memory."""
        self.reads += 1
        async with self._db.snapshot() as reader:
            caught = await catch_up(reader, self._sources, viewer, asked)
        if caught.head.epoch == self._recent.epoch:
            self._remember(viewer, caught)
        return caught

    def _remember(self, viewer: Viewer, caught: Caught) -> None:
        for channel in caught.allowed:
            self._rights.remember(viewer, channel, caught.head.seq)
        for channel, changes in caught.changes.items():
            if sum(len(patch.html or "") for patch in changes.patches) <= MAX_KEPT:
                self._rendered[channel, changes.after] = changes
                self._rendered.move_to_end((channel, changes.after))
                if len(self._rendered) > MAX_RENDERED:
                    self._rendered.popitem(last=False)
