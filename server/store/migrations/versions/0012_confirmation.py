"""Tell who waits for a moderator from who waits for his own confirmation of his address."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "members", sa.Column("needs_approval", sa.Boolean, server_default=sa.false(), nullable=False)
    )
    op.execute("UPDATE members SET needs_approval = TRUE WHERE role = 'waiting'")
