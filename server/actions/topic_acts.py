"""What moderators change about a topic as a whole: its title, its category, its pin and its pace.

Each is undone by its opposite: the old title, the old category, no pin, no slow mode.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from server.actions import news, notices, pending, reports
from server.actions.held import hold_moderated
from server.actions.posting import LONGEST_REASON
from server.domain.clock import LATEST, SECOND
from server.domain.errors import Forbidden, Invalid
from server.domain.models import TopicState
from server.domain.notices import NoticeKind
from server.domain.permissions import may_move, may_rename
from server.domain.validation import clean_title, title_problem
from server.domain.viewer import Audience, Role, Viewer
from server.store import audit, categories, member_counters, members, posts, thanks, topics
from server.store import topic_writes as writes
from server.store.database import Database, Writer
from server.store.topic_writes import Pin

MAX_SLOW = 24 * 60  # minutes
MAX_RETITLED = 100  # posts whose profiles show the new title at once; others show it when loaded next
PINS_AT_ONCE = 50  # that end in one transaction
_REMOVED = "This topic is removed. Restore it first."
_EVERYWHERE, _UNTIL, _UTC = "everywhere", ", until ", " UTC"  # in the log


@dataclass(frozen=True, slots=True)
class Why:
    """A moderator's reason, at most LONGEST_REASON characters, and whether the author is told."""

    reason: str = ""
    tell: bool = False

    def checked(self) -> "Why":
        """With single spaces. Raises Invalid (`reason`)."""
        reason = " ".join(self.reason.split())
        if len(reason) > LONGEST_REASON:
            raise Invalid({"reason": f"Please keep the reason under {LONGEST_REASON} characters."})
        return replace(self, reason=reason)


NO_REASON = Why()


async def rename(
    db: Database, viewer: Viewer, topic_id: int, title: str, why: Why = NO_REASON, *, now: int
) -> int:
    """Give a topic another title. Returns the log position.

    Raises SignInRequired, NotFound, Forbidden or Invalid (`title`, `reason`).
    """
    why, problem = why.checked(), title_problem(title)
    if problem:
        raise Invalid({"title": problem})
    title = clean_title(title)
    async with db.begin() as writer:
        topic = await _hold(writer, viewer, topic_id)
        if not may_rename(viewer, topic, await role_of(writer, topic.author_id)):
            raise Forbidden("You can't rename an administrator's topic.")
        if topic.title != title:
            await writes.set_title(writer, topic_id, title)
            await _tell_title(writer, topic)
            await audit.note(
                writer, viewer.id, "rename_topic", "topic", topic_id, why.reason,
                before=topic.title or "", after=title, now=now,
            )  # fmt: skip
            await tell_author(writer, viewer, topic, NoticeKind.TOPIC_RENAMED, why, now)
    return writer.position


async def move(
    db: Database, viewer: Viewer, topic_id: int, category_id: int, why: Why = NO_REASON, *, now: int
) -> int:
    """Put a topic into another category; whoever may not see that one loses it at once.

    Returns the log position. Raises SignInRequired, NotFound, Forbidden or Invalid (`category`, `reason`).
    """
    why = why.checked()
    async with db.begin() as writer:
        topic = await _hold(writer, viewer, topic_id)
        category = await categories.find(writer, category_id, viewer.audience)
        if category is None:
            raise Invalid({"category": "There is no such category. Please choose one of the list."})
        if not may_move(viewer, topic, category.id, category.visibility):
            raise Forbidden("You can't move this topic there.")
        if category.id != topic.category_id:
            before = await categories.find(writer, topic.category_id, viewer.audience)
            there = replace(topic, category_id=category.id, visibility=category.visibility)
            await _change_category(writer, topic, there)
            await audit.note(
                writer, viewer.id, "move_topic", "topic", topic_id, why.reason,
                before=f"#{topic.category_id} {before.name}" if before else "",
                after=f"#{category.id} {category.name}", now=now,
            )  # fmt: skip
            await tell_author(writer, viewer, there, NoticeKind.TOPIC_MOVED, why, now)
    return writer.position


async def set_pinned(db: Database, viewer: Viewer, topic_id: int, pin: Pin, *, now: int) -> int:
    """Keep a topic at the top of its category or of every list, for good or until a time, or let it go.

    Its end lies before the year 9999. Every list is the team's, not a category's own moderators'. Returns the
    log position. Raises SignInRequired, NotFound, Forbidden or Invalid (`where`, `until`).
    """
    if pin.pinned and pin.until is not None and not now < pin.until < LATEST:
        raise Invalid({"until": "Please choose a day that is still to come, before the year 9999."})
    async with db.begin() as writer:
        topic = await hold_moderated(writer, viewer, topic_id)
        had = Pin(topic.pinned, topic.pinned_everywhere, topic.pinned_until)
        if pin.everywhere and not (viewer.is_staff or had == pin):
            raise Invalid(
                {"where": "Every list is for the board’s team to arrange. Please choose its category."}
            )
        if had != pin:
            await writes.set_pin(writer, topic_id, pin)
            news.tell_topic(writer, topic)
            await audit.note(
                writer, viewer.id, "pin" if pin.pinned else "unpin", "topic", topic_id,
                before=_pin_words(had), after=_pin_words(pin), now=now,
            )  # fmt: skip
    return writer.position


def pin_called(words: str) -> Pin:
    """The pin that a line of the log names; "" is none, and in old lines its end is missing."""
    where, _, until = words.partition(_UNTIL)
    end = datetime.fromisoformat(until.removesuffix(_UTC)).replace(tzinfo=UTC) if until else None
    return Pin(bool(where), where == _EVERYWHERE, round(end.timestamp() * SECOND) if end else None)


async def end_pins(db: Database, *, now: int) -> int | None:
    """Lets go of the topics whose pin is over. Returns when the next one will be; None: none has an end."""
    async with db.snapshot() as reader:
        over = await writes.pins_over(reader, now, PINS_AT_ONCE)
    for topic_id in over:
        async with db.begin() as writer:
            topic = await topics.hold(writer, topic_id)
            if topic is not None and topic.pinned_until is not None and topic.pinned_until <= now:
                await writes.set_pin(writer, topic_id, Pin(pinned=False))
                news.tell_topic(writer, topic)
                await audit.tell_again(writer, "pin", "topic", topic_id)
    async with db.snapshot() as reader:
        return await writes.next_pin_over(reader)


async def set_slow(db: Database, viewer: Viewer, topic_id: int, minutes: int, *, now: int) -> int:
    """Let each member reply once in so many minutes, 0 to MAX_SLOW; 0 ends slow mode. Staff are not held up.

    Returns the log position. Raises SignInRequired, NotFound, Forbidden or Invalid (`minutes`).
    """
    if not 0 <= minutes <= MAX_SLOW:
        raise Invalid({"minutes": f"Please choose from 0 to {MAX_SLOW:,} minutes, which is a day."})
    async with db.begin() as writer:
        topic = await hold_moderated(writer, viewer, topic_id)
        if topic.slow_minutes != minutes:
            await writes.set_slow(writer, topic_id, minutes)
            news.tell_topic(writer, topic)
            await audit.note(
                writer, viewer.id, "slow", "topic", topic_id,
                before=_slow_words(topic.slow_minutes), after=_slow_words(minutes), now=now,
            )  # fmt: skip
    return writer.position


async def tell_author(  # noqa: PLR0917  # who tells whom about which topic, and why
    writer: Writer, viewer: Viewer, topic: TopicState, kind: NoticeKind, why: Why, now: int, about: int = 0
) -> None:
    """The topic's author hears of what was done with it, if the moderator wants that.

    The notice leads to the topic `about`, or to his own.
    """
    if why.tell and topic.author_id is not None:
        await notices.tell(
            writer, topic.author_id, kind,
            object_kind="topic", object_id=about or topic.id, words=why.reason, by=viewer.id, now=now,
        )  # fmt: skip


async def role_of(writer: Writer, member_id: int | None) -> Role:
    """What somebody is on the board; a member when the account is gone."""
    found = None if member_id is None else await members.by_id(writer, member_id)
    return found.role if found else Role.MEMBER


async def _hold(writer: Writer, viewer: Viewer, topic_id: int) -> TopicState:
    topic = await hold_moderated(writer, viewer, topic_id)
    if topic.removed:
        raise Forbidden(_REMOVED)
    return topic


async def _tell_title(writer: Writer, topic: TopicState) -> None:
    """It stands in its page, in lists, on profiles beside what people wrote there, and in notices."""
    for post_id, author_id in await posts.newest_in(writer, topic.id, MAX_RETITLED):
        news.tell_post(writer, topic, post_id, author_id)
    news.tell_topic(writer, topic)
    news.tell_category(writer, topic)
    await notices.retell(writer, topic.id)
    await reports.retell(writer, topic.id)
    await pending.retell_in(writer, topic.id)


async def _change_category(writer: Writer, here: TopicState, there: TopicState) -> None:
    seen = await posts.in_whole_topic(writer, here.id, removed_with_topic=False)
    await writes.set_category(writer, here.id, there.category_id)
    if here.visibility is not there.visibility:
        # In one event for both audiences, the widest of before and after.
        widest = replace(there, visibility=min(here.visibility, there.visibility))
        for post_id, author_id in seen:
            news.tell_post(writer, widest, post_id, author_id)
    await news.tell_quoting_topic(writer, here.id)
    await notices.retell(writer, here.id)
    await reports.retell(writer, here.id, left=here.category_id)
    await pending.retell_in(writer, here.id, left=here.category_id)
    # The old place first: where both are on a page, what is told last stays.
    for place in (here, there):
        news.tell_topic(writer, place)
        news.tell_category(writer, place)
    for place, sign in sorted(((here, -1), (there, 1)), key=lambda one: one[0].category_id):
        await categories.count(writer, place.category_id, topics=sign, posts=sign * len(seen))
    await count_for_members(writer, here, there, seen)


async def count_for_members(
    writer: Writer, here: TopicState, there: TopicState, moved: list[tuple[int, int | None]]
) -> None:
    """Profiles count what is in public categories: posts (number and author) that came there, or left.

    The posts are in the topic `there` already.
    """
    public = Audience.PUBLIC
    sign = (there.visibility is public) - (here.visibility is public)
    if not sign:
        return
    thanks_of = await thanks.counts_in_topic(writer, there.id)
    written: Counter[int] = Counter()
    thanked: Counter[int] = Counter()
    for post_id, author_id in moved:
        if author_id is not None:
            written[author_id] += sign
            thanked[author_id] += sign * thanks_of.get(post_id, 0)
    await member_counters.count_many(writer, written, thanked)
    for author_id in sorted(written):
        news.tell_member(writer, author_id)


def _pin_words(pin: Pin) -> str:
    if not pin.pinned:
        return ""
    where = _EVERYWHERE if pin.everywhere else "in its category"
    if pin.until is None:
        return where
    end = datetime.fromtimestamp(pin.until / SECOND, UTC).replace(tzinfo=None)
    return f"{where}{_UNTIL}{end.isoformat(' ')}{_UTC}"


def _slow_words(minutes: int) -> str:
    return f"{minutes} minutes" if minutes else ""
