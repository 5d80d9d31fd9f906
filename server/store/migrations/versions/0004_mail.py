"""Keep letters until they are sent, and what a link was made for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("letter", sa.Text, nullable=False),
        sa.Column("member_id", Id, nullable=True),
        sa.Column("address", sa.Text, server_default="", nullable=False),
        sa.Column("queued_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("sent_at", sa.BigInteger, nullable=True),
        sa.Column("failed_at", sa.BigInteger, nullable=True),
        sa.Column("problem", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_outbox_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])
    op.create_index("ix_outbox_member_id", "outbox", ["member_id"])
    op.add_column("links", sa.Column("about", sa.Text, server_default="", nullable=False))
    op.create_index("ix_links_member_id", "links", ["member_id"])
