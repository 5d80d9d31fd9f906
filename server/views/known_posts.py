"""Posts as they were read, so that a page of a topic reads only those that are new to it.

A post's version is the position of the last event that named it, and an event names it whenever something
that it shows changes (`actions/news.py`): its text, its thanks, what it quotes. Two changes name other things
instead, so that their outcome is compared too: its author's card, and which categories are hidden, because a
quote of what stands in one is not for everybody. Other names in a post change with an epoch only.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from server.domain.events import Kind, LoggedEvent
from server.domain.models import Post, PostVersion, Rendering
from server.domain.viewer import Audience
from server.store import categories, posts
from server.store.database import Reader

MAX_BYTES = 16 * 1024 * 1024  # of text, as `_Known.size` counts; most of it is the fragments' too
_BESIDE = 1_500  # bytes that a post takes beside its text
_Key = tuple[int, int, bool]  # number, audience, staff


World = tuple[str, tuple[tuple[int, int], ...]]  # the epoch, and the hidden categories


@dataclass(frozen=True, slots=True)
class _Known:
    world: World
    post: Post
    version: PostVersion

    @property
    def size(self) -> int:
        quoted = sum(len(quote.text or "") for quote in self.post.quotes)
        return len(self.post.html) + quoted + _BESIDE


class KnownPosts:
    """At most `limit` bytes; posts that no page showed the longest go first. For readings in all threads."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._known: OrderedDict[_Key, _Known] = OrderedDict()
        self._changing = Lock()
        self.size = 0

    async def in_topic(
        self, reader: Reader, epoch: str, rendering: Rendering, topic_id: int, places: range
    ) -> list[Post]:
        """The topic's posts at these places, as they are now. The topic has to be one this rendering has."""
        world = (epoch, await categories.hidden(reader))
        seen = await posts.versions_in_topic(reader, topic_id, rendering, places.start, places.stop - 1)
        keys = {one.id: (one.id, int(rendering.audience), rendering.staff) for one in seen}
        known = {one.id: self._find(keys[one.id], world, one) for one in seen}
        unknown = [identity for identity, found in known.items() if found is None]
        read = await posts.several(reader, unknown, rendering)
        shown = []
        with self._changing:
            for identity, found in known.items():
                if found is not None:
                    shown.append(found.post)
                    self._use(keys[identity])
                elif identity in read:
                    shown.append(read[identity])
                    self._keep(keys[identity], world, read[identity])
        return shown

    def forget(self, events: Sequence[LoggedEvent] | None) -> None:
        """Drops what the events name, so that removed words do not wait in memory; None stands for all."""
        with self._changing:
            if events is None:
                self._known.clear()
                self.size = 0
            for logged in events or ():
                if logged.event.kind is Kind.POST:
                    self._forget(logged.event.object_id, logged.seq)

    def __len__(self) -> int:
        return len(self._known)

    def _find(self, key: _Key, world: World, seen: PostVersion) -> _Known | None:
        known = self._known.get(key)
        return known if known is not None and known.version == seen and known.world == world else None

    def _use(self, key: _Key) -> None:
        if key in self._known:
            self._known.move_to_end(key)

    def _keep(self, key: _Key, world: World, post: Post) -> None:
        self._drop(key)
        known = self._known[key] = _Known(world, post, _version(post))
        self.size += known.size
        while self.size > self._limit:
            self._drop(next(iter(self._known)))

    def _forget(self, post_id: int, seq: int) -> None:
        for audience in Audience:
            for staff in (False, True):
                key = (post_id, int(audience), staff)
                known = self._known.get(key)
                if known is not None and known.post.version < seq:
                    self._drop(key)

    def _drop(self, key: _Key) -> None:
        dropped = self._known.pop(key, None)
        if dropped is not None:
            self.size -= dropped.size


def _version(post: Post) -> PostVersion:
    who = post.author
    return PostVersion(
        post.id,
        post.version,
        who.id,
        who.username,
        str(who.role),
        who.personal_text,
        who.picture,
        who.moderates,
    )
