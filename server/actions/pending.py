"""Posts that wait for a moderator: which do, and what their authors can do meanwhile."""

from server.actions.composing import Composed
from server.actions.reports import raise_by_board
from server.domain.approval import MOST_PENDING, Why, has_many_links, is_trusted
from server.domain.board_limits import BoardLimits
from server.domain.errors import Forbidden, NotFound, SignInRequired
from server.domain.events import Event, Kind
from server.domain.markup import render
from server.domain.models import PostState, TopicState
from server.domain.reports import Reason, Subject
from server.domain.viewer import Audience, Viewer
from server.domain.watched_words import Verdict
from server.store import outbox, pending_posts, pending_writes
from server.store.database import Database, Reader, Writer
from server.store.pending_posts import PendingPost
from server.store.pending_writes import Spot

_TOO_MANY = (
    f"{MOST_PENDING} posts of yours wait for a moderator already. Please give the moderators some time."
    " Your text is kept as a draft."
)
_WORRY = (
    "The board itself reports this: words in a post that waits say that its author may want to harm himself."
)
_LINKS = "The board itself reports this: an edit brought links into it. In a new post they would have waited."
_GONE = "This does not wait any more: a moderator has answered, or you have taken it back."


async def why_pending(  # noqa: PLR0917  # who writes what where, by which rules
    reader: Reader,
    viewer: Viewer,
    category_id: int,
    most: BoardLimits,
    composed: Composed,
    verdict: Verdict,
    now: int,
) -> Why | None:
    """Why a post of the viewer's has to wait; None when it need not. Whoever moderates there never waits."""
    if viewer.id is None or viewer.moderates(category_id):
        return None
    if verdict.hold:
        return Why.WORDS
    if has_many_links(most, composed.text.links):
        return Why.LINKS
    if not most.trust_posts and not most.trust_days:
        return None
    approved = await pending_posts.approved_of(reader, viewer.id, most.trust_posts) if most.trust_posts else 0
    trusted = is_trusted(most, approved=approved, joined_at=viewer.joined_at, now=now)
    return None if trusted else Why.FIRST


async def keep(
    writer: Writer,
    viewer: Viewer,
    *,
    topic_id: int | None = None,
    category_id: int | None = None,
    title: str = "",
    composed: Composed,
    why: Why,
    verdict: Verdict,
    now: int,
) -> int:
    """Puts an answer, or a new topic, before the moderators instead of on the board; its number.

    Where the verdict is worried, they are asked to look at its author first. Raises Forbidden when too much
    of the viewer's waits already.
    """
    assert viewer.id is not None
    if await pending_posts.count_of(writer, viewer.id) >= MOST_PENDING:
        raise Forbidden(_TOO_MANY)
    spot = await pending_writes.add(
        writer,
        viewer.id,
        topic_id=topic_id,
        category_id=category_id,
        title=title,
        text=composed.text,
        why=why,
        words=", ".join(word.text for word in verdict.hold),
        now=now,
    )
    tell(writer, spot)
    await outbox.add_about_reports(writer, viewer.id, spot.category_id, now)
    if verdict.worried:
        await raise_by_board(writer, Subject.MEMBER, viewer.id, Reason.WORRIED, _WORRY, now=now)
    return spot.id


async def report_links(  # noqa: PLR0917  # who made what of which post, by which rules
    writer: Writer,
    viewer: Viewer,
    post: PostState,
    topic: TopicState,
    composed: Composed,
    most: BoardLimits,
    now: int,
) -> None:
    """Moderators hear of an edit that brings in links with which a new post would have had to wait."""
    links = composed.text.links
    why = (
        await why_pending(writer, viewer, topic.category_id, most, composed, Verdict(), now)
        if links
        else None
    )
    if why is not None and links > render(post.body or "", {}).links:
        await raise_by_board(writer, Subject.POST, post.id, Reason.ADVERTISING, _LINKS, urgent=False, now=now)


async def withdraw(db: Database, viewer: Viewer, pending_id: int, *, now: int) -> PendingPost:
    """The viewer takes back what waits of his, or was declined; what it was, for him to write on.

    Raises SignInRequired or NotFound.
    """
    if viewer.id is None:
        raise SignInRequired
    async with db.begin() as writer:
        before = await pending_posts.find(writer, pending_id)
        spot = await pending_writes.withdraw(writer, pending_id, viewer.id, now)
        if before is None or spot is None:
            raise NotFound(_GONE)
        tell(writer, spot)
    return before


async def retell_of(writer: Writer, member_id: int) -> None:
    """What is said of the member beside what waits of his is another by now."""
    for spot in await pending_writes.waiting_of(writer, member_id):
        tell(writer, spot)


async def retell_in(writer: Writer, topic_id: int, left: int | None = None) -> None:
    """The topic is called otherwise, came, went or moved; `left` is the category it stood in before."""
    for spot in await pending_writes.waiting_in(writer, topic_id):
        if left is not None:
            _append(writer, spot, left)
        tell(writer, spot)


def tell(writer: Writer, spot: Spot) -> None:
    """Its author and who moderates there see that something became of it."""
    _append(writer, spot, spot.category_id)


def _append(writer: Writer, spot: Spot, category_id: int | None) -> None:
    writer.append(
        Event(Kind.PENDING, spot.id, Audience.STAFF, spot.topic_id, category_id, member_id=spot.member_id)
    )
