"""Members, and how they sign in."""

import sqlalchemy as sa

from server.store.schema.columns import Id, count, key, metadata, reference, text, time

members = sa.Table(
    "members",
    metadata,
    key(),
    text("username"),
    sa.Column("name_key", sa.Text, nullable=False, unique=True),
    text("email"),
    sa.Column("email_key", sa.Text, nullable=False, unique=True),
    text("password_hash"),
    sa.Column("role", sa.Text, nullable=False, server_default="member"),
    text("personal_text"),
    text("picture"),  # the name of its files below uploads/avatars
    text("about"),
    text("about_html"),
    sa.Column("presence", sa.Text, nullable=False, server_default="shown"),
    time("created_at"),
    time("rules_accepted_at", nullable=True),
    count("rules_version"),
    sa.Column("needs_approval", sa.Boolean, nullable=False, server_default=sa.false()),
    time("email_confirmed_at", nullable=True),
    time("disabled_at", nullable=True),
    time("leaving_at", nullable=True),
    text("leaving_how"),
    count("posts"),
    count("thanks_received"),
    count("version"),
    sa.Index("ix_members_username", "username"),
    sa.Index("ix_members_leaving_at", "leaving_at"),
    sa.Index("ix_members_role_id", "role", "id"),
    sqlite_autoincrement=True,
)

# `scope` is empty for a browser; for a program's token `device` is the name that its owner gave it.
sessions = sa.Table(
    "sessions",
    metadata,
    key(),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
    reference("member_id", "members.id"),
    time("created_at"),
    time("seen_at"),
    time("expires_at"),
    time("ends_at"),
    sa.Column("remember", sa.Boolean, nullable=False),
    text("device"),
    text("scope"),
    sa.Index("ix_sessions_member_id", "member_id"),
    sa.Index("ix_sessions_expires_at", "expires_at"),
    sqlite_autoincrement=True,
)

# One-time links by purpose ("setup" makes the first administrator); the hash only. `about` is what the link
# was made for, like the address that it confirms.
links = sa.Table(
    "links",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    reference("member_id", "members.id", nullable=True),
    text("about"),
    time("created_at"),
    time("expires_at"),
    sa.Index("ix_links_member_id", "member_id"),
)

# Links by which people may join, each for several of them; the token's hash only.
invitations = sa.Table(
    "invitations",
    metadata,
    key(),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
    text("note"),
    reference("made_by", "members.id"),
    time("created_at"),
    time("expires_at"),
    time("ended_at", nullable=True),
    count("places"),
    count("used"),
    sqlite_autoincrement=True,
)

# Who joined by which invitation.
invitation_uses = sa.Table(
    "invitation_uses",
    metadata,
    sa.Column("member_id", Id, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    reference("invitation_id", "invitations.id"),
    sa.Index("ix_invitation_uses_invitation_id", "invitation_id"),
)

# What administrators ask members about, beside what every board does. `choices` has a line for each.
profile_fields = sa.Table(
    "profile_fields",
    metadata,
    key(),
    text("label"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("visibility", sa.Integer, nullable=False),
    text("choices"),
    count("position"),
    time("archived_at", nullable=True),
    sqlite_autoincrement=True,
)

profile_values = sa.Table(
    "profile_values",
    metadata,
    reference("member_id", "members.id"),
    reference("field_id", "profile_fields.id"),
    text("value"),
    sa.PrimaryKeyConstraint("member_id", "field_id"),
    sa.Index("ix_profile_values_field_id", "field_id"),
)
