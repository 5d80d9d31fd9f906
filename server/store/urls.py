"""What a database's URL says: which one it is, and how it is reached."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from server.store.drivers import Dialect

STATEMENT_WITHIN = 60.0  # seconds, on PostgreSQL
CACHED_STATEMENTS = 512  # of each connection to PostgreSQL


def dialect_of(url: str) -> Dialect:
    """Which database a URL is of."""
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return "sqlite"
    if scheme in ("postgresql", "postgres"):
        return "postgresql"
    raise ValueError(f"expected a URL of sqlite:// or postgresql://, got one of {scheme}://")


def postgresql_options(url: str) -> dict[str, Any]:
    """The arguments of `asyncpg.connect` for a URL; their types are asyncpg's.

    `?host=` is the folder of a Unix socket; `?sslmode=` (libpq's name) or `?ssl=` is asyncpg's `ssl`.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options: dict[str, Any] = {
        "host": parts.hostname or query.get("host"),
        "port": parts.port,
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.removeprefix("/")),
    }
    if ssl := query.get("sslmode") or query.get("ssl"):
        options["ssl"] = {"true": True, "false": False}.get(ssl, ssl)
    return options


def pool_options(url: str, size: int) -> dict[str, Any]:
    """What `databases` tells asyncpg's pool of at most `size` connections; their types are asyncpg's."""
    return postgresql_options(url) | {
        "min_size": 1,
        "max_size": size,
        "command_timeout": STATEMENT_WITHIN,
        "statement_cache_size": CACHED_STATEMENTS,
        "reset": _leave_as_it_is,
    }


async def _leave_as_it_is(_: object) -> None:
    """Transactions change nothing that outlives them, so asyncpg need not reset a connection."""
