"""How members like to read."""

import sqlalchemy as sa

from server.store.schema.columns import Id, metadata

# A row for each member who chose something; the names are those of domain/preferences.py.
preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("member_id", Id, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    sa.Column("theme", sa.Text, nullable=False),
    sa.Column("text_size", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("hours", sa.Text, nullable=False),
    sa.Column("calm", sa.Boolean, nullable=False),
)
