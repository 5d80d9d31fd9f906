"""Rows of the event log: what changed, never what it says.

An event names one object and the places where it is shown, so that a channel's changes can be
found by index. What is shown for it is rendered from today's rows, which is why a removed post
cannot leak out of a replay.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from server.domain.channels import ADMINISTRATION, BOARD, MODERATION, Channel, Thing
from server.domain.viewer import Audience

REMEMBERED = 1024  # events whose channels are known: everybody who follows the log asks


class Kind(StrEnum):
    """What sort of object changed."""

    POST = "post"
    TOPIC = "topic"
    CATEGORY = "category"
    MEMBER = "member"
    SESSION = "session"
    NOTICE = "notice"
    ACCOUNT = "account"  # what administrators alone see of a member, such as a new session
    INVITATION = "invitation"
    LETTER = "letter"
    REPORT = "report"
    PENDING = "pending"  # a post that waits for a moderator, and that only its author knows of
    LOG = "log"  # a line of what staff have done
    SANCTION = "sanction"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one object.

    `audience` is the widest audience that could see the object before or after the change; only
    channels of that audience or a smaller one are told. A member whom only staff could see is one who
    waits to be approved; a sanction that only staff could see is a note, of which its member never hears.
    """

    kind: Kind
    object_id: int
    audience: Audience
    topic_id: int | None = None
    category_id: int | None = None
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its position in the log (1, 2, 3, … without gaps)."""

    seq: int
    event: Event


_FOR_ITS_MEMBER = frozenset((Kind.MEMBER, Kind.SESSION, Kind.NOTICE, Kind.PENDING))
_FOR_ADMINISTRATORS = frozenset(
    (Kind.MEMBER, Kind.SESSION, Kind.ACCOUNT, Kind.SANCTION, Kind.INVITATION, Kind.LETTER, Kind.SETTINGS)
)


@lru_cache(REMEMBERED)
def channels_of(event: Event) -> tuple[Channel, ...]:
    """Every channel on which the event may have to be told."""
    channels: list[Channel] = []
    if event.kind in (Kind.POST, Kind.TOPIC) and event.topic_id is not None:
        channels += _both(Thing.TOPIC, event.topic_id)
    if event.kind in (Kind.TOPIC, Kind.CATEGORY) and event.category_id is not None:
        channels += _both(Thing.CATEGORY, event.category_id)
        if event.audience is Audience.PUBLIC:
            channels.append(BOARD)
    if event.kind in (Kind.POST, Kind.MEMBER) and event.member_id is not None:
        channels += [Channel(Thing.PROFILE, event.member_id)] if event.audience is Audience.PUBLIC else []
        channels += (
            [Channel(Thing.PROFILE, event.member_id, Audience.MEMBERS)]
            if event.audience <= Audience.MEMBERS
            else []
        )
        channels.append(Channel(Thing.PROFILE, event.member_id, Audience.STAFF))
    if event.kind in _FOR_ITS_MEMBER and event.member_id is not None:
        channels.append(Channel(Thing.MEMBER, event.member_id))
    if event.kind is Kind.SANCTION and event.member_id is not None:
        channels += [Channel(Thing.MEMBER, event.member_id)] if event.audience < Audience.STAFF else []
        channels.append(Channel(Thing.PROFILE, event.member_id, Audience.STAFF))
    return (*channels, *_of_staff(event))


def _of_staff(event: Event) -> list[Channel]:
    """Those that only moderators and administrators follow, for what concerns them as such."""
    channels: list[Channel] = []
    if event.kind is Kind.PENDING and event.topic_id is not None:
        channels.append(Channel(Thing.TOPIC, event.topic_id, Audience.STAFF))
    of_staff = event.kind is Kind.MEMBER and event.audience is Audience.STAFF
    if event.kind in (Kind.REPORT, Kind.PENDING, Kind.SANCTION, Kind.LOG) or of_staff:
        channels.append(MODERATION)
    if event.kind in _FOR_ADMINISTRATORS:
        channels.append(ADMINISTRATION)
    if event.kind in (Kind.REPORT, Kind.PENDING) and event.category_id is not None:
        channels.append(Channel(Thing.CATEGORY, event.category_id, Audience.STAFF))
    return channels


def _both(thing: Thing, identity: int) -> list[Channel]:
    return [Channel(thing, identity), Channel(thing, identity, Audience.STAFF)]
