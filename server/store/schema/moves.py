"""Which posts were moved from one topic to another, so that it can be undone."""

import sqlalchemy as sa

from server.store.schema.columns import key, metadata, reference, time

# `emptied` says that nothing stayed behind: what is left of the topic leads to the other one.
topic_moves = sa.Table(
    "topic_moves",
    metadata,
    key(),
    time("at"),
    reference("moved_by", "members.id"),
    reference("from_topic", "topics.id"),
    reference("to_topic", "topics.id"),
    sa.Column("emptied", sa.Boolean, nullable=False),
    time("undone_at", nullable=True),
    sa.Index("ix_topic_moves_from_topic", "from_topic"),
    sa.Index("ix_topic_moves_to_topic", "to_topic"),
    sqlite_autoincrement=True,
)

moved_posts = sa.Table(
    "moved_posts",
    metadata,
    reference("move_id", "topic_moves.id"),
    reference("post_id", "posts.id"),
    sa.PrimaryKeyConstraint("move_id", "post_id"),
)
