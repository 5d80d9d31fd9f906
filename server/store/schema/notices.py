"""What members are told that concerns them."""

import sqlalchemy as sa

from server.store.schema.columns import count, key, metadata, reference, text, time

# What a notice is about is referred to and read anew whenever it is shown, so that nothing of a post that was
# removed since is left in it. `words` are what somebody said to this member, such as a reason.
notices = sa.Table(
    "notices",
    metadata,
    key(),
    reference("member_id", "members.id"),
    sa.Column("kind", sa.Text, nullable=False),
    text("object_kind"),
    sa.Column("object_id", sa.BigInteger),
    text("words"),
    time("at"),
    time("read_at", nullable=True),
    count("version"),
    sa.Index("ix_notices_member_id_read_at", "member_id", "read_at"),
    sa.Index("ix_notices_member_id_version", "member_id", "version"),
    sa.Index("ix_notices_object_kind_object_id", "object_kind", "object_id"),
    sqlite_autoincrement=True,
)
