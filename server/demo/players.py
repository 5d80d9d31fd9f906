"""Keeps the demo's board moving: its members go on writing, thanking and tidying up while somebody watches.

Every 3 to 9 seconds one of them does one thing, and at most 9 seconds pass between two things that lists
show, so whoever opens a page sees it move within ten. They stay with a few topics for a while, mostly with
the one that moved last, and soon answer what a visitor wrote. The accounts that visitors sign in with
never act by themselves, and topics that visitors have locked or removed are left alone.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from server.actions import composing, moderation, posting, thanking
from server.actions.limits import Limits
from server.actions.posting import Draft, Edit, Posted
from server.demo.board import SPAM_ON_BOARD, SPAM_REASONS, additions, board, openings, replies, spam, spammers
from server.demo.seed import ACCOUNTS, is_complete, quote_of
from server.domain.clock import MINUTE, now_ms
from server.domain.errors import ForumError
from server.domain.models import Author, Post, Rendering, Topic
from server.domain.viewer import Audience, Role, Viewer
from server.store import categories, members, posts, topics
from server.store.database import Database, Reader

BETWEEN_ACTS = (3.0, 9.0)  # seconds
AROUND_SMALL_ACTS = (3.0, 4.5)  # seconds before and after what lists don't show
SPAM_STANDS_FOR = 10.0  # seconds at least; then a moderator removes it as the next thing that happens
FULL = 600  # replies; such a topic is left alone
ACTS_ON_STAGE = 40  # before they turn to other topics
TOPICS_KNOWN = 100  # with the newest activity; others are left alone
LIVELY = 12  # topics that somebody may turn to
POSTS_IN_EARSHOT = 10  # at the end of a topic: what is quoted and thanked for
LINES_NOT_REPEATED = 120
OWN_POSTS_KEPT = 20  # that may be edited
NEWEST_WEIGHT = 4  # against 2 of each other topic on the stage
VISITOR_WEIGHT = 8  # for a topic in which a visitor had the last word
VISITORS_WAIT = 10 * MINUTE  # for an answer; then they are as good as gone
QUOTED_WHOLE = 0.2
FIT_FOR_ANYTHING = ("Everyday life", "The kitchen table")  # categories in which topics are opened

log = logging.getLogger(__name__)

Act = Callable[[], Awaitable[None]]
_EVERYBODY = Rendering(Audience.PUBLIC, staff=False)


async def play(
    db: Database,
    *,
    chance: Random,
    pace: float = 1.0,
    clock: Callable[[], int] = now_ms,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Runs until it is cancelled, on a board that `seed` filled; `pace` 2.0 is twice as fast.

    What goes wrong with a single act is logged. On any other board it does nothing.
    """
    if not await is_complete(db):
        log.warning("The demo's members stay away: this board is not the demo's.")
        return
    players = _Players(db, chance, clock)
    await _try(players.look_around)
    while True:
        seconds, act = players.next()
        await pause(seconds / pace)
        await _try(act)


async def _try(act: Act) -> None:
    try:
        await act()
    except ForumError as error:  # a visitor locked the topic or removed the post meanwhile
        log.info("a demo member could not act: %s", error)
    except Exception:
        log.exception("a demo member failed to act")


@dataclass(frozen=True, slots=True)
class _Spam:
    """An advertisement that stands on the board since then, in seconds of playing."""

    post_id: int
    since: float


class _Players:
    """Who plays, what they have in mind, and the acts."""

    def __init__(self, db: Database, chance: Random, clock: Callable[[], int]) -> None:
        self._db = db
        self._chance = chance
        self._clock = clock
        self._limits = Limits(enabled=False)
        self._played = 0.0  # seconds
        self._last_was_small = False
        self._talkers: list[Viewer] = []
        self._moderators: list[Viewer] = []
        self._spammers: list[Viewer] = []
        self._spam: deque[_Spam] = deque()
        self._stage: list[int] = []  # topics
        self._acts_left = 0  # on this stage
        self._said: deque[str] = deque(maxlen=LINES_NOT_REPEATED)
        self._own: deque[tuple[int, Viewer]] = deque(maxlen=OWN_POSTS_KEPT)

    async def look_around(self) -> None:
        """Finds everybody, and the advertisements that an earlier run left standing."""
        signed_in = {account.username for account in ACCOUNTS}
        async with self._db.snapshot() as reader:
            for member in board().members:
                account = await members.by_username(reader, member.name)
                if account is None or account.disabled or member.name in signed_in:
                    continue
                viewer = Viewer(account.id, account.username, account.role, joined_at=account.joined_at)
                if member.name in spammers():
                    self._spammers.append(viewer)
                    standing = await posts.by_author(reader, account.id, Audience.PUBLIC, limit=5)
                    self._spam += [_Spam(post.id, since=0.0) for post in standing]
                elif viewer.role is Role.MEMBER:
                    self._talkers.append(viewer)
                else:
                    self._moderators.append(viewer)

    def next(self) -> tuple[float, Act]:
        """What happens next, and in how many seconds."""
        seconds, act, small = self._small_or_not()
        if not self._talkers:
            return seconds, self.look_around
        self._played += seconds
        if self._spam and self._played - self._spam[0].since >= SPAM_STANDS_FOR:
            act, small = self._remove_spam, False
        self._last_was_small = small
        return seconds, act

    def _small_or_not(self) -> tuple[float, Act, bool]:
        if not self._last_was_small and self._chance.random() < 0.25:
            act = self._chance.choices([self._thank, self._edit], [3, 1])[0]
            return self._chance.uniform(*AROUND_SMALL_ACTS), act, True
        act = self._chance.choices([self._reply, self._quote, self._open, self._advertise], [73, 22, 2, 3])[0]
        bounds = AROUND_SMALL_ACTS if self._last_was_small else BETWEEN_ACTS
        return self._chance.uniform(*bounds), act, False

    async def _reply(self) -> None:
        async with self._db.snapshot() as reader:
            topic = await self._topic(reader)
        if topic is None:
            await self._open_any(openings())
        else:
            await self._say(topic)

    async def _quote(self) -> None:
        async with self._db.snapshot() as reader:
            topic = await self._topic(reader)
            heard = await self._heard(reader, topic) if topic else []
            quoted = self._chance.choice(heard) if heard else None
            state = await posts.state(reader, quoted.id) if quoted else None
        if topic is None or quoted is None or state is None or not state.plain:
            await self._reply()
            return
        lines = quote_of(quoted.id, state.plain, whole=self._chance.random() < QUOTED_WHOLE)
        await self._say(topic, quoted.author.username, lines)

    async def _thank(self) -> None:
        async with self._db.snapshot() as reader:
            topic = await self._topic(reader)
            heard = await self._heard(reader, topic) if topic else []
        if heard:
            post = self._chance.choice(heard)
            nobody_again = {post.author.id, *(thank.id for thank in post.thanks)}
            viewer = self._chance.choice([one for one in self._talkers if one.id not in nobody_again])
            await thanking.thank(self._db, viewer, post.id, now=self._clock())

    async def _edit(self) -> None:
        """Somebody appends a line to what they wrote; each post once."""
        if not self._own:
            return
        post_id, viewer = self._own[self._chance.randrange(len(self._own))]
        self._own.remove((post_id, viewer))
        async with self._db.snapshot() as reader:
            state = await posts.state(reader, post_id)
            source = await composing.source_of(reader, viewer, state) if state and not state.removed else ""
        if state and source:
            line = self._line([text for text in additions() if viewer.username not in text])
            change = Edit(f"{source}\n\n{line}", state.version)
            await posting.edit(self._db, viewer, post_id, change, now=self._clock())

    async def _open(self) -> None:
        """A new topic, unless all that could be opened are there already."""
        async with self._db.snapshot() as reader:
            known = await topics.latest(reader, Audience.PUBLIC, limit=TOPICS_KNOWN)
        titles = {topic.title for topic in known}
        unused = [opening for opening in openings() if opening[0] not in titles]
        await (self._open_any(unused) if unused else self._reply())

    async def _open_any(self, choice: Sequence[tuple[str, str]]) -> None:
        async with self._db.snapshot() as reader:
            sections = await categories.by_section(reader, Audience.PUBLIC)
        places = [place for _, _, row in sections for place in row]
        fit = [place for place in places if place.name in FIT_FOR_ANYTHING] or places
        title, body = self._chance.choice(choice)
        viewer = self._somebody(body, without=[])
        posted = await posting.start_topic(
            self._db,
            viewer,
            self._chance.choice(fit).id,
            Draft(body, title),
            now=self._clock(),
            limits=self._limits,
        )
        self._own.append((posted.post_id, viewer))

    async def _advertise(self) -> None:
        async with self._db.snapshot() as reader:
            topic = await self._topic(reader)
        if topic is None or self._spam:
            await self._reply()
            return
        text = self._line(spam()[SPAM_ON_BOARD:])
        posted = await self._post(self._chance.choice(self._spammers), topic, text)
        self._spam.append(_Spam(posted.post_id, since=self._played))

    async def _remove_spam(self) -> None:
        post_id = self._spam.popleft().post_id  # not tried again: a visitor may have been quicker
        reason, moderator = self._chance.choice(SPAM_REASONS), self._chance.choice(self._moderators)
        await moderation.remove_post(self._db, moderator, post_id, reason, now=self._clock())

    async def _say(self, topic: Topic, quoted: str = "", lines: str = "") -> None:
        text = self._line(replies())
        viewer = self._somebody(text, without=[quoted, topic.last_post.author.username])
        posted = await self._post(viewer, topic, lines + text)
        self._own.append((posted.post_id, viewer))

    async def _post(self, viewer: Viewer, topic: Topic, body: str) -> Posted:
        return await posting.reply(
            self._db, viewer, topic.id, Draft(body), now=self._clock(), limits=self._limits
        )

    async def _topic(self, reader: Reader) -> Topic | None:
        """One of those on the stage, mostly the one that moved last. None when every topic is full."""
        known = await topics.latest(reader, Audience.PUBLIC, limit=TOPICS_KNOWN)
        fit = {topic.id: topic for topic in known if self._is_fit(topic)}
        if not fit:
            return None
        if self._acts_left <= 0:
            self._set_stage(list(fit.values()))
        self._acts_left -= 1
        weights = {number: 2 for number in self._stage if number in fit} | {next(iter(fit)): NEWEST_WEIGHT}
        weights |= {topic.id: VISITOR_WEIGHT for topic in fit.values() if self._awaits_answer(topic)}
        return fit[self._chance.choices(list(weights), list(weights.values()))[0]]

    def _is_fit(self, topic: Topic) -> bool:
        """Open, not too long, and nobody would seem to answer an advertisement."""
        return not topic.locked and topic.replies < FULL and not self._advertises(topic.last_post.author)

    def _awaits_answer(self, topic: Topic) -> bool:
        """A visitor had the last word, just now."""
        last = topic.last_post
        since = self._clock() - last.created_at
        return since < VISITORS_WAIT and all(last.author.id != player.id for player in self._talkers)

    async def _heard(self, reader: Reader, topic: Topic) -> list[Post]:
        """The last posts of the topic, advertisements aside."""
        first = topic.places - POSTS_IN_EARSHOT + 1
        end = await posts.in_topic(reader, topic.id, _EVERYBODY, first, topic.places)
        return [post for post in end if not self._advertises(post.author)]

    def _advertises(self, author: Author) -> bool:
        return any(author.id == spammer.id for spammer in self._spammers)

    def _set_stage(self, fit: Sequence[Topic]) -> None:
        """The longest topic, a pinned one, and one or two of the lively ones."""
        longest = max(fit, key=lambda topic: topic.replies)
        pinned = [topic for topic in fit if topic.pinned][:1]
        lively = self._chance.sample(fit[:LIVELY], min(2, len(fit)))
        self._stage = list(dict.fromkeys(topic.id for topic in [longest, *pinned, *lively]))
        self._acts_left = ACTS_ON_STAGE

    def _line(self, lines: Iterable[str]) -> str:
        """One that was not used lately, if there is one."""
        lines = list(lines)
        line = self._chance.choice([line for line in lines if line not in self._said] or lines)
        self._said.append(line)
        return line

    def _somebody(self, text: str, without: Sequence[str]) -> Viewer:
        """A member whom the text does not name: nobody speaks of themselves by name."""
        return self._chance.choice(
            [one for one in self._talkers if one.username not in text and one.username not in without]
        )
