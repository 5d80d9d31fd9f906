"""Letters arrive, once, whatever the mail server does; those that can't are told of."""

import asyncio
import re
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import pytest_asyncio

from server.actions import mail
from server.domain.clock import DAY, HOUR, MINUTE, now_ms
from server.domain.health import Health
from server.domain.letters import OPTIONAL, Letter
from server.jobs import carriers
from server.jobs.carriers import Carrier, MailFolder, MailServer, Undelivered
from server.jobs.mail import MailRoom, deliver_mail
from server.store import health, members, outbox
from server.store.outbox import HELD_FOR
from server.views.letters import LetterWriter
from tests.support.mail_server import PostOffice, html_of, link_in, mail_server, text_of
from tests.support.servers import free_port
from tests.support.small_board import SmallBoard, small_board

HOME = "https://forum.example.org"


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        yield board


def room(board: SmallBoard, carrier: Carrier) -> MailRoom:
    return MailRoom(board.db, carrier, LetterWriter(HOME), "board@forum.example.org")


async def queue(board: SmallBoard, letter: Letter, member_id: int, address: str = "") -> None:
    async with board.db.begin() as writer:
        await mail.queue(writer, letter, member_id, address, now=now_ms())


async def state(board: SmallBoard) -> tuple[int, int, int]:
    async with board.db.snapshot() as reader:
        found = await outbox.state(reader, now_ms())
    return found.waiting, found.sent, found.failed


async def test_a_letter_has_all_that_mail_programs_want(board: SmallBoard, office: PostOffice) -> None:
    ann = await board.add("Ann")
    await queue(board, Letter.CONFIRM, ann)
    assert await room(board, MailServer(office.url)).deliver_due(now=now_ms()) == 1
    letter = await office.next_letter()
    assert office.recipients == [["ann@example.org"]]
    assert letter["To"] == "ann@example.org"
    assert letter["From"] == "Fireside <board@forum.example.org>"
    assert letter["Subject"] == "Is this your address? Welcome to Fireside"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@forum.example.org>")
    assert abs(parsedate_to_datetime(letter["Date"]).timestamp() - now_ms() / 1000) < 600
    assert "Dear Ann," in text_of(letter)
    assert "Welcome, Ann" in html_of(letter)
    assert f"{HOME}{link_in(letter)}" in text_of(letter)
    assert await state(board) == (0, 1, 0)


@pytest.mark.parametrize("letter", [one for one in Letter if one not in OPTIONAL])
async def test_every_letter_says_the_same_in_both_parts_and_asks_nobody_for_anything_else(
    board: SmallBoard, office: PostOffice, letter: Letter
) -> None:
    bo = await board.add("Bo")
    await queue(board, letter, bo, "bo@example.org" if letter is not Letter.RECOVER else "Bo")
    await room(board, MailServer(office.url)).deliver_due(now=now_ms())
    found = await office.next_letter()
    for part in (text_of(found), html_of(found)):
        assert "Bo" in part
        assert "Fireside" in part
        assert "{{" not in part
        assert set(re.findall(r"https?://[^/\s\"<]+", part)) <= {HOME}  # no picture, no tracker
    assert not re.search(r"<(img|script|link|style)\b", html_of(found))


async def test_a_letter_waits_until_the_mail_server_is_there(board: SmallBoard) -> None:
    bo = await board.add("Bo")
    await queue(board, Letter.CONFIRM, bo)
    port = free_port()
    sending = room(board, MailServer(f"smtp://127.0.0.1:{port}"))
    now = now_ms()
    await sending.deliver_due(now=now)
    assert await state(board) == (1, 0, 0)
    async with board.db.snapshot() as reader:
        (stuck,) = await outbox.stuck(reader)
    assert (stuck.tries, stuck.username) == (1, "Bo")
    assert stuck.problem
    async with mail_server(on_port=port) as office:
        assert await sending.deliver_due(now=now) == 0  # not yet
        assert await sending.deliver_due(now=now + 2 * MINUTE) == 1
        assert (await office.next_letter())["To"] == "bo@example.org"
    assert await state(board) == (0, 1, 0)


async def test_a_server_that_greylists_gets_the_same_letter_again_later(
    board: SmallBoard, office: PostOffice
) -> None:
    bo = await board.add("Bo")
    await queue(board, Letter.CONFIRM, bo)
    sending, now = room(board, MailServer(office.url)), now_ms()
    office.on_recipient = lambda _: "451 4.7.1 Greylisted, please come back"
    await sending.deliver_due(now=now)
    async with board.db.snapshot() as reader:
        assert "451" in (await outbox.stuck(reader))[0].problem
    office.on_recipient = lambda _: "250 OK"
    await sending.deliver_due(now=now + 2 * MINUTE)
    assert len(office.letters) == 1
    assert await state(board) == (0, 1, 0)


async def test_an_address_that_does_not_exist_is_given_up_and_holds_up_nobody(
    board: SmallBoard, office: PostOffice
) -> None:
    for name in ("Ann", "Bo", "Cleo"):
        await queue(board, Letter.CONFIRM, await board.add(name))
    office.on_recipient = lambda address: "550 5.1.1 Nobody" if address.startswith("bo@") else "250 OK"
    sending = room(board, MailServer(office.url))
    await sending.deliver_due(now=now_ms())
    assert {letter["To"] for letter in office.letters} == {"ann@example.org", "cleo@example.org"}
    assert await state(board) == (0, 2, 1)
    async with board.db.snapshot() as reader:
        (stuck,) = await outbox.stuck(reader)
    assert (stuck.username, stuck.due_at) == ("Bo", None)
    assert "550" in stuck.problem
    assert (await health.mail(board.db, Path(), has_server=True)).health is Health.OK


async def test_a_letter_whose_taking_broke_off_comes_again_as_the_same_one(
    board: SmallBoard, office: PostOffice
) -> None:
    bo = await board.add("Bo")
    await queue(board, Letter.CONFIRM, bo)
    names: list[str] = []

    def break_off(letter: object) -> str | None:
        names.append(str(letter["Message-ID"]))  # type: ignore[index]  # a letter
        return None if len(names) == 1 else "250 OK"

    office.on_letter = break_off
    sending, now = room(board, MailServer(office.url)), now_ms()
    await sending.deliver_due(now=now)
    assert await state(board) == (1, 0, 0)
    await sending.deliver_due(now=now + 2 * MINUTE)
    assert names[0] == names[1]
    assert await state(board) == (0, 1, 0)


async def test_a_server_that_says_nothing_is_not_waited_for_for_ever(
    board: SmallBoard, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "SEND_WITHIN", 0.2)
    office.stalls = True
    await queue(board, Letter.CONFIRM, await board.add("Bo"))
    await room(board, MailServer(office.url)).deliver_due(now=now_ms())
    assert await state(board) == (1, 0, 0)
    assert office.letters == []


async def test_the_board_signs_in_to_its_mail_server() -> None:
    async with mail_server(password=b"two green kettles") as office:
        right = f"smtp://board:two%20green%20kettles@127.0.0.1:{office.port}"
        async with MailServer(right).open():
            assert office.signed_in == [b"two green kettles"]
        with pytest.raises(Undelivered, match="535"):
            async with MailServer(right.replace("two", "three")).open():
                pass


async def test_a_password_is_never_sent_unencrypted_to_another_machine() -> None:
    async with mail_server(password=b"secret", host="127.0.0.2") as office:  # not a name of this machine
        elsewhere = f"smtp://board:secret@127.0.0.2:{office.port}"
        with pytest.raises(Undelivered):
            async with MailServer(elsewhere).open():
                pass
        assert office.signed_in == []


async def test_several_processes_share_the_letters(board: SmallBoard) -> None:
    for number in range(12):
        await queue(board, Letter.CONFIRM, await board.add(f"Person{number}"))
    now = now_ms()
    shares = await asyncio.gather(*(mail.take(board.db, now=now) for _ in range(4)))
    taken = [one.id for share in shares for one in share]
    assert len(taken) == len(set(taken)) == 12
    assert await mail.take(board.db, now=now + HELD_FOR - MINUTE) == []
    assert len(await mail.take(board.db, now=now + HELD_FOR)) == 12  # their process is gone


async def test_what_has_no_reason_any_more_is_not_sent(board: SmallBoard, office: PostOffice) -> None:
    ann, bo = await board.add("Ann"), await board.add("Bo")
    await queue(board, Letter.CONFIRM, ann)
    await queue(board, Letter.PASSWORD_CHANGED, bo)
    async with board.db.begin() as writer:
        await members.confirm_email(writer, ann, now_ms())
        await writer.run("UPDATE members SET disabled_at = 1 WHERE id = :id", id=bo)
    await room(board, MailServer(office.url)).deliver_due(now=now_ms())
    assert office.letters == []
    assert await state(board) == (0, 0, 0)


async def test_nobody_waits_for_a_new_password_until_the_next_day(board: SmallBoard) -> None:
    bo = await board.add("Bo")
    await queue(board, Letter.RECOVER, bo, "Bo")
    await queue(board, Letter.CONFIRM, bo)
    async with board.db.begin() as writer:
        await writer.run("UPDATE outbox SET queued_at = queued_at - :day", day=DAY)
    await room(board, MailServer(f"smtp://127.0.0.1:{free_port()}")).deliver_due(now=now_ms())
    assert await state(board) == (1, 0, 1)


async def test_without_a_mail_server_letters_are_files_that_only_the_owner_reads(
    board: SmallBoard, tmp_path: Path
) -> None:
    await queue(board, Letter.CONFIRM, await board.add("Bo"))
    folder = tmp_path / "mail"
    await room(board, MailFolder(folder)).deliver_due(now=now_ms())
    (file,) = folder.iterdir()
    assert file.suffix == ".eml"
    assert "/confirm/" in file.read_text()
    assert (file.stat().st_mode & 0o077, folder.stat().st_mode & 0o077) == (0, 0)


async def test_a_folder_that_cannot_be_written_keeps_letters_waiting(
    board: SmallBoard, tmp_path: Path
) -> None:
    (tmp_path / "mail").write_text("a file is in the way")
    await queue(board, Letter.CONFIRM, await board.add("Bo"))
    await room(board, MailFolder(tmp_path / "mail")).deliver_due(now=now_ms())
    assert await state(board) == (1, 0, 0)


async def test_letters_that_wait_for_long_show_in_the_health_check(board: SmallBoard) -> None:
    await queue(board, Letter.CONFIRM, await board.add("Bo"))
    sending = room(board, MailServer(f"smtp://127.0.0.1:{free_port()}"))
    await sending.deliver_due(now=now_ms())
    found = []
    for age in (0, 30 * MINUTE, 2 * HOUR):
        async with board.db.begin() as writer:
            await writer.run("UPDATE outbox SET queued_at = :then", then=now_ms() - age)
        told = await health.mail(board.db, Path(), has_server=True)
        assert "example.org" not in told.text
        found.append(told.health)
    assert found == [Health.OK, Health.DEGRADED, Health.FAILING]


async def test_a_trouble_of_the_database_does_not_end_the_job(board: SmallBoard, office: PostOffice) -> None:
    await queue(board, Letter.CONFIRM, await board.add("Bo"))
    rounds = []

    async def pause(seconds: float) -> None:
        rounds.append(seconds)
        if len(rounds) == 1:
            await board.db.connect()
        else:
            raise asyncio.CancelledError

    await board.db.disconnect()
    with pytest.raises(asyncio.CancelledError):
        await deliver_mail(room(board, MailServer(office.url)), pause=pause)
    assert len(office.letters) == 1


async def test_no_name_of_a_board_puts_a_header_into_a_letter(board: SmallBoard, office: PostOffice) -> None:
    async with board.db.begin() as writer:
        await writer.run(
            "INSERT INTO settings (name, value) VALUES ('forum_name', :value)",
            value="Evil\r\nBcc: everybody@example.org",
        )
    await queue(board, Letter.TEST, await board.add("Bo"))
    await room(board, MailServer(office.url)).deliver_due(now=now_ms())
    letter = await office.next_letter()
    assert letter["Bcc"] is None
    assert "Bcc" in letter["Subject"]
