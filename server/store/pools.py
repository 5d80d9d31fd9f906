"""Pools of connections, over `databases`, from which a connection is lent whole."""

import databases
from databases.interfaces import ConnectionBackend

from server.store.drivers import link_of


class Pool(databases.Database):
    """Connections of one kind, lent whole: `databases` itself would tie them to tasks."""

    SUPPORTED_BACKENDS = databases.Database.SUPPORTED_BACKENDS | {
        "sqlite": "server.store.sqlite_backend:PooledSQLiteBackend"
    }

    async def lend(self) -> "Lent":
        """Takes a connection out, which can be given back from whatever task."""
        connection = self._backend.connection()
        await connection.acquire()
        return Lent(connection)

    @property
    def is_free(self) -> bool:
        """Whether one of ours is there for the asking. Of asyncpg's that is not known."""
        return bool(getattr(getattr(self._backend, "pool", None), "is_free", False))

    def cut(self) -> None:
        """Ends connections under those who use them; afterwards the pool can be disconnected."""
        terminate = getattr(getattr(self._backend, "_pool", None), "terminate", None)
        if terminate is not None:  # it is asyncpg's; ours closes what is lent when it disconnects
            terminate()


class Lent:
    """A connection that is out of its pool."""

    def __init__(self, connection: ConnectionBackend) -> None:
        self.connection = connection
        self.link = link_of(connection.raw_connection)
