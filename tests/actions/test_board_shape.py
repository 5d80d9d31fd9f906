"""Sections and categories: their order, their names, who sees them, and how it reaches everybody."""

import pytest

from server.actions import board_shape, moderation, thanking
from server.domain.board_shape import CategoryDraft, order_of
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.viewer import Audience
from server.store import audit, integrity, sections
from server.store.database import Database
from tests.support.sockets import member_socket
from tests.support.whole_board import WholeBoard, board, sqlite_board

__all__ = ["board", "sqlite_board"]

PUBLIC, MEMBERS, STAFF = 1, 2, 3  # the whole board's categories
NAMES = {PUBLIC: "General", MEMBERS: "Quiet corner", STAFF: "Staff room"}


async def see(board: WholeBoard, category: int, seen_by: str, **changes: str) -> None:
    """Says whom the category is for."""
    described = {"section": "1" if category == PUBLIC else "2", "name": NAMES[category], "description": ""}
    draft = CategoryDraft(**(described | {"seen_by": seen_by} | changes))
    await board_shape.change_category(board.db, board.viewer("ada"), category, draft, now=now_ms())


async def order(db: Database) -> list[tuple[int, list[int]]]:
    return order_of(await db.read(sections.shape))


async def findings(board: WholeBoard) -> list[str]:
    async with board.db.snapshot() as reader:
        return await integrity.findings(reader)


async def test_what_is_hidden_leaves_the_counters_and_comes_back(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?", by="ann")
    answer = await board.reply(asked.topic_id, "Warm milk.", by="bo")
    await thanking.thank(board.db, board.viewer("ann"), answer.post_id, now=now_ms())
    gone = await board.topic("Spam", "Buy!", by="bo")
    await moderation.remove_topic(board.db, board.viewer("mod"), gone.topic_id, "", now=now_ms())

    async def counted() -> tuple[int, int]:
        async with board.browser(json=True) as guest:
            member = (await guest.get("/members/bo/card")).json()["member"]
        return member["posts"], member["thanks_received"]

    assert await counted() == (1, 1)
    for seen_by, right in (
        ("members", (0, 0)),
        ("staff", (0, 0)),
        ("unlisted", (1, 1)),
        ("everyone", (1, 1)),
    ):
        await see(board, PUBLIC, seen_by)
        assert await counted() == right, seen_by
        assert await findings(board) == []


async def test_a_category_made_private_closes_at_once(board: WholeBoard) -> None:
    """Open sockets of guests are told to purge, and no page, list or profile has a word of it any more."""
    asked = await board.topic("Sleepless", "The secret word.", by="ann")
    channels = [f"topic:{asked.topic_id}", f"category:{PUBLIC}", "board"]
    paths = ["/", "/latest", "/members/ann", f"/topics/{asked.topic_id}", f"/categories/{PUBLIC}"]
    async with board.browser() as guest, member_socket(board.base_url) as socket:
        for path in paths:  # into the cache
            assert "Sleepless" in (await guest.get(path, follow_redirects=True)).text
        epoch = (await socket.hello(channels))["epoch"]
        await see(board, PUBLIC, "members")
        dropped = {await dropped_by(socket) for _ in range(2)}
        assert dropped == set(channels[:2])
        reset = (
            next(one for one in socket.seen if one["type"] == "reset")
            if ("reset" in socket.kinds())
            else await socket.next("reset", within=2.0)
        )
        assert reset["reason"] == "epoch"
        assert [one for one in socket.seen if "Sleepless" in str(one)] == []
        for path in paths:
            answer = await guest.get(path, follow_redirects=True)
            assert "Sleepless" not in answer.text, path
            assert "secret word" not in answer.text
            assert answer.status_code == (404 if path.startswith(("/topics", "/categories")) else 200)
    async with member_socket(board.base_url) as again:
        ready = await again.hello(channels, epoch, 1)
        assert ready["denied"] == channels[:2]
        assert (await again.next("reset"))["reason"] == "epoch"
    async with board.browser("bo") as bo:
        assert "Sleepless" in (await bo.get("/", follow_redirects=True)).text
    await see(board, PUBLIC, "everyone")
    async with board.browser() as guest:
        for path in paths:
            assert "Sleepless" in (await guest.get(path, follow_redirects=True)).text, path


async def dropped_by(socket: object) -> str:
    """The one channel of the next `dropped`, which asks to purge."""
    message = await socket.next("dropped", within=2.0)  # type: ignore[attr-defined]  # a Socket
    assert message["purge"] is True
    (channel,) = message["channels"]
    return str(channel)


async def test_members_lose_what_becomes_staffs_without_connecting_again(board: WholeBoard) -> None:
    quiet = await board.topic("Quiet", "Shh.", by="ann", where=Audience.MEMBERS)
    name = f"topic:{quiet.topic_id}"
    async with member_socket(board.base_url, cookie=board.cookie("bo")) as socket:
        await socket.hello([name, "board"])
        await see(board, MEMBERS, "staff")
        assert await dropped_by(socket) == name
        await socket.next("reset", within=2.0)
        await socket.say("subscribe", channels=[name], position=0)
        await socket.next("error")  # it is the same socket, and it lives


async def test_nobody_writes_in_an_archived_category(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?", by="ann")
    ada = board.viewer("ada")
    await board_shape.archive_category(board.db, ada, PUBLIC, archived=True, now=now_ms())
    topic, post = f"/topics/{asked.topic_id}", f"/posts/{asked.post_id}"
    for name in ("ann", "mod", "ada"):
        async with board.browser(name, json=True) as person:
            assert (await person.get(topic)).status_code == 200
            refused = await person.post(f"{topic}/posts", json={"body": "Too late."})
            assert refused.status_code == 403
            assert "archived" in refused.json()["error"]["message"]
            new = {"title": "New", "body": "Words."}
            assert (await person.post(f"/categories/{PUBLIC}/topics", json=new)).status_code == 403
            edit = {"body": "Else.", "version": "99999"}
            assert (await person.post(post, json=edit)).status_code == 403
            assert (await person.post(f"{post}/thanks")).status_code == 403
    async with board.browser("ann", json=True) as ann, board.browser("mod", json=True) as mod:
        assert (await ann.post(f"{post}/remove", json={})).status_code == 403
        assert (
            await mod.post(f"{post}/remove", json={"reason": "private"})
        ).status_code == 200  # it has to go
        assert (await mod.post(f"{topic}/restore", json={})).status_code == 200
    await board_shape.archive_category(board.db, ada, PUBLIC, archived=False, now=now_ms())
    async with board.browser("ann", json=True) as ann:
        assert (await ann.post(f"{topic}/posts", json={"body": "Again."})).status_code == 201
    assert await findings(board) == []


async def test_an_archived_category_stands_at_the_end_or_nowhere(sqlite_board: WholeBoard) -> None:
    ada = sqlite_board.viewer("ada")
    await board_shape.add_category(
        sqlite_board.db, ada, CategoryDraft("1", "Zebras", "Striped.", "everyone"), now=now_ms()
    )

    async def sections_shown() -> list[str]:
        async with sqlite_board.browser(json=True) as guest:
            shown = (await guest.get("/")).json()["sections"]
        return [f"{one['name']}: {', '.join(each['name'] for each in one['categories'])}" for one in shown]

    assert await sections_shown() == ["The board: General, Zebras"]
    await board_shape.archive_category(sqlite_board.db, ada, PUBLIC, archived=True, now=now_ms())
    assert await sections_shown() == ["The board: Zebras", "Archive: General"]
    await board_shape.archive_category(sqlite_board.db, ada, PUBLIC, archived=True, shown=False, now=now_ms())
    assert await sections_shown() == ["The board: Zebras"]
    async with sqlite_board.browser() as guest:
        page = await guest.get(f"/categories/{PUBLIC}", follow_redirects=True)
        assert "nobody writes here any more" in page.text


async def test_search_engines_are_asked_to_leave_a_category_out(sqlite_board: WholeBoard) -> None:
    asked = await sqlite_board.topic("Sleep", "How?", by="ann")
    async with sqlite_board.browser() as guest:
        for seen_by, right in (("everyone", None), ("unlisted", "noindex"), ("everyone", None)):
            await see(sqlite_board, PUBLIC, seen_by)
            for path in (f"/topics/{asked.topic_id}", f"/categories/{PUBLIC}"):
                answer = await guest.get(path, follow_redirects=True)
                assert answer.headers.get("x-robots-tag") == right
                assert ('content="noindex"' in answer.text) == (right is not None)
            index = (await guest.get("/")).text
            assert ("data-nosnippet" in index) == (right is not None)


async def test_categories_move_up_and_down_and_over_the_edge_of_a_section(board: WholeBoard) -> None:
    db, ada = board.db, board.viewer("ada")
    assert await order(db) == [(1, [1]), (2, [2, 3])]
    steps = [
        (3, -1, [(1, [1]), (2, [3, 2])]),
        (3, -1, [(1, [1, 3]), (2, [2])]),
        (3, 1, [(1, [1]), (2, [3, 2])]),
        (1, -1, [(1, [1]), (2, [3, 2])]),  # there is nothing above
    ]
    for category, by, right in steps:
        await board_shape.move_category(db, ada, category, by, now=now_ms())
        assert await order(db) == right
    await board_shape.move_section(db, ada, 2, -1, now=now_ms())
    assert await order(db) == [(2, [3, 2]), (1, [1])]
    await board_shape.arrange(db, ada, "1:2,1;2:3", now=now_ms())
    assert await order(db) == [(1, [2, 1]), (2, [3])]
    for wrong in ("1:2,1", "1:2,1;2:3,3", "1:2,1;2:9", "x", "", "1:1;1:2;2:3"):
        with pytest.raises(Invalid):
            await board_shape.arrange(db, ada, wrong, now=now_ms())
    assert await order(db) == [(1, [2, 1]), (2, [3])]


async def test_only_what_is_empty_is_deleted(board: WholeBoard) -> None:
    db, ada = board.db, board.viewer("ada")
    gone = await board.topic("Removed", "Words.")
    await moderation.remove_topic(db, board.viewer("mod"), gone.topic_id, "", now=now_ms())
    with pytest.raises(Invalid) as refused:  # moderators still see it
        await board_shape.delete_category(db, ada, PUBLIC, now=now_ms())
    assert "Archive" in refused.value.fields["delete"]
    with pytest.raises(Invalid):
        await board_shape.delete_section(db, ada, 2, now=now_ms())
    for category in (MEMBERS, STAFF):
        await board_shape.delete_category(db, ada, category, now=now_ms())
    await board_shape.delete_section(db, ada, 2, now=now_ms())
    assert await order(db) == [(1, [1])]
    with pytest.raises(NotFound):
        await board_shape.delete_category(db, ada, MEMBERS, now=now_ms())
    assert await findings(board) == []


async def test_what_is_wrong_with_a_category_is_said_beside_its_field(sqlite_board: WholeBoard) -> None:
    db, ada = sqlite_board.db, sqlite_board.viewer("ada")
    wrong = {
        "name": CategoryDraft("1", "  ", "", "everyone"),
        "description": CategoryDraft("1", "New", "x" * 201, "everyone"),
        "section": CategoryDraft("99", "New", "", "everyone"),
        "seen_by": CategoryDraft("1", "New", "", "nobody"),
    }
    for field, draft in wrong.items():
        with pytest.raises(Invalid) as refused:
            await board_shape.add_category(db, ada, draft, now=now_ms())
        assert refused.value.fields.keys() == {field}
    with pytest.raises(Invalid):  # the same name
        await board_shape.add_category(db, ada, CategoryDraft("1", "general", "", "everyone"), now=now_ms())
    with pytest.raises(Invalid):
        await board_shape.add_section(db, ada, "the board", now=now_ms())
    assert len(await order(db)) == 2


async def test_only_administrators_shape_the_board(sqlite_board: WholeBoard) -> None:
    db, draft = sqlite_board.db, CategoryDraft("1", "New", "", "everyone")
    for name in (None, "ann", "mod"):
        who = sqlite_board.viewer(name)
        for acting in (
            board_shape.add_category(db, who, draft, now=now_ms()),
            board_shape.change_category(db, who, PUBLIC, draft, now=now_ms()),
            board_shape.archive_category(db, who, PUBLIC, archived=True, now=now_ms()),
            board_shape.delete_category(db, who, MEMBERS, now=now_ms()),
            board_shape.move_category(db, who, PUBLIC, 1, now=now_ms()),
            board_shape.move_section(db, who, 1, 1, now=now_ms()),
            board_shape.arrange(db, who, "1:1;2:2,3", now=now_ms()),
            board_shape.add_section(db, who, "New", now=now_ms()),
            board_shape.rename_section(db, who, 1, "New", now=now_ms()),
            board_shape.delete_section(db, who, 2, now=now_ms()),
        ):
            with pytest.raises(Forbidden):
                await acting


async def test_the_log_says_what_was_changed_from_what_to_what(sqlite_board: WholeBoard) -> None:
    await see(sqlite_board, PUBLIC, "members", name="Living room")
    async with sqlite_board.db.snapshot() as reader:
        (row,) = await reader.all("SELECT act, before, after FROM audit ORDER BY id DESC LIMIT 1")
        assert (await audit.latest(reader, 1))[0].object_id == PUBLIC
    assert row == ("category_changed", "General, for everyone", "Living room, for members")


async def test_a_section_gets_another_name(sqlite_board: WholeBoard) -> None:
    db, ada = sqlite_board.db, sqlite_board.viewer("ada")
    number = await board_shape.add_section(db, ada, " For  families ", now=now_ms())
    await board_shape.rename_section(db, ada, number, "Families", now=now_ms())
    shape = await db.read(sections.shape)
    assert [one.name for one in shape] == ["The board", "Behind the door", "Families"]
