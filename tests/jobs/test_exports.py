"""Members take along everything that is theirs, and nothing that is not."""

import asyncio
import io
import json
import os
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from server.actions import exports, moderation, posting, topic_acts
from server.actions.posting import Draft
from server.domain.clock import DAY, now_ms
from server.domain.exports import HELD_FOR, KEPT_FOR, TRIES
from server.domain.viewer import Audience, Role, Viewer
from server.jobs.exports import Packer, pack_exports
from server.store import categories
from server.store import exports as export_rows
from server.store.avatars import Avatars
from server.views.export_pages import ExportPages
from server.web import settings
from tests.support.mail_server import PostOffice, send_mail, text_of
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board
from tests.support.whole_board import NO_LIMITS


@pytest_asyncio.fixture
async def board(database_url: str, tmp_path: Path) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url, settings.routes, data_dir=tmp_path) as board:
        await board.add("Ann")
        await board.add("Bo")
        await board.add("Moira", Role.MODERATOR)
        yield board


def packer(board: SmallBoard) -> Packer:
    return Packer(
        board.db,
        board.config.exports_dir,
        ExportPages(board.app.state.renderer),
        Avatars(board.config.data_dir),
    )


async def viewer(board: SmallBoard, name: str) -> Viewer:
    return (await board.sign_in(name)).viewer


async def topic(board: SmallBoard, name: str, body: str) -> posting.Posted:
    async with board.db.begin() as writer:
        section = await categories.add_section(writer, "All", 1)
        place = await categories.add(
            writer,
            section_id=section,
            name="Sleep",
            slug="sleep",
            description="",
            position=1,
            visibility=Audience.PUBLIC,
        )
    who = await viewer(board, name)
    return await posting.start_topic(
        board.db, who, place, Draft(body, "Four hours"), now=now_ms(), limits=NO_LIMITS
    )


async def reply(board: SmallBoard, name: str, topic_id: int, body: str) -> posting.Posted:
    who = await viewer(board, name)
    return await posting.reply(board.db, who, topic_id, Draft(body), now=now_ms(), limits=NO_LIMITS)


async def ask(board: SmallBoard, name: str) -> None:
    async with board.member(name) as client:
        answer = await client.post("/settings/data/exports", data={"current": PASSWORD})
        assert answer.status_code == 303


async def fetched(board: SmallBoard, name: str) -> zipfile.ZipFile:
    async with board.member(name) as client:
        told = (await client.get("/settings/data", headers=PROGRAM)).json()["export"]
        assert told["state"] == "ready"
        answer = await client.get(told["url"])
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "no-store" in answer.headers["cache-control"]
        assert len(answer.content) == told["size"]
    return zipfile.ZipFile(io.BytesIO(answer.content))


async def test_everything_of_ann_is_in_it_and_nothing_of_others(
    board: SmallBoard, office: PostOffice
) -> None:
    started = await topic(board, "Ann", "I sleep **four** hours.")
    theirs = await reply(board, "Bo", started.topic_id, "Warm milk helps.")
    removed = await reply(board, "Ann", started.topic_id, "This went too far.")
    quoting = await reply(board, "Ann", started.topic_id, f"[quote={theirs.post_id}]\n\nIt did.")
    moira = await viewer(board, "Moira")
    await moderation.remove_post(board.db, moira, removed.post_id, "unkind", now=now_ms())
    await ask(board, "Ann")
    assert await packer(board).pack_next()
    archive = await fetched(board, "Ann")
    assert archive.testzip() is None
    posts = json.loads(archive.read("posts-1.json"))
    assert [post["id"] for post in posts] == [started.post_id, removed.post_id, quoting.post_id]
    assert [post["body"] for post in posts][:2] == ["I sleep **four** hours.", "This went too far."]
    assert [bool(post["removed_at"]) for post in posts] == [False, True, False]
    account = json.loads(archive.read("account.json"))
    assert (account["username"], account["email"]) == ("Ann", "ann@example.org")
    assert json.loads(archive.read("topics.json"))[0]["title"] == "Four hours"
    assert "export_asked" in [act["act"] for act in json.loads(archive.read("history.json"))]
    assert json.loads(archive.read("sessions.json"))
    page = archive.read("posts-1.html").decode()
    assert "<strong>four</strong>" in page
    assert f"Quote of post #{theirs.post_id}" in page
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for others in ("Warm milk", "unkind", "bo@example.org", PASSWORD, "argon2"):
        assert others not in everything
    assert "://" not in archive.read("index.html").decode()  # it needs nobody else
    assert await send_mail(board, office) == ["ann@example.org"]
    assert "/settings/data" in text_of(office.letters[0])


async def test_titles_and_categories_that_he_may_not_read_any_more_are_not_in_it(
    board: SmallBoard, office: PostOffice
) -> None:
    anns = await topic(board, "Ann", "Hello.")
    await reply(board, "Bo", anns.topic_id, "What Bo said.")

    async def packed() -> tuple[dict[str, str], dict[str, str], str]:
        """Of Bo's first post, Ann's first topic, and the page of Bo's posts."""
        for name in ("Bo", "Ann"):
            await ask(board, name)
            assert await packer(board).pack_next()
        bos, anns = await fetched(board, "Bo"), await fetched(board, "Ann")
        posts, topics = bos.read("posts-1.json"), anns.read("topics.json")
        return json.loads(posts)[0], json.loads(topics)[0], bos.read("posts-1.html").decode()

    post, began, page = await packed()  # the premise
    assert (post["topic"], post["category"]) == (began["title"], began["category"]) == ("Four hours", "Sleep")
    assert "Four hours" in page

    moira = await viewer(board, "Moira")
    await moderation.remove_topic(board.db, moira, anns.topic_id, "", now=now_ms())
    post, began, page = await packed()
    assert (post["topic"], began["title"]) == ("", "Four hours")  # who wrote it keeps it
    assert "Four hours" not in page
    assert "What Bo said." in page

    await moderation.restore_topic(board.db, moira, anns.topic_id, now=now_ms())
    async with board.db.begin() as writer:
        await categories.set_visibility(writer, 1, Audience.STAFF)
    await topic_acts.rename(board.db, moira, anns.topic_id, "Is Ann in danger?", now=now_ms())
    post, began, page = await packed()
    assert (post["topic"], post["category"], began["title"], began["category"]) == ("", "", "", "")
    assert "A topic that you can’t read" in page
    assert "Sleep" not in page
    assert post["body"] == "What Bo said."


async def test_many_posts_are_packed_in_parts_and_progress_shows(board: SmallBoard) -> None:
    started = await topic(board, "Ann", "First.")
    ann = await viewer(board, "Ann")
    for number in range(2, 406):
        draft = Draft(f"Number {number}.")
        await posting.reply(board.db, ann, started.topic_id, draft, now=now_ms(), limits=NO_LIMITS)
    await ask(board, "Ann")
    export = await exports.take(board.db, now=now_ms())
    assert export is not None
    await exports.note_progress(board.db, export, 200, 405, now=now_ms())
    async with board.member("Ann") as client:
        assert "being packed: 49 %" in (await client.get("/settings/data")).text
    async with board.db.begin() as writer:
        await writer.run("UPDATE exports SET due_at = 0")
    await packer(board).pack_next()
    archive = await fetched(board, "Ann")
    parts = [len(json.loads(archive.read(f"posts-{part}.json"))) for part in (1, 2, 3)]
    assert parts == [200, 200, 5]


async def test_it_is_fetched_by_its_owner_only_and_until_it_ends(board: SmallBoard) -> None:
    await ask(board, "Ann")
    await packer(board).pack_next()
    async with board.member("Ann") as ann, board.member("Bo") as bo, board.visitor() as guest:
        url = (await ann.get("/settings/data", headers=PROGRAM)).json()["export"]["url"]
        assert (await ann.get(url)).status_code == 200
        assert (await bo.get(url)).status_code == 404
        assert (await guest.get(url)).headers["location"].startswith("/login")
        async with board.db.begin() as writer:
            await writer.run("UPDATE exports SET ends_at = :now", now=now_ms())
        assert (await ann.get(url)).status_code == 404


async def test_the_password_is_asked_again(board: SmallBoard) -> None:
    async with board.member("Ann") as ann:
        answer = await ann.post("/settings/data/exports", data={"current": "wrong horse"})
        assert answer.status_code == 422
        assert "This is not your current password" in answer.text
        assert (await ann.get("/settings/data", headers=PROGRAM)).json()["export"] is None


async def test_asking_twice_packs_once(board: SmallBoard) -> None:
    for _ in range(2):
        await ask(board, "Ann")
    assert await packer(board).pack_next()
    assert not await packer(board).pack_next()


async def test_several_processes_pack_an_export_once_and_a_dead_one_is_replaced(board: SmallBoard) -> None:
    await ask(board, "Ann")
    now = now_ms()
    found = await asyncio.gather(*(exports.take(board.db, now=now) for _ in range(4)))
    assert sum(one is not None for one in found) == 1
    assert await exports.take(board.db, now=now + HELD_FOR + 1) is not None


async def test_what_cannot_be_packed_is_tried_a_few_times_and_then_told(board: SmallBoard) -> None:
    board.config.exports_dir.write_text("a file is in the way")
    await ask(board, "Ann")
    rounds = []

    async def pause(seconds: float) -> None:
        rounds.append(seconds)
        async with board.db.begin() as writer:
            await writer.run("UPDATE exports SET due_at = 0")
        if len(rounds) > TRIES:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await pack_exports(packer(board), pause=pause)
    async with board.member("Ann") as ann:
        assert "could not be packed" in (await ann.get("/settings/data")).text
        board.config.exports_dir.unlink()
        await ann.post("/settings/data/exports", data={"current": PASSWORD})
    assert await packer(board).pack_next()
    await fetched(board, "Ann")


async def test_files_go_when_their_export_is_over(board: SmallBoard) -> None:
    await ask(board, "Ann")
    await packer(board).pack_next()
    (file,) = board.config.exports_dir.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    os.utime(file, (0, 0))
    await packer(board).sweep()
    assert file.exists()
    async with board.db.begin() as writer:
        await export_rows.prune(writer, now_ms() + KEPT_FOR + DAY)
    await packer(board).sweep()
    assert not file.exists()
