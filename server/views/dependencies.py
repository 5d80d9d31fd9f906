"""What a page's bytes depend on, as names of channels: an event that none of them tells leaves it as it is.

That is more than the channels a page follows. It shows people's names, roles and texts beside what they
wrote, its category's name, and quotes of what stands elsewhere; those have channels of their own.
"""

from collections.abc import Iterable

from server.domain.channels import BOARD, Thing
from server.domain.models import Post, Topic
from server.views.page_models import CategoryPage, IndexPage, LatestPage, ProfilePage, TopicPage

Page = IndexPage | CategoryPage | TopicPage | LatestPage | ProfilePage

_CATEGORY, _PROFILE = f"{Thing.CATEGORY}:", f"{Thing.PROFILE}:"


def dependencies(page: Page) -> frozenset[str]:
    """The channels of everything that a page for guests shows."""
    found = set(page.live.channels)
    if isinstance(page, TopicPage):
        quoted = (quote.category_id for post in page.posts for quote in post.quotes)
        found |= {_CATEGORY + str(category) for category in (page.topic.category.id, *quoted) if category}
        found |= _profiles(_of_topics([page.topic]), *(_of_post(post) for post in page.posts))
    elif isinstance(page, ProfilePage):
        found.add(str(BOARD))  # its posts stand in topics and categories that may be renamed or hidden
    elif isinstance(page, IndexPage):
        rows = [topic for section in page.sections for shown in section.categories for topic in shown.latest]
        found |= _profiles(_of_topics(rows), _of_topics(page.newest))
    else:
        found |= _profiles(_of_topics(page.topics))
    return frozenset(found)


def _of_topics(topics: Iterable[Topic]) -> Iterable[int | None]:
    for topic in topics:
        yield from (topic.author.id, topic.last_post.author.id)


def _of_post(post: Post) -> Iterable[int | None]:
    yield from (post.author.id, post.edited_by_id)
    yield from (thank.id for thank in post.thanks)
    yield from (quote.author_id for quote in post.quotes)


def _profiles(*people: Iterable[int | None]) -> set[str]:
    return {_PROFILE + str(person) for some in people for person in some if person is not None}
