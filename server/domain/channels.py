"""Channel names of the socket: a thing and an audience, such as `topic:12` or `topic:12:staff`."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from server.domain.viewer import Audience


class Thing(StrEnum):
    """What a channel is about."""

    BOARD = "board"
    CATEGORY = "category"
    TOPIC = "topic"
    PROFILE = "profile"
    MEMBER = "member"
    MODERATION = "moderation"
    ADMINISTRATION = "administration"
    ONLINE = "online"  # which members are here; nothing of the log is told on it


# Which audience suffixes each thing knows; None stands for the plain name.
_SUFFIXES: dict[Thing, tuple[Audience | None, ...]] = {
    Thing.BOARD: (None,),
    Thing.CATEGORY: (None, Audience.STAFF),
    Thing.TOPIC: (None, Audience.STAFF),
    Thing.PROFILE: (None, Audience.MEMBERS, Audience.STAFF),
    Thing.MEMBER: (None,),
    Thing.MODERATION: (None,),
    Thing.ADMINISTRATION: (None,),
    Thing.ONLINE: (None,),
}
_WITHOUT_ID = {Thing.BOARD, Thing.MODERATION, Thing.ADMINISTRATION, Thing.ONLINE}
_NAME = re.compile(r"([a-z]+)(?::([1-9][0-9]{0,17}))?(?::(members|staff))?\Z")
MAX_NAME = 48  # characters; the longest valid name is shorter


@dataclass(frozen=True, slots=True)
class Channel:
    """One stream of changes. Everyone on it gets the same bytes.

    `id` is 0 for things there is one of. `audience` None means the plain rendering, made for
    everyone who may see the thing at all.
    """

    thing: Thing
    id: int = 0
    audience: Audience | None = None

    def __str__(self) -> str:
        name = str(self.thing) if self.thing in _WITHOUT_ID else f"{self.thing}:{self.id}"
        return name if self.audience is None else f"{name}:{self.audience.name.lower()}"

    @classmethod
    @lru_cache(maxsize=4096)  # everybody on a channel shares one object
    def parse(cls, name: str) -> "Channel | None":
        """The channel of that name, or None when no channel can have it."""
        match = _NAME.match(name) if len(name) <= MAX_NAME else None
        if match is None or match[1] not in Thing._value2member_map_:
            return None
        thing = Thing(match[1])
        audience = Audience[match[3].upper()] if match[3] else None
        if audience not in _SUFFIXES[thing] or (match[2] is None) != (thing in _WITHOUT_ID):
            return None
        return cls(thing, int(match[2] or 0), audience)


BOARD = Channel(Thing.BOARD)
MODERATION = Channel(Thing.MODERATION)
ADMINISTRATION = Channel(Thing.ADMINISTRATION)
ONLINE = Channel(Thing.ONLINE)
