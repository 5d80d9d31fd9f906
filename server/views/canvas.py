"""What painters make of events: things to be put on a page, or taken off it (`patches.py`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.domain.channels import Channel
from server.domain.events import Kind, LoggedEvent
from server.domain.models import Rendering
from server.store.database import Reader
from server.views.fragments import Versioned


@dataclass(frozen=True, slots=True)
class Patch:
    """Put the element `target`, or remove it. `list`, `order` and `html` are None for removals,
    `list` and `order` also for things that stand alone. A post that is removed here and `moved` is in another
    topic, where everybody on this channel may read it."""

    op: str
    target: str
    version: int
    list: str | None = None
    order: int | None = None
    html: str | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Put:
    """What a patch is to be rendered from."""

    target: str
    template: str
    thing: Versioned
    list: str | None
    order: int | None
    flags: Mapping[str, object]


Change = Put | Patch  # removals need no rendering
Latest = dict[int, int]  # id -> position of its last change, in log order


@dataclass(frozen=True, slots=True)
class Canvas:
    """What every painter needs: where to read, for which channel."""

    reader: Reader
    channel: Channel
    rendering: Rendering


def put(
    target: str, template: str, thing: Versioned, place: tuple[str, int] | None = None, **flags: object
) -> Put:
    """The thing, rendered by that template; `place` is the list it stands in and where."""
    return Put(target, template, thing, place and place[0], place and place[1], flags)


def latest_of(events: Sequence[LoggedEvent], kind: Kind) -> Latest:
    """What of that kind changed, in the order of the last changes."""
    latest: Latest = {}
    for logged in events:
        if logged.event.kind is kind:
            latest.pop(logged.event.object_id, None)
            latest[logged.event.object_id] = logged.seq
    return latest
