"""What a new board begins with: a first category and a welcome topic."""

from server.domain import markup
from server.domain.events import Event, Kind
from server.domain.validation import slug
from server.domain.viewer import Audience
from server.store import categories, post_numbers, post_writes, settings, topics
from server.store.database import Database

_CATEGORY = ("General", "Everything that has no place of its own yet.")
_TITLE = "Welcome to {name}"
_WELCOME = """\
This board is new, and you are early. Pull up a chair.

- **Open this page in two windows** and reply in one: it appears in the other by itself.
- Quote, thank and edit work the same way, and so does removing.
- The administrator finds the board's name, its rules and the next post's number under *Settings*.

Have a good start.
"""


async def furnish(db: Database, forum_name: str, *, now: int) -> None:
    """Give an empty board its first category and a welcome topic; do nothing on any other."""
    text = markup.render(_WELCOME, {})
    async with db.begin() as writer:
        if not await categories.is_empty(writer):
            return
        if forum_name:
            await settings.put(writer, "forum_name", forum_name)
        section_id = await categories.add_section(writer, "The board", 1)
        name, description = _CATEGORY
        category_id = await categories.add(
            writer,
            section_id=section_id,
            name=name,
            slug=slug(name),
            description=description,
            visibility=Audience.PUBLIC,
            position=1,
        )
        title = _TITLE.format(name=forum_name)
        topic_id = await topics.add(
            writer, category_id=category_id, title=title, author_id=None, author_name=forum_name, now=now
        )
        post_id = await post_numbers.take(writer)
        place = await topics.take_place(writer, topic_id, post_id)
        await post_writes.add(
            writer,
            post_id=post_id,
            topic_id=topic_id,
            place=place,
            author_id=None,
            author_name=forum_name,
            text=text,
            now=now,
        )
        await categories.count(writer, category_id, topics=1, posts=1)
        for kind, object_id in ((Kind.POST, post_id), (Kind.TOPIC, topic_id), (Kind.CATEGORY, category_id)):
            writer.append(Event(kind, object_id, Audience.PUBLIC, topic_id, category_id))
