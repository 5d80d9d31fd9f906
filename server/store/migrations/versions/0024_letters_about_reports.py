"""Write to moderators about reports, as they choose."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail_choices", sa.Column("reports", sa.Boolean, server_default=sa.true(), nullable=False))
