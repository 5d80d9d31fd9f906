"""The tables, once, for SQLite and PostgreSQL. Times are integer milliseconds UTC.

`version` columns hold the log position of the object's last change. Text that was removed is NULL in
its public column and stands in a `removed_*` column that only moderation reads, so that a forgotten
check has nothing to leak.
"""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# INTEGER on SQLite so that the primary key is the rowid; BIGINT elsewhere.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id(*, autoincrement: bool = True) -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=autoincrement)


def _time(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _count(name: str, start: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=str(start))


def _ref(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, Id, sa.ForeignKey(target), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


# Post numbers on PostgreSQL; SQLite, which has one writer, keeps them in head.next_post.
post_number = sa.Sequence("post_number", metadata=metadata)

# One row (id 1). seq is the last position given out; events with seq > floor are still kept.
head = sa.Table(
    "head",
    metadata,
    _id(autoincrement=False),
    _count("seq"),
    _count("floor"),
    sa.Column("epoch", sa.Text, nullable=False),
    _count("next_post", 1),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("seq", Id, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("object_id", sa.BigInteger, nullable=False),
    sa.Column("audience", sa.Integer, nullable=False),
    sa.Column("topic_id", sa.BigInteger),
    sa.Column("category_id", sa.BigInteger),
    sa.Column("member_id", sa.BigInteger),
    _time("at"),
    sa.Index("ix_events_topic_id_seq", "topic_id", "seq"),
    sa.Index("ix_events_category_id_seq", "category_id", "seq"),
    sa.Index("ix_events_member_id_seq", "member_id", "seq"),
    sa.Index("ix_events_at", "at"),
)

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _text("value"),
)

sections = sa.Table(
    "sections",
    metadata,
    _id(),
    _text("name"),
    _count("position"),
)

categories = sa.Table(
    "categories",
    metadata,
    _id(),
    _ref("section_id", "sections.id"),
    _text("name"),
    _text("slug"),
    _text("description"),
    _count("position"),
    sa.Column("visibility", sa.Integer, nullable=False, server_default="0"),
    _count("topics"),
    _count("posts"),
    _count("version"),
)

members = sa.Table(
    "members",
    metadata,
    _id(),
    _text("username"),
    sa.Column("name_key", sa.Text, nullable=False, unique=True),
    _text("email"),
    sa.Column("email_key", sa.Text, nullable=False, unique=True),
    _text("password_hash"),
    sa.Column("role", sa.Text, nullable=False, server_default="member"),
    _text("personal_text"),
    sa.Column("presence", sa.Text, nullable=False, server_default="shown"),
    _time("created_at"),
    _time("rules_accepted_at", nullable=True),
    _time("email_confirmed_at", nullable=True),
    _time("disabled_at", nullable=True),
    _count("posts"),
    _count("thanks_received"),
    _count("version"),
    sa.Index("ix_members_username", "username"),
    sqlite_autoincrement=True,
)

sessions = sa.Table(
    "sessions",
    metadata,
    _id(),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
    _ref("member_id", "members.id"),
    _time("created_at"),
    _time("seen_at"),
    _time("expires_at"),
    _time("ends_at"),
    sa.Column("remember", sa.Boolean, nullable=False),
    _text("device"),
    sa.Index("ix_sessions_member_id", "member_id"),
    sa.Index("ix_sessions_expires_at", "expires_at"),
    sqlite_autoincrement=True,
)

# One-time links by purpose ("setup" makes the first administrator); the hash only.
links = sa.Table(
    "links",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    _ref("member_id", "members.id", nullable=True),
    _time("created_at"),
    _time("expires_at"),
)

topics = sa.Table(
    "topics",
    metadata,
    _id(),
    _ref("category_id", "categories.id"),
    sa.Column("title", sa.Text),
    _ref("author_id", "members.id", nullable=True),
    _text("author_name"),
    _time("created_at"),
    _count("replies"),
    _count("places"),
    sa.Column("last_post_id", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.false()),
    _count("version"),
    _time("removed_at", nullable=True),
    _ref("removed_by", "members.id", nullable=True),
    _text("removed_reason"),
    sa.Column("removed_title", sa.Text),
    # With all that a list asks of a topic, so that it is found without looking at the topics before it.
    sa.Index(
        "ix_topics_category_id_pinned_last_post_id", "category_id", "pinned", "last_post_id", "removed_at"
    ),
    sa.Index("ix_topics_category_id_last_post_id", "category_id", "last_post_id", "removed_at"),
    sa.Index("ix_topics_last_post_id", "last_post_id", "category_id", "removed_at"),
    sqlite_autoincrement=True,
)

posts = sa.Table(
    "posts",
    metadata,
    _id(autoincrement=False),  # given out by store/post_numbers.py: global, never reused
    _ref("topic_id", "topics.id"),
    _count("place"),
    _ref("author_id", "members.id", nullable=True),
    _text("author_name"),
    _time("created_at"),
    sa.Column("format", sa.Text, nullable=False, server_default="markdown"),
    sa.Column("body", sa.Text),
    sa.Column("html", sa.Text),
    sa.Column("plain", sa.Text),
    _time("edited_at", nullable=True),
    _ref("edited_by", "members.id", nullable=True),
    _text("edit_reason"),
    sa.Column("body_version", sa.BigInteger),
    _count("version"),
    _time("removed_at", nullable=True),
    _ref("removed_by", "members.id", nullable=True),
    _text("removed_reason"),
    sa.Column("removed_with_topic", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("removed_body", sa.Text),
    sa.Column("removed_html", sa.Text),
    sa.Column("removed_plain", sa.Text),
    _text("removed_edit_reason"),
    sa.Index("ix_posts_topic_id_place", "topic_id", "place", unique=True),
    sa.Index("ix_posts_author_id_id", "author_id", "id"),
)

# Which posts a post quotes; `start`/`stop` are offsets into the quoted post's plain text.
quotes = sa.Table(
    "quotes",
    metadata,
    _ref("post_id", "posts.id"),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("quoted_id", sa.BigInteger, nullable=False),
    sa.Column("start", sa.Integer),
    sa.Column("stop", sa.Integer),
    sa.PrimaryKeyConstraint("post_id", "place"),
    sa.Index("ix_quotes_quoted_id", "quoted_id"),
)

thanks = sa.Table(
    "thanks",
    metadata,
    _ref("post_id", "posts.id"),
    _ref("member_id", "members.id"),
    _time("at"),
    sa.PrimaryKeyConstraint("post_id", "member_id"),
    sa.Index("ix_thanks_member_id", "member_id"),
)

# A repeated submit gets the first answer again (24 h).
submissions = sa.Table(
    "submissions",
    metadata,
    _ref("member_id", "members.id"),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("result_id", sa.BigInteger, nullable=False),
    _time("at"),
    sa.PrimaryKeyConstraint("member_id", "token"),
    sa.Index("ix_submissions_at", "at"),
)

# Who did what: moderation, roles, sign-ins (ASVS 16.3). Never content.
audit = sa.Table(
    "audit",
    metadata,
    _id(),
    _time("at"),
    _ref("actor_id", "members.id", nullable=True),
    sa.Column("act", sa.Text, nullable=False),
    _text("object_kind"),
    sa.Column("object_id", sa.BigInteger),
    _text("reason"),
    sa.Index("ix_audit_at", "at"),
    sa.Index("ix_audit_object_kind_object_id", "object_kind", "object_id"),
)

# Who is there, as each process sees its own sockets: a lease that is over when it is not renewed.
presence_leases = sa.Table(
    "presence_leases",
    metadata,
    sa.Column("process", sa.Text, primary_key=True),
    _text("content"),
    _time("until"),
)
