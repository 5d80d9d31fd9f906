"""Real servers: uvicorn in the test's own event loop, or `fireside serve` as a process of its own."""

import asyncio
import contextlib
import dataclasses
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn
from starlette.applications import Starlette

from tests.support.plain_http import plain_client
from tests.support.waiting import check, eventually

if TYPE_CHECKING:  # importable before the server is
    from server.config import Config

AS_SERVED: Mapping[str, Any] = {"http": "server.web.request_heads:BoundedHeads", "log_config": None}
"""uvicorn's options as `fireside serve` has them, without its log."""
STARTS_WITHIN = 30.0  # seconds, on a busy machine
BACKLOG = 512  # connections that wait to be accepted
STOPS_WITHIN = 15.0  # seconds from SIGTERM to exit: the server drains its sockets


@dataclass(frozen=True)
class RunningServer:
    base_url: str  # no slash at the end
    app: Starlette
    server: uvicorn.Server

    @property
    def live_url(self) -> str:
        return self.base_url.replace("http", "ws", 1) + "/live"


@dataclass(frozen=True)
class ServingProcess:
    base_url: str  # no slash at the end
    process: asyncio.subprocess.Process
    log: Path

    @property
    def output(self) -> str:
        """Standard output and error so far."""
        return self.log.read_text()


class EmbeddedServer(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves Ctrl-C to pytest."""
        yield


@contextlib.asynccontextmanager
async def running_server(
    config: "Config", *, on_port: int = 0, **uvicorn_options: Any
) -> AsyncIterator[RunningServer]:
    """Serves `create_app(config)` on 127.0.0.1; config's host and port are overwritten, and so is the data
    folder when it is everybody's `data`: letters are written there.

    The port is a free one, or `on_port`, for a server that comes back where it was. Connections that are
    open at the end are cut within a second.
    """
    from server.app import create_app

    listener = listening(on_port)
    port = listener.getsockname()[1]
    own_folder = tempfile.TemporaryDirectory()
    data_dir = Path(own_folder.name) if config.data_dir == Path("data") else config.data_dir
    app = create_app(dataclasses.replace(config, host="127.0.0.1", port=port, data_dir=data_dir))
    options = {
        **AS_SERVED,
        "lifespan": "on",
        "timeout_graceful_shutdown": 1,
    } | uvicorn_options
    server = EmbeddedServer(uvicorn.Config(app, **options))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await eventually(lambda: check(server.started or serving.done()), timeout=STARTS_WITHIN)
        if not server.started:
            await serving
            raise RuntimeError("the server did not start; its log says why")
        yield RunningServer(f"http://127.0.0.1:{port}", app, server)
    finally:
        server.should_exit = True
        await serving
        listener.close()
        own_folder.cleanup()


@contextlib.asynccontextmanager
async def serving_process(
    *arguments: str, data_dir: Path, env: Mapping[str, str] | None = None, on_port: int = 0
) -> AsyncIterator[ServingProcess]:
    """Runs `fireside serve --port FREE --data data_dir ARGUMENTS` until its first page answers.

    At the end it gets SIGTERM and must go within STOPS_WITHIN seconds. A test may end it before. The port is
    a free one, or `on_port`, for a server that comes back where it was.
    """
    port = on_port or free_port()
    base_url = f"http://127.0.0.1:{port}"
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "serve.log"
    fireside = Path(sys.executable).with_name("fireside")
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            fireside, "serve", "--port", str(port), "--data", str(data_dir), *arguments,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
            stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        await answers(base_url, process, log)
        yield ServingProcess(base_url, process, log)
    finally:
        await stop(process)


async def answers(
    base_url: str, process: asyncio.subprocess.Process, log: Path, within: float = STARTS_WITHIN
) -> None:
    """Waits until GET / is answered with 200."""
    async with plain_client(base_url) as client:

        async def first_page() -> None:
            if process.returncode is not None:
                raise RuntimeError(f"it ended with status {process.returncode}:\n{log.read_text()}")
            try:
                status = (await client.get("/")).status_code
            except httpx.TransportError as error:
                raise AssertionError(f"no answer: {error!r}\n{log.read_text()}") from error
            check(status == 200, f"GET / answered {status}\n{log.read_text()}")

        await eventually(first_page, timeout=within)


async def stop(process: asyncio.subprocess.Process) -> None:
    """Ends a process with SIGTERM; one that does not go is killed, and that is an error."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOPS_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise AssertionError(f"it did not end within {STOPS_WITHIN} seconds of SIGTERM") from None


def listening(port: int = 0) -> socket.socket:
    """A listening socket of 127.0.0.1 that names its protocol: asyncio sets TCP_NODELAY on no other.

    Without it the body of every answer waits 40 ms for the acknowledgement of its head. Port 0 is a free one.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(BACKLOG)
    return listener


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago; another process may take it meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
