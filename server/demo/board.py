"""The demo's board as a plan, the same every time: who is there, what they wrote, what they may say next."""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

SEED = 1989
DAY = 24 * 60  # minutes
SPAM_ON_BOARD = 8  # removed advertisements among the posts
USUAL_SPAN = 12.0  # days that a topic is busy, unless it says otherwise
HASTE = 2.2  # above 1, most answers come soon after the opening
EDITED = 0.05  # of the posts, besides those whose text asks for it
THANKS = (55, 14, 12, 8, 5, 3, 3)  # weights of 0, 1, ... 6 thanks; answers and openings get a few more
SPAM_REASONS = ("Advertising", "Sells a miracle cure", "Advertising, again")
NO_SPAM_IN = "Quiet corner"


@dataclass(frozen=True, slots=True)
class DemoMember:
    """Somebody with an account."""

    name: str
    personal_text: str
    role: str  # "member", "moderator" or "admin"


@dataclass(frozen=True, slots=True)
class DemoCategory:
    """A place for topics; sections come in the order in which categories name them."""

    section: str
    name: str
    description: str
    visibility: str  # "public", "members" or "staff"


@dataclass(frozen=True, slots=True)
class DemoPost:
    """One post; the quoted posts are named and not copied into the body."""

    author: str
    body: str  # Markdown
    minutes_ago: int
    thanked_by: tuple[str, ...]
    edited: bool
    removed_reason: str | None
    quotes: tuple[int, ...]  # indexes of earlier posts of the same topic


@dataclass(frozen=True, slots=True)
class DemoTopic:
    """A topic; the first post is its opening."""

    category: str
    title: str
    posts: tuple[DemoPost, ...]
    pinned: bool
    locked: bool


@dataclass(frozen=True, slots=True)
class DemoBoard:
    """Everything that there is when the demo starts."""

    members: tuple[DemoMember, ...]
    categories: tuple[DemoCategory, ...]
    topics: tuple[DemoTopic, ...]


@dataclass(eq=False, slots=True)
class _Draft:
    """A post before it has a time, thanks and a place in its topic."""

    author: str
    body: str
    quotes: list["_Draft"] = field(default_factory=list)
    edited: bool = False
    removed_reason: str | None = None


@cache
def board() -> DemoBoard:
    """The whole board, the same in every process."""
    people = _toml("people.toml")
    members = tuple(
        DemoMember(_text(row, "name"), _text(row, "text"), _text(row, "role") or "member")
        for row in _tables(people, "member")
    )
    categories = tuple(
        DemoCategory(
            _text(row, "section"),
            _text(row, "name"),
            _text(row, "description"),
            _text(row, "visibility") or "public",
        )
        for row in _tables(people, "category")
    )
    return DemoBoard(members, categories, tuple(_Writer(members, people).topics()))


def spammers() -> tuple[str, ...]:
    """Names of the members who only advertise; the others never do."""
    return tuple(_texts(_toml("people.toml"), "spammers"))


def replies() -> tuple[str, ...]:
    """What anybody may answer in any topic."""
    return tuple(_texts(_toml("live.toml"), "replies"))


def openings() -> tuple[tuple[str, str], ...]:
    """Titles and first posts of topics that may be opened while somebody watches."""
    return tuple((_text(row, "title"), _text(row, "body")) for row in _tables(_toml("live.toml"), "opening"))


def spam() -> tuple[str, ...]:
    """Advertisements for a moderator to remove; the first few are on the board already."""
    return tuple(_texts(_toml("live.toml"), "spam"))


def additions() -> tuple[str, ...]:
    """Sentences that members append when they edit what they wrote."""
    return tuple(_texts(_toml("live.toml"), "additions"))


class _Writer:
    """Turns the content files into topics, with one seeded source of chance."""

    def __init__(self, members: Sequence[DemoMember], people: Mapping[str, object]) -> None:
        self.chance = random.Random(SEED)  # noqa: S311 - a plan that repeats, not a secret
        reserved = _texts(people, "reserved")
        self.spammers = _texts(people, "spammers")
        self.everyone = [member.name for member in members if member.name not in self.spammers]
        self.talkers = [name for name in self.everyone if name not in reserved]
        self.themes = _toml("themes.toml")
        self.pools = {theme: _texts(self.themes, theme) for theme in self.themes}
        for pool in self.pools.values():
            self.chance.shuffle(pool)

    def topics(self) -> Iterator[DemoTopic]:
        """All topics: the written ones file by file, then the long one."""
        rows = list(_topic_rows())
        advertised = self._advertised([row for _, row in rows if not row.get("pinned")], rows)
        for category, row in rows:
            drafts = self._conversation(row)
            if _text(row, "title") in advertised:
                self._advertise(drafts, advertised.index(_text(row, "title")))
            yield self._topic(category, row, drafts, haste=HASTE)
        morning = _toml("morning.toml")
        yield self._topic(_text(morning, "category"), morning, self._morning(morning), haste=1.0)

    def _advertised(
        self, candidates: Sequence[Mapping[str, object]], rows: Sequence[tuple[str, Mapping[str, object]]]
    ) -> list[str]:
        """Titles of the topics that an advertisement gets into."""
        quiet = {_text(row, "title") for category, row in rows if category == NO_SPAM_IN}
        titles = [_text(row, "title") for row in candidates if not row.get("locked")]
        return self.chance.sample([title for title in titles if title not in quiet], SPAM_ON_BOARD)

    def _conversation(self, row: Mapping[str, object]) -> list[_Draft]:
        """The opening, the answers written for it, and `more` answers of its theme between them."""
        written = [_Draft(_text(row, "by"), _text(row, "opening"))]
        for reply in _tables(row, "replies"):
            quotes = [written[index] for index in _numbers(reply, "re")]
            written.append(
                _Draft(_text(reply, "by"), _text(reply, "say"), quotes, edited=reply.get("edited") is True)
            )
        drafts = list(written)
        for _ in range(int(_number(row, "more", 0))):
            # The last word in a locked topic is the moderator's.
            place = self.chance.randrange(1, len(drafts) + (0 if row.get("locked") else 1))
            body = self.pools[_text(row, "theme")].pop()
            near = {draft.author for draft in (drafts[0], *drafts[place - 1 : place + 1])}
            drafts.insert(place, _Draft(self._talker(body, near), body))
        return drafts

    def _advertise(self, drafts: list[_Draft], number: int) -> None:
        """Puts one removed advertisement somewhere after the opening."""
        draft = _Draft(self.spammers[number % len(self.spammers)], spam()[number])
        draft.removed_reason = SPAM_REASONS[number % len(SPAM_REASONS)]
        drafts.insert(self.chance.randrange(1, len(drafts) + 1), draft)

    def _morning(self, row: Mapping[str, object]) -> list[_Draft]:
        """The long topic: everybody's lines in their own order, shuffled together, with answers."""
        lines = _table(row, "lines")
        waiting = {name: _texts(lines, name) for name in lines}
        anyone = _texts(row, "anyone")
        self.chance.shuffle(anyone)
        drafts = [_Draft(_text(row, "by"), _text(row, "opening"))]
        while anyone or any(waiting.values()):
            names = [name for name, left in waiting.items() if left and name != drafts[-1].author]
            weights = [len(waiting[name]) ** 2 for name in names]
            if anyone and (not names or self.chance.random() < 0.15):
                passers = [name for name in self.talkers if name not in {*waiting, drafts[-1].author}]
                drafts.append(_Draft(self.chance.choice(passers), anyone.pop()))
            else:
                name = self.chance.choices(names or [drafts[-1].author], weights or None)[0]
                drafts.append(_Draft(name, waiting[name].pop(0)))
        answers = _texts(row, "answers")
        for number, body in enumerate(answers):
            place = self.chance.randrange(2, len(drafts) + 1)
            while drafts[place - 1].body in answers:
                place -= 1
            near = {draft.author for draft in drafts[place - 1 : place + 1]}
            quotes = [drafts[place - 1]] if number % 2 else []
            drafts.insert(place, _Draft(self._talker(body, near), body, quotes))
        return drafts

    def _talker(self, body: str, near: set[str]) -> str:
        """Somebody who may say this here: no neighbour, and nobody speaks of themselves by name."""
        return self.chance.choice([name for name in self.talkers if name not in near and name not in body])

    def _topic(
        self, category: str, row: Mapping[str, object], drafts: Sequence[_Draft], *, haste: float
    ) -> DemoTopic:
        """Gives every draft its time, its thanks and the places of what it quotes."""
        places = {id(draft): place for place, draft in enumerate(drafts)}
        age = _number(row, "age", 0)
        ages = self._ages(len(drafts), age, min(age, _number(row, "span", USUAL_SPAN)), haste)
        posts = tuple(
            DemoPost(
                author=draft.author,
                body=draft.body,
                minutes_ago=minutes_ago,
                thanked_by=() if draft.removed_reason else self._thanks(draft.author),
                edited=draft.edited or (not draft.removed_reason and self.chance.random() < EDITED),
                removed_reason=draft.removed_reason,
                quotes=tuple(sorted(places[id(quoted)] for quoted in draft.quotes)),
            )
            for draft, minutes_ago in zip(drafts, ages, strict=True)
        )
        flags = {"pinned": row.get("pinned") is True, "locked": row.get("locked") is True}
        return DemoTopic(category, _text(row, "title"), posts, **flags)

    def _ages(self, count: int, age: float, span: float, haste: float) -> list[int]:
        """Minutes since each post: all different, falling, and never in the future."""
        start, busy = round(age * DAY), round(span * DAY)
        after = {0}
        while len(after) < count:
            after.add(1 + int((busy - 3) * self.chance.random() ** haste))
        return [start - minutes for minutes in sorted(after)]

    def _thanks(self, author: str) -> tuple[str, ...]:
        """Nobody, or a few who are not the author."""
        number = self.chance.choices(range(len(THANKS)), THANKS)[0]
        return tuple(self.chance.sample([name for name in self.everyone if name != author], number))


def _topic_rows() -> Iterator[tuple[str, Mapping[str, object]]]:
    """Every written topic with its category, in the order of the files' names."""
    names = sorted(file.name for file in _folder().iterdir() if file.name.startswith("topics_"))
    for content in map(_toml, names):
        for row in _tables(content, "topic"):
            yield _text(content, "category"), row


def _folder() -> Traversable:
    return files("server.demo").joinpath("content")


def _toml(name: str) -> dict[str, object]:
    return tomllib.loads(_folder().joinpath(name).read_text(encoding="utf-8"))


def _text(row: Mapping[str, object], key: str) -> str:
    return str(row.get(key, "")).strip()


def _number(row: Mapping[str, object], key: str, otherwise: float) -> float:
    value = row.get(key, otherwise)
    return value if isinstance(value, int | float) else otherwise


def _items(row: Mapping[str, object], key: str) -> list[object]:
    value = row.get(key, [])
    return list(value) if isinstance(value, list) else []


def _texts(row: Mapping[str, object], key: str) -> list[str]:
    return [item for item in _items(row, key) if isinstance(item, str)]


def _numbers(row: Mapping[str, object], key: str) -> list[int]:
    return [item for item in _items(row, key) if isinstance(item, int)]


def _tables(row: Mapping[str, object], key: str) -> list[dict[str, object]]:
    return [item for item in _items(row, key) if isinstance(item, dict)]


def _table(row: Mapping[str, object], key: str) -> dict[str, object]:
    value = row.get(key, {})
    return value if isinstance(value, dict) else {}
