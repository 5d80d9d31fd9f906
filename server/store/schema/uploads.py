"""Files that members have sent."""

import sqlalchemy as sa

from server.store.schema.columns import count, metadata, reference, time

# One row for each upload that is kept; `name` is that of its files, `size` what they take together in bytes.
uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    reference("member_id", "members.id"),
    count("size"),
    time("created_at"),
    sa.Index("ix_uploads_member_id", "member_id"),
)
