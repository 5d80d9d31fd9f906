"""Create the tables, and the head of the log with its epoch."""

from secrets import token_hex

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# INTEGER on SQLite so that the primary key is the rowid.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("seq", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("object_id", sa.BigInteger, nullable=False),
        sa.Column("audience", sa.Integer, nullable=False),
        sa.Column("topic_id", sa.BigInteger),
        sa.Column("category_id", sa.BigInteger),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_category_id_seq", "events", ["category_id", "seq"])
    op.create_index("ix_events_member_id_seq", "events", ["member_id", "seq"])
    op.create_index("ix_events_topic_id_seq", "events", ["topic_id", "seq"])

    op.create_table(
        "head",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("floor", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("epoch", sa.Text, nullable=False),
        sa.Column("next_post", sa.BigInteger, server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_head"),
    )
    op.create_table(
        "members",
        sa.Column("id", Id, nullable=False),
        sa.Column("username", sa.Text, server_default="", nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("email", sa.Text, server_default="", nullable=False),
        sa.Column("email_key", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, server_default="", nullable=False),
        sa.Column("role", sa.Text, server_default="member", nullable=False),
        sa.Column("personal_text", sa.Text, server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("rules_accepted_at", sa.BigInteger),
        sa.Column("email_confirmed_at", sa.BigInteger),
        sa.Column("disabled_at", sa.BigInteger),
        sa.Column("posts", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("thanks_received", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sa.UniqueConstraint("email_key", name="uq_members_email_key"),
        sa.UniqueConstraint("name_key", name="uq_members_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_members_username", "members", ["username"])

    op.create_table(
        "sections",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text, server_default="", nullable=False),
        sa.Column("position", sa.BigInteger, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sections"),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings"),
    )
    op.create_table(
        "audit",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor_id", Id),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("object_kind", sa.Text, server_default="", nullable=False),
        sa.Column("object_id", sa.BigInteger),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["members.id"], name="fk_audit_actor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_object_kind_object_id", "audit", ["object_kind", "object_id"])

    op.create_table(
        "categories",
        sa.Column("id", Id, nullable=False),
        sa.Column("section_id", Id, nullable=False),
        sa.Column("name", sa.Text, server_default="", nullable=False),
        sa.Column("slug", sa.Text, server_default="", nullable=False),
        sa.Column("description", sa.Text, server_default="", nullable=False),
        sa.Column("position", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("visibility", sa.Integer, server_default="0", nullable=False),
        sa.Column("topics", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("posts", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name="fk_categories_section_id"),
        sa.PrimaryKeyConstraint("id", name="pk_categories"),
    )
    op.create_table(
        "links",
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("member_id", Id),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_links_member_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_links"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("remember", sa.Boolean, nullable=False),
        sa.Column("device", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_sessions_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_member_id", "sessions", ["member_id"])

    op.create_table(
        "submissions",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("result_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_submissions_member_id"),
        sa.PrimaryKeyConstraint("member_id", "token", name="pk_submissions"),
    )
    op.create_index("ix_submissions_at", "submissions", ["at"])

    op.create_table(
        "topics",
        sa.Column("id", Id, nullable=False),
        sa.Column("category_id", Id, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("author_id", Id),
        sa.Column("author_name", sa.Text, server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("replies", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("places", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("last_post_id", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("pinned", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("locked", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.Column("removed_by", Id),
        sa.Column("removed_reason", sa.Text, server_default="", nullable=False),
        sa.Column("removed_title", sa.Text),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name="fk_topics_author_id"),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_topics_category_id"),
        sa.ForeignKeyConstraint(["removed_by"], ["members.id"], name="fk_topics_removed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_topics"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_topics_category_id_last_post_id", "topics", ["category_id", "last_post_id"])
    op.create_index(
        "ix_topics_category_id_pinned_last_post_id", "topics", ["category_id", "pinned", "last_post_id"]
    )
    op.create_index("ix_topics_last_post_id", "topics", ["last_post_id"])

    op.create_table(
        "posts",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("topic_id", Id, nullable=False),
        sa.Column("place", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("author_id", Id),
        sa.Column("author_name", sa.Text, server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("format", sa.Text, server_default="markdown", nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("html", sa.Text),
        sa.Column("plain", sa.Text),
        sa.Column("edited_at", sa.BigInteger),
        sa.Column("edited_by", Id),
        sa.Column("edit_reason", sa.Text, server_default="", nullable=False),
        sa.Column("body_version", sa.BigInteger),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.Column("removed_by", Id),
        sa.Column("removed_reason", sa.Text, server_default="", nullable=False),
        sa.Column("removed_with_topic", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("removed_body", sa.Text),
        sa.Column("removed_html", sa.Text),
        sa.Column("removed_plain", sa.Text),
        sa.Column("removed_edit_reason", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name="fk_posts_author_id"),
        sa.ForeignKeyConstraint(["edited_by"], ["members.id"], name="fk_posts_edited_by"),
        sa.ForeignKeyConstraint(["removed_by"], ["members.id"], name="fk_posts_removed_by"),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_posts_topic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
    )
    op.create_index("ix_posts_author_id_id", "posts", ["author_id", "id"])
    op.create_index("ix_posts_topic_id_place", "posts", ["topic_id", "place"], unique=True)

    op.create_table(
        "quotes",
        sa.Column("post_id", Id, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("quoted_id", sa.BigInteger, nullable=False),
        sa.Column("start", sa.Integer),
        sa.Column("stop", sa.Integer),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_quotes_post_id"),
        sa.PrimaryKeyConstraint("post_id", "place", name="pk_quotes"),
    )
    op.create_index("ix_quotes_quoted_id", "quotes", ["quoted_id"])

    op.create_table(
        "thanks",
        sa.Column("post_id", Id, nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_thanks_member_id"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_thanks_post_id"),
        sa.PrimaryKeyConstraint("post_id", "member_id", name="pk_thanks"),
    )
    op.create_index("ix_thanks_member_id", "thanks", ["member_id"])
    if op.get_bind().dialect.supports_sequences:
        op.execute(sa.schema.CreateSequence(sa.Sequence("post_number")))

    head = sa.table("head", sa.column("id", Id), sa.column("epoch", sa.Text))
    op.execute(head.insert().values(id=1, epoch=token_hex(8)))
