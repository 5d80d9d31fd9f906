"""S25: what a server writes down while people use it holds nothing of theirs (ASVS 16.2.5)."""

import asyncio
import re
from pathlib import Path

import httpx

from server.actions import members
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.domain.clock import now_ms
from server.domain.viewer import Role
from server.store.database import Database
from tests.support.plain_http import plain_client
from tests.support.servers import ServingProcess, serving_process
from tests.support.small_board import BROWSER
from tests.support.sockets import member_socket

PASSWORD, WRONG = "eleven copper kettles", "twelve copper kettles"
BODY, TITLE, REASON = "my-diagnosis-is-private", "my-title-is-private", "my-reason-is-private"
QUERY, TOKEN, CHANNEL = "my-query-is-private", "my-token-is-private", "my-channel-is-private"
EMAIL = "ann.private@example.org"


async def add_ann(folder: Path) -> None:
    passwords = Passwords()
    async with Database.open(f"sqlite:///{folder}/fireside.db") as db:
        await members.add_member(
            db, passwords, NewMember("Ann", EMAIL, PASSWORD), Role.MODERATOR, now=now_ms()
        )
    passwords.close()


async def test_a_server_that_was_used_wrote_down_nothing_private(tmp_path: Path) -> None:
    async with serving_process("--no-limits", data_dir=tmp_path, env={"LOG_LEVEL": "debug"}) as server:
        await add_ann(tmp_path)
        cookie, token = await use(server)
        links = re.findall(r"/setup/([\w-]+)", server.output)
    async with serving_process(data_dir=tmp_path, env={"LOG_LEVEL": "debug"}) as again:
        output = again.output
    assert links  # the premise: this is where a server writes to
    private = (PASSWORD, WRONG, BODY, TITLE, REASON, QUERY, TOKEN, CHANNEL, EMAIL, cookie, token)
    for secret in private:
        assert secret not in server.output, secret
        assert secret not in output, secret
    assert len(set(links)) == 1  # the one that makes the first administrator is meant to be read there


async def use(server: ServingProcess) -> tuple[str, str]:
    """Everything that has something private in it, rightly and wrongly; the tokens of session and program."""
    json = {"Accept": "application/json"}
    async with plain_client(server.base_url, headers=BROWSER | json) as ann:
        for login, password in (("Ann", WRONG), (EMAIL, WRONG), (WRONG, PASSWORD)):
            assert (await ann.post("/login", data={"login": login, "password": password})).status_code == 422
        assert (await ann.post("/login", data={"login": EMAIL, "password": PASSWORD})).status_code == 200
        cookie = ann.cookies["sid"]
        made = await ann.post("/categories/1/topics", json={"title": TITLE, "body": BODY})
        assert made.status_code == 201
        post = made.json()["topic"]["post"]["id"]
        await ann.post(f"/posts/{post}/remove", json={"reason": REASON})
        await ann.post("/categories/1/topics", json={"title": TITLE, "body": BODY + "x" * 20_001})
        for wrong in (b"{", b"\xff", f'{{"body": ["{BODY}"]}}'.encode()):
            await ann.post(f"/posts/{post}", content=wrong, headers={"Content-Type": "application/json"})
        for path in ("/", "/latest", "/nowhere", f"/posts/{post}", "/login", "/live"):
            await ann.get(path, params={"next": f"/{QUERY}", "q": QUERY, "page": QUERY, "position": QUERY})
        await ann.post("/forgot", data={"login": EMAIL})
        for page in ("setup", "reset", "confirm"):
            await ann.get(f"/{page}/{TOKEN}")
            await ann.post(f"/{page}/{TOKEN}?{QUERY}", data={"password": PASSWORD})
        await ann.post(f"/setup/{TOKEN}", data={"username": "Eve", "email": EMAIL, "password": PASSWORD})
        async with member_socket(server.base_url, f"sid={cookie}") as socket:
            await socket.hello([f"topic:{CHANNEL}"])
            await socket.send(f'{{"type": "{BODY}"}}')
            await socket.closed()
        await garbage(server, cookie)
        token = await use_token(server, ann)
        assert (await ann.get("/viewer")).json()["username"] == "Ann"
    return cookie, token


async def use_token(server: ServingProcess, ann: httpx.AsyncClient) -> str:
    """A program's token, shown rightly and wrongly; what all of these have in them."""
    form = {"name": BODY, "scope": "write", "days": "30", "current": PASSWORD}
    page = (await ann.post("/settings/programs", data=form)).text
    found = re.search(r"fireside_([\w-]+)", page)
    assert found is not None
    async with plain_client(server.base_url) as program:
        for wrong in ("", f"-{TOKEN}"):
            headers = {"Authorization": f"Bearer {found[0]}{wrong}"}
            for path in ("/viewer", "/nowhere", "/settings", "/live"):
                await program.get(path, headers=headers)
            await program.post("/categories/1/topics", headers=headers, content=b"{")
    async with member_socket(server.base_url, bearer=found[0]) as socket:
        await socket.hello(["board"])
        await socket.send("{")
        await socket.closed()
    return found[1]


async def garbage(server: ServingProcess, cookie: str) -> None:
    """Requests that are none: what the server itself complains about."""
    port = int(server.base_url.rpartition(":")[2])
    for request in (
        f"GET /{QUERY} HTTP/9.9\r\nCookie: sid={cookie}\r\n\r\n",
        f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: x{TOKEN}\r\n\r\n{PASSWORD}",
        f"{PASSWORD}\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request.encode())
        writer.write_eof()
        await reader.read()
        writer.close()
