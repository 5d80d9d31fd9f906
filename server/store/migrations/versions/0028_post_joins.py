"""Keep which posts were put together with another one of their author, so that it can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "post_joins",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by_id", Id, sa.ForeignKey("members.id", name="fk_post_joins_by_id"), nullable=False),
        _post("earlier_id"),
        _post("later_id"),
        sa.Column("kept", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("edited_at", sa.BigInteger),
        sa.Column("edited_by", Id, sa.ForeignKey("members.id", name="fk_post_joins_edited_by")),
        sa.Column("removed_edit_reason", sa.Text, server_default="", nullable=False),
        sa.Column("undone_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_post_joins"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_post_joins_earlier_id", "post_joins", ["earlier_id"])
    op.create_index("ix_post_joins_later_id", "post_joins", ["later_id"])
    op.create_table(
        "joined_thanks",
        sa.Column(
            "join_id", Id, sa.ForeignKey("post_joins.id", name="fk_joined_thanks_join_id"), nullable=False
        ),
        sa.Column(
            "member_id", Id, sa.ForeignKey("members.id", name="fk_joined_thanks_member_id"), nullable=False
        ),
        sa.PrimaryKeyConstraint("join_id", "member_id", name="pk_joined_thanks"),
    )
    op.create_index("ix_joined_thanks_member_id", "joined_thanks", ["member_id"])


def _post(name: str) -> sa.Column[int]:
    return sa.Column(name, Id, sa.ForeignKey("posts.id", name=f"fk_post_joins_{name}"), nullable=False)
