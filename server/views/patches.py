"""What has to change on a page that follows a channel: the things its events name, as they are now.

The push, the catch-up after a break and the author's own answer all come from here. A patch is state, not a
difference, so applying it twice, late or after a reload changes nothing, and what was removed meanwhile can
only come out as `remove`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from server.domain.channels import Channel, Thing
from server.domain.events import Kind, LoggedEvent
from server.domain.models import Topic
from server.domain.viewer import Audience
from server.store import applicants, categories, merged_topics, notices, posts, profiles, topics, visibility
from server.store.database import Reader
from server.views import log_patches, pending_patches, report_patches, sanction_patches
from server.views.administration_patches import for_administrators
from server.views.canvas import Canvas, Change, Latest, Patch, Put, latest_of, put
from server.views.filters import order
from server.views.render import Renderer


async def patches(
    reader: Reader, renderer: Renderer, channel: Channel, events: Sequence[LoggedEvent]
) -> tuple[Patch, ...]:
    """One patch per thing on this channel that the events name, in the order of their last changes.

    Nothing for a channel whose thing is gone: whoever is on it is dropped.
    """
    return rendered(renderer, await reader.at_once(lambda inside: changes(inside, channel, events)))


async def changes(reader: Reader, channel: Channel, events: Sequence[LoggedEvent]) -> list[Change]:
    """What `patches` renders. A reading, for `Reader.at_once`."""
    rendering = await visibility.channel_rendering(reader, channel)
    painter = _PAINTERS.get(channel.thing)
    if rendering is None or painter is None:
        return []
    return await painter(Canvas(reader, channel, rendering), events)


def rendered(renderer: Renderer, found: Sequence[Change]) -> tuple[Patch, ...]:
    """The changes as patches."""
    return tuple(_patch(renderer, change) if isinstance(change, Put) else change for change in found)


def _patch(renderer: Renderer, put: Put) -> Patch:
    html = renderer.thing(put.template, put.thing, **put.flags)
    return Patch("put", put.target, put.thing.version, put.list, put.order, str(html))


async def _topic(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    changed = latest_of(events, Kind.POST)
    found = await posts.several(canvas.reader, list(changed), canvas.rendering)
    painted: list[Change] = []
    for post_id, seq in changed.items():
        post = found.get(post_id)
        if post is None or post.topic_id != canvas.channel.id:
            painted.append(Patch("remove", f"post-{post_id}", seq, moved=post is not None))
        else:
            place = ("posts", post.id)
            painted.append(
                put(f"post-{post_id}", "posts/_post.html", post, place, staff=canvas.rendering.staff)
            )
    if canvas.rendering.staff:
        painted += await pending_patches.in_queue(canvas, events)
    if latest_of(events, Kind.TOPIC):
        topic = await topics.find(canvas.reader, canvas.channel.id, canvas.rendering)
        if topic is not None:
            painted.append(put(f"topic-{topic.id}", "topics/_head.html", topic, staff=canvas.rendering.staff))
        elif merged := await merged_topics.find(canvas.reader, canvas.channel.id, canvas.rendering):
            painted.append(put(f"topic-{merged.id}", "topics/_merged.html", merged))
    return painted


async def _category(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    changed = latest_of(events, Kind.TOPIC)
    found = await topics.several(canvas.reader, list(changed), canvas.rendering)
    painted: list[Change] = []
    for topic_id, seq in changed.items():
        topic = found.get(topic_id)
        here = topic is not None and topic.category.id == canvas.channel.id
        painted.append(
            _topic_row(canvas, "topic-row", "topics", topic)
            if topic is not None and here
            else Patch("remove", f"topic-row-{topic_id}", seq)
        )
    # Rows on the index and on /latest come by the board's channel, except those not everyone may see.
    if canvas.rendering.staff:
        painted += await report_patches.in_queue(canvas, events)
        painted += await pending_patches.in_queue(canvas, events)
    alone = canvas.rendering.audience is not Audience.PUBLIC and not canvas.rendering.staff
    if alone:
        painted += _board_rows(canvas, changed, found)
    category = await categories.find(canvas.reader, canvas.channel.id, canvas.rendering.audience)
    if latest_of(events, Kind.CATEGORY) and category is not None:
        painted.append(put(f"category-head-{category.id}", "categories/_head.html", category))
        if alone:
            painted += await _category_rows(canvas, {category.id: category.version})
    return painted


async def _board(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    changed = latest_of(events, Kind.TOPIC)
    found = await topics.several(canvas.reader, list(changed), canvas.rendering)
    return _board_rows(canvas, changed, found) + await _category_rows(
        canvas, latest_of(events, Kind.CATEGORY)
    )


def _board_rows(canvas: Canvas, changed: Latest, found: Mapping[int, Topic]) -> list[Change]:
    painted: list[Change] = []
    for topic_id, seq in changed.items():
        topic = found.get(topic_id)
        if topic is None:
            painted += [
                Patch("remove", f"latest-{topic_id}", seq),
                Patch("remove", f"newest-{topic_id}", seq),
            ]
            continue
        painted.append(_topic_row(canvas, "latest", "latest", topic))
        painted.append(put(f"newest-{topic_id}", "topics/_newest.html", topic, ("newest", order(topic))))
    return painted


def _topic_row(canvas: Canvas, kind: str, name: str, topic: Topic) -> Put:
    place = order(topic, pinned_first=name == "topics")
    return put(
        f"{kind}-{topic.id}",
        "topics/_row.html",
        topic,
        (name, place),
        kind=kind,
        staff=canvas.rendering.staff,
    )


async def _category_rows(canvas: Canvas, changed: Latest) -> list[Change]:
    if not changed:
        return []
    audience = canvas.rendering.audience
    found = await categories.several(canvas.reader, list(changed), audience)
    latest = await topics.latest_of_each(canvas.reader, list(found), audience)
    painted: list[Change] = []
    for category_id, seq in changed.items():
        category = found.get(category_id)
        if category is None:
            painted.append(Patch("remove", f"category-{category_id}", seq))
            continue
        if category_id in latest:
            category = replace(category, latest=(latest[category_id],))
        painted.append(put(f"category-{category_id}", "categories/_row.html", category))
    return painted


async def _profile(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    changed = latest_of(events, Kind.POST)
    written = await posts.by_author(
        canvas.reader, canvas.channel.id, canvas.rendering.audience, ids=list(changed)
    )
    found = {item.id: item for item in written}
    painted: list[Change] = []
    for post_id, seq in changed.items():
        item = found.get(post_id)
        if item is None:
            painted.append(Patch("remove", f"profile-post-{post_id}", seq))
        else:
            place = ("profile-posts", post_id)
            painted.append(put(f"profile-post-{post_id}", "members/_post.html", item, place))
    if latest_of(events, Kind.MEMBER):
        profile = await profiles.find(canvas.reader, canvas.channel.id, canvas.rendering.audience)
        if profile is not None:
            painted.append(put(f"profile-{profile.id}", "members/_card.html", profile))
    if canvas.rendering.staff:
        painted += await sanction_patches.on_record(canvas, events)
    return painted


async def _moderation(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    changed = latest_of(events, Kind.MEMBER)
    waiting = await applicants.several(canvas.reader, list(changed))
    painted: list[Change] = []
    for member_id, seq in changed.items():
        target, applicant = f"applicant-{member_id}", waiting.get(member_id)
        if applicant is None:
            painted.append(Patch("remove", target, seq))
        else:
            place = ("applicants", member_id)
            painted.append(put(target, "moderation/_applicant.html", applicant, place))
    painted += await report_patches.for_staff(canvas, events)
    painted += await sanction_patches.for_staff(canvas, events)
    return painted + await log_patches.for_staff(canvas, events)


async def _member(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    changed = latest_of(events, Kind.NOTICE)
    painted = await _me(canvas, events) + await sanction_patches.for_member(canvas, events)
    painted += await pending_patches.for_author(canvas, events)
    if not changed:
        return painted
    found = await notices.several(canvas.reader, canvas.channel.id, list(changed))
    for notice_id, seq in changed.items():
        target, notice = f"notice-{notice_id}", found.get(notice_id)
        if notice is None:
            painted.append(Patch("remove", target, seq))
        else:
            painted.append(put(target, "notices/_notice.html", notice, ("notices", notice_id)))
    unread = await notices.unread(canvas.reader, canvas.channel.id)
    newest = replace(unread, version=max(changed.values()))
    painted.append(put(f"unread-{unread.id}", "notices/_unread.html", newest))
    return painted


async def _me(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """Who is signed in, at the top of his own pages."""
    if not latest_of(events, Kind.MEMBER):
        return []
    me = await profiles.find(canvas.reader, canvas.channel.id, Audience.PUBLIC)
    return [] if me is None else [put(f"me-{me.id}", "members/_me.html", me)]


_PAINTERS: dict[Thing, Callable[[Canvas, Sequence[LoggedEvent]], Awaitable[list[Change]]]] = {
    Thing.TOPIC: _topic,
    Thing.CATEGORY: _category,
    Thing.BOARD: _board,
    Thing.PROFILE: _profile,
    Thing.MEMBER: _member,
    Thing.MODERATION: _moderation,
    Thing.ADMINISTRATION: for_administrators,
}

__all__ = ["Change", "Patch", "Put", "changes", "patches", "rendered"]
