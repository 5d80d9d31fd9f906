"""Reporting what harms, and what moderators do with it: looking at a case, and settling it."""

from server.actions import notices
from server.actions.limits import Limits
from server.domain.errors import Forbidden, Invalid, NotFound, SignInRequired
from server.domain.events import Event, Kind
from server.domain.models import TopicState
from server.domain.notices import NoticeKind
from server.domain.permissions import may_handle_report, may_moderate, sees_topic
from server.domain.reports import LOOKING_MS, MAX_DETAILS, REPORTS_AN_HOUR, Outcome, Reason, Subject
from server.domain.viewer import Audience, Role, Viewer
from server.store import audit, case_writes, cases, members, merged_topics, outbox, posts, topics
from server.store.case_writes import State
from server.store.database import Database, Reader, Writer

OWN = "This is your own. You can change or remove it yourself."
NOT_YOURS = "This is about you, or somebody above you in the team. Please leave it to the others of the team."


async def report(
    db: Database,
    viewer: Viewer,
    subject: Subject,
    object_id: int,
    *,
    reason: str,
    details: str,
    now: int,
    limits: Limits,
) -> int:
    """Tell the moderators of a post, a topic or a member. Said again, it replaces what one said before.

    Returns the number of the case, in which all reports of that thing are. Raises SignInRequired, NotFound,
    Forbidden (one's own), Invalid (`reason`, `details`) or TooManyRequests.
    """
    if viewer.id is None or not viewer.is_member:
        raise SignInRequired("Please sign in to report.")
    chosen, details = _checked(reason, details)
    async with db.snapshot() as reader:
        await _reportable(reader, viewer, subject, object_id)
    await limits.check("report", str(viewer.id), REPORTS_AN_HOUR, 3600, now)
    async with db.begin() as writer:
        await _reportable(writer, viewer, subject, object_id)
        return await _add(writer, subject, object_id, viewer.id, chosen, details, now=now)


async def raise_by_board(
    writer: Writer,
    subject: Subject,
    object_id: int,
    reason: Reason,
    words: str,
    *,
    urgent: bool = True,
    now: int,
) -> int:
    """The board itself reports something, in the transaction in which it is written. The case's number.

    `urgent`: before what members report, as nobody else may have seen it.
    """
    case_id = await _add(writer, subject, object_id, None, reason, words[:MAX_DETAILS], now=now)
    if urgent:
        await case_writes.make_urgent(writer, case_id)
    return case_id


async def look(db: Database, viewer: Viewer, case_id: int, *, now: int) -> int:
    """Tells the other moderators that the viewer looks at a case. Returns until when, in milliseconds UTC.

    Raises NotFound, also when it is settled, or Forbidden.
    """
    async with db.begin() as writer:
        case = await _hold(writer, viewer, case_id)
        until = now + LOOKING_MS
        free = case.looking_id in {None, viewer.id} or case.looking_until <= now
        if free:
            await case_writes.set_looking(writer, case_id, viewer.id, until)
            await _tell(writer, case)
    return until


async def look_away(db: Database, viewer: Viewer, case_id: int) -> None:
    """The viewer looks at something else. Raises as `look`."""
    async with db.begin() as writer:
        case = await _hold(writer, viewer, case_id)
        if case.looking_id == viewer.id:
            await case_writes.set_looking(writer, case_id, None, 0)
            await _tell(writer, case)


async def find(reader: Reader, viewer: Viewer, case_id: int) -> State:
    """An open case that is the viewer's to decide. Raises as `look`."""
    return await _handled(reader, viewer, await case_writes.state(reader, case_id))


async def settle(db: Database, viewer: Viewer, case_id: int, outcome: str, *, now: int) -> None:
    """Close a case: it leaves every queue, and who reported hears of it.

    Raises NotFound, also when somebody else has settled it, Forbidden or Invalid (`outcome`).
    """
    if outcome not in set(Outcome):
        raise Invalid({"outcome": "Choose acted or dismissed."})
    async with db.begin() as writer:
        await settle_in(writer, viewer, case_id, Outcome(outcome), now=now)


async def settle_in(writer: Writer, viewer: Viewer, case_id: int, outcome: Outcome, *, now: int) -> None:
    """`settle` as part of a transaction, which may hold a topic and posts before. Raises as `settle`."""
    case = await _hold(writer, viewer, case_id)
    assert viewer.id is not None  # whoever moderates is somebody
    for reporter_id in await case_writes.settle(writer, case_id, viewer.id, outcome, now):
        await notices.tell(
            writer,
            reporter_id,
            NoticeKind.REPORT_SETTLED,
            object_kind=case.subject.value,
            object_id=case.object_id,
            words=outcome.value,
            by=viewer.id,
            now=now,
        )
    # Not of the thing: what was reported is nothing that was done to its author.
    await audit.note(writer, viewer.id, "settle_report", "case", case_id, after=outcome.value, now=now)
    await _tell(writer, case)


async def retell(
    writer: Writer, topic_id: int, post_id: int | None = None, *, left: int | None = None
) -> None:
    """What the open cases about a post, or about a topic with its posts, are about came, went or moved.

    `left` is the category in which it stood before, whose own moderators see it no more.
    """
    if post_id is None:
        found = await cases.about_posts_in(writer, topic_id)
    else:
        found = await cases.about_topic(writer, 0, [post_id])
    topic = await topics.state(writer, topic_id) if found else None
    for case_id in found:
        if left is not None:
            _append(writer, case_id, left)
        _append(writer, case_id, topic.category_id if topic else None)


async def retell_topic(writer: Writer, topic_id: int, *, left: int) -> None:
    """The open cases about a topic itself are told again, also where `left` is the category it was in."""
    for case_id in await cases.about_topic(writer, topic_id, []):
        case = await case_writes.hold(writer, case_id)
        _append(writer, case_id, left)
        if case is not None:
            await _tell(writer, case)


async def retell_naming(writer: Writer, member_id: int) -> None:
    """Somebody's name is another one now, or nobody's: the open cases that say it are told again."""
    for case_id in await cases.naming(writer, member_id):
        case = await case_writes.hold(writer, case_id)
        if case is not None:
            await _tell(writer, case)


async def forget_words(writer: Writer, subject: Subject, object_id: int, category_id: int | None) -> None:
    """A thing is erased for good: what was said of it may quote it, and goes too. Open cases stay."""
    for case_id in await case_writes.blank(writer, subject, object_id):
        _append(writer, case_id, category_id)


def _checked(reason: str, details: str) -> tuple[Reason, str]:
    problems = {}
    if reason not in set(Reason):
        problems["reason"] = "Please say what is wrong: choose one of the reasons."
    details = details.replace("\r\n", "\n").strip()
    if len(details) > MAX_DETAILS:
        problems["details"] = f"Please keep this under {MAX_DETAILS:,} characters; here are {len(details):,}."
    if not problems and reason == Reason.OTHER and not details:
        problems["details"] = "Please say in a few words what is wrong."
    if problems:
        raise Invalid(problems)
    return Reason(reason), details


async def _reportable(reader: Reader, viewer: Viewer, subject: Subject, object_id: int) -> None:
    if subject is Subject.MEMBER:
        account = await members.by_id(reader, object_id)
        if account is None or account.role.rank < 1:
            raise NotFound
        author_id: int | None = account.id
    else:
        post = await posts.state(reader, object_id) if subject is Subject.POST else None
        topic_id = object_id if subject is Subject.TOPIC else post.topic_id if post else 0
        topic = await topics.state(reader, topic_id)
        if topic is None or topic.removed or not sees_topic(viewer, topic) or (post and post.removed):
            raise NotFound
        author_id = post.author_id if post else topic.author_id
    if author_id == viewer.id:
        raise Forbidden(OWN)


async def _add(  # noqa: PLR0917  # who says what about which thing
    writer: Writer,
    subject: Subject,
    object_id: int,
    reporter_id: int | None,
    reason: Reason,
    details: str,
    *,
    now: int,
) -> int:
    case_id = await case_writes.add(writer, subject, object_id, now)
    await case_writes.put_report(writer, case_id, reporter_id, reason, details, now)
    if reason.is_urgent:
        await case_writes.make_urgent(writer, case_id)
    state = State(case_id, subject, object_id, settled=False, looking_id=None, looking_until=0)
    topic = await _topic_of(writer, state)
    _append(writer, case_id, topic.category_id if topic else None)
    await outbox.add_about_reports(writer, reporter_id, topic.category_id if topic else None, now)
    return case_id


async def _hold(writer: Writer, viewer: Viewer, case_id: int) -> State:
    return await _handled(writer, viewer, await case_writes.hold(writer, case_id))


async def _handled(reader: Reader, viewer: Viewer, case: State | None) -> State:
    """The case, if it is open, there for the viewer, and his to decide."""
    if not viewer.is_moderating:
        raise Forbidden("Only moderators can do this.")
    if case is None or case.settled:
        raise NotFound("This report is settled already.")
    if not viewer.is_staff:
        topic = await _topic_of(reader, case)
        if topic is None or not may_moderate(viewer, topic):
            raise NotFound("This report is settled already.")
    author = await _author_of(reader, case)
    if author is not None and not may_handle_report(viewer, *author):
        raise Forbidden(NOT_YOURS)
    return case


async def _author_of(reader: Reader, case: State) -> tuple[int, Role] | None:
    """Whom a case is about, with his role; None when he has left, or the thing is gone."""
    member_id: int | None = case.object_id
    if case.subject is Subject.POST:
        post = await posts.state(reader, case.object_id)
        member_id = post.author_id if post else None
    elif case.subject is Subject.TOPIC:
        topic = await topics.state(reader, case.object_id)
        member_id = topic.author_id if topic else None
    account = await members.by_id(reader, member_id) if member_id is not None else None
    return (account.id, account.role) if account else None


async def _topic_of(reader: Reader, case: State) -> TopicState | None:
    if case.subject is Subject.MEMBER:
        return None
    post = await posts.state(reader, case.object_id) if case.subject is Subject.POST else None
    topic_id = case.object_id if case.subject is Subject.TOPIC else post.topic_id if post else 0
    topic = await topics.state(reader, topic_id)
    if topic is not None and topic.merged_into is not None:
        return await topics.state(reader, await merged_topics.whereabouts(reader, topic))
    return topic


async def _tell(writer: Writer, case: State) -> None:
    topic = await _topic_of(writer, case)
    _append(writer, case.id, topic.category_id if topic else None)


def _append(writer: Writer, case_id: int, category_id: int | None) -> None:
    writer.append(Event(Kind.REPORT, case_id, Audience.STAFF, category_id=category_id))
