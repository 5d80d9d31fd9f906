"""Let the board decide who may join: invitations, versions of the rules, and a key for its forms."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("members", sa.Column("rules_version", sa.BigInteger, server_default="0", nullable=False))
    op.create_index("ix_members_role_id", "members", ["role", "id"])
    op.create_table(
        "invitations",
        sa.Column("id", _id, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.Text, server_default="", nullable=False),
        sa.Column("made_by", _id, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=True),
        sa.Column("places", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("used", sa.BigInteger, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("token_hash", name="uq_invitations_token_hash"),
        sa.ForeignKeyConstraint(["made_by"], ["members.id"], name="fk_invitations_made_by"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "invitation_uses",
        sa.Column("member_id", _id, autoincrement=False, nullable=False),
        sa.Column("invitation_id", _id, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_invitation_uses"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_invitation_uses_member_id"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_invitation_uses_invitation_id"
        ),
    )
    op.create_index("ix_invitation_uses_invitation_id", "invitation_uses", ["invitation_id"])
    settings = sa.table("settings", sa.column("name", sa.Text), sa.column("value", sa.Text))
    op.bulk_insert(settings, [{"name": "form_key", "value": secrets.token_hex(32)}])
