"""Fills an empty database with the demo's board, as if everybody had written when the plan says they did.

Nothing is inserted behind the forum's back: members join, write, quote, thank, edit and remove through the
same actions as everybody, one after the other in order of time, with `now` in the past. So numbers,
counters, quotes and the log are what they would be, and a plan that breaks a rule fails here.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from server.actions import demo_board, moderation, posting, thanking
from server.actions.demo_board import NewCategory, is_complete
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.posting import Draft, Edit, Posted
from server.demo import desk
from server.demo.board import SEED, DemoMember, DemoTopic, board
from server.domain.clock import DAY, HOUR, MINUTE
from server.domain.errors import Overloaded
from server.domain.validation import slug
from server.domain.viewer import Audience, Role, Viewer
from server.store import posts
from server.store.database import Database

__all__ = ["ACCOUNTS", "FIRST_POST", "FORUM_NAME", "Account", "is_complete", "quote_of", "seed"]

FORUM_NAME = "Fireside demo"
FIRST_POST = 65_000
_TRIES = 5
_NO_PASSWORD = "!"  # noqa: S105  # no password has this hash
_SHORT = 25  # characters; a shorter first sentence is quoted together with the second
_LONGEST = 300  # characters of a passage
_WHOLE = 0.25  # of the quotes are of the whole post
_SENTENCE = re.compile(r"\S.*?(?:[.!?…][\"'”’)]*(?=\s|\Z)|\Z)")
_THANKED_WITHIN = 2 * DAY
_EDITED_WITHIN = 25 * MINUTE
_REMOVED_WITHIN = 50 * MINUTE
_LOCKED_AFTER = DAY
_FOUNDED = 40 * DAY  # before the first post
_READ_ALONG = 20 * DAY  # at most, between joining and writing


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody to sign in as; the password is known to everyone."""

    username: str
    password: str
    role: Role


ACCOUNTS = (
    Account("Ingrid", "kettle-on-the-hob", Role.ADMIN),
    Account("Hanna", "window-with-a-robin", Role.MODERATOR),
    Account("Marigold", "counting-in-thousands", Role.MEMBER),
)


async def seed(
    db: Database, passwords: Passwords, *, now: int, progress: Callable[[int, int], None]
) -> tuple[Account, ...]:
    """Fill the board unless it is filled; returns whom to sign in as. `progress` is told (done, total).

    What was interrupted cannot be taken up again: start with an empty database unless `is_complete`.
    Raises RuntimeError on a board with something else in it.
    """
    if await is_complete(db):
        return ACCOUNTS
    hashes = {account.username: await passwords.hash(account.password) for account in ACCOUNTS}
    rows = [
        NewCategory(row.section, row.name, row.description, Audience[row.visibility.upper()])
        for row in board().categories
    ]
    categories = await demo_board.furnish(db, FORUM_NAME, rows, FIRST_POST)
    history = _History(db, hashes, categories, now)
    acts = history.acts()
    for done, (at, act) in enumerate(acts, 1):
        await _insist(act, at)
        progress(done, len(acts))
    await history.lay_out_desk()
    await demo_board.finish(db)
    return ACCOUNTS


def quote_of(post_id: int, text: str, *, whole: bool = False) -> str:
    """The lines that quote a post with that plain text: all of it, or how it begins."""
    beginning = text.strip().partition("\n")[0][:_LONGEST]
    if whole or not beginning:
        return f"[quote={post_id}]\n\n"
    sentences = [found[0] for found in _SENTENCE.finditer(beginning)]
    passage = sentences[0] if len(sentences[0]) >= _SHORT else " ".join(sentences[:2])
    return f"[quote={post_id}]\n{passage}\n[/quote]\n\n"


Act = Callable[[int], Awaitable[None]]
"""Something that happens at the time it is given."""


async def _insist(act: Act, at: int) -> None:
    """A machine that stands still for a second must not leave half a board."""
    for _ in range(_TRIES - 1):
        try:
            return await act(at)
        except Overloaded:
            continue
    return await act(at)


class _History:
    """Everything that happened on the board, each with its time in milliseconds."""

    def __init__(
        self, db: Database, hashes: Mapping[str, str], categories: Mapping[str, int], now: int
    ) -> None:
        self._db = db
        self._hashes = hashes
        self._categories = categories
        self._now = now
        self._chance = Random(SEED)  # noqa: S311  # a history that repeats, not a secret
        self._limits = Limits(enabled=False)
        self._plan = board()
        self._times = [[self._time(post.minutes_ago) for post in topic.posts] for topic in self._plan.topics]
        self._joined = {member.name: self._joins_at(member) for member in self._plan.members}
        self._viewers: dict[str, Viewer] = {}
        # By the places of topic and post in the plan:
        self._posted: dict[tuple[int, int], Posted] = {}
        self._quoted: dict[tuple[int, int], str] = {}

    def acts(self) -> list[tuple[int, Act]]:
        """All of it in order of time."""
        joining = [(self._joined[member.name], partial(self._join, member)) for member in self._plan.members]
        happening = [act for number in range(len(self._plan.topics)) for act in self._in_topic(number)]
        return sorted([*joining, *happening], key=lambda act: act[0])

    async def lay_out_desk(self) -> None:
        """Gives the moderators something to do, about the newest answer in an open topic."""
        open_answers = [
            (self._times[number][index], posted)
            for (number, index), posted in self._posted.items()
            if index > 0 and _may_be_reported(self._plan.topics[number], index)
        ]
        _, about = max(open_answers, key=lambda found: found[0])
        await desk.lay_out(self._db, self._viewers, about, now=self._now - 1, limits=self._limits)

    def _time(self, minutes_ago: int) -> int:
        """Some second of that minute, so that posts of one topic keep their order."""
        return min(self._now - minutes_ago * MINUTE + self._chance.randrange(MINUTE), self._now - 2)

    def _joins_at(self, member: DemoMember) -> int:
        """Some time before they first wrote, or thanked in a topic before it was closed."""
        first = self._now - DAY
        for topic, times in zip(self._plan.topics, self._times, strict=True):
            for post, at in zip(topic.posts, times, strict=True):
                if post.author == member.name:
                    first = min(first, at)
                if topic.locked and member.name in post.thanked_by:
                    first = min(first, times[-1])
        if member.role == Role.ADMIN:
            return min(first, *(times[0] for times in self._times)) - _FOUNDED
        return first - self._chance.randrange(HOUR, _READ_ALONG)

    def _in_topic(self, number: int) -> Iterator[tuple[int, Act]]:
        topic, times = self._plan.topics[number], self._times[number]
        end = min(times[-1] + _LOCKED_AFTER, self._now - 1) if topic.locked else self._now
        if topic.locked:
            yield end, partial(self._lock, number, topic.posts[-1].author)  # a moderator has the last word
        if topic.pinned:
            yield times[0] + 1, partial(self._pin, number)
        for index, (post, at) in enumerate(zip(topic.posts, times, strict=True)):
            where = number, index
            yield at, partial(self._write, where)
            if post.edited:
                yield self._between(at, end, _EDITED_WITHIN), partial(self._edit, where)
            if post.removed_reason is not None:
                yield self._between(at, end, _REMOVED_WITHIN), partial(self._remove, where)
            for name in post.thanked_by:
                since = max(at, self._joined[name])
                yield self._between(since, end, _THANKED_WITHIN), partial(self._thank, where, name)

    def _between(self, start: int, end: int, within: int) -> int:
        """A time after `start` and before `end`, rather soon."""
        return start + 1 + int(min(end - start - 2, within) * self._chance.random() ** 2)

    async def _join(self, member: DemoMember, at: int) -> None:
        draft = NewMember(member.name, f"{slug(member.name)}@example.org", password="", accepts_rules=True)
        password_hash = self._hashes.get(member.name, _NO_PASSWORD)
        viewer = await demo_board.join(
            self._db, draft, member.personal_text, password_hash, Role(member.role), now=at
        )
        self._viewers[member.name] = viewer

    async def _write(self, where: tuple[int, int], at: int) -> None:
        number, index = where
        topic = self._plan.topics[number]
        post = topic.posts[index]
        viewer = self._viewers[post.author]
        self._quoted[where] = await self._quotes(where)
        body = self._quoted[where] + (_unfinished(post.body) if post.edited else post.body)
        if index == 0:
            category_id = self._categories[topic.category]
            self._posted[where] = await posting.start_topic(
                self._db, viewer, category_id, Draft(body, topic.title), now=at, limits=self._limits
            )
        else:
            topic_id = self._posted[number, 0].topic_id
            self._posted[where] = await posting.reply(
                self._db, viewer, topic_id, Draft(body), now=at, limits=self._limits
            )

    async def _edit(self, where: tuple[int, int], at: int) -> None:
        post = self._plan.topics[where[0]].posts[where[1]]
        posted = self._posted[where]
        change = Edit(self._quoted[where] + post.body, posted.position, "A word was missing.")
        await posting.edit(self._db, self._viewers[post.author], posted.post_id, change, now=at)

    async def _quotes(self, where: tuple[int, int]) -> str:
        """The lines that quote what the post quotes."""
        lines = []
        for quoted in self._plan.topics[where[0]].posts[where[1]].quotes:
            post_id = self._posted[where[0], quoted].post_id
            async with self._db.snapshot() as reader:
                state = await posts.state(reader, post_id)
            plain = (state and state.plain) or ""
            lines.append(quote_of(post_id, plain, whole=self._chance.random() < _WHOLE))
        return "".join(lines)

    async def _thank(self, where: tuple[int, int], name: str, at: int) -> None:
        await thanking.thank(self._db, self._viewers[name], self._posted[where].post_id, now=at)

    async def _remove(self, where: tuple[int, int], at: int) -> None:
        reason = self._plan.topics[where[0]].posts[where[1]].removed_reason or ""
        there = [viewer for viewer in self._viewers.values() if viewer.role is Role.MODERATOR]
        moderator = there[where[0] % len(there)]
        await moderation.remove_post(self._db, moderator, self._posted[where].post_id, reason, now=at)

    async def _pin(self, number: int, at: int) -> None:
        author = self._viewers[self._plan.topics[number].posts[0].author]
        await moderation.set_pinned(self._db, author, self._posted[number, 0].topic_id, pinned=True, now=at)

    async def _lock(self, number: int, name: str, at: int) -> None:
        topic_id = self._posted[number, 0].topic_id
        await moderation.set_locked(self._db, self._viewers[name], topic_id, locked=True, now=at)


def _may_be_reported(topic: DemoTopic, index: int) -> bool:
    post = topic.posts[index]
    is_others = post.author not in (desk.READER, desk.COLLECTOR)
    return not topic.locked and post.removed_reason is None and is_others


def _unfinished(body: str) -> str:
    """A post as it was before its author came back to it: without the last word."""
    return body.rpartition(" ")[0] or f"{body} ..."
