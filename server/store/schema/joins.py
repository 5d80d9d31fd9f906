"""Which posts were put together with another one of their author, so that it can be undone."""

import sqlalchemy as sa

from server.store.schema.columns import count, key, metadata, reference, text, time

# `kept` is how many characters of the earlier post's text were there before: no text is kept twice. The
# others are what it said about its last edit.
post_joins = sa.Table(
    "post_joins",
    metadata,
    key(),
    time("at"),
    reference("by_id", "members.id"),
    reference("earlier_id", "posts.id"),
    reference("later_id", "posts.id"),
    count("kept"),
    time("edited_at", nullable=True),
    reference("edited_by", "members.id", nullable=True),
    text("removed_edit_reason"),
    time("undone_at", nullable=True),
    sa.Index("ix_post_joins_earlier_id", "earlier_id"),
    sa.Index("ix_post_joins_later_id", "later_id"),
    sqlite_autoincrement=True,
)

# Thank-yous that went from the later post to the earlier one.
joined_thanks = sa.Table(
    "joined_thanks",
    metadata,
    reference("join_id", "post_joins.id"),
    reference("member_id", "members.id"),
    sa.PrimaryKeyConstraint("join_id", "member_id"),
    sa.Index("ix_joined_thanks_member_id", "member_id"),
)
