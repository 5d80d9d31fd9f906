"""What the board watches for in what members write."""

import sqlalchemy as sa

from server.store.schema.columns import key, metadata, reference, text, time

# `sentence` is told to who writes the word; empty: the board's usual one.
watched_words = sa.Table(
    "watched_words",
    metadata,
    key(),
    sa.Column("text", sa.Text, nullable=False),
    text("sentence"),
    time("added_at"),
    reference("added_by", "members.id", nullable=True),
    sqlite_autoincrement=True,
)
