"""`fireside serve`: the board, and what it says when it starts."""

import argparse
import asyncio
import logging
from importlib.util import find_spec

import uvicorn

from server.actions import first_start, setup
from server.actions.passwords import Passwords
from server.cli.places import config_of, make_folder
from server.cli.progress import progress
from server.config import Config, ConfigError
from server.demo import seed
from server.domain.clock import now_ms
from server.live.connections.capacity import raise_file_limit
from server.store import migrations
from server.store.database import Database

SHUTDOWN_WITHIN = 5  # seconds for requests under way, once the sockets are gone
BACKLOG = 4096  # connections that wait to be taken; the system's somaxconn may allow less
MAX_MESSAGE = 16 * 1024  # bytes from a browser; the protocol refuses more than 8 KB with a sentence


def add_to(
    parser: argparse.ArgumentParser, commands: "argparse._SubParsersAction[argparse.ArgumentParser]"
) -> None:
    """Adds the command; it is also what runs without any."""
    parser.set_defaults(
        run=_serve, host="127.0.0.1", port=None, data=None, workers=None, demo=False, no_limits=False
    )
    serve = commands.add_parser("serve", help="serve the board (also without any command)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", help="port to listen on ($PORT, else 8000)")
    serve.add_argument("--data", help="folder for the database and files ($DATA_DIR, else ./data)")
    serve.add_argument("--workers", help="number of processes ($WEB_WORKERS, else 1)")
    serve.add_argument("--demo", action="store_true", help="a lively board of its own to look at")
    serve.add_argument("--no-limits", action="store_true", help="no flood limits, for load tests")
    serve.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    config = config_of(options, host=options.host)
    if config.demo and config.web_workers > 1:
        raise ConfigError("--demo runs in one process; leave out --workers.")
    logging.basicConfig(level=config.log_level.upper(), format="%(levelname)s: %(message)s")
    for noisy in ("alembic", "asyncio", "aiosqlite", "databases"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    make_folder(config)
    if config.demo and not config.has_own_database:
        _restart_broken_demo(config)
    migrations.upgrade(config.database_url)
    asyncio.run(_welcome(config))
    raise_file_limit()
    uvicorn.run(
        "server.app:app",
        host=config.host,
        port=config.port,
        workers=config.web_workers,
        log_level=config.log_level,
        access_log=False,  # paths with queries would be written down (S25)
        proxy_headers=False,  # X-Forwarded-For is read from TRUSTED_PROXIES only (S39)
        server_header=False,
        http="server.web.request_heads:BoundedHeads" if find_spec("httptools") else "auto",
        ws="server.live.wire:WireProtocol",
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,
        ws_ping_interval=20.0,  # of connections that could not be parked; others are pinged by us
        ws_ping_timeout=20.0,
        timeout_graceful_shutdown=SHUTDOWN_WITHIN,
        backlog=BACKLOG,
    )
    return 0


async def _welcome(config: Config) -> None:
    async with Database.open(config.database_url) as db:
        if config.demo:
            await _welcome_to_demo(db, config)
            return
        await first_start.furnish(db, config.forum_name, now=now_ms())
        token = await setup.setup_link(db, now=now_ms())
    if token:
        print(
            f"No administrator yet. Open this link once to become one: {config.address}/setup/{token}",
            flush=True,
        )
    print(f"Fireside is at {config.address}", flush=True)


async def _welcome_to_demo(db: Database, config: Config) -> None:
    passwords = Passwords()
    try:
        accounts = await seed.seed(db, passwords, now=now_ms(), progress=progress("Filling the demo board"))
    finally:
        passwords.close()
    print(f"The demo board is at {config.address}. Sign in as one of these:", flush=True)
    for account in accounts:
        print(f"  {account.role:<10} {account.username:<12} password: {account.password}", flush=True)


def _restart_broken_demo(config: Config) -> None:
    """A demo whose filling was interrupted starts over; its own file only."""
    file = config.data_dir / "demo.db"
    if file.exists() and not asyncio.run(_is_complete(config)):
        for name in ("demo.db", "demo.db-wal", "demo.db-shm"):
            (config.data_dir / name).unlink(missing_ok=True)


async def _is_complete(config: Config) -> bool:
    migrations.upgrade(config.database_url)
    async with Database.open(config.database_url) as db:
        return await seed.is_complete(db)
