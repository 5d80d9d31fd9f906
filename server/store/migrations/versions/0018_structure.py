"""Let categories be archived, kept from search engines and moderated by members; let boards announce."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0021"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for column in (
        sa.Column("unlisted", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("archived_at", sa.BigInteger, nullable=True),
        sa.Column("archived_shown", sa.Boolean, server_default=sa.true(), nullable=False),
    ):
        op.add_column("categories", column)
    op.create_table(
        "category_moderators",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("category_id", Id, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_category_moderators_member_id"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name="fk_category_moderators_category_id"
        ),
        sa.PrimaryKeyConstraint("member_id", "category_id", name="pk_category_moderators"),
    )
    op.create_index("ix_category_moderators_category_id", "category_moderators", ["category_id"])
    op.create_table(
        "announcements",
        sa.Column("id", Id, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("audience", sa.Integer, server_default="0", nullable=False),
        sa.Column("begins_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", Id, nullable=True),
        sa.Column("told", sa.Integer, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["members.id"], name="fk_announcements_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        sqlite_autoincrement=True,
    )
