"""A board of any size, as if people had written for ten years: its rows, for a database that is empty.

Topics overlap in time, so that a page's posts lie as far apart as they do on a board that lives. One topic
goes on all the time and gets a fiftieth of all posts. Counters, places, versions and the log are what they
would be: `fireside check` finds nothing. Everything comes from a fixed seed.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from server.domain import markup
from server.domain.clock import DAY
from server.domain.names import name_key

Row = tuple[object, ...]
Progress = Callable[[int, int], None]

CATEGORIES = 12  # the last two are for members and for staff
LONG_SHARE = 50  # one post of so many goes to the long topic
LOGGED = 200_000  # events that are kept
LIVELY = 300  # topics in which most is written
TEXTS = 200
YEARS = 10
REMOVED, QUOTING, THANKED = 0.01, 0.1, 0.3  # of the posts
REVIVED = 0.02  # of the replies go to any topic
SAID = """
morning walk tired again doctor said wait count better slowly sleep tea evening hope question answer hospital
letter family garden nurse result week appointment quiet long night window thank you all
"""
WORDS = SAID.split()
_QUOTED = 1_234_567  # stands for a post's number in the rendered texts

COLUMNS = {
    "sections": "id name position",
    "categories": "id section_id name slug description position visibility topics posts version",
    "members": (
        "id username name_key email email_key password_hash role personal_text created_at posts"
        " thanks_received version"
    ),
    "topics": (
        "id category_id title author_id author_name created_at replies places last_post_id pinned locked"
        " version"
    ),
    "posts": (
        "id topic_id place author_id author_name created_at body html plain body_version version removed_at"
        " removed_by removed_reason removed_body removed_html removed_plain"
    ),
    "quotes": "post_id place quoted_id",
    "thanks": "post_id member_id at",
    "events": "seq kind object_id audience topic_id category_id member_id at",
}


@dataclass(frozen=True)
class Size:
    posts: int

    @property
    def topics(self) -> int:
        return max(4, self.posts // 20)

    @property
    def members(self) -> int:
        return max(20, self.posts // 200)


LONG_TOPIC = 1  # its number


@dataclass
class _Topic:
    id: int
    category: int
    author: int
    created_at: int
    places: int = 0
    replies: int = 0
    last_post: int = 0
    version: int = 0
    recent: deque[int] = field(default_factory=lambda: deque(maxlen=5))  # posts that can be quoted


@dataclass
class Ends:
    """What the head has to say: the log's last position, what is kept of it, the next post's number."""

    seq: int = 0
    floor: int = 0
    next_post: int = 1


class LargeBoard:
    """`rows` gives every row with its table; afterwards `ends` is what the head has to say."""

    def __init__(self, size: Size, now: int) -> None:
        self.size = size
        self.ends = Ends()
        self._now = now
        self._chance = Random(20)
        self._texts = [markup.render(self._words(), {}) for _ in range(TEXTS)]
        self._quotes = [
            markup.render(f"[quote={_QUOTED}]\n\n{self._words()}", {_QUOTED: "x"}) for _ in range(TEXTS)
        ]
        self._topics: list[_Topic] = []
        self._lively: deque[_Topic] = deque(maxlen=LIVELY)
        self._events: deque[Row] = deque(maxlen=LOGGED)
        self._written = [0] * (size.members + 1)
        self._thanked = [0] * (size.members + 1)
        self._member_versions = [0] * (size.members + 1)
        self._category_versions = [0] * (CATEGORIES + 1)
        self._category_topics = [0] * (CATEGORIES + 1)
        self._category_posts = [0] * (CATEGORIES + 1)

    def rows(self, progress: Progress) -> Iterator[tuple[str, Row]]:
        for number in range(1, self.size.posts + 1):
            yield from self._post(number, self._topic_of(number))
            if not number % 1_000:
                progress(number, self.size.posts)
        yield from (("topics", self._topic_row(topic)) for topic in self._topics)
        yield from (("members", self._member_row(number)) for number in range(1, self.size.members + 1))
        yield from (("categories", self._category_row(number)) for number in range(1, CATEGORIES + 1))
        yield from (("sections", (number, f"Section {number}", number)) for number in (1, 2, 3))
        yield from (("events", event) for event in self._events)
        self.ends.floor = self.ends.seq - len(self._events)
        self.ends.next_post = self.size.posts + 1

    def _topic_of(self, number: int) -> _Topic:
        due = len(self._topics) * self.size.posts < number * self.size.topics
        if due or not self._lively:
            return self._open(number)
        if not number % LONG_SHARE:
            return self._topics[0]
        if self._chance.random() < REVIVED:
            return self._chance.choice(self._topics)
        return self._chance.choice(self._lively)

    def _open(self, number: int) -> _Topic:
        identity = len(self._topics) + 1
        category = 1 if identity == LONG_TOPIC else self._chance.randint(1, CATEGORIES)
        topic = _Topic(identity, category, self._somebody(), self._at(number))
        self._topics.append(topic)
        self._lively.append(topic)
        self._category_topics[category] += 1
        return topic

    def _post(self, number: int, topic: _Topic) -> Iterator[tuple[str, Row]]:
        chance = self._chance
        author = self._somebody() if topic.places else topic.author
        topic.places += 1
        removed = topic.places > 1 and chance.random() < REMOVED
        public = _audience(topic.category) == 0
        version = self._log(number, topic, author)
        quoted = chance.choice(topic.recent) if topic.recent and chance.random() < QUOTING else None
        text = chance.choice(self._quotes if quoted else self._texts)
        body, html = (part.replace(str(_QUOTED), str(quoted)) for part in (text.body, text.html))
        words = (body, html, text.text)
        at = self._at(number)
        gone = (at, author, "off topic", *words) if removed else (None, None, "", None, None, None)
        shown = (None, None, None) if removed else words
        yield (
            "posts",
            (number, topic.id, topic.places, author, f"Member {author}", at, *shown, version, version, *gone),
        )
        if quoted:
            yield "quotes", (number, 1, quoted)
        if removed:
            return
        topic.replies += topic.places > 1
        topic.last_post = number
        topic.recent.append(number)
        self._category_posts[topic.category] += 1
        self._written[author] += public
        if chance.random() < THANKED:
            for member in sorted({self._somebody() for _ in range(chance.randint(1, 3))} - {author}):
                self._thanked[author] += public
                yield "thanks", (number, member, at)

    def _log(self, post: int, topic: _Topic, author: int) -> int:
        """Positions of the post, its topic, its category and, on a public board, its author."""
        audience, at = _audience(topic.category), self._at(post)
        first = self.ends.seq + 1
        self._append("post", post, audience, topic.id, topic.category, author, at)
        self._append("topic", topic.id, audience, topic.id, topic.category, None, at)
        topic.version = self.ends.seq
        self._append("category", topic.category, audience, None, topic.category, None, at)
        self._category_versions[topic.category] = self.ends.seq
        if not audience:
            self._append("member", author, 0, None, None, author, at)
            self._member_versions[author] = self.ends.seq
        return first

    def _append(self, *event: object) -> None:
        self.ends.seq += 1
        self._events.append((self.ends.seq, *event))

    def _topic_row(self, topic: _Topic) -> Row:
        start = topic.id % 20
        return (
            topic.id, topic.category, f"Topic {topic.id}: {' '.join(WORDS[start : start + 5])}",
            topic.author, f"Member {topic.author}", topic.created_at, topic.replies, topic.places,
            topic.last_post, topic.id % 5_000 == 2, topic.id % 100 == 3, topic.version,
        )  # fmt: skip

    def _member_row(self, number: int) -> Row:
        name, address = f"Member {number}", f"member{number}@example.org"
        return (
            number, name, name_key(name), address, address, "!", "member", "", self._at(0),
            self._written[number], self._thanked[number], self._member_versions[number],
        )  # fmt: skip

    def _category_row(self, number: int) -> Row:
        return (
            number, 1 + number % 3, f"Category {number}", f"category-{number}", "What people talk about.",
            number, _audience(number), self._category_topics[number], self._category_posts[number],
            self._category_versions[number],
        )  # fmt: skip

    def _somebody(self) -> int:
        """A few write most."""
        return 1 + int(self.size.members * self._chance.random() ** 3)

    def _at(self, post: int) -> int:
        return self._now - YEARS * 365 * DAY * (self.size.posts + 1 - post) // self.size.posts

    def _words(self) -> str:
        return "\n\n".join(
            " ".join(self._chance.choices(WORDS, k=self._chance.randint(10, 40))) for _ in range(2)
        )


def _audience(category: int) -> int:
    return max(0, category - (CATEGORIES - 2))
