"""Say whom an act concerned and whether he was told why; and who was asked to change a post."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

# What all staff may read of, of the acts that there were until now.
_OF_STAFF = (
    "'add_member', 'approve', 'change_role', 'close_account', 'decline', 'end_invitation', 'field_added',"
    " 'field_archived', 'field_changed', 'field_moved', 'field_restored', 'invite', 'lock',"
    " 'mail_discarded', 'mail_tested', 'mail_tried_again', 'new_rules', 'pin', 'remove_post',"
    " 'remove_topic', 'reopen_account', 'restore_post', 'restore_topic', 'settings', 'sign_up_policy',"
    " 'unlock', 'unpin'"
)


def upgrade() -> None:
    op.add_column("audit", sa.Column("member_id", sa.BigInteger))
    op.add_column("audit", sa.Column("told", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("audit", sa.Column("for_admins", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("audit", sa.Column("version", sa.BigInteger, server_default="0", nullable=False))
    op.create_index("ix_audit_for_admins_id", "audit", ["for_admins", "id"])
    op.create_index("ix_audit_member_id_id", "audit", ["member_id", "id"])
    op.execute(f"UPDATE audit SET for_admins = TRUE WHERE act NOT IN ({_OF_STAFF})")
    op.execute(
        "UPDATE audit SET member_id = CASE object_kind"
        " WHEN 'member' THEN (SELECT m.id FROM members m WHERE m.id = audit.object_id)"
        " WHEN 'post' THEN (SELECT p.author_id FROM posts p WHERE p.id = audit.object_id)"
        " WHEN 'topic' THEN (SELECT t.author_id FROM topics t WHERE t.id = audit.object_id) END"
    )
    op.add_column("posts", sa.Column("edit_asked_at", sa.BigInteger))
