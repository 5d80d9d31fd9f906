"""Passkeys: made, used, refused and removed, on both databases, by a device in software."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from server.actions import passkeys, sessions
from server.actions.passkeys import LASTS, SIGN_INS_PER_NETWORK
from server.actions.sessions import NOWHERE, SignedIn
from server.domain.errors import Forbidden, Invalid, NotFound, TooManyRequests
from server.domain.passkeys import MAX_PASSKEYS, RelyingParty
from server.domain.viewer import Viewer
from server.store import audit
from server.store import passkeys as rows
from tests.support.passkey_device import PRESENT, PasskeyDevice
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NOW = 1_800_000_000_000
HERE = "http://localhost:8000"
PARTY = RelyingParty("localhost", "Fireside", (HERE,))


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        await board.add("Ann")
        await board.add("Bo")
        yield board


async def viewer(board: SmallBoard, name: str) -> Viewer:
    return (await board.sign_in(name, now=NOW)).viewer


async def question(board: SmallBoard, who: Viewer, current: str = PASSWORD) -> str:
    """For a new passkey."""
    return await passkeys.adding_options(
        board.db, board.passwords, PARTY, who, current, now=NOW, limits=board.limits
    )


async def added(board: SmallBoard, who: Viewer, device: PasskeyDevice, name: str = "My phone") -> int:
    made = device.make(await question(board, who))
    return await passkeys.add_passkey(board.db, PARTY, who, made, name, now=NOW)


async def ask(board: SmallBoard, now: int = NOW) -> str:
    """For signing in."""
    return await passkeys.sign_in_options(board.db, PARTY, network="", now=now, limits=board.limits)


async def enter(board: SmallBoard, answer: str, now: int = NOW) -> SignedIn:
    return await passkeys.sign_in(
        board.db, PARTY, answer, remember=True, now=now, limits=board.limits, origin=NOWHERE
    )


async def acts(board: SmallBoard) -> list[str]:
    async with board.db.snapshot() as reader:
        return [entry.act for entry in reversed(await audit.latest(reader, 100))]


async def test_ann_adds_a_passkey_and_signs_in_by_it_alone(board: SmallBoard) -> None:
    ann, device = await viewer(board, "Ann"), PasskeyDevice(HERE)
    number = await added(board, ann, device, "  My \u0007 phone ")
    device.count = 1
    signed_in = await enter(board, device.sign(await ask(board)))
    assert (signed_in.viewer.id, signed_in.remember) == (ann.id, True)
    assert (await sessions.resume(board.db, signed_in.token, now=NOW)).username == "Ann"
    async with board.db.snapshot() as reader:
        (kept,) = await rows.of_member(reader, ann.id or 0)
    assert (kept.id, kept.name, kept.sign_count, kept.used_at) == (number, "My phone", 1, NOW)
    assert (await acts(board))[-4:] == ["sign_in", "passkey_added", "passkey_used", "sign_in"]


async def test_the_password_is_asked_for_before_one_is_added(board: SmallBoard) -> None:
    with pytest.raises(Invalid) as refused:
        await question(board, await viewer(board, "Ann"), "wrong horse")
    assert set(refused.value.fields) == {"current"}


async def test_a_question_for_adding_is_for_one_member_once_and_five_minutes(board: SmallBoard) -> None:
    ann, bo, device = await viewer(board, "Ann"), await viewer(board, "Bo"), PasskeyDevice(HERE)
    made = device.make(await question(board, ann))
    for who, now in ((bo, NOW), (ann, NOW + LASTS)):
        with pytest.raises(Invalid):
            await passkeys.add_passkey(board.db, PARTY, who, made, "", now=now)
    await passkeys.add_passkey(board.db, PARTY, ann, made, "", now=NOW)
    with pytest.raises(Invalid):
        await passkeys.add_passkey(board.db, PARTY, ann, made, "", now=NOW)
    again = device.make(await question(board, bo))  # the same credential is nobody else's
    with pytest.raises(Invalid):
        await passkeys.add_passkey(board.db, PARTY, bo, again, "", now=NOW)
    assert {one["id"] for one in json.loads(await question(board, ann))["excludeCredentials"]}


BENT: dict[str, Callable[[PasskeyDevice], None]] = {
    "from another site": lambda device: setattr(device, "origin", "https://evil.test"),
    "from another port": lambda device: setattr(device, "origin", "http://localhost:9999"),
    "for another host": lambda device: setattr(device, "host", "evil.test"),
    "without the owner's finger": lambda device: setattr(device, "flags", PRESENT),
    "without anybody there": lambda device: setattr(device, "flags", 0),
}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT)
async def test_a_bent_answer_neither_adds_nor_signs_in(
    board: SmallBoard, bend: Callable[[PasskeyDevice], None]
) -> None:
    ann, device = await viewer(board, "Ann"), PasskeyDevice(HERE)
    await added(board, ann, device)
    bend(device)
    with pytest.raises(Invalid):
        await added(board, ann, device)
    with pytest.raises(Invalid):
        await enter(board, device.sign(await ask(board)))
    assert (await acts(board))[-1] == "sign_in_failed"


async def test_another_key_another_member_and_garbage_open_nothing(board: SmallBoard) -> None:
    device = PasskeyDevice(HERE)
    await added(board, await viewer(board, "Ann"), device)
    options = await ask(board)
    forged = PasskeyDevice(HERE, credential_id=device.credential_id, user_handle=device.user_handle)
    answers = [forged.sign(options), PasskeyDevice(HERE).sign(options)]
    device.user_handle = (2).to_bytes(8)
    answers += [device.sign(options), "", "null", "[]", "{}", '{"rawId": 5}', "x" * 5000, "[" * 5000]
    for answer in answers:
        with pytest.raises(Invalid) as refused:
            await enter(board, answer)
        assert set(refused.value.fields) == {"credential"}
    device.user_handle = b""  # which a device may leave out
    await enter(board, device.sign(options))


async def test_an_answer_opens_once_even_when_it_is_sent_many_times_at_once(board: SmallBoard) -> None:
    device = PasskeyDevice(HERE)
    await added(board, await viewer(board, "Ann"), device)
    answer = device.sign(await ask(board))
    outcomes = await asyncio.gather(*(enter(board, answer) for _ in range(5)), return_exceptions=True)
    assert len([one for one in outcomes if isinstance(one, SignedIn)]) == 1
    assert len([one for one in outcomes if isinstance(one, Invalid)]) == 4
    late = device.sign(await ask(board))
    with pytest.raises(Invalid):
        await enter(board, late, NOW + LASTS)


async def test_a_question_of_the_settings_signs_nobody_in(board: SmallBoard) -> None:
    ann, device = await viewer(board, "Ann"), PasskeyDevice(HERE)
    await added(board, ann, device)
    with pytest.raises(Invalid):
        await enter(board, device.sign(await question(board, ann)))
    with pytest.raises(Invalid):
        await passkeys.add_passkey(board.db, PARTY, ann, device.sign(await ask(board)), "", now=NOW)


async def test_a_copied_device_is_found_by_its_count(board: SmallBoard) -> None:
    device = PasskeyDevice(HERE, count=7)
    await added(board, await viewer(board, "Ann"), device)
    for count, opens in ((7, False), (3, False), (8, True), (8, False)):
        device.count = count
        answer = device.sign(await ask(board))
        if opens:
            await enter(board, answer)
        else:
            with pytest.raises(Invalid):
                await enter(board, answer)


async def test_only_its_owner_renames_and_removes_a_passkey(board: SmallBoard) -> None:
    ann, bo, device = await viewer(board, "Ann"), await viewer(board, "Bo"), PasskeyDevice(HERE)
    number = await added(board, ann, device)
    with pytest.raises(NotFound):
        await passkeys.rename_passkey(board.db, bo, number, "Mine")
    with pytest.raises(NotFound):
        await passkeys.remove_passkey(board.db, bo, number, now=NOW)
    await passkeys.rename_passkey(board.db, ann, number, "The blue one")
    async with board.db.snapshot() as reader:
        assert [one.name for one in await rows.of_member(reader, ann.id or 0)] == ["The blue one"]
    await passkeys.remove_passkey(board.db, ann, number, now=NOW)
    with pytest.raises(Invalid):
        await enter(board, device.sign(await ask(board)))
    assert "passkey_removed" in await acts(board)


async def test_a_closed_account_is_not_entered_by_a_passkey(board: SmallBoard) -> None:
    device = PasskeyDevice(HERE)
    await added(board, await viewer(board, "Ann"), device)
    async with board.db.begin() as writer:
        await writer.run("UPDATE members SET disabled_at = :now", now=NOW)
    with pytest.raises(Forbidden):
        await enter(board, device.sign(await ask(board)))


async def test_there_are_ten_at_most_and_none_where_the_board_has_no_name(board: SmallBoard) -> None:
    ann = await viewer(board, "Ann")
    for _ in range(MAX_PASSKEYS):
        await added(board, ann, PasskeyDevice(HERE))
    with pytest.raises(Forbidden):
        await question(board, ann)
    nowhere = RelyingParty("", "Fireside", ())
    with pytest.raises(Forbidden):
        await passkeys.sign_in_options(board.db, nowhere, network="", now=NOW, limits=board.limits)


async def test_questions_that_nobody_answers_and_wrong_answers_are_limited(board: SmallBoard) -> None:
    most, _seconds = SIGN_INS_PER_NETWORK
    for _ in range(most):
        await ask(board)
        with pytest.raises(Invalid):
            await enter(board, "{}")
    with pytest.raises(TooManyRequests):
        await ask(board)
    with pytest.raises(TooManyRequests):
        await enter(board, "{}")
