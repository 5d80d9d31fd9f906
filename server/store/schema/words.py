"""What the board watches for in what members write."""

import sqlalchemy as sa

from server.store.schema.columns import key, metadata, reference, text, time

# `sentence` is told to who writes a blocked word; empty: the board's usual one. `action` is one of
# `domain.watched_words.Action`; `instead` is the address of a link, or what is shown for the word.
watched_words = sa.Table(
    "watched_words",
    metadata,
    key(),
    sa.Column("text", sa.Text, nullable=False),
    text("sentence"),
    time("added_at"),
    reference("added_by", "members.id", nullable=True),
    sa.Column("action", sa.Text, nullable=False, server_default="block"),
    text("language"),
    text("instead"),
    sqlite_autoincrement=True,
)
