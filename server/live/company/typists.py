"""Who is writing where: hints of browsers, which end by themselves, with the post, or with the right to it.

A hint is believed once the topic was found to be open for its sender; that is asked when he begins, and
again after the topic changed.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from server.domain.models import TopicState
from server.domain.permissions import may_reply, may_write
from server.domain.viewer import Viewer

LASTS = 6.0  # seconds after the last hint; browsers send one every 3 s while somebody types
MOST = 50  # members writing in one topic; further ones are not noted

Clock = Callable[[], float]


@dataclass(slots=True)
class _Hint:
    viewer: Viewer
    until: float
    believed: bool = False


class Typists:
    """The members who write, by topic and in the order in which they began."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._hints: dict[int, dict[int, _Hint]] = {}

    def hint(self, topic_id: int, viewer: Viewer) -> None:
        """A member's browser says that he is writing. Guests don't write."""
        if viewer.id is None:
            return
        hints = self._hints.setdefault(topic_id, {})
        if viewer.id in hints:
            hints[viewer.id].until = self._clock() + LASTS
        elif len(hints) < MOST:
            hints[viewer.id] = _Hint(viewer, self._clock() + LASTS)

    def unchecked(self) -> list[int]:
        """Topics of which somebody has to ask whether they may be answered."""
        return [
            topic for topic, hints in self._hints.items() if not all(hint.believed for hint in hints.values())
        ]

    def check(self, topic_id: int, topic: TopicState | None) -> None:
        """Forgets who may not reply as the topic is now."""
        hints = self._hints.get(topic_id, {})
        for member_id, hint in list(hints.items()):
            hint.believed = topic is not None and may_write(hint.viewer) and may_reply(hint.viewer, topic)
            if not hint.believed:
                del hints[member_id]

    def doubt(self, topic_id: int) -> None:
        """The topic changed: it may be locked."""
        for hint in self._hints.get(topic_id, {}).values():
            hint.believed = False

    def posted(self, topic_id: int, member_id: int) -> None:
        """What was being written is there."""
        self._hints.get(topic_id, {}).pop(member_id, None)

    def topics(self) -> Iterable[int]:
        """Where somebody writes, after those whose time is over were forgotten."""
        now = self._clock()
        for topic_id, hints in list(self._hints.items()):
            for member_id in [member_id for member_id, hint in hints.items() if hint.until < now]:
                del hints[member_id]
            if not hints:
                del self._hints[topic_id]
        return tuple(self._hints)

    def writing(self, topic_id: int) -> list[int]:
        """The members who write there and may."""
        hints = self._hints.get(topic_id, {})
        return [member_id for member_id, hint in hints.items() if hint.believed]
