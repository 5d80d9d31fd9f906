"""Letters that are to be sent, or were lately."""

import sqlalchemy as sa

from server.store.schema.columns import Id, count, key, metadata, reference, text, time

# What a letter says is not in it: it is written when it is sent, from what is so then, and links get
# their tokens then, so that no dump of the database has one.
outbox = sa.Table(
    "outbox",
    metadata,
    key(),
    sa.Column("letter", sa.Text, nullable=False),
    reference("member_id", "members.id", nullable=True),
    text("address"),
    time("queued_at"),
    time("due_at"),
    count("tries"),
    time("sent_at", nullable=True),
    time("failed_at", nullable=True),
    text("problem"),
    sa.Column("topic_id", sa.BigInteger),
    sa.Column("since_id", sa.BigInteger),
    sa.Index("ix_outbox_due_at", "due_at"),
    sa.Index("ix_outbox_member_id_topic_id", "member_id", "topic_id", unique=True),
    sqlite_autoincrement=True,
)

# Which posts were told of in letters that have left, and can't be called back; moderators are told.
mailed_posts = sa.Table(
    "mailed_posts",
    metadata,
    sa.Column("post_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("member_id", Id, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    sa.Column("with_text", sa.Boolean, nullable=False),
    time("at"),
    sa.Index("ix_mailed_posts_member_id", "member_id"),
)

# What members chose who chose something; the names are those of domain/mail_choices.py.
mail_choices = sa.Table(
    "mail_choices",
    metadata,
    sa.Column("member_id", Id, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    sa.Column("answers", sa.Boolean, nullable=False),
    sa.Column("texts", sa.Boolean, nullable=False),
    sa.Column("notices", sa.Boolean, nullable=False),
    sa.Column("reports", sa.Boolean, nullable=False, server_default=sa.true()),
)
