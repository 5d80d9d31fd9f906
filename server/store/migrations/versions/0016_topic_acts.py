"""Pins that end or show everywhere, slow mode, and posts that move between topics."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0025"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "topics", sa.Column("pinned_everywhere", sa.Boolean, server_default=sa.false(), nullable=False)
    )
    op.add_column("topics", sa.Column("pinned_until", sa.BigInteger))
    op.add_column("topics", sa.Column("slow_minutes", sa.BigInteger, server_default="0", nullable=False))
    op.add_column("topics", sa.Column("merged_into", sa.BigInteger))
    op.drop_index("ix_topics_last_post_id", "topics")
    op.create_index(
        "ix_topics_pinned_everywhere_last_post_id",
        "topics",
        ["pinned_everywhere", "last_post_id", "category_id", "removed_at"],
    )
    op.create_index("ix_topics_pinned_until", "topics", ["pinned_until"])
    op.create_table(
        "topic_moves",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column(
            "moved_by", Id, sa.ForeignKey("members.id", name="fk_topic_moves_moved_by"), nullable=False
        ),
        sa.Column(
            "from_topic", Id, sa.ForeignKey("topics.id", name="fk_topic_moves_from_topic"), nullable=False
        ),
        sa.Column("to_topic", Id, sa.ForeignKey("topics.id", name="fk_topic_moves_to_topic"), nullable=False),
        sa.Column("emptied", sa.Boolean, nullable=False),
        sa.Column("undone_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_topic_moves"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_topic_moves_from_topic", "topic_moves", ["from_topic"])
    op.create_index("ix_topic_moves_to_topic", "topic_moves", ["to_topic"])
    op.create_table(
        "moved_posts",
        sa.Column(
            "move_id", Id, sa.ForeignKey("topic_moves.id", name="fk_moved_posts_move_id"), nullable=False
        ),
        sa.Column("post_id", Id, sa.ForeignKey("posts.id", name="fk_moved_posts_post_id"), nullable=False),
        sa.PrimaryKeyConstraint("move_id", "post_id", name="pk_moved_posts"),
    )
