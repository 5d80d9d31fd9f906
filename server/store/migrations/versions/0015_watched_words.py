"""Watch for words in what members write."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0025"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "watched_words",
        sa.Column("id", Id, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, server_default="", nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("added_by", Id, sa.ForeignKey("members.id", name="fk_watched_words_added_by")),
        sa.PrimaryKeyConstraint("id", name="pk_watched_words"),
        sqlite_autoincrement=True,
    )
