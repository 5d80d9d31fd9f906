"""Posts as they were read, so that a page of a topic reads only those that are new to it.

A post's version is the position of the last event that named it, and an event names it whenever something
that it shows changes (`actions/news.py`): its text, its thanks, what it quotes. Its author's card is compared
too, because what changes a member names the member only. What changes names or audiences in places without
number begins an epoch, which is compared as well.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.events import Kind, LoggedEvent
from server.domain.models import Post, PostVersion, Rendering
from server.domain.viewer import Audience
from server.store import posts
from server.store.database import Reader

MAX_BYTES = 16 * 1024 * 1024  # of text, as `_Known.size` counts; most of it is the fragments' too
_BESIDE = 1_500  # bytes that a post takes beside its text
_Key = tuple[int, int, bool]  # number, audience, staff


@dataclass(frozen=True, slots=True)
class _Known:
    epoch: str
    post: Post
    version: PostVersion

    @property
    def size(self) -> int:
        quoted = sum(len(quote.text or "") for quote in self.post.quotes)
        return len(self.post.html) + quoted + _BESIDE


class KnownPosts:
    """At most `limit` bytes; posts that no page showed the longest go first.

    `in_topic` is for any thread, all else for the event loop's.
    """

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._known: OrderedDict[_Key, _Known] = OrderedDict()
        self.size = 0

    async def in_topic(
        self, reader: Reader, epoch: str, rendering: Rendering, topic_id: int, places: range
    ) -> list[Post]:
        """The topic's posts at these places, as they are now. The topic has to be one this rendering has."""
        seen = await posts.versions_in_topic(reader, topic_id, rendering, places.start, places.stop - 1)
        found = {one.id: self._find(epoch, rendering, one) for one in seen}
        new = [identity for identity, post in found.items() if post is None]
        read = await posts.several(reader, new, rendering)
        return [post for identity in found if (post := found[identity] or read.get(identity)) is not None]

    def keep(self, epoch: str, rendering: Rendering, read: Sequence[Post]) -> None:
        """Takes in the posts of a page."""
        audience, staff = int(rendering.audience), rendering.staff
        for post in read:
            key = (post.id, audience, staff)
            known = self._known.get(key)
            if known is not None and known.post is post:
                self._known.move_to_end(key)
                continue
            self._drop(key)
            known = self._known[key] = _Known(epoch, post, _version(post))
            self.size += known.size
        while self.size > self._limit:
            self._drop(next(iter(self._known)))

    def forget(self, events: Sequence[LoggedEvent] | None) -> None:
        """Drops what the events name, so that removed words do not wait in memory; None stands for all."""
        if events is None:
            self._known.clear()
            self.size = 0
            return
        for logged in events:
            if logged.event.kind is Kind.POST:
                for audience in Audience:
                    for staff in (False, True):
                        self._drop((logged.event.object_id, int(audience), staff))

    def __len__(self) -> int:
        return len(self._known)

    def _find(self, epoch: str, rendering: Rendering, seen: PostVersion) -> Post | None:
        known = self._known.get((seen.id, int(rendering.audience), rendering.staff))
        if known is None or known.version != seen or known.epoch != epoch:
            return None
        return known.post

    def _drop(self, key: _Key) -> None:
        dropped = self._known.pop(key, None)
        if dropped is not None:
            self.size -= dropped.size


def _version(post: Post) -> PostVersion:
    who = post.author
    return PostVersion(post.id, post.version, who.id, who.username, str(who.role), who.personal_text)
