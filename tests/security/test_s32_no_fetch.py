"""S32: the server asks no other machine because of what people write (ASVS 1.3.6, 15.3.2)."""

import ast
import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.rules import text_of, tree, under
from tests.support.whole_board import WholeBoard

# What fetches addresses. Letters go to the mail server and news to Redis, which the operator names.
FETCHING = {"aiohttp", "http", "httpx", "httpx2", "requests", "urllib3", "ftplib", "xmlrpc"}
OF_THE_BENCH = "server/bench"  # `fireside bench` asks the server that it has started itself

asked: list[str] = []
watching = False


def note(event: str, arguments: tuple[object, ...]) -> None:
    if watching and event in {"socket.connect", "socket.getaddrinfo"}:
        asked.append(str(arguments[1] if event == "socket.connect" else arguments[0]))


sys.addaudithook(note)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Every address that this process connects to or looks up meanwhile."""
    global watching  # noqa: PLW0603  # an audit hook stays for as long as the process lives
    asked.clear()
    watching = True
    try:
        yield asked
    finally:
        watching = False


def is_here(address: str) -> bool:
    host = address.strip("('").partition("'")[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.startswith("/")


def imports(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_nothing_that_fetches_is_in_the_server() -> None:
    found = {
        str(path): sorted(wrong)
        for path in tree()
        if path.suffix == ".py" and under(path, "server") and not under(path, OF_THE_BENCH)
        if (
            wrong := {
                name
                for name in imports(text_of(path))
                if name.partition(".")[0] in FETCHING or name == "urllib.request"
            }
        )
    }
    assert found == {}


async def test_what_people_write_makes_the_server_ask_nobody(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    with watched() as addresses:
        started = await board.topic(
            "https://tracker.invalid/title",
            "See https://tracker.invalid/page, [this](http://169.254.169.254/latest/meta-data) and"
            " ![a picture](https://tracker.invalid/picture.png).",
        )
        async with board.browser("ann") as ann:
            assert (await ann.get(f"/topics/{started.topic_id}")).status_code in {200, 302}
            about = {
                "personal_text": "https://tracker.invalid",
                "about": "![x](https://tracker.invalid/y.png)",
            }
            assert (await ann.post("/settings/profile", data=about)).status_code < 500
    assert addresses  # the premise: connections of the browser's are seen
    assert [address for address in addresses if not is_here(address)] == []
