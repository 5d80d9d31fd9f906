"""`/healthz` tells each part's health, soon, and nothing that is nobody's business."""

import asyncio
import shutil
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from server.config import Config
from server.domain.health import Finding, Health
from server.live.wakeups import redis_wakeups
from server.web import health_checks
from server.web.health_checks import HealthChecks
from tests.support.plain_http import plain_client
from tests.support.servers import RunningServer, free_port, running_server

PARTS = ["database", "log", "wakeups", "mail", "disk"]


async def ask(server: RunningServer, query: str = "") -> httpx.Response:
    async with plain_client(server.base_url) as client:
        return await client.get(f"/healthz{query}")


async def test_a_healthy_board_says_so_for_every_part(database_url: str, tmp_path: Path) -> None:
    async with running_server(Config(database_url, data_dir=tmp_path)) as server:
        answer = await ask(server)
        told = answer.json()
        assert answer.status_code == 200
        assert (told["status"], told["problems"], list(told["checks"])) == ("ok", [], PARTS)
        assert {one["status"] for one in told["checks"].values()} == {"ok"}
        assert told["position"] == told["checks"]["database"]["position"] == told["checks"]["log"]["position"]


async def test_a_database_that_is_gone_is_told_without_its_address(database_url: str, tmp_path: Path) -> None:
    async with running_server(Config(database_url, data_dir=tmp_path)) as server:
        await server.app.state.db.disconnect()
        answer = await ask(server)
        assert answer.status_code == 503
        assert answer.json()["status"] == "failing"
        assert answer.json()["problems"] == ["database: failed: RuntimeError", "mail: failed: RuntimeError"]
        assert answer.json()["position"] is None
        for secret in (str(tmp_path), "127.0.0.1", "sqlite", "postgres"):
            assert secret not in answer.text


async def test_wakeups_that_do_not_come_are_red_but_a_balancer_need_not_mind(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_wakeups, "LOST_AFTER", 0.0)
    nowhere = f"redis://:secret@127.0.0.1:{free_port()}"
    async with running_server(Config(sqlite_url, data_dir=tmp_path, redis_url=nowhere)) as server:
        answer = await ask(server)
        assert answer.status_code == 503
        assert [one.partition(":")[0] for one in answer.json()["problems"]] == ["wakeups"]
        assert "secret" not in answer.text
        assert (await ask(server, "?only=database,log")).status_code == 200
        assert list((await ask(server, "?only=mail")).json()["checks"]) == ["mail"]
        assert (await ask(server, "?only=everything")).status_code == 422


@pytest.mark.parametrize(
    ("free", "told"),
    [(10, (503, "failing")), (200 * 1024**2, (200, "degraded")), (10 * 1024**3, (200, "ok"))],
)
async def test_a_disk_that_fills_is_told_before_it_is_full(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, told: tuple[int, str]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    async with running_server(Config(sqlite_url, data_dir=tmp_path)) as server:
        answer = await ask(server)
        assert (answer.status_code, answer.json()["status"]) == told


async def test_mail_that_could_not_be_written_is_told(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file is in the way")
    async with running_server(Config(sqlite_url, data_dir=tmp_path)) as server:
        answer = await ask(server, "?only=mail")
        assert answer.json()["status"] == "degraded"
        assert str(tmp_path) not in answer.text


async def test_a_part_that_hangs_is_failing_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_checks, "CHECK_WITHIN", 0.05)
    hung = asyncio.Event()

    async def hangs() -> Finding:
        await hung.wait()
        raise AssertionError

    async def works() -> Finding:
        return Finding(Health.OK, "works")

    found = await HealthChecks({"database": hangs, "disk": works}).findings()
    assert found["database"].health is Health.FAILING
    assert "did not answer" in found["database"].text
    assert found["disk"].health is Health.OK


async def test_however_many_ask_each_part_is_looked_at_once_a_second() -> None:
    now, looks = 100.0, 0

    async def count() -> Finding:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        return Finding(Health.OK, "counted")

    checks = HealthChecks({"database": count}, clock=lambda: now)
    await asyncio.gather(*[checks.findings() for _ in range(10)])
    assert looks == 1
    now += health_checks.FRESH_FOR / 2
    await checks.findings()
    assert looks == 1
    now += health_checks.FRESH_FOR
    await checks.findings()
    assert looks == 2
