"""S19: only the board's own pages may open a socket; a cookie from elsewhere is not even looked at."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.domain.credentials import Credentials
from server.domain.viewer import Viewer
from tests.support.sockets import member_socket, refused
from tests.support.stage import Stage, set_up

COOKIE = ("Cookie", "who=ann")

# {own} is the board's origin, {host} its host and port, {name} and {port} the two apart.
FOREIGN = {
    "missing": [],
    "null": ["null"],
    "empty": [""],
    "another site": ["http://evil.example"],
    "another scheme": ["https://{host}"],
    "another port": ["http://{name}:1"],
    "another name of this machine": ["http://localhost:{port}"],
    "a subdomain": ["http://forum.{host}"],
    "our name as a subdomain": ["{own}.evil.example"],
    "our name as a user": ["{own}@evil.example"],
    "a path": ["{own}/"],
    "capitals": ["HTTP://{host}"],
    "a list": ["{own}, http://evil.example"],
    "twice": ["{own}", "{own}"],
    "one of them ours": ["http://evil.example", "{own}"],
    "a space": ["{own} http://evil.example"],
}


class Watched(Stage):
    """Counts how often cookies were looked at."""

    asked = 0


@pytest_asyncio.fixture
async def stage(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    authenticate = Stage.authenticate

    async def counted(self: Stage, shown: Credentials) -> Viewer:
        Watched.asked += 1
        return await authenticate(self, shown)

    monkeypatch.setattr(Stage, "authenticate", counted)
    monkeypatch.setattr(Watched, "asked", 0)
    async with set_up(sqlite_url) as stage:
        yield stage


def headers(stage: Stage, origins: list[str]) -> list[tuple[str, str]]:
    host = stage.base_url.removeprefix("http://")
    name, _, port = host.partition(":")
    filled = [one.format(own=stage.base_url, host=host, name=name, port=port) for one in origins]
    return [COOKIE, *(("Origin", one) for one in filled)]


@pytest.mark.parametrize("origins", FOREIGN.values(), ids=FOREIGN.keys())
async def test_a_foreign_origin_is_refused_before_the_cookie_is_read(
    stage: Stage, origins: list[str]
) -> None:
    assert await refused(stage.base_url, headers(stage, ["{own}"])) == 101  # so the rest of it is right
    assert Watched.asked == 1
    # The server itself takes no request with two of them.
    assert await refused(stage.base_url, headers(stage, origins)) == (403 if len(origins) < 2 else 400)
    assert Watched.asked == 1


async def test_our_own_pages_get_in(stage: Stage) -> None:
    async with member_socket(stage.base_url) as socket:
        assert (await socket.hello([]))["type"] == "ready"
