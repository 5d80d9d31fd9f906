"""What changes on pages when a post begins to wait, is approved, declined or taken back."""

from collections.abc import Sequence
from dataclasses import replace

from server.domain.channels import Thing
from server.domain.events import Kind, LoggedEvent
from server.domain.permissions import sees
from server.domain.viewer import Viewer
from server.store import pending_posts
from server.store.pending_posts import PendingPost
from server.views.canvas import Canvas, Change, Patch, latest_of, put

MAX_IN_TOPIC = 20  # that wait in one topic and are shown on its page; the queue has all of them


async def in_queue(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """What waits, before those who moderate: everywhere, in one category, or in one topic, on its page."""
    changed = latest_of(events, Kind.PENDING)
    found = await pending_posts.several(canvas.reader, list(changed))
    here = canvas.channel.thing is Thing.TOPIC
    name = "pending-in-topic" if here else "pending"
    painted: list[Change] = []
    for pending_id, seq in changed.items():
        one, target = found.get(pending_id), f"{name}-{pending_id}"
        if one is None or not one.waits or not _is_here(canvas, one):
            painted.append(Patch("remove", target, seq))
        else:
            painted.append(put(target, "moderation/_pending.html", one, (name, pending_id), here=here))
    return painted


async def for_author(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """His own: on the page of all of them, and on that of the topic which they answer."""
    changed = latest_of(events, Kind.PENDING)
    found = await pending_posts.several(canvas.reader, list(changed))
    painted: list[Change] = []
    for pending_id, seq in changed.items():
        one = found.get(pending_id)
        listed, here = f"own-pending-{pending_id}", f"pending-here-{pending_id}"
        if one is not None and (one.waits or one.is_declined):
            place = ("own-pending", pending_id)
            painted.append(put(listed, "posts/_pending.html", as_author_sees(one), place, here=False))
        else:
            painted.append(Patch("remove", listed, seq))
        if one is not None and one.waits and one.topic_id:
            place = (f"pending-in-{one.topic_id}", pending_id)
            painted.append(put(here, "posts/_pending.html", as_author_sees(one), place, here=True))
        else:
            painted.append(Patch("remove", here, seq))
    return painted


def as_author_sees(pending: PendingPost) -> PendingPost:
    """Without what is for moderators, and without the name of a place that he cannot see any more."""
    author = Viewer(pending.author.id, pending.author.username, pending.author.role)
    hidden = pending.place is not None and not sees(author, pending.place.visibility)
    return replace(pending, words="", place=None if hidden else pending.place)


def _is_here(canvas: Canvas, pending: PendingPost) -> bool:
    thing = canvas.channel.thing
    if thing is Thing.CATEGORY:
        return pending.category_id == canvas.channel.id
    return thing is not Thing.TOPIC or pending.topic_id == canvas.channel.id
