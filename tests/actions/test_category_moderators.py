"""Members who moderate one category: there they see and do what moderators do, and nowhere else."""

import pytest

from server.actions import board_shape, category_moderators, members, reports
from server.domain.board_shape import CategoryDraft
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import Event, Kind
from server.domain.reports import Subject
from server.domain.viewer import Audience, Role
from server.store import audit, integrity, notices
from tests.support.sockets import member_socket
from tests.support.whole_board import NO_LIMITS, WholeBoard, board, sqlite_board

__all__ = ["board", "sqlite_board"]


async def appoint(board: WholeBoard, name: str, where: Audience = Audience.PUBLIC) -> int:
    ada, place = board.viewer("ada"), board.places[where]
    return await category_moderators.appoint(board.db, ada, place, name, now=now_ms())


async def dismiss(board: WholeBoard, name: str, where: Audience = Audience.PUBLIC) -> None:
    member = board.viewer(name).id
    assert member is not None
    ada, place = board.viewer("ada"), board.places[where]
    await category_moderators.dismiss(board.db, ada, place, member, now=now_ms())


async def test_cleo_does_in_her_category_what_moderators_do(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?")
    spam = await board.reply(asked.topic_id, "Buy this cure!", by="bo")
    post, topic = f"/posts/{spam.post_id}", f"/topics/{asked.topic_id}"
    html = {"Accept": "text/html"}
    async with board.browser("cleo", json=True) as cleo, board.browser("ann", json=True) as ann:
        assert (await cleo.post(f"{post}/remove", json={"reason": "no"})).status_code == 403
        assert 'name="reports"' not in (await cleo.get("/settings/mail", headers=html)).text
        await appoint(board, "cleo")
        assert 'name="reports"' in (await cleo.get("/settings/mail", headers=html)).text
        assert (await cleo.post("/settings/mail/letters", json={"reports": False})).json()["reports"] is False
        assert (await cleo.post(f"{post}/remove", json={"reason": "advertising"})).status_code == 200
        shown = (await cleo.get(topic, headers=html, follow_redirects=True)).text
        assert f'class="post removed" id="post-{spam.post_id}"' in shown
        assert "advertising" in shown
        assert f"topic:{asked.topic_id}:staff" in shown
        assert (await cleo.post(f"{post}/restore")).status_code == 200
        for act in ("lock", "pin", "unpin"):
            assert (await cleo.post(f"{topic}/{act}", json={})).status_code == 200
        assert (await cleo.post(f"{topic}/posts", json={"body": "A word more."})).status_code == 201
        assert (await ann.post(f"{topic}/posts", json={"body": "Me too."})).status_code == 403
        assert (await cleo.post(f"{topic}/remove", json={"reason": "spam"})).status_code == 200
        assert (await ann.get(topic)).status_code == 404
        assert (await cleo.get(topic)).status_code == 200
        assert (await cleo.post(f"{topic}/restore", json={})).status_code == 200
        await dismiss(board, "cleo")
        assert (await cleo.post(f"{topic}/lock", json={})).status_code == 403
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []


async def test_elsewhere_she_is_a_member_like_others(board: WholeBoard) -> None:
    await appoint(board, "cleo")
    quiet = await board.topic("Quiet", "Shh.", where=Audience.MEMBERS)
    gone = await board.reply(quiet.topic_id, "Loud.", by="bo")
    private = await board.topic("Among us", "Staff talk.", by="mod", where=Audience.STAFF)
    async with board.browser("mod", json=True) as mod:
        await mod.post(f"/posts/{gone.post_id}/remove", json={"reason": "too loud"})
    async with board.browser("cleo", json=True) as cleo:
        assert (await cleo.post(f"/topics/{quiet.topic_id}/lock", json={})).status_code == 403
        assert (await cleo.post(f"/posts/{gone.post_id}/restore", json={})).status_code == 404
        assert (await cleo.post(f"/topics/{private.topic_id}/lock", json={})).status_code == 404
        for path in ("/moderation/members", "/admin/members"):
            assert (await cleo.get(path)).status_code == 403
        html = {"Accept": "text/html"}
        page = await cleo.get(f"/topics/{quiet.topic_id}", headers=html, follow_redirects=True)
        assert "too loud" not in page.text
        assert ":staff" not in page.text
    members_place = board.places[Audience.MEMBERS]
    names = [f"topic:{quiet.topic_id}:staff", f"category:{members_place}:staff", "moderation"]
    async with member_socket(board.base_url, cookie=board.cookie("cleo")) as socket:
        assert (await socket.hello(names))["channels"] == []


async def test_she_never_acts_on_seniors(board: WholeBoard) -> None:
    await appoint(board, "cleo")
    asked = await board.topic("From moira", "Read this.", by="mod")
    mine = await board.topic("From ada", "And this.", by="ada")
    edit = {"body": "Mine now.", "version": "1"}
    async with board.browser("cleo", json=True) as cleo:
        for posted in (asked, mine):
            assert (await cleo.post(f"/posts/{posted.post_id}/remove", json={})).status_code == 403
            assert (await cleo.post(f"/topics/{posted.topic_id}/remove", json={})).status_code == 403
            assert (await cleo.post(f"/posts/{posted.post_id}", json=edit)).status_code == 403


async def test_the_change_reaches_open_sockets(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?")
    name = f"topic:{asked.topic_id}:staff"
    async with member_socket(board.base_url, cookie=board.cookie("cleo")) as socket:
        assert (await socket.hello([name]))["denied"] == [name]
        await appoint(board, "cleo")
        assert await socket.closed(within=2.0) == 4001
    async with member_socket(board.base_url, cookie=board.cookie("cleo")) as socket:
        ready = await socket.hello([name])
        assert ready["channels"] == [name]
        assert ready["moderates"] == [board.places[Audience.PUBLIC]]
        await dismiss(board, "cleo")
        assert await socket.closed(within=2.0) == 4001
    async with member_socket(board.base_url, cookie=board.cookie("cleo")) as socket:
        ready = await socket.hello([name])
        assert (ready["denied"], ready["moderates"]) == ([name], [])


async def test_a_category_for_staff_only_is_nothing_of_hers_until_it_opens_again(board: WholeBoard) -> None:
    asked = await board.topic("Sleepless", "How?", by="bo")
    await reports.report(
        board.db, board.viewer("ann"), Subject.POST, asked.post_id, reason="dangerous", details="Look.",
        now=now_ms(), limits=NO_LIMITS,
    )  # fmt: skip
    await appoint(board, "cleo")
    place = board.places[Audience.PUBLIC]

    async def show_to(seen_by: str) -> None:
        draft = CategoryDraft("1", "General", "", seen_by)
        await board_shape.change_category(board.db, board.viewer("ada"), place, draft, now=now_ms())

    async with board.browser("cleo") as cleo:
        assert "Sleepless" in (await cleo.get("/moderation")).text  # the premise
        for seen_by, moderates in (("staff", []), ("members", [place])):
            async with member_socket(board.base_url, cookie=board.cookie("cleo")) as socket:
                await socket.hello([f"category:{place}"])
                await show_to(seen_by)
                assert await socket.closed(within=2.0) == 4001
            async with member_socket(board.base_url, cookie=board.cookie("cleo")) as socket:
                assert (await socket.hello(["board"]))["moderates"] == moderates
            assert ("Sleepless" in (await cleo.get("/moderation")).text) == bool(moderates)


async def test_a_topic_that_moves_away_takes_the_channel_with_it(board: WholeBoard) -> None:
    """Who moderates the one place does not follow a topic's tombstones into another."""
    asked = await board.topic("Sleep", "How?")
    await appoint(board, "cleo")
    name = f"topic:{asked.topic_id}:staff"
    async with member_socket(board.base_url, cookie=board.cookie("cleo")) as socket:
        await socket.hello([name])
        await move(board, asked.topic_id, Audience.MEMBERS)
        dropped = await socket.next("dropped", within=2.0)
        assert (dropped["channels"], dropped["purge"]) == ([name], True)


async def move(board: WholeBoard, topic_id: int, where: Audience) -> None:
    """Told on both categories, with the wider audience."""
    async with board.db.begin() as writer:
        await writer.run(
            "UPDATE topics SET category_id = :place WHERE id = :id", place=board.places[where], id=topic_id
        )
        for place in (board.places[Audience.PUBLIC], board.places[where]):
            writer.append(Event(Kind.TOPIC, topic_id, Audience.PUBLIC, topic_id, place))


async def test_what_staff_say_among_themselves_is_not_quoted_to_her(board: WholeBoard) -> None:
    private = await board.topic("Among us", "The secret word.", by="mod", where=Audience.STAFF)
    quoting = await board.topic("Open", f"[quote={private.post_id}]\n\nLook.", by="mod")
    await appoint(board, "cleo")
    async with board.browser("cleo") as cleo:
        page = await cleo.get(f"/topics/{quoting.topic_id}", follow_redirects=True)
        assert f"topic:{quoting.topic_id}:staff" in page.text
        assert "secret word" not in page.text
        assert "The quoted post is not available." in page.text


async def test_her_badge_stands_beside_her_posts_there_only(board: WholeBoard) -> None:
    here = await board.topic("Open", "Here.", by="cleo")
    there = await board.topic("Quiet", "There.", by="cleo", where=Audience.MEMBERS)
    async with board.browser("bo") as bo:

        async def badges(topic_id: int) -> int:
            page = await bo.get(f"/topics/{topic_id}", follow_redirects=True)
            return page.text.count('<span class="tag staff">Moderator</span>')

        assert (await badges(here.topic_id), await badges(there.topic_id)) == (0, 0)
        await appoint(board, "cleo")
        assert (await badges(here.topic_id), await badges(there.topic_id)) == (1, 0)
        await dismiss(board, "cleo")
        assert await badges(here.topic_id) == 0


async def test_who_can_be_chosen(sqlite_board: WholeBoard) -> None:
    for name in ("nobody", "moira", "ada", ""):
        with pytest.raises(Invalid):
            await appoint(sqlite_board, name)
    with pytest.raises(Invalid) as refused:
        await appoint(sqlite_board, "cleo", Audience.STAFF)
    assert "staff" in refused.value.fields["username"]
    with pytest.raises(NotFound):
        await dismiss(sqlite_board, "cleo")
    for name in ("ann", "mod"):
        with pytest.raises(Forbidden):
            await category_moderators.appoint(
                sqlite_board.db, sqlite_board.viewer(name), 1, "cleo", now=now_ms()
            )


async def test_who_rises_or_falls_moderates_by_his_role(sqlite_board: WholeBoard) -> None:
    """A moderator of the board moderates everything; when he is a member again, what he was given holds."""
    number = await appoint(sqlite_board, "cleo")
    ada = sqlite_board.viewer("ada")
    async with sqlite_board.browser("cleo", json=True) as cleo:
        for role, status in ((Role.MODERATOR, 200), (Role.MEMBER, 403)):
            await members.change_role(sqlite_board.db, ada, number, role, now=now_ms())
            assert (await cleo.get("/moderation/members")).status_code == status
        asked = await sqlite_board.topic("Sleep", "How?")
        assert (await cleo.post(f"/topics/{asked.topic_id}/lock", json={})).status_code == 200


async def test_she_is_told_and_the_log_says_who_gave_it(sqlite_board: WholeBoard) -> None:
    number = await appoint(sqlite_board, "cleo")
    await appoint(sqlite_board, "cleo")  # twice is once
    await dismiss(sqlite_board, "cleo")
    async with sqlite_board.db.snapshot() as reader:
        told = await notices.page(reader, number, None, 9)
        acts = [(one.act, one.object_id) for one in await audit.latest(reader, 2)]
    assert [one.kind.value for one in told] == ["category_taken", "category_given"]
    assert acts == [("dismiss_moderator", number), ("appoint_moderator", number)]
    async with sqlite_board.browser("cleo") as cleo:
        assert "You moderate “" in (await cleo.get("/notices")).text
