"""The JSON of every page and thing, from the same values that the templates show (CONTRACT of the addresses).

Times are ISO 8601 in UTC.
"""

from collections.abc import Mapping, Sequence

from server.domain.channels import Channel
from server.domain.markup import excerpt, split_quotes
from server.domain.models import Author, Category, CategoryName, Post, Profile, ProfilePost, Topic
from server.store.pending_posts import PendingPost
from server.views.addresses import category_url, member_url, picture_url, post_url, topic_url
from server.views.filters import iso
from server.views.page_models import (
    CategoryPage,
    IndexPage,
    LatestPage,
    LiveRoot,
    Pager,
    PendingPage,
    ProfilePage,
    TopicPage,
)
from server.views.patches import Patch

Json = Mapping[str, "JsonValue"]
JsonValue = str | int | float | bool | None | Json | Sequence["JsonValue"]


def author(value: Author) -> Json:
    """Who wrote something; `url` is null when the account is gone."""
    return {
        "id": value.id,
        "username": value.username,
        "url": member_url(value) if value.id is not None else None,
    }


def post(value: Post, *, html: str, body: str | None = None) -> Json:
    """A post; `body` is its source, for those who may edit it."""
    shown: dict[str, JsonValue] = {
        "id": value.id,
        "topic_id": value.topic_id,
        "url": post_url(value),
        "author": author(value.author),
        "created_at": iso(value.created_at),
        "edited_at": None if value.edited_at is None else iso(value.edited_at),
        "version": value.version,
        "html": html,
        "thanks": [{"id": thank.id, "username": thank.username} for thank in value.thanks],
        "quotes": [piece.post_id for piece in split_quotes(value.html) if not isinstance(piece, str)],
    }
    if value.removal is not None:
        shown["removed"] = {
            "at": iso(value.removal.at),
            "by": value.removal.by,
            "reason": value.removal.reason,
        }
    if body is not None:
        shown["body"] = body
    return shown


def category_name(value: CategoryName | Category) -> Json:
    """A category where it is only named."""
    return {"id": value.id, "name": value.name, "url": category_url(value)}


def topic(value: Topic) -> Json:
    """A topic, in lists and on its own page."""
    shown: dict[str, JsonValue] = {
        "id": value.id,
        "title": value.title,
        "url": topic_url(value),
        "category": category_name(value.category),
        "author": author(value.author),
        "created_at": iso(value.created_at),
        "replies": value.replies,
        "pinned": value.pinned,
        "locked": value.locked,
        "version": value.version,
        "last_post": {
            "id": value.last_post.id,
            "author": author(value.last_post.author),
            "created_at": iso(value.last_post.created_at),
        },
    }
    if value.removal is not None:
        shown["removed"] = {
            "at": iso(value.removal.at),
            "by": value.removal.by,
            "reason": value.removal.reason,
        }
    return shown


def category(value: Category) -> Json:
    """A category on the index."""
    return {
        **category_name(value),
        "description": value.description,
        "topics": value.topics,
        "posts": value.posts,
        "latest": [topic(latest) for latest in value.latest],
    }


def index_page(page: IndexPage) -> Json:
    """`GET /`."""
    sections: list[Json] = [
        {"name": section.name, "categories": [category(found) for found in section.categories]}
        for section in page.sections
    ]
    return {"sections": sections, **_live(page.live), "page": 1, "pages": 1, "total": len(sections)}


def category_page(page: CategoryPage) -> Json:
    """`GET /categories/{id}/{slug}`."""
    topics = [topic(found) for found in page.topics]
    return {"category": category(page.category), "topics": topics, **_pager(page.pager), **_live(page.live)}


def topic_page(page: TopicPage, posts: Sequence[Json]) -> Json:
    """`GET /topics/{id}/{slug}`."""
    return {"topic": topic(page.topic), "posts": posts, **_pager(page.pager), **_live(page.live)}


def latest_page(page: LatestPage) -> Json:
    """`GET /latest`."""
    return {"topics": [topic(found) for found in page.topics], **_pager(page.pager), **_live(page.live)}


def pending_page(page: PendingPage) -> Json:
    """`GET /moderation/approval` and `GET /pending`."""
    shown = [_pending(one) for one in page.pending]
    return {"pending": shown, "total": page.total, **_live(page.live)}


def profile_page(page: ProfilePage) -> Json:
    """`GET /members/{username}`."""
    posts = [_profile_post(found) for found in page.posts]
    return {
        "member": profile(page.profile),
        "posts": posts,
        "page": 1,
        "pages": 1,
        "total": len(posts),
        **_live(page.live),
    }


def _pending(value: PendingPost) -> Json:
    return {
        "id": value.id,
        "author": author(value.author),
        "topic_id": value.topic_id,
        "category_id": value.category_id,
        "title": value.title,
        "body": value.body,
        "at": iso(value.at),
        "why": value.why.value,
        "words": value.words,
        "declined": value.reason if value.is_declined else None,
    }


def profile(value: Profile) -> Json:
    """A member, as the audience it was read for may see him."""
    return {
        "id": value.id,
        "username": value.username,
        "url": member_url(value),
        "role": str(value.role),
        "personal_text": value.personal_text,
        "joined_at": iso(value.joined_at),
        "posts": value.posts,
        "thanks_received": value.thanks_received,
        "thanks_given": value.thanks_given,
        "picture": picture_url(value.picture, 256) if value.picture else None,
        "about_html": value.about_html,
        "fields": [{"label": field.label, "value": field.value} for field in value.fields],
        "version": value.version,
    }


def changes(channel: Channel, after: int, position: int, patches: Sequence[Patch]) -> Json:
    """A `changes` message, as on the socket."""
    return {
        "type": "changes",
        "channel": str(channel),
        "after": after,
        "position": position,
        "patches": [patch(found) for found in patches],
    }


def patch(value: Patch) -> Json:
    """One patch; only what applies to it is there."""
    shown: dict[str, JsonValue] = {"op": value.op, "target": value.target}
    if value.list is not None:
        shown |= {"list": value.list, "order": value.order}
    shown["version"] = value.version
    if value.html is not None:
        shown["html"] = value.html
    if value.moved:
        shown["moved"] = True
    return shown


def _profile_post(value: ProfilePost) -> Json:
    return {
        "id": value.id,
        "url": post_url(value),
        "topic": {"id": value.topic_id, "title": value.topic_title},
        "created_at": iso(value.created_at),
        "version": value.version,
        "excerpt": excerpt(value.excerpt),
    }


def _pager(pager: Pager) -> Json:
    return {"page": pager.page, "pages": pager.pages, "total": pager.total}


def _live(live: LiveRoot) -> Json:
    return {"epoch": live.epoch, "position": live.position}
