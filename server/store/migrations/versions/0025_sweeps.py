"""Keep what was removed together with a ban, so that all of it can come back."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sweeps",
        sa.Column(
            "sanction_id",
            Id,
            sa.ForeignKey("sanctions.id", name="fk_sweeps_sanction_id"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("member_id", Id, sa.ForeignKey("members.id", name="fk_sweeps_member_id"), nullable=False),
        sa.Column("by_id", Id, sa.ForeignKey("members.id", name="fk_sweeps_by_id")),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("with_answered", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.Column("total", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("done", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("personal_text", sa.Text, server_default="", nullable=False),
        sa.Column("about", sa.Text, server_default="", nullable=False),
        sa.Column("about_html", sa.Text, server_default="", nullable=False),
        sa.Column("picture", sa.Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("sanction_id", name="pk_sweeps"),
    )
    op.create_index("ix_sweeps_member_id", "sweeps", ["member_id"])
    op.create_index("ix_sweeps_state", "sweeps", ["state"])
    op.create_table("swept_topics", _of_sweep("swept_topics"), *_thing("swept_topics", "topic_id", "topics"))
    op.create_table("swept_posts", _of_sweep("swept_posts"), *_thing("swept_posts", "post_id", "posts"))
    op.create_table(
        "swept_thanks",
        _of_sweep("swept_thanks"),
        *_thing("swept_thanks", "post_id", "posts"),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "swept_values",
        _of_sweep("swept_values"),
        *_thing("swept_values", "field_id", "profile_fields"),
        sa.Column("value", sa.Text, server_default="", nullable=False),
    )


def _of_sweep(table: str) -> sa.Column[int]:
    return sa.Column(
        "sanction_id",
        Id,
        sa.ForeignKey("sweeps.sanction_id", name=f"fk_{table}_sanction_id"),
        nullable=False,
    )


def _thing(table: str, column: str, target: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    reference = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    key = sa.PrimaryKeyConstraint("sanction_id", column, name=f"pk_{table}")
    return sa.Column(column, Id, reference, nullable=False), key
