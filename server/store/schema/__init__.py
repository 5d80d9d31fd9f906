"""The tables, once, for SQLite and PostgreSQL. Times are integer milliseconds UTC.

`version` columns hold the log position of the object's last change. Text that was removed is NULL in
its public column and stands in a `removed_*` column that only moderation reads, so that a forgotten
check has nothing to leak.
"""

from server.store.schema import (
    board,
    browsers,
    exports,
    joins,
    mail,
    moves,
    names,
    notices,
    pending,
    people,
    preferences,
    reports,
    sanctions,
    second_factors,
    sweeps,
    talk,
    uploads,
    words,
)
from server.store.schema.columns import metadata

__all__ = [
    "board",
    "browsers",
    "exports",
    "joins",
    "mail",
    "metadata",
    "moves",
    "names",
    "notices",
    "pending",
    "people",
    "preferences",
    "reports",
    "sanctions",
    "second_factors",
    "sweeps",
    "talk",
    "uploads",
    "words",
]
