"""Write to members about answers and notices, as they choose."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("topic_id", sa.BigInteger))
    op.add_column("outbox", sa.Column("since_id", sa.BigInteger))
    op.drop_index("ix_outbox_member_id", "outbox")
    op.create_index("ix_outbox_member_id_topic_id", "outbox", ["member_id", "topic_id"], unique=True)
    op.create_table(
        "mailed_posts",
        sa.Column("post_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("member_id", Id, autoincrement=False, nullable=False),
        sa.Column("with_text", sa.Boolean, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_mailed_posts_member_id"),
        sa.PrimaryKeyConstraint("post_id", "member_id", name="pk_mailed_posts"),
    )
    op.create_index("ix_mailed_posts_member_id", "mailed_posts", ["member_id"])
    op.create_table(
        "mail_choices",
        sa.Column("member_id", Id, autoincrement=False, nullable=False),
        sa.Column("answers", sa.Boolean, nullable=False),
        sa.Column("texts", sa.Boolean, nullable=False),
        sa.Column("notices", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_mail_choices_member_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_mail_choices"),
    )
