"""Which members signed in from the same browser, for moderators."""

import sqlalchemy as sa

from server.store.schema.columns import metadata, reference, time

# The chance part of a mark that a browser carries (domain/known_devices.py). It opens nothing.
browser_marks = sa.Table(
    "browser_marks",
    metadata,
    sa.Column("nonce", sa.Text, primary_key=True),
    reference("member_id", "members.id"),
    time("at"),
    sa.Index("ix_browser_marks_member_id", "member_id"),
    sa.Index("ix_browser_marks_at", "at"),
)

# `member_id` is the smaller number of the two.
shared_browsers = sa.Table(
    "shared_browsers",
    metadata,
    reference("member_id", "members.id"),
    reference("other_id", "members.id"),
    time("at"),
    sa.PrimaryKeyConstraint("member_id", "other_id"),
    sa.Index("ix_shared_browsers_other_id", "other_id"),
)
