"""What each page shows a viewer: loaded through visibility, with the log position it is true for.

A page is rendered for its channel's audience, not for the person: everyone but staff sees the same bytes
of a topic. Everything of a page is read in one snapshot, so position and content belong together.
"""

import dataclasses

from server.domain.channels import BOARD, Channel, Thing
from server.domain.errors import NotFound
from server.domain.models import Profile, Rendering, Section, Topic
from server.domain.names import name_key
from server.domain.viewer import Audience, Viewer
from server.store import (
    categories,
    event_log,
    pending_posts,
    posts,
    profiles,
    topic_writes,
    topics,
    visibility,
)
from server.store.database import Reader
from server.store.pending_posts import PendingPost
from server.views.addresses import category_url, topic_url
from server.views.known_posts import KnownPosts
from server.views.page_models import (
    NEWEST_TOPICS,
    POSTS_A_PAGE,
    PROFILE_POSTS,
    TOPICS_A_PAGE,
    CategoryPage,
    IndexPage,
    LatestPage,
    LiveRoot,
    Pager,
    ProfilePage,
    TopicPage,
)
from server.views.pending_patches import MAX_IN_TOPIC, as_author_sees

NO_MEMBER = "There is no member of that name."


async def index(reader: Reader, viewer: Viewer) -> IndexPage:
    """The board's front page."""
    live = await _live_root(reader, *await _board_channels(reader, viewer))
    found = await categories.by_section(reader, viewer.audience)
    ids = [category.id for _, _, members in found for category in members]
    latest = await topics.latest_of_each(reader, ids, viewer.audience)
    sections = tuple(
        Section(
            section_id,
            name,
            tuple(
                dataclasses.replace(category, latest=(latest[category.id],))
                if category.id in latest
                else category
                for category in members
            ),
        )
        for section_id, name, members in found
    )
    newest = await topics.latest(reader, viewer.audience, limit=NEWEST_TOPICS)
    return IndexPage(sections, tuple(newest), live)


async def category(reader: Reader, viewer: Viewer, category_id: int, page: int) -> CategoryPage:
    """A category's topics. Raises NotFound."""
    found = await categories.find(reader, category_id, viewer.audience)
    if found is None:
        raise NotFound
    rendering = visibility.rendering(viewer, category_id, found.visibility)
    live = await _live_root(reader, _channel(Thing.CATEGORY, category_id, rendering))
    total = await topics.count_in_category(reader, category_id) if rendering.staff else found.topics
    pager = _pager(page, total, TOPICS_A_PAGE, category_url(found))
    rows = await topics.in_category(
        reader, category_id, rendering, limit=TOPICS_A_PAGE, offset=(pager.page - 1) * TOPICS_A_PAGE
    )
    return CategoryPage(found, tuple(rows), pager, rendering.staff, live)


async def topic(
    reader: Reader, viewer: Viewer, topic_id: int, page: int, known: KnownPosts | None = None
) -> TopicPage:
    """A page of a topic; the posts that are known as they are now are not read again. Raises NotFound."""
    found = await topics.find(reader, topic_id, Rendering(viewer.audience, staff=viewer.is_moderating))
    if found is None or (found.removal and not viewer.moderates(found.category.id)):
        raise NotFound
    rendering = visibility.rendering(viewer, found.category.id, found.category.visibility)
    live = await _live_root(reader, _channel(Thing.TOPIC, topic_id, rendering))
    pager = _pager(page, found.places, POSTS_A_PAGE, topic_url(found))
    pager = dataclasses.replace(pager, total=found.replies + 1)
    first = (pager.page - 1) * POSTS_A_PAGE + 1
    known = KnownPosts() if known is None else known
    places = range(first, first + POSTS_A_PAGE)
    shown = await known.in_topic(reader, live.epoch, rendering, topic_id, places)
    last = await _replied_at(reader, viewer, found)
    waiting = await _pending_in(reader, viewer, found)
    return TopicPage(found, tuple(shown), pager, rendering.staff, live, last, waiting)


async def latest(reader: Reader, viewer: Viewer, page: int) -> LatestPage:
    """Topics with the newest activity, of everything the viewer may see."""
    live = await _live_root(reader, *await _board_channels(reader, viewer))
    total = await categories.topics_in(reader, viewer.audience)
    pager = _pager(page, total, TOPICS_A_PAGE, "/latest")
    rows = await topics.latest(
        reader, viewer.audience, limit=TOPICS_A_PAGE, offset=(pager.page - 1) * TOPICS_A_PAGE
    )
    return LatestPage(tuple(rows), pager, live)


async def profile(reader: Reader, viewer: Viewer, username: str) -> ProfilePage:
    """A member and the newest posts this viewer may see. Raises NotFound."""
    found = await member(reader, viewer, username)
    audience = viewer.audience if viewer.audience is not Audience.PUBLIC else None
    live = await _live_root(reader, Channel(Thing.PROFILE, found.id, audience))
    written = await posts.by_author(reader, found.id, viewer.audience, limit=PROFILE_POSTS)
    return ProfilePage(found, tuple(written), live)


async def member(reader: Reader, viewer: Viewer, username: str) -> Profile:
    """A member, as this viewer may see him. Raises NotFound."""
    found = await profiles.named(reader, name_key(username), viewer.audience)
    if found is None:
        raise NotFound(NO_MEMBER)
    return found


def page_of_place(place: int) -> int:
    """The page of its topic that a place stands on."""
    return (place - 1) // POSTS_A_PAGE + 1


async def _replied_at(reader: Reader, viewer: Viewer, topic: Topic) -> int | None:
    if viewer.id is None or viewer.moderates(topic.category.id) or not topic.slow_minutes:
        return None
    return await topic_writes.last_reply_of(reader, topic.id, viewer.id)


async def _pending_in(reader: Reader, viewer: Viewer, topic: Topic) -> tuple[PendingPost, ...]:
    if viewer.id is None or not viewer.is_member:
        return ()
    if viewer.moderates(topic.category.id):
        return tuple(await pending_posts.in_topic(reader, topic.id, MAX_IN_TOPIC))
    own = await pending_posts.own_in_topic(reader, topic.id, viewer.id)
    return tuple(as_author_sees(one) for one in own)


async def _board_channels(reader: Reader, viewer: Viewer) -> list[Channel]:
    if viewer.audience is Audience.PUBLIC:
        return [BOARD]
    hidden = await categories.above(reader, Audience.PUBLIC, viewer.audience)
    return [BOARD, *(Channel(Thing.CATEGORY, category_id) for category_id in hidden)]


def _channel(thing: Thing, identity: int, rendering: Rendering) -> Channel:
    return Channel(thing, identity, Audience.STAFF if rendering.staff else None)


async def _live_root(reader: Reader, *channels: Channel) -> LiveRoot:
    head = await event_log.head(reader)
    return LiveRoot(head.epoch, head.seq, tuple(str(channel) for channel in channels))


def _pager(page: int, total: int, size: int, path: str) -> Pager:
    pages = max(1, -(-total // size))
    return Pager(min(max(1, page), pages), pages, total, path)
