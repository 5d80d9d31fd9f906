"""Write down what moderators do with members, and let it be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0018"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sanctions",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "member_id", Id, sa.ForeignKey("members.id", name="fk_sanctions_member_id"), nullable=False
        ),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("by_id", Id, sa.ForeignKey("members.id", name="fk_sanctions_by_id")),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.Column("private", sa.Text, server_default="", nullable=False),
        sa.Column("on_profile", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("read_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_by", Id, sa.ForeignKey("members.id", name="fk_sanctions_ended_by")),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sanctions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sanctions_member_id_kind", "sanctions", ["member_id", "kind"])
    op.create_index("ix_sanctions_ended_at_until", "sanctions", ["ended_at", "until"])
