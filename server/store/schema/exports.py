"""What members take along."""

import sqlalchemy as sa

from server.store.schema.columns import count, key, metadata, reference, text, time

# `file` is a random name in the folder of exports; the database says whose it is.
exports = sa.Table(
    "exports",
    metadata,
    key(),
    reference("member_id", "members.id"),
    sa.Column("state", sa.Text, nullable=False),
    time("asked_at"),
    time("due_at"),
    count("tries"),
    count("done"),
    count("total"),
    text("file"),
    count("size"),
    time("ends_at", nullable=True),
    sa.Index("ix_exports_member_id", "member_id"),
    sqlite_autoincrement=True,
)
