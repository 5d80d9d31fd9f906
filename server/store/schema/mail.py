"""Letters that are to be sent, or were lately."""

import sqlalchemy as sa

from server.store.schema.columns import count, key, metadata, reference, text, time

# What a letter says is not in it: it is written when it is sent, from what is so then, and links get
# their tokens then, so that no dump of the database has one.
outbox = sa.Table(
    "outbox",
    metadata,
    key(),
    sa.Column("letter", sa.Text, nullable=False),
    reference("member_id", "members.id", nullable=True),
    text("address"),
    time("queued_at"),
    time("due_at"),
    count("tries"),
    time("sent_at", nullable=True),
    time("failed_at", nullable=True),
    text("problem"),
    sa.Index("ix_outbox_due_at", "due_at"),
    sa.Index("ix_outbox_member_id", "member_id"),
    sqlite_autoincrement=True,
)
