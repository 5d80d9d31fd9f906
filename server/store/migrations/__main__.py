"""Drafts a revision from what the schema has and the migrations lack, to be read and corrected by hand."""

import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command

from server.store.migrations import config, in_transaction, newest


def draft(message: str) -> None:
    """Writes the next file of versions/."""

    def compare(connection: sa.Connection) -> None:
        settings = config(connection)
        command.upgrade(settings, "head")
        command.revision(settings, message, autogenerate=True, rev_id=f"{int(newest()) + 1:04d}")

    with tempfile.TemporaryDirectory() as folder:
        in_transaction(f"sqlite:///{Path(folder) / 'draft.db'}", compare)


if __name__ == "__main__":
    draft(" ".join(sys.argv[1:]))
