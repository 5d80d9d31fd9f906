"""What members write: topics, replies and edits. Each is one transaction with its events."""

from collections.abc import Callable
from dataclasses import dataclass

from server.actions import answers, news, notices
from server.actions.composing import Composed, check_length, check_links, compose, settled, source_of
from server.actions.held import hold_post
from server.actions.limits import Limits
from server.actions.replying import ARCHIVED, check_reply
from server.actions.word_checks import check_words, report_edit, report_post
from server.actions.writers import check_still, writer_of
from server.domain.board_limits import BoardLimits
from server.domain.errors import EditConflict, Forbidden, Invalid, NotFound
from server.domain.markup import relocate
from server.domain.markup_text import cut
from server.domain.models import Category, TopicState
from server.domain.notices import NoticeKind
from server.domain.permissions import may_edit, may_start_topic
from server.domain.substitutions import replaced
from server.domain.validation import MAX_TITLE, clean_title, title_problem
from server.domain.viewer import Audience, Viewer
from server.domain.watched_words import Verdict
from server.store import (
    audit,
    categories,
    member_counters,
    post_numbers,
    post_writes,
    posts,
    quotes,
    settings,
    submissions,
    topics,
)
from server.store.database import Database, Duplicate, Reader, Reading, Writer

LONGEST_REASON = 200  # characters


@dataclass(frozen=True, slots=True)
class Draft:
    """What a member wants to say. `token` makes a repeated submit harmless; empty: none."""

    body: str
    title: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed text. `version` is the log position its author had seen the post at."""

    body: str
    version: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A new post, and the log positions between which its events stand (`after` is exclusive)."""

    post_id: int
    topic_id: int
    after: int
    position: int


async def start_topic(
    db: Database, viewer: Viewer, category_id: int, draft: Draft, *, now: int, limits: Limits
) -> Posted:
    """Open a topic with its first post.

    Raises as `writer_of`, NotFound, Invalid (`title`, `body`) or TooManyRequests.
    """
    member_id = writer_of(viewer)

    async def reading(reader: Reader) -> tuple[Posted | None, Category | None, BoardLimits]:
        earlier = await _posted_before(reader, member_id, draft.token, now)
        category = await categories.find(reader, category_id, viewer.audience)
        return earlier, category, await settings.limits(reader)

    earlier, category, most = await db.read(reading)
    if earlier:
        return earlier
    if category is None or not may_start_topic(viewer, category.visibility):
        raise NotFound
    if category.archived:
        raise Forbidden(ARCHIVED)
    problem = title_problem(draft.title)
    if problem:
        raise Invalid({"title": problem})
    check_length(draft.body, most)
    # Before rendering, which costs most.
    await limits.check("topic", str(member_id), most.topics_an_hour, 3600, now)
    composed = await compose(db, viewer, draft.body)
    check_links(viewer, composed, most, now)
    texts = {"title": draft.title, "body": composed.words}
    verdict = await check_words(db, viewer, composed.watched, texts)

    async def insert(writer: Writer) -> tuple[int, int]:
        topic_id = await topics.add(
            writer,
            category_id=category_id,
            title=cut(replaced(composed.watched, clean_title(draft.title)), MAX_TITLE),
            author_id=member_id,
            author_name=viewer.username,
            now=now,
        )
        await topics.hold(writer, topic_id, await _beside(writer, composed))
        await categories.hold(writer, category_id)
        state = await topics.state(writer, topic_id)
        if state is None or not may_start_topic(viewer, state.visibility, archived=state.archived):
            raise NotFound
        await categories.count(writer, category_id, topics=1)
        return await _insert_post(writer, viewer, state, composed, now, verdict), state.id

    return await _once(db, member_id, insert, token=draft.token, now=now)


async def reply(
    db: Database, viewer: Viewer, topic_id: int, draft: Draft, *, now: int, limits: Limits
) -> Posted:
    """Answer in a topic.

    Raises as `writer_of`, NotFound, Merged, Forbidden (locked), Invalid (`body`) or TooManyRequests.
    """
    member_id = writer_of(viewer)

    async def reading(reader: Reader) -> tuple[Posted | None, BoardLimits]:
        earlier = await _posted_before(reader, member_id, draft.token, now)
        if earlier is None:
            await check_reply(reader, viewer, await topics.state(reader, topic_id), now)
        return earlier, await settings.limits(reader)

    earlier, most = await db.read(reading)
    if earlier:
        return earlier
    check_length(draft.body, most)
    await limits.check("post", str(member_id), most.posts_a_minute, 60, now)
    composed = await compose(db, viewer, draft.body)
    check_links(viewer, composed, most, now)
    verdict = await check_words(db, viewer, composed.watched, {"body": composed.words})

    async def insert(writer: Writer) -> tuple[int, int]:
        beside = await _beside(writer, composed)
        state = await check_reply(writer, viewer, await topics.hold(writer, topic_id, beside), now)
        return await _insert_post(writer, viewer, state, composed, now, verdict), state.id

    return await _once(db, member_id, insert, token=draft.token, now=now)


async def edit(db: Database, viewer: Viewer, post_id: int, change: Edit, *, now: int) -> Posted:
    """Change a post's text.

    Raises as `writer_of`, NotFound, Forbidden, Invalid (`body`, `reason`), or EditConflict when the
    text changed after `change.version`, unless to this very text: then it was sent twice.
    """
    member_id = writer_of(viewer)
    if len(change.reason) > LONGEST_REASON:
        raise Invalid({"reason": f"Please keep the reason under {LONGEST_REASON} characters."})
    most = await db.read(settings.limits)
    check_length(change.body, most)
    composed = await compose(db, viewer, change.body)
    check_links(viewer, composed, most, now)
    verdict = await check_words(db, viewer, composed.watched, {"body": composed.words})
    async with db.begin() as writer:
        beside = await _beside(writer, composed, post_id)
        post, topic = await hold_post(writer, viewer, post_id, beside)
        if not may_edit(viewer, post, topic):
            raise Forbidden("You can't change this post. Only its author can, while the topic is open.")
        if post.body != composed.text.body:
            if post.body_version > change.version:
                raise EditConflict(await source_of(writer, viewer, post), post.version)
            await post_writes.change(
                writer, post_id, text=composed.text, by=member_id, reason=change.reason.strip(), now=now
            )
            await quotes.replace(writer, post_id, await settled(writer, viewer, composed))
            for quoting_id, place, ref in await quotes.references_to(writer, post_id):
                await quotes.move(
                    writer, quoting_id, place, relocate(ref, post.plain or "", composed.text.text)
                )
            news.tell_post(writer, topic, post_id, post.author_id)
            await news.tell_quoting(writer, post_id)
            if post.author_id != member_id:
                reason = change.reason.strip()
                await audit.note(writer, member_id, "edit_post", "post", post_id, reason, told=True, now=now)
                await notices.tell_author(writer, viewer, post, NoticeKind.POST_EDITED, reason, now=now)
            before = f"{post.plain or ''}\n{post.body or ''}"
            await report_edit(writer, post_id, verdict, before=before, now=now)
            await check_still(writer, member_id, now)
    return Posted(post_id, topic.id, writer.after, writer.position)


async def _beside(writer: Writer, composed: Composed, post_id: int = 0) -> set[int]:
    """The topics of what the text quotes, and of what the post has quoted so far."""
    return await quotes.topics_quoted(writer, [ref.post_id for ref in composed.text.quotes], by=post_id)


async def _once(
    db: Database,
    member_id: int,
    insert: Callable[[Writer], Reading[tuple[int, int]]],
    *,
    token: str,
    now: int,
) -> Posted:
    """Run `insert` in a transaction, unless this token's submit was taken meanwhile: then its answer."""

    async def writing(writer: Writer) -> Posted | tuple[int, int]:
        earlier = await _posted_before(writer, member_id, token, now)
        if earlier:
            return earlier
        post_id, topic_id = await insert(writer)
        await check_still(writer, member_id, now)
        if token:
            await submissions.note(writer, member_id, token, post_id, now)
        return post_id, topic_id

    try:
        done, writer = await db.transact(writing)
    except Duplicate:  # PostgreSQL lets two of them get this far; the second one finds the first's row
        async with db.snapshot() as reader:
            earlier = await _posted_before(reader, member_id, token, now)
        if earlier is None:
            raise
        return earlier
    return done if isinstance(done, Posted) else Posted(*done, writer.after, writer.position)


async def _posted_before(reader: Reader, member_id: int, token: str, now: int) -> Posted | None:
    """What this token's first submit made. Answered before any rule is asked: it has been done."""
    post_id = await submissions.result(reader, member_id, token, now) if token else None
    post = await posts.state(reader, post_id) if post_id else None
    if post is None:
        return None
    return Posted(post.id, post.topic_id, post.version - 1, post.version)


async def _insert_post(  # noqa: PLR0917  # as it is done: who, where, what, when
    writer: Writer, viewer: Viewer, topic: TopicState, composed: Composed, now: int, verdict: Verdict
) -> int:
    post_id = await post_numbers.take(writer)
    place = await topics.take_place(writer, topic.id, post_id)
    await post_writes.add(
        writer,
        post_id=post_id,
        topic_id=topic.id,
        place=place,
        author_id=viewer.id,
        author_name=viewer.username,
        text=composed.text,
        now=now,
    )
    if composed.text.quotes:
        await quotes.replace(writer, post_id, await settled(writer, viewer, composed))
    await categories.count(writer, topic.category_id, posts=1)
    news.tell_post(writer, topic, post_id, viewer.id)
    news.tell_topic(writer, topic)
    news.tell_category(writer, topic)
    if topic.visibility is Audience.PUBLIC and viewer.id is not None:
        await member_counters.count(writer, viewer.id, posts=1)
        news.tell_member(writer, viewer.id)
    quoted = sorted({ref.post_id for ref in composed.text.quotes})
    await answers.expect(writer, topic, post_id, viewer.id, quoted, now)
    await report_post(writer, post_id, verdict, now=now)
    return post_id
