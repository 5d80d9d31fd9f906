"""Posts that wait for a moderator. They are none yet: nothing of them stands in `posts` or `topics`."""

import sqlalchemy as sa

from server.store.schema.columns import count, key, metadata, reference, text, time

# An answer in a topic, or, with a title, a new topic for a category. `outcome` is empty while it waits; an
# approved one has become the post `post_id`, and has no text here any more. `swept_by` is the ban with which
# it was put away.
pending_posts = sa.Table(
    "pending_posts",
    metadata,
    key(),
    reference("member_id", "members.id"),
    reference("topic_id", "topics.id", nullable=True),
    sa.Column("category_id", sa.BigInteger),
    text("title"),
    text("body"),
    text("html"),
    time("at"),
    sa.Column("why", sa.Text, nullable=False),
    text("words"),
    text("outcome"),
    time("answered_at", nullable=True),
    reference("answered_by", "members.id", nullable=True),
    text("reason"),
    sa.Column("post_id", sa.BigInteger),
    sa.Column("swept_by", sa.BigInteger),
    count("version"),
    sa.Index("ix_pending_posts_outcome_topic_id", "outcome", "topic_id"),
    sa.Index("ix_pending_posts_member_id_outcome", "member_id", "outcome"),
    sa.Index("ix_pending_posts_answered_at", "answered_at"),
    sa.Index("ix_pending_posts_version", "version"),
    sqlite_autoincrement=True,
)
