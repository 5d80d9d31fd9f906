"""Let members take along what is theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("done", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("file", sa.Text, server_default="", nullable=False),
        sa.Column("size", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_exports_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exports_member_id", "exports", ["member_id"])
