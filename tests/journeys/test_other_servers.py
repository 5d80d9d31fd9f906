"""The application is an ordinary ASGI one: another server's command starts it, in one process or in two."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.plain_http import plain_client
from tests.support.servers import answers, free_port, serving_process, stop
from tests.support.sockets import member_socket


@asynccontextmanager
async def uvicorn_by_hand(data: Path, name: str = "server.app:app") -> AsyncIterator[tuple[str, Path]]:
    port, log = free_port(), data / "log"
    clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PUBLIC_URL")}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("uvicorn"), name, "--port", str(port),
            env=clean | {"PORT": str(port), "DATA_DIR": str(data)},
            stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        await answers(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}", log
    finally:
        await stop(process)


async def test_uvicorn_starts_a_working_board_and_prints_the_administrators_link(tmp_path: Path) -> None:
    async with uvicorn_by_hand(tmp_path) as (url, log), plain_client() as client:
        assert "Welcome to Fireside" in (await client.get(f"{url}/latest")).text
        link = next(word for word in log.read_text().split() if word.startswith(f"{url}/setup/"))
        assert (await client.get(link)).status_code == 200


async def test_a_server_that_looks_for_a_variable_finds_one_and_speaks_the_plain_way(tmp_path: Path) -> None:
    async with uvicorn_by_hand(tmp_path, "server.asgi:app") as (url, _), member_socket(url) as socket:
        assert (await socket.hello(["board"]))["channels"] == ["board"]


async def test_two_processes_serve_one_board(tmp_path: Path) -> None:
    async with (
        serving_process("--workers", "2", data_dir=tmp_path) as served,
        plain_client(served.base_url) as client,
    ):
        link = next(word for word in served.output.split() if "/setup/" in word)
        draft = {"username": "Greta", "email": "g@example.org", "password": "seven quiet lanterns"}
        headers = {"Sec-Fetch-Site": "same-origin"}
        assert (await client.post(link, data=draft, headers=headers)).status_code == 303
        who = await asyncio.gather(*[client.get("/viewer") for _ in range(12)])
        assert {answer.json()["username"] for answer in who} == {"Greta"}
