"""What tables are made of, on SQLite and on PostgreSQL."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# INTEGER on SQLite so that the primary key is the rowid; BIGINT elsewhere.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def key(*, autoincrement: bool = True) -> sa.Column[int]:
    """The number of a row."""
    return sa.Column("id", Id, primary_key=True, autoincrement=autoincrement)


def time(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """A time in milliseconds UTC."""
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def count(name: str, start: int = 0) -> sa.Column[int]:
    """A number that is never missing."""
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=str(start))


def reference(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    """The number of a row of another table, like `members.id`."""
    return sa.Column(name, Id, sa.ForeignKey(target), nullable=nullable)


def text(name: str) -> sa.Column[str]:
    """A text that may be empty."""
    return sa.Column(name, sa.Text, nullable=False, server_default="")
