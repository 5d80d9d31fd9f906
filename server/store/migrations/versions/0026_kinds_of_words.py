"""Let watched words do other things than block."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, usual in (("action", "block"), ("language", ""), ("instead", "")):
        op.add_column("watched_words", sa.Column(name, sa.Text, server_default=usual, nullable=False))
