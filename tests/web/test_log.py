"""The log as pages: who reads what of it, its pages, its file, a member's own history, and the guide."""

import csv
import io
import re

from server.actions import moderation
from server.domain.clock import now_ms
from tests.support.forms import submit
from tests.support.whole_board import WholeBoard


async def removed_by_moira(board: WholeBoard, reason: str, *, tell: bool) -> int:
    topic = await board.topic("Sleep", "How?", by="ann")
    reply = await board.reply(topic.topic_id, "Buy my kanarienvogel.", by="bo")
    mod = board.viewer("mod")
    await moderation.remove_post(board.db, mod, reply.post_id, reason, tell=tell, now=now_ms())
    return reply.post_id


async def test_a_long_log_is_read_in_pages_that_do_not_move(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    topic = await board.topic("Sleep", "How?", by="ann")
    for number in range(60):
        mod = board.viewer("mod")
        await moderation.set_locked(board.db, mod, topic.topic_id, number % 2 == 0, now=now_ms())
    async with board.browser("mod", json=True) as mod_client:
        first = (await mod_client.get("/moderation/log")).json()
        await moderation.set_pinned(board.db, board.viewer("mod"), topic.topic_id, True, now=now_ms())
        second = (await mod_client.get(first["older"])).json()
    numbers = [line["id"] for line in first["log"] + second["log"]]
    assert len(first["log"]) == 50
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == len(numbers)
    assert second["older"] is None


async def test_who_takes_back_second_reads_by_whom_it_was_done_above_the_log_as_it_is(
    board: WholeBoard,
) -> None:
    await removed_by_moira(board, "advertising", tell=False)
    async with board.browser("mod") as mod, board.browser("ada") as ada:
        page = await mod.get("/moderation/log")
        line = re.search(r"/moderation/log/(\d+)/undo", page.text)
        assert line is not None
        assert (await submit(ada, page, line[0])).headers["location"] == "/moderation/log?saved=undone"
        second = await submit(mod, page, line[0])
        assert second.status_code == 409
        assert re.search(r'role="alert">.*be taken back any more: ada restored', second.text)
        assert line[0] not in second.text
        told = await ada.post(line[0], headers={"Accept": "application/json"})
        assert (told.status_code, told.json()["error"]["code"]) == (403, "forbidden")


async def test_sign_ins_are_for_administrators_only(board: WholeBoard) -> None:
    async with board.browser("ada", json=True) as ada, board.browser("mod", json=True) as mod:
        assert (await mod.get("/moderation/log?show=accounts")).status_code == 403
        acts = {line["act"] for line in (await ada.get("/moderation/log?show=accounts")).json()["log"]}
        staffs = {line["act"] for line in (await mod.get("/moderation/log")).json()["log"]}
        assert not acts & staffs
        assert "add_member" in staffs


async def test_the_log_is_taken_along_as_a_file_and_that_is_written_down(board: WholeBoard) -> None:
    post_id = await removed_by_moira(board, "=1+1", tell=False)
    async with board.browser("ada") as ada, board.browser("mod") as mod:
        assert (await mod.post("/admin/log/export", data={"shape": "csv"})).status_code == 403
        assert (await ada.post("/admin/log/export", data={"shape": "exe"})).status_code == 422
        table = await ada.post("/admin/log/export", data={"shape": "csv"})
        rows = list(csv.DictReader(io.StringIO(table.text)))
        removal = next(row for row in rows if row["act"] == "remove_post")
        assert (removal["by"], removal["number"], removal["member"]) == ("moira", str(post_id), "bo")
        assert removal["reason"] == "'=1+1"  # no spreadsheet reckons it out
        assert rows[-1]["act"] == "log_exported"
        assert "kanarienvogel" not in table.text
        told = (await ada.post("/admin/log/export", data={"shape": "json"})).json()
        assert [line["act"] for line in told[-2:]] == ["log_exported", "log_exported"]
        assert len(told) == len(rows) + 1


async def test_a_member_reads_what_was_done_and_why_only_where_he_was_told(board: WholeBoard) -> None:
    await removed_by_moira(board, "for us alone", tell=False)
    await removed_by_moira(board, "no advertising, please", tell=True)
    async with board.browser("bo") as bo, board.browser("bo", json=True) as program:
        page = (await bo.get("/settings/history")).text
        assert page.count("Post removed") == 2
        assert "no advertising, please" in page
        assert "for us alone" not in page
        assert "moira" not in page
        whys = [line["why"] for line in (await program.get("/settings/history")).json()["history"]]
        assert whys[:2] == ["no advertising, please", ""]
    async with board.browser("ann") as ann:
        assert "advertising, please" not in (await ann.get("/settings/history")).text


async def test_administrators_write_the_guide_that_moderators_read(board: WholeBoard) -> None:
    async with board.browser("ada") as ada, board.browser("mod") as mod:
        assert "Is somebody in danger?" in (await mod.get("/moderation/guide")).text
        form = await ada.get("/admin/guide")
        refused = await submit(ada, form, "/admin/guide", guide="x" * 20_001)
        assert refused.status_code == 422
        await submit(ada, form, "/admin/guide", guide="- **Ask first**\n  - always <script>x</script>")
        shown = (await mod.get("/moderation/guide")).text
        assert "<strong>Ask first</strong>" in shown
        assert "<script>x" not in shown
        await submit(ada, form, "/admin/guide", guide=" ")
        assert "Is somebody in danger?" in (await mod.get("/moderation/guide")).text
