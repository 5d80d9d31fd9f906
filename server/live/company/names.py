"""The members who may be named: read once each, and again when their account or their settings change.

They come from the database and not from the viewers of the sockets, because a socket lives for hours
while its member becomes invisible or gets another name.
"""

from collections.abc import Iterable

from server.domain.presence import Person
from server.store import presence
from server.store.database import Reader

MOST = 20_000  # members known; then all are read anew


class Names:
    """What is known of members who are, or lately were, online."""

    def __init__(self) -> None:
        self._known: dict[int, Person | None] = {}  # None: invisible, or not there any more
        self._outdated: set[int] | None = None  # whose changed, while names are being read
        self._begun = 0  # times that everything was forgotten

    def of(self, member_id: int) -> Person | None:
        """The member; None when he is not to be seen, or not known yet."""
        return self._known.get(member_id)

    def hide(self, member_id: int) -> bool:
        """Whether the member is known as one who is not to be seen."""
        return member_id in self._known and self._known[member_id] is None

    def know_all(self, member_ids: Iterable[int]) -> bool:
        """Whether nothing has to be read."""
        return all(member_id in self._known for member_id in member_ids)

    async def learn(self, reader: Reader, member_ids: Iterable[int]) -> None:
        """Reads who is not known. Whoever changes meanwhile stays unknown until the next time."""
        if len(self._known) > MOST:
            self._known.clear()
        wanted = [member_id for member_id in member_ids if member_id not in self._known]
        if not wanted:
            return
        begun, self._outdated = self._begun, set()
        outdated = self._outdated
        try:
            found = await presence.names(reader, wanted)
        finally:
            self._outdated = None
        for member_id in wanted if begun == self._begun else ():
            if member_id not in outdated:
                name = found.get(member_id)
                self._known[member_id] = None if name is None else Person(member_id, name)

    def forget(self, member_id: int) -> None:
        """Something about the member changed."""
        self._known.pop(member_id, None)
        if self._outdated is not None:
            self._outdated.add(member_id)

    def forget_all(self) -> None:
        """Changes may have been missed."""
        self._known.clear()
        self._begun += 1
