"""Keep which members signed in from the same browser."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "browser_marks",
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column(
            "member_id", Id, sa.ForeignKey("members.id", name="fk_browser_marks_member_id"), nullable=False
        ),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_browser_marks"),
    )
    op.create_index("ix_browser_marks_member_id", "browser_marks", ["member_id"])
    op.create_index("ix_browser_marks_at", "browser_marks", ["at"])
    op.create_table(
        "shared_browsers",
        sa.Column(
            "member_id", Id, sa.ForeignKey("members.id", name="fk_shared_browsers_member_id"), nullable=False
        ),
        sa.Column(
            "other_id", Id, sa.ForeignKey("members.id", name="fk_shared_browsers_other_id"), nullable=False
        ),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "other_id", name="pk_shared_browsers"),
    )
    op.create_index("ix_shared_browsers_other_id", "shared_browsers", ["other_id"])
