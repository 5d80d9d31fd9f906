"""The `fireside` command: reads its arguments, calls one function, and says in one sentence what went wrong.

Exit status: 0, 1 for failure, 2 for wrong use.
"""

import argparse
import asyncio
import getpass
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from importlib.util import find_spec
from typing import TypeVar

import uvicorn

from server import config as configuration
from server.actions import first_start, members, setup
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.bench import command as bench
from server.config import Config, ConfigError
from server.demo import seed
from server.domain.clock import now_ms
from server.domain.errors import ForumError
from server.domain.viewer import Role
from server.live.connections.capacity import raise_file_limit
from server.store import integrity, migrations
from server.store.database import Database

FAILED, WRONG_USE = 1, 2
SHUTDOWN_WITHIN = 5  # seconds for requests under way, once the sockets are gone
BACKLOG = 4096  # connections that wait to be taken; the system's somaxconn may allow less
MAX_MESSAGE = 16 * 1024  # bytes from a browser; the protocol refuses more than 8 KB with a sentence
Result = TypeVar("Result")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit."""
    options = _parser().parse_args(arguments)
    try:
        sys.exit(options.run(options))
    except ConfigError as error:
        _fail(str(error), WRONG_USE)
    except ForumError as error:
        _fail(error.message, FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    except ConnectionError as error:
        _fail(f"The database cannot be reached: {error}", FAILED)
    except OSError as error:
        _fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", FAILED)
    except Exception as error:
        logging.getLogger("fireside").debug("failed", exc_info=True)
        _fail(f"{type(error).__name__}: {error}", FAILED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fireside", description="A forum that is alive.")
    parser.set_defaults(
        run=_serve, host="127.0.0.1", port=None, data=None, workers=None, demo=False, no_limits=False
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the board (also without any command)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", help="port to listen on ($PORT, else 8000)")
    serve.add_argument("--data", help="folder for the database and files ($DATA_DIR, else ./data)")
    serve.add_argument("--workers", help="number of processes ($WEB_WORKERS, else 1)")
    serve.add_argument("--demo", action="store_true", help="a lively board of its own to look at")
    serve.add_argument("--no-limits", action="store_true", help="no flood limits, for load tests")
    serve.set_defaults(run=_serve)
    for name, run, text in (
        ("migrate", _migrate, "bring the database up to date"),
        ("check", _check, "look for what does not agree"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--data", help="folder of the database ($DATA_DIR, else ./data)")
        command.set_defaults(run=run)
    bench.add_to(commands)
    member = commands.add_parser("member", help="members").add_subparsers(metavar="ACTION", required=True)
    add = member.add_parser("add", help="add a member")
    add.add_argument("name")
    add.add_argument("--email", required=True)
    add.add_argument(
        "--role", choices=[str(role) for role in Role if role is not Role.GUEST], default="member"
    )
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add.add_argument("--data", help="folder of the database ($DATA_DIR, else ./data)")
    add.set_defaults(run=_add_member)
    return parser


def _config(options: argparse.Namespace, *, host: str = "127.0.0.1") -> Config:
    given = {
        "PORT": getattr(options, "port", None),
        "DATA_DIR": options.data,
        "WEB_WORKERS": getattr(options, "workers", None),
    }
    configuration.hand_on(
        {name: value for name, value in given.items() if value is not None},
        host=host,
        limits=not getattr(options, "no_limits", False),
        demo=getattr(options, "demo", False),
    )
    return configuration.of_process()


def _serve(options: argparse.Namespace) -> int:
    config = _config(options, host=options.host)
    if config.demo and config.web_workers > 1:
        raise ConfigError("--demo runs in one process; leave out --workers.")
    logging.basicConfig(level=config.log_level.upper(), format="%(levelname)s: %(message)s")
    for noisy in ("alembic", "asyncio", "aiosqlite", "databases"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    _make_folder(config)
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
        accounts = await seed.seed(db, passwords, now=now_ms(), progress=_progress("Filling the demo board"))
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


def _migrate(options: argparse.Namespace) -> int:
    config = _config(options)
    _make_folder(config)
    migrations.upgrade(config.database_url)
    print("The database is up to date.")
    return 0


def _check(options: argparse.Namespace) -> int:
    found = _with_database(_config(options), _findings)
    for sentence in found:
        print(sentence)
    print(f"{len(found)} findings." if found else "Everything agrees.")
    return FAILED if found else 0


async def _findings(db: Database) -> list[str]:
    async with db.snapshot() as reader:
        return await integrity.findings(reader)


def _add_member(options: argparse.Namespace) -> int:
    config = _config(options)
    password = (
        sys.stdin.readline().rstrip("\r\n") if options.password_stdin else getpass.getpass("Password: ")
    )
    draft = NewMember(options.name, options.email, password)

    async def add(db: Database) -> int:
        passwords = Passwords()
        try:
            return await members.add_member(db, passwords, draft, Role(options.role), now=now_ms())
        finally:
            passwords.close()

    _make_folder(config)
    migrations.upgrade(config.database_url)
    _with_database(config, add)
    print(f"{options.name} can sign in now.")
    return 0


def _with_database(config: Config, work: Callable[[Database], Coroutine[object, object, Result]]) -> Result:
    async def run() -> Result:
        async with Database.open(config.database_url) as db:
            return await work(db)

    if not config.has_own_database and not config.database_file.exists():
        raise ConfigError(f"There is no database at {config.database_file}. Is --data right?")
    return asyncio.run(run())


def _make_folder(config: Config) -> None:
    config.data_dir.mkdir(parents=True, exist_ok=True)
    if not os.access(config.data_dir, os.W_OK):
        raise ConfigError(f"The folder {config.data_dir} cannot be written to.")


def _progress(what: str) -> Callable[[int, int], None]:
    """A bar on a terminal, plain lines elsewhere."""
    last = -1

    def show(done: int, total: int) -> None:
        nonlocal last
        percent = 100 * done // max(1, total)
        if percent == last or (not sys.stderr.isatty() and percent % 25):
            return
        last = percent
        if sys.stderr.isatty():
            filled = percent * 30 // 100
            end = "\n" if percent == 100 else ""
            print(
                f"\r{what} [{'#' * filled}{'.' * (30 - filled)}] {percent:3} %",
                end=end,
                file=sys.stderr,
                flush=True,
            )
        else:
            print(f"{what}: {percent} %", file=sys.stderr, flush=True)

    return show


def _fail(sentence: str, status: int) -> None:
    print(f"fireside: {sentence}", file=sys.stderr)
    sys.exit(status)
