"""What is a member's own, for him to take along: his account, posts, topics, thanks and sessions.

Whatever he wrote is his, also where it was removed and where he may not look any more. What others wrote
around it is not: the title and the category of his post are told while he may read them where they stand.
"""

from dataclasses import dataclass

from server.domain.viewer import Audience
from server.store.database import Reader

PAGE = 200  # posts that are read at once


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """The account as its member gave it. Times are in milliseconds UTC."""

    id: int
    username: str
    email: str
    role: str
    personal_text: str
    about: str
    picture: str  # the name of its files
    presence: str
    joined_at: int
    email_confirmed_at: int | None
    rules_accepted_at: int | None
    thanks_received: int


@dataclass(frozen=True, slots=True)
class OwnValue:
    """What the member wrote into a field of the profile."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post. `body` is as it was typed, `html` as it is shown.

    `topic` and `category` are empty where he may not read them.
    """

    id: int
    topic_id: int
    topic: str
    category: str
    created_at: int
    edited_at: int | None
    removed_at: int | None
    body: str
    html: str


@dataclass(frozen=True, slots=True)
class OwnTopic:
    """A topic that the member began. `title` and `category` are empty where he may not look any more."""

    id: int
    title: str
    category: str
    created_at: int
    replies: int
    removed_at: int | None


@dataclass(frozen=True, slots=True)
class OwnThank:
    """A thank-you that the member said, or was said to him, by `by`."""

    post_id: int
    at: int
    by: str
    to: str


@dataclass(frozen=True, slots=True)
class OwnSession:
    """Where the member is or was signed in lately."""

    device: str
    created_at: int
    seen_at: int
    remember: bool


@dataclass(frozen=True, slots=True)
class OwnName:
    """A name that the member had before."""

    name: str
    ended_at: int


@dataclass(frozen=True, slots=True)
class OwnAct:
    """What the member did with his account, and what was done to it, from the board's log."""

    at: int
    act: str


@dataclass(frozen=True, slots=True)
class OwnNotice:
    """What the member was told. `words` are what somebody said to him."""

    kind: str
    words: str
    at: int
    read_at: int | None


@dataclass(frozen=True, slots=True)
class OwnPending:
    """What the member wrote and nobody else could read yet. `reason` is why it was declined."""

    topic_id: int | None
    title: str
    body: str
    at: int
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What the member reported, and what he said of it."""

    kind: str
    object_id: int
    reason: str
    details: str
    at: int


@dataclass(frozen=True, slots=True)
class OwnSanction:
    """A warning, a silence or a ban, with the reason that the member was told."""

    kind: str
    reason: str
    at: int
    until_at: int | None
    read_at: int | None
    ended_at: int | None


async def account(reader: Reader, member_id: int) -> OwnAccount | None:
    """The member himself."""
    row = await reader.one(
        "SELECT id, username, email, role, personal_text, about, picture, presence, created_at,"
        " email_confirmed_at, rules_accepted_at, thanks_received FROM members WHERE id = :id",
        id=member_id,
    )
    return None if row is None else OwnAccount(*row)


async def values(reader: Reader, member_id: int) -> list[OwnValue]:
    """What he wrote into the fields of his profile, whoever may see it."""
    rows = await reader.all(
        "SELECT f.label, v.value FROM profile_values v JOIN profile_fields f ON f.id = v.field_id"
        " WHERE v.member_id = :id ORDER BY f.position, f.id",
        id=member_id,
    )
    return [OwnValue(*row) for row in rows]


async def post_count(reader: Reader, member_id: int) -> int:
    """How many posts he wrote, removed ones included."""
    return int(await reader.value("SELECT COUNT(*) FROM posts WHERE author_id = :id", id=member_id) or 0)


# Where he may not look staff may have given a topic another title, so not even who began it is told that one.
# The title of a removed topic is for who began it only.
_SEEN = "c.visibility <= :audience"
_TITLE = (
    f"CASE WHEN NOT {_SEEN} THEN '' WHEN t.author_id = :id THEN COALESCE(t.title, t.removed_title, '')"
    " ELSE COALESCE(t.title, '') END"
)
_CATEGORY = f"CASE WHEN {_SEEN} THEN c.name ELSE '' END"


async def posts(reader: Reader, member_id: int, audience: Audience, after: int) -> list[OwnPost]:
    """The next PAGE posts with a higher number than `after`, oldest first; he belongs to that audience."""
    rows = await reader.all(
        f"SELECT p.id, p.topic_id, {_TITLE}, {_CATEGORY}, p.created_at, p.edited_at, p.removed_at,"
        " COALESCE(p.body, p.removed_body, ''), COALESCE(p.html, p.removed_html, '')"
        " FROM posts p JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id"
        " WHERE p.author_id = :id AND p.id > :after ORDER BY p.id LIMIT :limit",
        id=member_id,
        audience=audience,
        after=after,
        limit=PAGE,
    )
    return [OwnPost(*row) for row in rows]


async def topics(reader: Reader, member_id: int, audience: Audience) -> list[OwnTopic]:
    """The topics he began, oldest first; he belongs to that audience."""
    rows = await reader.all(
        f"SELECT t.id, {_TITLE}, {_CATEGORY}, t.created_at, t.replies, t.removed_at"
        " FROM topics t JOIN categories c ON c.id = t.category_id WHERE t.author_id = :id ORDER BY t.id",
        id=member_id,
        audience=audience,
    )
    return [OwnTopic(*row) for row in rows]


async def thanks(reader: Reader, member_id: int) -> list[OwnThank]:
    """The thank-yous that he said, and those that were said to him, oldest first."""
    rows = await reader.all(
        "SELECT k.post_id, k.at, m.username, COALESCE(a.username, p.author_name) FROM thanks k"
        " JOIN members m ON m.id = k.member_id JOIN posts p ON p.id = k.post_id"
        " LEFT JOIN members a ON a.id = p.author_id"
        " WHERE k.member_id = :id OR p.author_id = :id ORDER BY k.at, k.post_id",
        id=member_id,
    )
    return [OwnThank(*row) for row in rows]


async def sessions(reader: Reader, member_id: int) -> list[OwnSession]:
    """Where he is signed in."""
    rows = await reader.all(
        "SELECT device, created_at, seen_at, remember FROM sessions WHERE member_id = :id ORDER BY id",
        id=member_id,
    )
    return [OwnSession(row[0], row[1], row[2], bool(row[3])) for row in rows]


async def reports(reader: Reader, member_id: int) -> list[OwnReport]:
    """What he reported, oldest first."""
    rows = await reader.all(
        "SELECT k.object_kind, k.object_id, r.reason, r.details, r.at FROM reports r"
        " JOIN cases k ON k.id = r.case_id WHERE r.reporter_id = :id ORDER BY r.id",
        id=member_id,
    )
    return [OwnReport(*row) for row in rows]


async def notices(reader: Reader, member_id: int) -> list[OwnNotice]:
    """What he was told, oldest first."""
    rows = await reader.all(
        "SELECT kind, words, at, read_at FROM notices WHERE member_id = :id ORDER BY id", id=member_id
    )
    return [OwnNotice(*row) for row in rows]


async def pending(reader: Reader, member_id: int) -> list[OwnPending]:
    """What he wrote that waits for a moderator, or was declined; oldest first."""
    rows = await reader.all(
        "SELECT topic_id, title, body, at, outcome, reason FROM pending_posts"
        " WHERE member_id = :id AND body <> '' ORDER BY id",
        id=member_id,
    )
    return [OwnPending(*row) for row in rows]


async def names(reader: Reader, member_id: int) -> list[OwnName]:
    """The names that he had before, oldest first."""
    rows = await reader.all(
        "SELECT name, ended_at FROM former_names WHERE member_id = :id ORDER BY ended_at, id", id=member_id
    )
    return [OwnName(*row) for row in rows]


async def sanctions(reader: Reader, member_id: int) -> list[OwnSanction]:
    """What moderators did with him and told him, oldest first; notes of the staff are theirs."""
    rows = await reader.all(
        "SELECT kind, reason, at, until, read_at, ended_at FROM sanctions"
        " WHERE member_id = :id AND kind <> 'note' ORDER BY id",
        id=member_id,
    )
    return [OwnSanction(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows]


async def acts(reader: Reader, member_id: int) -> list[OwnAct]:
    """What he did with his account, and what was done to it; by whom and with what words is staff's.

    So is whether they wrote notes.
    """
    rows = await reader.all(
        "SELECT at, act FROM audit WHERE object_kind = 'member' AND object_id = :id"
        " AND act NOT IN ('note', 'end_note') ORDER BY id",
        id=member_id,
    )
    return [OwnAct(*row) for row in rows]
