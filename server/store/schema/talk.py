"""Topics, posts, and what people do with them."""

import sqlalchemy as sa

from server.store.schema.columns import count, key, metadata, reference, text, time

# Post numbers on PostgreSQL; SQLite, which has one writer, keeps them in head.next_post.
post_number = sa.Sequence("post_number", metadata=metadata)

topics = sa.Table(
    "topics",
    metadata,
    key(),
    reference("category_id", "categories.id"),
    sa.Column("title", sa.Text),
    reference("author_id", "members.id", nullable=True),
    text("author_name"),
    time("created_at"),
    count("replies"),
    count("places"),
    sa.Column("last_post_id", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("pinned_everywhere", sa.Boolean, nullable=False, server_default=sa.false()),
    time("pinned_until", nullable=True),
    sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.false()),
    count("version"),
    time("removed_at", nullable=True),
    reference("removed_by", "members.id", nullable=True),
    text("removed_reason"),
    sa.Column("removed_title", sa.Text),
    count("slow_minutes"),  # between two replies of a member; 0: no slow mode
    # Where its posts went, all of them. What is left of it is removed, and leads there.
    sa.Column("merged_into", sa.BigInteger),
    # With all that a list asks of a topic, so that it is found without looking at the topics before it.
    sa.Index(
        "ix_topics_category_id_pinned_last_post_id", "category_id", "pinned", "last_post_id", "removed_at"
    ),
    sa.Index("ix_topics_category_id_last_post_id", "category_id", "last_post_id", "removed_at"),
    sa.Index(
        "ix_topics_pinned_everywhere_last_post_id",
        "pinned_everywhere",
        "last_post_id",
        "category_id",
        "removed_at",
    ),
    sa.Index("ix_topics_pinned_until", "pinned_until"),
    sqlite_autoincrement=True,
)

posts = sa.Table(
    "posts",
    metadata,
    key(autoincrement=False),  # given out by store/post_numbers.py: global, never reused
    reference("topic_id", "topics.id"),
    count("place"),
    reference("author_id", "members.id", nullable=True),
    text("author_name"),
    time("created_at"),
    sa.Column("format", sa.Text, nullable=False, server_default="markdown"),
    sa.Column("body", sa.Text),
    sa.Column("html", sa.Text),
    sa.Column("plain", sa.Text),
    time("edited_at", nullable=True),
    reference("edited_by", "members.id", nullable=True),
    text("edit_reason"),
    sa.Column("body_version", sa.BigInteger),
    time("edit_asked_at", nullable=True),  # until he does
    count("version"),
    time("removed_at", nullable=True),
    reference("removed_by", "members.id", nullable=True),
    text("removed_reason"),
    sa.Column("removed_with_topic", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("removed_body", sa.Text),
    sa.Column("removed_html", sa.Text),
    sa.Column("removed_plain", sa.Text),
    text("removed_edit_reason"),
    sa.Index("ix_posts_topic_id_place", "topic_id", "place", unique=True),
    sa.Index("ix_posts_author_id_id", "author_id", "id"),
)

# Which posts a post quotes; `start`/`stop` are offsets into the quoted post's plain text.
quotes = sa.Table(
    "quotes",
    metadata,
    reference("post_id", "posts.id"),
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
    reference("post_id", "posts.id"),
    reference("member_id", "members.id"),
    time("at"),
    sa.PrimaryKeyConstraint("post_id", "member_id"),
    sa.Index("ix_thanks_member_id", "member_id"),
)

# A repeated submit gets the first answer again (24 h).
submissions = sa.Table(
    "submissions",
    metadata,
    reference("member_id", "members.id"),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("result_id", sa.BigInteger, nullable=False),
    time("at"),
    sa.PrimaryKeyConstraint("member_id", "token"),
    sa.Index("ix_submissions_at", "at"),
)
