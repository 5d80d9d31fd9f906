"""Letters and the password travel encrypted, to a mail server that is the right one, or not at all."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from server.actions import mail
from server.domain.clock import now_ms
from server.domain.letters import Letter
from server.jobs.carriers import MailServer
from server.jobs.mail import MailRoom
from server.store import outbox
from server.store.outbox import Stuck
from server.views.letters import LetterWriter
from tests.support.certificates import Authority, authority
from tests.support.mail_server import mail_server
from tests.support.small_board import SmallBoard, small_board

ELSEWHERE = "127.0.0.2"  # not a name of this machine, as the board sees it: there certificates are checked
SECRET = b"two green kettles"
KINDS = pytest.mark.parametrize("implicit", [False, True], ids=["STARTTLS", "from the first byte"])


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that this machine trusts, as an association's own may be."""
    found = authority(tmp_path / "trusted")
    monkeypatch.setenv("SSL_CERT_FILE", str(found.file))
    return found


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url) as board:
        bo = await board.add("Bo")
        async with board.db.begin() as writer:
            await mail.queue(writer, Letter.CONFIRM, bo, now=now_ms())
        yield board


async def send(board: SmallBoard, url: str) -> list[Stuck]:
    """Tries to send what waits; what could not be sent."""
    writer = LetterWriter("https://forum.example.org")
    await MailRoom(board.db, MailServer(url), writer, "board@example.org").deliver_due(now=now_ms())
    async with board.db.snapshot() as reader:
        return await outbox.stuck(reader)


def url(port: int, *, implicit: bool) -> str:
    return f"smtp{'s' * implicit}://board:two%20green%20kettles@{ELSEWHERE}:{port}"


@KINDS
async def test_a_letter_and_the_password_go_encrypted(
    board: SmallBoard, trusted: Authority, implicit: bool
) -> None:
    shown = trusted.server(ELSEWHERE)
    async with mail_server(host=ELSEWHERE, password=SECRET, tls=shown, implicit=implicit) as office:
        assert await send(board, url(office.port, implicit=implicit)) == []
        assert (await office.next_letter())["To"] == "bo@example.org"
        assert office.encrypted == [True]
        assert office.signed_in == [SECRET]


async def test_without_a_password_too_what_can_be_encrypted_is(board: SmallBoard, trusted: Authority) -> None:
    async with mail_server(host=ELSEWHERE, tls=trusted.server(ELSEWHERE)) as office:
        assert await send(board, f"smtp://{ELSEWHERE}:{office.port}") == []
        assert office.encrypted == [True]


def impostors(trusted: Authority, folder: Path) -> dict[str, ssl.SSLContext]:
    """Servers that are not the right one, and what is wrong with each."""
    return {
        "self-signed certificate|unable to get local issuer": authority(folder).server(ELSEWHERE),
        "IP address mismatch": trusted.server("127.0.0.3"),
        "certificate has expired": trusted.server(ELSEWHERE, days=-1),
    }


@KINDS
@pytest.mark.parametrize("wrong", range(3))
async def test_a_wrong_certificate_gets_no_letter_and_no_password_and_is_shown(
    board: SmallBoard, trusted: Authority, tmp_path: Path, implicit: bool, wrong: int
) -> None:
    problem, shown = list(impostors(trusted, tmp_path / "unknown").items())[wrong]
    async with mail_server(host=ELSEWHERE, password=SECRET, tls=shown, implicit=implicit) as office:
        (stuck,) = await send(board, url(office.port, implicit=implicit))
        assert office.letters == []
        assert office.signed_in == []
    assert any(words in stuck.problem for words in problem.split("|")), stuck.problem
    assert stuck.due_at is not None  # it is kept, and tried again
    async with board.db.snapshot() as reader:
        assert (await outbox.state(reader, now_ms())).waiting == 1


async def test_who_speaks_plainly_where_tls_was_promised_gets_nothing(
    board: SmallBoard, trusted: Authority
) -> None:
    async with mail_server(host=ELSEWHERE, password=SECRET) as office:
        for implicit in (False, True):
            async with asyncio.timeout(20):
                (stuck,) = await send(board, url(office.port, implicit=implicit))
            async with board.db.begin() as writer:
                assert await outbox.try_again(writer, stuck.id, now_ms())
        assert (office.letters, office.signed_in) == ([], [])
