"""What was removed together with a ban, so that one act brings all of it back."""

import sqlalchemy as sa

from server.store.schema.columns import Id, count, metadata, reference, text, time

# A sweep belongs to its ban. What it removed of posts has its `at` as the time of removal: what was removed
# before, or by somebody else since, has another. The member's texts stand here while they are removed.
sweeps = sa.Table(
    "sweeps",
    metadata,
    sa.Column("sanction_id", Id, sa.ForeignKey("sanctions.id"), primary_key=True, autoincrement=False),
    reference("member_id", "members.id"),
    reference("by_id", "members.id", nullable=True),
    time("at"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("with_answered", sa.Boolean, nullable=False),
    text("reason"),
    count("total"),
    count("done"),
    text("personal_text"),
    text("about"),
    text("about_html"),
    text("picture"),
    sa.Index("ix_sweeps_member_id", "member_id"),
    sa.Index("ix_sweeps_state", "state"),
)

swept_topics = sa.Table(
    "swept_topics",
    metadata,
    reference("sanction_id", "sweeps.sanction_id"),
    reference("topic_id", "topics.id"),
    sa.PrimaryKeyConstraint("sanction_id", "topic_id"),
)

# Single posts; those that left together with their topic are the topic's.
swept_posts = sa.Table(
    "swept_posts",
    metadata,
    reference("sanction_id", "sweeps.sanction_id"),
    reference("post_id", "posts.id"),
    sa.PrimaryKeyConstraint("sanction_id", "post_id"),
)

# Thank-yous that the member had said, with the time at which he did.
swept_thanks = sa.Table(
    "swept_thanks",
    metadata,
    reference("sanction_id", "sweeps.sanction_id"),
    reference("post_id", "posts.id"),
    time("at"),
    sa.PrimaryKeyConstraint("sanction_id", "post_id"),
)

swept_values = sa.Table(
    "swept_values",
    metadata,
    reference("sanction_id", "sweeps.sanction_id"),
    reference("field_id", "profile_fields.id"),
    text("value"),
    sa.PrimaryKeyConstraint("sanction_id", "field_id"),
)
