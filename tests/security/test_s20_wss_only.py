"""S20: on the internet sockets are wss only (ASVS 4.4.1): pages name no other, and others are refused."""

from pathlib import Path

import pytest

from server.config import Config
from server.web.middleware import security_headers
from tests.support.servers import running_server, serving_process
from tests.support.sockets import refused

HTTPS = "https://forum.example.org"
PLAIN = "http://forum.example.org"
WARNING = "passwords and posts can be read on their way"


def test_pages_of_an_https_board_allow_no_plain_socket() -> None:
    policy = security_headers(Config("", public_url=HTTPS))["Content-Security-Policy"]
    assert "connect-src 'self' wss://forum.example.org;" in policy
    assert "ws://" not in policy


async def test_a_page_that_came_over_plain_http_gets_no_socket(sqlite_url: str) -> None:
    async with running_server(Config(sqlite_url, public_url=HTTPS)) as server:
        assert await refused(server.base_url, [("Origin", HTTPS)]) == 101  # so the rest of it is right
        assert await refused(server.base_url, [("Origin", PLAIN)]) == 403


@pytest.mark.parametrize(
    ("public_url", "warned"),
    [(PLAIN, True), (HTTPS, False), ("http://localhost:8000", False), ("", False)],
)
async def test_a_board_on_the_network_without_https_says_so_at_its_start(
    sqlite_url: str, caplog: pytest.LogCaptureFixture, public_url: str, warned: bool
) -> None:
    async with running_server(Config(sqlite_url, public_url=public_url)):
        assert (WARNING in caplog.text) == warned


async def test_the_warning_reaches_whoever_starts_it(tmp_path: Path) -> None:
    async with serving_process(data_dir=tmp_path, env={"PUBLIC_URL": PLAIN}) as served:
        assert f"WARNING: PUBLIC_URL is {PLAIN}: {WARNING}" in served.output
