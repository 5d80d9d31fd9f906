"""Tell members what concerns them, and write down what an act changed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("members.id", name="fk_notices_member_id"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("object_kind", sa.Text, server_default="", nullable=False),
        sa.Column("object_id", sa.BigInteger),
        sa.Column("words", sa.Text, server_default="", nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("read_at", sa.BigInteger),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_member_id_read_at", "notices", ["member_id", "read_at"])
    op.create_index("ix_notices_member_id_version", "notices", ["member_id", "version"])
    op.create_index("ix_notices_object_kind_object_id", "notices", ["object_kind", "object_id"])
    op.add_column("audit", sa.Column("before", sa.Text, server_default="", nullable=False))
    op.add_column("audit", sa.Column("after", sa.Text, server_default="", nullable=False))
