"""Give members a picture, a text about themselves, and fields that the board's administrators make."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name in ("picture", "about", "about_html"):
        op.add_column("members", sa.Column(name, sa.Text, server_default="", nullable=False))
    op.create_table(
        "profile_fields",
        sa.Column("id", _Id, autoincrement=True, nullable=False),
        sa.Column("label", sa.Text, server_default="", nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("visibility", sa.Integer, nullable=False),
        sa.Column("choices", sa.Text, server_default="", nullable=False),
        sa.Column("position", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("archived_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_profile_fields"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "profile_values",
        sa.Column("member_id", _Id, nullable=False),
        sa.Column("field_id", _Id, nullable=False),
        sa.Column("value", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_profile_values_member_id"),
        sa.ForeignKeyConstraint(["field_id"], ["profile_fields.id"], name="fk_profile_values_field_id"),
        sa.PrimaryKeyConstraint("member_id", "field_id", name="pk_profile_values"),
    )
    op.create_index("ix_profile_values_field_id", "profile_values", ["field_id"])
