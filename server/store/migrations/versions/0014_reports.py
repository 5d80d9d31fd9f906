"""Let members report what harms."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0019"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", Id, nullable=False),
        sa.Column("object_kind", sa.Text, nullable=False),
        sa.Column("object_id", sa.BigInteger, nullable=False),
        sa.Column("urgent", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("looking_id", Id),
        sa.Column("looking_until", sa.BigInteger),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("settled_by", Id),
        sa.Column("outcome", sa.Text, server_default="", nullable=False),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["looking_id"], ["members.id"], name="fk_cases_looking_id"),
        sa.ForeignKeyConstraint(["settled_by"], ["members.id"], name="fk_cases_settled_by"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_cases_open",
        "cases",
        ["object_kind", "object_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index("ix_cases_object_kind_object_id", "cases", ["object_kind", "object_id"])
    op.create_index("ix_cases_version", "cases", ["version"])
    op.create_table(
        "reports",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("reporter_id", Id),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("details", sa.Text, server_default="", nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_reports_case_id"),
        sa.ForeignKeyConstraint(["reporter_id"], ["members.id"], name="fk_reports_reporter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reports_case_id_reporter_id", "reports", ["case_id", "reporter_id"], unique=True)
    op.create_index("ix_reports_reporter_id", "reports", ["reporter_id"])
