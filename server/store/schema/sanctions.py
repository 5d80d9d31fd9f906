"""What moderators did with members."""

import sqlalchemy as sa

from server.store.schema.columns import count, key, metadata, reference, text, time

# `reason` is told to the member, `private` is for staff. `until` is when a silence or a ban ends by itself,
# `ended_at` when it did, or when somebody ended it; `read_at` when the member said that he read a warning.
sanctions = sa.Table(
    "sanctions",
    metadata,
    key(),
    reference("member_id", "members.id"),
    sa.Column("kind", sa.Text, nullable=False),
    reference("by_id", "members.id", nullable=True),
    time("at"),
    time("until", nullable=True),
    text("reason"),
    text("private"),
    sa.Column("on_profile", sa.Boolean, nullable=False, server_default=sa.false()),
    time("read_at", nullable=True),
    time("ended_at", nullable=True),
    reference("ended_by", "members.id", nullable=True),
    count("version"),
    sa.Index("ix_sanctions_member_id_kind", "member_id", "kind"),
    sa.Index("ix_sanctions_ended_at_until", "ended_at", "until"),
    sqlite_autoincrement=True,
)
