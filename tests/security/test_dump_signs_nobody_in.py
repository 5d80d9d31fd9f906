"""S1, S9: who steals a dump of the database gets nobody's session, link, token, invitation, code or export.

Everything that opens something is made on one board; then every value of every table is shown at every door,
as it is and as it could be written. What the dump does hold is said at the end: what apps reckon by, which is
worth nothing without the password, and the board's own key, which ends letters and no more.
"""

import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from server.actions import accounts, invitations, mail, mail_choices, recovery, setup
from server.actions.addresses import confirmation_of
from server.actions.exports import export_to_fetch
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.second_step import waiting
from server.actions.sessions import member_of, resume
from server.actions.tokens import TokenDraft, make_token
from server.domain.clock import now_ms
from server.domain.errors import ForumError, NotFound, SecondFactorRequired
from server.domain.letters import Letter
from server.domain.unsubscribing import Subscription, unsubscribe_token
from server.domain.viewer import Role
from server.jobs.carriers import MailServer
from server.jobs.mail import MailRoom
from server.store import settings
from server.store.schema import metadata
from server.store.settings import put
from server.views.letters import LetterWriter
from tests.support.authenticator import App, set_up
from tests.support.mail_server import PostOffice, link_in
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NO_LIMITS = Limits(enabled=False)


@dataclass
class Keyring:
    """What people have that opens something, by what it is, and the app that reckons their codes."""

    secrets: dict[str, str]
    app: App


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        yield board


async def everything_that_opens(board: SmallBoard, office: PostOffice) -> Keyring:
    now, found = now_ms(), {}
    token = await setup.setup_link(board.db, now=now)
    assert token
    found["the first administrator's link"] = token
    ada, ann, bo = await board.add("Ada", Role.ADMIN), await board.add("Ann"), await board.add("Bo")
    found["a session"] = (await board.sign_in("Bo")).token
    kept = await board.sign_in("Ann", remember=True)
    found["a session that is remembered"] = kept.token
    draft = TokenDraft("Diary", "read", "30", PASSWORD)
    made = await make_token(board.db, board.passwords, kept.viewer, draft, now=now, limits=NO_LIMITS)
    found["a program's token"] = made.secret
    adas = (await board.sign_in("Ada")).viewer
    found["an invitation"] = await invitations.invite(board.db, adas, "", "5", "5", now=now)
    async with board.db.begin() as writer:
        await put(writer, "sign_up", "invitation")
        await mail.queue(writer, Letter.CONFIRM, bo, now=now)
        await mail.queue(writer, Letter.RECOVER, bo, "Bo", now=now)
        await mail.queue(writer, Letter.NEW_ADDRESS, ann, "new@example.org", now=now)
    room = MailRoom(board.db, MailServer(office.url), LetterWriter(board.origin), "board@example.org")
    await room.deliver_due(now=now_ms())
    for _ in range(3):
        letter = await office.next_letter()
        found[f"the link of a letter: {letter['Subject']}"] = link_in(letter).rpartition("/")[2]
    async with board.db.snapshot() as reader:
        key = await settings.form_key(reader)
    done = await mail_choices.unsubscribe(
        board.db, unsubscribe_token(key, Subscription(ann, Letter.ANSWERS)), now=now
    )
    found["what brings letters back"] = done.undo
    app = await set_up(board.db, board.passwords, adas)
    found |= {f"recovery code {code}": code for code in app.recovery_codes}
    with pytest.raises(SecondFactorRequired) as half:
        await accounts.sign_in(
            board.db, board.passwords, "Ada", PASSWORD, remember=False, now=now_ms(), limits=NO_LIMITS
        )
    found["half a sign-in"] = half.value.token
    found["a password"] = PASSWORD
    assert ada
    return Keyring(found, app)


async def dump(board: SmallBoard) -> list[object]:
    """Every value of every table."""
    found: list[object] = []
    async with board.db.snapshot() as reader:
        for table in metadata.sorted_tables:
            for row in await reader.all(f"SELECT * FROM {table.name}"):
                found += [value for value in row if isinstance(value, str | bytes | memoryview)]
    return found


def written(value: object) -> set[str]:
    """A value as somebody could show it, whichever way he writes bytes."""
    if isinstance(value, str):
        return {value}
    raw = bytes(value)  # type: ignore[call-overload]  # bytes of either database
    url = base64.urlsafe_b64encode(raw).decode()
    return {raw.hex(), raw.decode("latin-1"), url, url.rstrip("="), base64.b64encode(raw).decode()}


def doors(board: SmallBoard) -> dict[str, Callable[[str], Awaitable[object]]]:
    """Where what opens something is shown; each answers something true, or refuses."""
    db = board.db

    async def cookie(shown: str) -> bool:
        return (await resume(db, shown, now=now_ms())).is_signed_in

    async def bearer(shown: str) -> bool:
        return (await resume(db, "", shown, now=now_ms())).is_signed_in

    async def setup_page(shown: str) -> bool:
        await setup.check_setup_link(db, shown, now=now_ms())
        return True

    async def invitation(shown: str) -> bool:
        draft = NewMember("Newcomer", "newcomer@example.org", PASSWORD, accepts_rules=True)
        await accounts.check_sign_up(db, draft, invitation=shown, now=now_ms())
        return True

    return {
        "cookie": cookie,
        "bearer": bearer,
        "setup": setup_page,
        "invitation": invitation,
        "reset": lambda shown: recovery.owner_of_reset(db, shown, now=now_ms()),
        "confirm": lambda shown: confirmation_of(db, shown, now=now_ms()),
        "second step": lambda shown: waiting(db, shown, now=now_ms()),
        "unsubscribe": lambda shown: mail_choices.subscription_of(db, shown),
        "letters again": lambda shown: mail_choices.subscribe_again(db, shown, now=now_ms()),
    }


async def opened(board: SmallBoard, shown: str) -> set[str]:
    found = set()
    for name, door in doors(board).items():
        try:
            if await door(shown):
                found.add(name)
        except ForumError:
            pass
    return found


async def test_nothing_that_opens_something_stands_in_the_database(
    board: SmallBoard, office: PostOffice
) -> None:
    keyring = await everything_that_opens(board, office)
    said = "\n".join(shown for value in await dump(board) for shown in written(value))
    assert "ann@example.org" in said  # the premise: it is the dump of this board
    for name, secret in keyring.secrets.items():
        assert secret not in said, name
        assert re.sub(r"[-_ ]", "", secret) not in said, name


async def test_no_value_of_a_dump_opens_any_door(board: SmallBoard, office: PostOffice) -> None:
    keyring = await everything_that_opens(board, office)
    fitting = {name: await opened(board, secret) for name, secret in keyring.secrets.items()}
    assert sorted(door for found in fitting.values() for door in found) == [
        "bearer", "confirm", "confirm", "cookie", "cookie", "invitation", "letters again", "reset",
        "second step",
    ]  # fmt: skip  # the premise: what people have opens their doors (setup ended when Ada came)
    tried = {shown for value in await dump(board) for shown in written(value)}
    assert len(tried) > 60
    for shown in tried:
        assert await opened(board, shown) == set(), shown


async def test_an_apps_secret_is_worth_nothing_without_the_password(
    board: SmallBoard, office: PostOffice
) -> None:
    """It is in the dump, because the board reckons the same codes (`store/second_factors.py` says so)."""
    keyring = await everything_that_opens(board, office)
    assert keyring.app.secret in await dump(board)
    adas = next(shown for shown in await dump(board) if str(shown).startswith("$argon2"))
    for stolen in (str(adas), keyring.app.secret, ""):
        with pytest.raises(ForumError):
            await accounts.sign_in(
                board.db, board.passwords, "Ada", stolen, keyring.app.next_code(),
                remember=False, now=now_ms(), limits=NO_LIMITS,
            )  # fmt: skip


async def test_the_boards_own_key_ends_letters_and_nothing_else(
    board: SmallBoard, office: PostOffice
) -> None:
    await everything_that_opens(board, office)
    async with board.db.snapshot() as reader:
        key = await settings.form_key(reader)
        bo = int(await reader.value("SELECT id FROM members WHERE username = 'Bo'") or 0)
    forged = {
        letter: unsubscribe_token(key, Subscription(bo, letter)) for letter in Letter
    }  # by who has a dump
    assert {letter for letter, token in forged.items() if await opened(board, token)} == {
        Letter.ANSWERS,
        Letter.NOTICES,
        Letter.REPORTS,
    }
    for token in forged.values():
        assert await opened(board, token) <= {"unsubscribe"}


async def test_an_export_is_its_members_only(board: SmallBoard) -> None:
    """There is no token in its link: it leads to a page for who is signed in (`web/settings/data.py`)."""
    await board.add("Ann")
    await board.add("Bo")
    ann, bo = (await board.sign_in("Ann")).viewer, (await board.sign_in("Bo")).viewer
    async with board.db.begin() as writer:
        await writer.run(
            "INSERT INTO exports (member_id, state, asked_at, due_at, ends_at, file, size)"
            " VALUES (:id, 'ready', 1, 1, :later, 'x.zip', 1)",
            id=member_of(ann),
            later=2**50,
        )
        number = int(await writer.value("SELECT id FROM exports") or 0)
    assert (await export_to_fetch(board.db, ann, number, now=now_ms())).file == "x.zip"
    with pytest.raises(NotFound):
        await export_to_fetch(board.db, bo, number, now=now_ms())
