"""What members report, and what moderators make of it."""

import sqlalchemy as sa

from server.store.schema.columns import count, key, metadata, reference, text, time

# All reports of one thing are one case until it is settled; later ones open another.
cases = sa.Table(
    "cases",
    metadata,
    key(),
    sa.Column("object_kind", sa.Text, nullable=False),
    sa.Column("object_id", sa.BigInteger, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.false()),
    time("opened_at"),
    reference("looking_id", "members.id", nullable=True),
    time("looking_until", nullable=True),
    time("settled_at", nullable=True),
    reference("settled_by", "members.id", nullable=True),
    text("outcome"),
    count("version"),
    sa.Index(
        "ix_cases_open",
        "object_kind",
        "object_id",
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    ),
    sa.Index("ix_cases_object_kind_object_id", "object_kind", "object_id"),
    sa.Index("ix_cases_version", "version"),
    sqlite_autoincrement=True,
)

# Without a reporter it was the board itself, by its list of words. `details` are for moderators only.
reports = sa.Table(
    "reports",
    metadata,
    key(),
    reference("case_id", "cases.id"),
    reference("reporter_id", "members.id", nullable=True),
    sa.Column("reason", sa.Text, nullable=False),
    text("details"),
    time("at"),
    sa.Index("ix_reports_case_id_reporter_id", "case_id", "reporter_id", unique=True),
    sa.Index("ix_reports_reporter_id", "reporter_id"),
    sqlite_autoincrement=True,
)
