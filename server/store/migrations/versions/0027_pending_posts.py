"""Let posts wait for a moderator."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pending_posts",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "member_id",
            Id,
            sa.ForeignKey("members.id", name="fk_pending_posts_member_id"),
            nullable=False,
        ),
        sa.Column("topic_id", Id, sa.ForeignKey("topics.id", name="fk_pending_posts_topic_id")),
        sa.Column("category_id", sa.BigInteger),
        sa.Column("title", sa.Text, server_default="", nullable=False),
        sa.Column("body", sa.Text, server_default="", nullable=False),
        sa.Column("html", sa.Text, server_default="", nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("words", sa.Text, server_default="", nullable=False),
        sa.Column("outcome", sa.Text, server_default="", nullable=False),
        sa.Column("answered_at", sa.BigInteger),
        sa.Column("answered_by", Id, sa.ForeignKey("members.id", name="fk_pending_posts_answered_by")),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.Column("post_id", sa.BigInteger),
        sa.Column("swept_by", sa.BigInteger),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pending_posts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pending_posts_outcome_topic_id", "pending_posts", ["outcome", "topic_id"])
    op.create_index("ix_pending_posts_member_id_outcome", "pending_posts", ["member_id", "outcome"])
    op.create_index("ix_pending_posts_answered_at", "pending_posts", ["answered_at"])
    op.create_index("ix_pending_posts_version", "pending_posts", ["version"])
