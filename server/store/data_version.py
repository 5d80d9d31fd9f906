"""Whether anybody committed to a SQLite file, asked for 2 to 4 µs on a connection of its own."""

import sqlite3


class DataVersion:
    """Remembers the version of the file's content that it saw last. Its calls don't wait for locks."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            self._connection.execute("PRAGMA query_only=1")
            self._seen = self._now()
        except BaseException:
            self._connection.close()
            raise

    def moved(self) -> bool:
        """Whether some connection, of this process or another, committed since the last call.

        Raises sqlite3.Error when the file cannot be read.
        """
        before, self._seen = self._seen, self._now()
        return self._seen != before

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _now(self) -> int:
        # What it says changes when another connection than the asking one has committed.
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version
