"""What proves, beside or instead of the password, that a member is who signs in."""

import sqlalchemy as sa

from server.store.schema.columns import Id, count, key, metadata, reference, text, time

# The authenticator app of a member. Until `confirmed_at` it is being set up and asked of nobody.
second_factors = sa.Table(
    "second_factors",
    metadata,
    sa.Column("member_id", Id, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    text("secret"),
    sa.Column("recovery_salt", sa.LargeBinary, nullable=False),
    count("last_step"),
    time("created_at"),
    time("confirmed_at", nullable=True),
)

# Those not used yet; argon2id with the member's `recovery_salt`.
recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("code_hash", sa.LargeBinary, primary_key=True),
    reference("member_id", "members.id"),
    sa.Index("ix_recovery_codes_member_id", "member_id"),
)

passkeys = sa.Table(
    "passkeys",
    metadata,
    key(),
    reference("member_id", "members.id"),
    sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    count("sign_count"),
    text("name"),
    time("created_at"),
    time("used_at", nullable=True),
    sa.Index("ix_passkeys_member_id", "member_id"),
    sqlite_autoincrement=True,
)
