"""Writes to posts. Removal moves the text out of the public columns; restoring moves it back."""

from server.domain.markup import Markup
from server.store import post_joins
from server.store.database import Writer

_MOVE_OUT = (
    "removed_body = body, removed_html = html, removed_plain = plain, removed_edit_reason = edit_reason,"
    " body = NULL, html = NULL, plain = NULL, edit_reason = '',"
    " removed_at = :now, removed_by = :by, removed_reason = :reason"
)
_MOVE_BACK = (
    "body = removed_body, html = removed_html, plain = removed_plain, edit_reason = removed_edit_reason,"
    " removed_body = NULL, removed_html = NULL, removed_plain = NULL, removed_edit_reason = '',"
    " removed_at = NULL, removed_by = NULL, removed_reason = '', removed_with_topic = :no"
)


async def add(
    writer: Writer,
    *,
    post_id: int,
    topic_id: int,
    place: int,
    author_id: int | None,
    author_name: str,
    text: Markup,
    now: int,
) -> None:
    """Insert the post with its number, its place and its rendered text."""
    await writer.run(
        "INSERT INTO posts (id, topic_id, place, author_id, author_name, created_at, body, html, plain)"
        " VALUES (:id, :topic_id, :place, :author_id, :author_name, :now, :body, :html, :plain)",
        id=post_id,
        topic_id=topic_id,
        place=place,
        author_id=author_id,
        author_name=author_name,
        now=now,
        body=text.body,
        html=text.html,
        plain=text.text,
    )


async def change(
    writer: Writer,
    post_id: int,
    *,
    text: Markup,
    by: int | None,
    reason: str,
    answers: bool = True,
    now: int,
) -> None:
    """Replace the text. `body_version` becomes the position of this change at commit.

    `answers`: if its author was asked to change it, this is what was asked for.
    """
    await writer.run(
        "UPDATE posts SET body = :body, html = :html, plain = :plain, edited_at = :now, edited_by = :by,"
        " edit_reason = :reason, edit_asked_at = CASE WHEN :answers THEN NULL ELSE edit_asked_at END,"
        " body_version = NULL WHERE id = :id",
        id=post_id,
        body=text.body,
        html=text.html,
        plain=text.text,
        now=now,
        by=by,
        reason=reason,
        answers=answers,
    )


async def remove(writer: Writer, post_id: int, *, by: int | None, reason: str, now: int) -> None:
    """Take the text out of the public columns and note who, when and why."""
    await writer.run(
        f"UPDATE posts SET {_MOVE_OUT} WHERE id = :id", id=post_id, now=now, by=by, reason=reason
    )


async def keep_removed(writer: Writer, post_id: int, *, by: int | None, reason: str, now: int) -> None:
    """What left with its topic is removed for itself now: it does not come back with the topic."""
    await writer.run(
        "UPDATE posts SET removed_with_topic = :no, removed_at = :now, removed_by = :by,"
        " removed_reason = :reason WHERE id = :id",
        id=post_id,
        no=False,
        now=now,
        by=by,
        reason=reason,
    )


async def has_removed_text(writer: Writer, post_id: int) -> bool:
    """Whether a removed post has a text to come back with; who erased his posts took it along."""
    found = await writer.value("SELECT 1 FROM posts WHERE id = :id AND removed_body IS NOT NULL", id=post_id)
    return found is not None


async def purge(writer: Writer, post_id: int, *, by: int | None, reason: str, now: int) -> None:
    """A removed post's words are nowhere any more, and it does not come back with its topic either.

    Its number and place stay taken, and who did it, when and why stays known to staff.
    """
    await writer.run(
        "UPDATE posts SET body = NULL, html = NULL, plain = NULL, edit_reason = '', removed_body = NULL,"
        " removed_html = NULL, removed_plain = NULL, removed_edit_reason = '', removed_with_topic = :no,"
        " edit_asked_at = NULL, removed_at = :now, removed_by = :by, removed_reason = :reason WHERE id = :id",
        id=post_id,
        by=by,
        reason=reason,
        now=now,
        no=False,
    )
    await writer.run("DELETE FROM quotes WHERE post_id = :id", id=post_id)
    await post_joins.forget(writer, post_id)


async def ask_to_edit(writer: Writer, post_id: int, asked_at: int | None) -> None:
    """Notes that its author was asked to change the post; None that he need not any more."""
    await writer.run("UPDATE posts SET edit_asked_at = :at WHERE id = :id", id=post_id, at=asked_at)


async def restore(writer: Writer, post_id: int) -> None:
    """Put the text back."""
    await writer.run(f"UPDATE posts SET {_MOVE_BACK} WHERE id = :id", id=post_id, no=False)


async def remove_with_topic(writer: Writer, topic_id: int, *, by: int | None, reason: str, now: int) -> None:
    """Remove every post of the topic that can be seen.

    They are marked, so that restoring the topic brings back just these.
    """
    await writer.run(
        f"UPDATE posts SET {_MOVE_OUT}, removed_with_topic = :yes"
        " WHERE topic_id = :topic_id AND removed_at IS NULL",
        topic_id=topic_id,
        now=now,
        by=by,
        reason=reason,
        yes=True,
    )


async def restore_with_topic(writer: Writer, topic_id: int) -> None:
    """Bring back the posts that left together with their topic."""
    await writer.run(
        f"UPDATE posts SET {_MOVE_BACK} WHERE topic_id = :topic_id AND removed_with_topic",
        topic_id=topic_id,
        no=False,
    )
