"""Names that members had before, and what is still to be told of a member's name, picture or role."""

import sqlalchemy as sa

from server.store.schema.columns import Id, key, metadata, reference, text, time

# A former name stays its owner's: nobody else can take it, and it leads to him.
# `chosen`: he changed it himself, which he may do now and then only.
former_names = sa.Table(
    "former_names",
    metadata,
    key(),
    reference("member_id", "members.id"),
    text("name"),
    sa.Column("name_key", sa.Text, nullable=False, unique=True),
    time("ended_at"),
    sa.Column("chosen", sa.Boolean, nullable=False),
    sa.Index("ix_former_names_member_id", "member_id"),
    sqlite_autoincrement=True,
)

# Whose byline changed and was not told yet wherever it stands; `below` is where the step goes on.
retellings = sa.Table(
    "retellings",
    metadata,
    sa.Column("member_id", Id, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    sa.Column("byline", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("below", sa.BigInteger, nullable=False),
)
