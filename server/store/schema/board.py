"""The log, the settings, and where topics stand."""

import sqlalchemy as sa

from server.store.schema.columns import Id, count, key, metadata, reference, text, time

# One row (id 1). seq is the last position given out; events with seq > floor are still kept.
head = sa.Table(
    "head",
    metadata,
    key(autoincrement=False),
    count("seq"),
    count("floor"),
    sa.Column("epoch", sa.Text, nullable=False),
    count("next_post", 1),
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
    time("at"),
    sa.Index("ix_events_topic_id_seq", "topic_id", "seq"),
    sa.Index("ix_events_category_id_seq", "category_id", "seq"),
    sa.Index("ix_events_member_id_seq", "member_id", "seq"),
    sa.Index("ix_events_at", "at"),
)

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    text("value"),
)

sections = sa.Table(
    "sections",
    metadata,
    key(),
    text("name"),
    count("position"),
)

categories = sa.Table(
    "categories",
    metadata,
    key(),
    reference("section_id", "sections.id"),
    text("name"),
    text("slug"),
    text("description"),
    count("position"),
    sa.Column("visibility", sa.Integer, nullable=False, server_default="0"),
    sa.Column("unlisted", sa.Boolean, nullable=False, server_default=sa.false()),
    time("archived_at", nullable=True),
    sa.Column("archived_shown", sa.Boolean, nullable=False, server_default=sa.true()),
    count("topics"),
    count("posts"),
    count("version"),
)

# Which members moderate a category, as staff does the whole board.
category_moderators = sa.Table(
    "category_moderators",
    metadata,
    reference("member_id", "members.id"),
    reference("category_id", "categories.id"),
    time("added_at"),
    sa.PrimaryKeyConstraint("member_id", "category_id"),
    sa.Index("ix_category_moderators_category_id", "category_id"),
)

# What stands at the top of all pages for a while. `ended_at`: somebody took it down before its end.
announcements = sa.Table(
    "announcements",
    metadata,
    key(),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("audience", sa.Integer, nullable=False, server_default="0"),
    time("begins_at"),
    time("ends_at"),
    reference("made_by", "members.id", nullable=True),
    sa.Column("told", sa.Integer, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)

# Who did what: moderation, roles, sign-ins (ASVS 16.3). Never content.
audit = sa.Table(
    "audit",
    metadata,
    key(),
    time("at"),
    reference("actor_id", "members.id", nullable=True),
    sa.Column("act", sa.Text, nullable=False),
    text("object_kind"),
    sa.Column("object_id", sa.BigInteger),
    text("reason"),
    text("before"),
    text("after"),
    # Whom it concerns: himself, or who wrote the thing.
    sa.Column("member_id", sa.BigInteger),
    sa.Column("told", sa.Boolean, nullable=False, server_default=sa.false()),  # he was told why
    sa.Column("for_admins", sa.Boolean, nullable=False, server_default=sa.false()),
    count("version"),
    sa.Index("ix_audit_for_admins_id", "for_admins", "id"),
    sa.Index("ix_audit_member_id_id", "member_id", "id"),
    sa.Index("ix_audit_at", "at"),
    sa.Index("ix_audit_object_kind_object_id", "object_kind", "object_id"),
)

# Who is there, as each process sees its own sockets: a lease that is over when it is not renewed.
presence_leases = sa.Table(
    "presence_leases",
    metadata,
    sa.Column("process", sa.Text, primary_key=True),
    text("content"),
    time("until"),
)
