"""Count what members' files take, so that there can be limits."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("members.id", name="fk_uploads_member_id"),
            nullable=False,
        ),
        sa.Column("size", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_uploads"),
    )
    op.create_index("ix_uploads_member_id", "uploads", ["member_id"])
