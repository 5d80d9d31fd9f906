"""Let members choose whether they are seen, and processes tell each other who is there."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("presence", sa.Text, server_default="shown", nullable=False))
    op.create_table(
        "presence_leases",
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("content", sa.Text, server_default="", nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("process", name="pk_presence_leases"),
    )
