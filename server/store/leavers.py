"""Members who leave: when, how, and everything of theirs that has to go."""

from dataclasses import dataclass

from server.domain.leaving import ERASED_TITLE, NOBODY, Departure, Leaving
from server.domain.markup import Markup
from server.store import audit, post_joins
from server.store.database import Reader, Row, Writer

_KEY_OF_LEFT = "left:"  # with the number: names have no colon, so it is nobody's

_DEPARTURE = f"SELECT id, leaving_how, leaving_at, name_key LIKE '{_KEY_OF_LEFT}%' FROM members WHERE "


# The log says which name became which one.
_FORGET_RENAMES = (
    "UPDATE audit SET before = '', after = '' WHERE object_kind = 'member' AND object_id = :id"
    " AND act IN ('name_changed', 'rename')"
)

# What nobody sees and only he needed. A table that holds something of a member's own is to be added here.
_FORGET = (
    "DELETE FROM links WHERE member_id = :id",
    "DELETE FROM browser_marks WHERE member_id = :id",
    "DELETE FROM shared_browsers WHERE member_id = :id OR other_id = :id",
    "DELETE FROM exports WHERE member_id = :id",
    "DELETE FROM outbox WHERE member_id = :id",
    "DELETE FROM mailed_posts WHERE member_id = :id",
    "DELETE FROM mail_choices WHERE member_id = :id",
    "DELETE FROM notices WHERE member_id = :id",
    "DELETE FROM pending_posts WHERE member_id = :id",
    "UPDATE reports SET details = '' WHERE reporter_id = :id",
    "DELETE FROM joined_thanks WHERE member_id = :id",
    "DELETE FROM swept_topics WHERE sanction_id IN (SELECT sanction_id FROM sweeps WHERE member_id = :id)",
    "DELETE FROM swept_posts WHERE sanction_id IN (SELECT sanction_id FROM sweeps WHERE member_id = :id)",
    "DELETE FROM swept_thanks WHERE sanction_id IN (SELECT sanction_id FROM sweeps WHERE member_id = :id)",
    "DELETE FROM swept_values WHERE sanction_id IN (SELECT sanction_id FROM sweeps WHERE member_id = :id)",
    "DELETE FROM sweeps WHERE member_id = :id",
    "DELETE FROM sanctions WHERE member_id = :id",
    "DELETE FROM submissions WHERE member_id = :id",
    "DELETE FROM profile_values WHERE member_id = :id",
    "DELETE FROM preferences WHERE member_id = :id",
    "DELETE FROM recovery_codes WHERE member_id = :id",
    "DELETE FROM second_factors WHERE member_id = :id",
    "DELETE FROM former_names WHERE member_id = :id",
    "DELETE FROM uploads WHERE member_id = :id",
    "DELETE FROM retellings WHERE member_id = :id",
    _FORGET_RENAMES,
    "DELETE FROM passkeys WHERE member_id = :id",
    "DELETE FROM invitation_uses WHERE member_id = :id",
    "DELETE FROM category_moderators WHERE member_id = :id",
)


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of his in a topic. `seen`: it was not removed before."""

    id: int
    place: int
    seen: bool


async def planned(reader: Reader, member_id: int) -> Departure | None:
    """Whether and when the member wants to leave."""
    return _departure(await reader.one(f"{_DEPARTURE}id = :id AND leaving_at IS NOT NULL", id=member_id))


async def next_due(reader: Reader, now: int) -> Departure | None:
    """The member whose time came first, of those who are not gone altogether."""
    return _departure(
        await reader.one(f"{_DEPARTURE}leaving_at <= :now ORDER BY leaving_at, id LIMIT 1", now=now)
    )


async def plan(writer: Writer, departure: Departure) -> None:
    """Notes that the member wants to leave."""
    await writer.run(
        "UPDATE members SET leaving_at = :at, leaving_how = :how WHERE id = :id",
        id=departure.member_id,
        at=departure.at,
        how=departure.how.value,
    )


async def stay(writer: Writer, member_id: int, now: int) -> bool:
    """Notes that he stays; False when he did not want to leave, or his time is over."""
    found = await writer.value(
        "UPDATE members SET leaving_at = NULL, leaving_how = '' WHERE id = :id AND leaving_at > :now"
        " RETURNING id",
        id=member_id,
        now=now,
    )
    return found is not None


async def unname(writer: Writer, member_id: int, no_key: str, now: int) -> None:
    """The account is nobody's from now on: no name, no address, no password, no rights."""
    await writer.run(
        "UPDATE members SET username = :nobody, name_key = :name_key, email = '', email_key = :no_key,"
        " password_hash = '', role = 'member', personal_text = '', picture = '', about = '', about_html = '',"
        " presence = 'invisible',"
        " email_confirmed_at = NULL, disabled_at = COALESCE(disabled_at, :now) WHERE id = :id",
        id=member_id,
        nobody=NOBODY,
        name_key=f"{_KEY_OF_LEFT}{member_id}",
        no_key=no_key,
        now=now,
    )
    for forget in _FORGET:
        await writer.run(forget, id=member_id)


async def finish(writer: Writer, member_id: int) -> None:
    """Nothing of his is left."""
    await writer.run(
        "UPDATE members SET leaving_at = NULL, leaving_how = '', posts = 0, thanks_received = 0"
        " WHERE id = :id",
        id=member_id,
    )


async def next_topic(reader: Reader, member_id: int) -> int | None:
    """A topic that he began or wrote in."""
    found: int | None = await reader.value(
        "SELECT topic_id FROM posts WHERE author_id = :id ORDER BY id LIMIT 1", id=member_id
    )
    if found is None:
        found = await reader.value("SELECT id FROM topics WHERE author_id = :id LIMIT 1", id=member_id)
    return found


async def posts_in(writer: Writer, topic_id: int, member_id: int) -> list[OwnPost]:
    """His posts in the topic, locked until the transaction ends."""
    rows = await writer.all(
        "SELECT id, place, removed_at IS NULL FROM posts WHERE topic_id = :topic_id AND author_id = :id"
        f" ORDER BY id{writer.for_update}",
        topic_id=topic_id,
        id=member_id,
    )
    return [OwnPost(row[0], row[1], bool(row[2])) for row in rows]


async def unname_in(writer: Writer, topic_id: int, member_id: int) -> None:
    """His name stands nowhere in the topic any more."""
    await writer.run(
        "UPDATE posts SET author_id = NULL, author_name = :nobody,"
        " edited_by = CASE WHEN edited_by = :id THEN NULL ELSE edited_by END,"
        " removed_by = CASE WHEN removed_by = :id THEN NULL ELSE removed_by END"
        " WHERE topic_id = :topic_id AND author_id = :id",
        topic_id=topic_id,
        id=member_id,
        nobody=NOBODY,
    )
    await writer.run(
        "UPDATE topics SET author_id = NULL, author_name = :nobody WHERE id = :topic_id AND author_id = :id",
        topic_id=topic_id,
        id=member_id,
        nobody=NOBODY,
    )


async def erase_reply(writer: Writer, post_id: int, now: int) -> None:
    """The post's words are nowhere any more; its number and place stay taken."""
    await writer.run(
        "UPDATE posts SET body = NULL, html = NULL, plain = NULL, edit_reason = '', removed_body = NULL,"
        " removed_html = NULL, removed_plain = NULL, removed_edit_reason = '', removed_reason = '',"
        " removed_with_topic = :no, removed_at = COALESCE(removed_at, :now) WHERE id = :id",
        id=post_id,
        no=False,
        now=now,
    )
    await writer.run("DELETE FROM quotes WHERE post_id = :id", id=post_id)
    await post_joins.forget(writer, post_id)


async def erase_opening(
    writer: Writer, topic_id: int, post_id: int, text: Markup, title: str = ERASED_TITLE
) -> None:
    """A topic in which others have written keeps a head, which says that its words are gone.

    Passages of it that are quoted elsewhere are not told apart any more, and the log forgets earlier titles.
    """
    await writer.run(
        "UPDATE posts SET body = CASE WHEN body IS NOT NULL THEN :body END,"
        " html = CASE WHEN html IS NOT NULL THEN :html END,"
        " plain = CASE WHEN plain IS NOT NULL THEN :plain END,"
        " removed_body = CASE WHEN removed_body IS NOT NULL THEN :body END,"
        " removed_html = CASE WHEN removed_html IS NOT NULL THEN :html END,"
        " removed_plain = CASE WHEN removed_plain IS NOT NULL THEN :plain END,"
        " edit_reason = '', removed_edit_reason = '', removed_reason = '' WHERE id = :id",
        id=post_id,
        body=text.body,
        html=text.html,
        plain=text.text,
    )
    await writer.run("DELETE FROM quotes WHERE post_id = :id", id=post_id)
    await post_joins.forget(writer, post_id)
    await writer.run(
        "UPDATE topics SET title = CASE WHEN title IS NOT NULL THEN :title END,"
        " removed_title = CASE WHEN removed_title IS NOT NULL THEN :title END WHERE id = :id",
        id=topic_id,
        title=title,
    )
    await writer.run("UPDATE quotes SET start = NULL, stop = NULL WHERE quoted_id = :id", id=post_id)
    await _forget_title(writer, topic_id, title)


async def _forget_title(writer: Writer, topic_id: int, title: str) -> None:
    """In the log, where other topics' lines say it too: of what went there, or came from there."""
    about = await writer.all(
        "UPDATE audit SET before = '', after = '' WHERE object_kind = 'topic' AND object_id = :id"
        " AND (before <> '' OR after <> '') RETURNING id",
        id=topic_id,
    )
    naming = await writer.all(
        "UPDATE audit SET before = CASE WHEN before LIKE :named THEN :title ELSE before END,"
        " after = CASE WHEN after LIKE :named THEN :title ELSE after END"
        " WHERE act IN ('merge', 'move_posts', 'split', 'undo_move')"
        " AND (before LIKE :named OR after LIKE :named) RETURNING id",
        named=f"#{topic_id} %",
        title=f"#{topic_id} {title}",
    )
    for row in (*about, *naming):
        audit.tell_line(writer, row[0])


async def thanked(reader: Reader, member_id: int) -> list[int]:
    """The posts that he thanked for."""
    rows = await reader.all("SELECT post_id FROM thanks WHERE member_id = :id ORDER BY post_id", id=member_id)
    return [row[0] for row in rows]


async def touched(reader: Reader, member_id: int) -> list[int]:
    """Other people's posts that say that he edited or removed them."""
    rows = await reader.all(
        "SELECT id FROM posts WHERE edited_by = :id OR removed_by = :id ORDER BY id", id=member_id
    )
    return [row[0] for row in rows]


async def untouch(writer: Writer, post_id: int, member_id: int) -> None:
    """The post doesn't say any more that it was he who edited or removed it."""
    await writer.run(
        "UPDATE posts SET edited_by = CASE WHEN edited_by = :member_id THEN NULL ELSE edited_by END,"
        " removed_by = CASE WHEN removed_by = :member_id THEN NULL ELSE removed_by END WHERE id = :id",
        id=post_id,
        member_id=member_id,
    )


def _departure(row: Row | None) -> Departure | None:
    return None if row is None else Departure(row[0], Leaving(row[1]), row[2], bool(row[3]))
