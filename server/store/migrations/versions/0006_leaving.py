"""Let members leave, after a week in which they can change their mind."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("leaving_at", sa.BigInteger, nullable=True))
    op.add_column("members", sa.Column("leaving_how", sa.Text, server_default="", nullable=False))
    op.create_index("ix_members_leaving_at", "members", ["leaving_at"])
