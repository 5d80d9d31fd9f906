"""What members write: topics, replies and edits. Each is one transaction with its events."""

from dataclasses import dataclass

from server.actions import news, notices, pending
from server.actions.composing import check_length, check_links, compose, settled, source_of
from server.actions.held import hold_post
from server.actions.limits import Limits
from server.actions.post_insertion import insert_post, insert_topic, topics_beside
from server.actions.replying import ARCHIVED, check_reply
from server.actions.submitting import Draft, Made, Posted, once, posted_before
from server.actions.word_checks import check_words, report_edit
from server.actions.writers import check_still, writer_of
from server.domain.board_limits import BoardLimits
from server.domain.errors import EditConflict, Forbidden, Invalid, NotFound
from server.domain.markup import relocate
from server.domain.models import Category
from server.domain.notices import NoticeKind
from server.domain.permissions import may_edit, may_start_topic
from server.domain.validation import clean_title, title_problem
from server.domain.viewer import Viewer
from server.store import audit, categories, post_writes, quotes, settings, standing_acts, topics
from server.store.database import Database, Reader, Writer

__all__ = ["LONGEST_REASON", "Draft", "Edit", "Posted", "edit", "reply", "start_topic"]

LONGEST_REASON = 200  # characters


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed text. `version` is the log position its author had seen the post at."""

    body: str
    version: int
    reason: str = ""


async def start_topic(
    db: Database, viewer: Viewer, category_id: int, draft: Draft, *, now: int, limits: Limits
) -> Posted:
    """Open a topic with its first post, or put it before the moderators if it has to wait.

    Raises as `writer_of`, NotFound, Forbidden, Invalid (`title`, `body`) or TooManyRequests.
    """
    member_id = writer_of(viewer)

    async def reading(reader: Reader) -> tuple[Posted | None, Category | None, BoardLimits]:
        earlier = await posted_before(reader, member_id, draft.token, now)
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

    async def insert(writer: Writer) -> Made:
        title = clean_title(draft.title)
        if why := await pending.why_pending(writer, viewer, category_id, most, composed, verdict, now):
            return Made(
                pending_id=await pending.keep(
                    writer,
                    viewer,
                    category_id=category_id,
                    title=title,
                    composed=composed,
                    why=why,
                    verdict=verdict,
                    now=now,
                )
            )
        state = await insert_topic(writer, viewer, category_id, title, composed, now)
        if state is None or not may_start_topic(viewer, state.visibility, archived=state.archived):
            raise NotFound
        await categories.count(writer, category_id, topics=1)
        return Made(await insert_post(writer, viewer, state, composed, now, verdict), state.id)

    return await once(db, member_id, insert, token=draft.token, now=now)


async def reply(
    db: Database, viewer: Viewer, topic_id: int, draft: Draft, *, now: int, limits: Limits
) -> Posted:
    """Answer in a topic, or put the answer before the moderators if it has to wait.

    Raises as `writer_of`, NotFound, Merged, Forbidden (locked, or too much waits), Invalid (`body`) or
    TooManyRequests.
    """
    member_id = writer_of(viewer)

    async def reading(reader: Reader) -> tuple[Posted | None, BoardLimits]:
        earlier = await posted_before(reader, member_id, draft.token, now)
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

    async def insert(writer: Writer) -> Made:
        beside = await topics_beside(writer, composed)
        state = await check_reply(writer, viewer, await topics.hold(writer, topic_id, beside), now)
        if why := await pending.why_pending(writer, viewer, state.category_id, most, composed, verdict, now):
            kept = await pending.keep(
                writer, viewer, topic_id=topic_id, composed=composed, why=why, verdict=verdict, now=now
            )
            return Made(topic_id=topic_id, pending_id=kept)
        return Made(await insert_post(writer, viewer, state, composed, now, verdict), state.id)

    return await once(db, member_id, insert, token=draft.token, now=now)


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
        beside = await topics_beside(writer, composed, post_id)
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
            await news.tell_cases(writer, {post_id})
            for line_id in await standing_acts.of_edited_post(writer, post_id):
                audit.tell_line(writer, line_id)
            if post.author_id != member_id:
                reason = change.reason.strip()
                await audit.note(writer, member_id, "edit_post", "post", post_id, reason, told=True, now=now)
                await notices.tell_author(writer, viewer, post, NoticeKind.POST_EDITED, reason, now=now)
            before = f"{post.plain or ''}\n{post.body or ''}"
            await report_edit(writer, post_id, verdict, before=before, now=now)
            await pending.report_links(writer, viewer, post, topic, composed, most, now)
            await check_still(writer, member_id, now)
    return Posted(post_id, topic.id, writer.after, writer.position)
