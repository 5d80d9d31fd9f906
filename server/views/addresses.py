"""Where things are: the addresses that pages, answers and patches link to."""

from typing import Protocol
from urllib.parse import quote

from server.domain.channels import MODERATION, Channel, Thing
from server.domain.models import Category, CategoryName, Topic
from server.domain.validation import slug
from server.domain.viewer import Viewer

FORMS = frozenset(("merge", "move", "pin", "rename", "reply", "report", "slow", "split"))
"""What stands below a topic's address beside its title: a topic of such a title is called otherwise there."""


class Named(Protocol):
    """Somebody with a name: an author, a thank-you, a profile."""

    @property
    def username(self) -> str: ...


class Numbered(Protocol):
    """Something that carries a post's number."""

    @property
    def id(self) -> int: ...


def viewer_channels(viewer: Viewer) -> list[str]:
    """What every live page of this viewer follows beside what it is about: his own news, and staff's."""
    own = [str(Channel(Thing.MEMBER, viewer.id))] if viewer.is_member and viewer.id is not None else []
    return [*own, str(MODERATION)] if viewer.is_staff else own


def topic_url(topic: Topic) -> str:
    """`/topics/12/tired-all-the-time`."""
    name = slug(topic.title)
    return f"/topics/{topic.id}/{name}{'-topic' if name in FORMS else ''}"


def category_url(category: Category | CategoryName) -> str:
    """`/categories/3/treatments`."""
    return f"/categories/{category.id}/{category.slug}"


def post_url(post: Numbered) -> str:
    """`/posts/65740`, which leads to the post wherever it stands."""
    return f"/posts/{post.id}"


def picture_url(picture: str, size: int) -> str:
    """`/avatars/3f…9a-64.webp`: a picture's file, whose bytes never change. Sizes are `avatars.SIZES`."""
    return f"/avatars/{picture}-{size}.webp"


def record_url(member: Named) -> str:
    """`/moderation/members/Ann`: the member for staff."""
    return f"/moderation/members/{quote(member.username, safe='')}"


def member_url(member: Named) -> str:
    """`/members/Ann`. Names are percent-encoded whole, so that a `/` or `?` in one stays in it."""
    return f"/members/{quote(member.username, safe='')}"
