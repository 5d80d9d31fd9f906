"""Drafts a revision from what the schema has and the migrations lack, to be read and corrected by hand."""

import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from server.store.migrations import config, in_transaction


def draft(message: str) -> None:
    """Writes the next file of versions/."""

    def compare(connection: sa.Connection) -> None:
        settings = config(connection)
        command.upgrade(settings, "head")
        number = len(list(ScriptDirectory.from_config(settings).walk_revisions())) + 1
        command.revision(settings, message, autogenerate=True, rev_id=f"{number:04d}")

    with tempfile.TemporaryDirectory() as folder:
        in_transaction(f"sqlite:///{Path(folder) / 'draft.db'}", compare)


if __name__ == "__main__":
    draft(" ".join(sys.argv[1:]))
