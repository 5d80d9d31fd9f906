"""Let members choose how they read."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0012"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("member_id", Id, autoincrement=False, nullable=False),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("text_size", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("hours", sa.Text, nullable=False),
        sa.Column("calm", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_preferences_member_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_preferences"),
    )
