"""Let members change their names, and tell it wherever they stand."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "former_names",
        sa.Column("id", _ID, nullable=False),
        sa.Column(
            "member_id",
            _ID,
            sa.ForeignKey("members.id", name="fk_former_names_member_id"),
            nullable=False,
        ),
        sa.Column("name", sa.Text, server_default="", nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=False),
        sa.Column("chosen", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_former_names"),
        sa.UniqueConstraint("name_key", name="uq_former_names_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_former_names_member_id", "former_names", ["member_id"])
    op.create_table(
        "retellings",
        sa.Column(
            "member_id",
            _ID,
            sa.ForeignKey("members.id", name="fk_retellings_member_id"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("byline", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("below", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_retellings"),
    )
