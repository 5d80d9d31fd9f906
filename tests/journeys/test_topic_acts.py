"""Moderating whole topics without JavaScript and as a program: forms, problems, and addresses."""

import json

from server.domain.viewer import Audience
from tests.support.forms import submit
from tests.support.whole_board import WholeBoard, sqlite_board

__all__ = ["sqlite_board"]


async def test_moira_renames_moves_pins_and_slows_a_topic_by_its_forms(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    asked = await board.topic("sleep", "How?", by="ann")
    here = f"/topics/{asked.topic_id}"
    async with board.browser("mod") as mod, board.browser("ann") as ann:
        form = await mod.get(f"{here}/rename")
        assert 'value="sleep"' in form.text
        again = await submit(mod, form, f"{here}/rename", title="", reason="Clearer", tell="1")
        assert again.status_code == 422
        assert "Please give your topic a title" in again.text
        assert 'value="Clearer"' in again.text
        done = await submit(mod, again, f"{here}/rename", title="How to sleep", reason="Clearer", tell="1")
        assert done.headers["location"] == here
        assert (await ann.get(here)).headers["location"] == f"{here}/how-to-sleep"
        told = (await ann.get("/notices")).text
        assert "gave your topic another title" in told
        assert "Clearer" in told

        form = await mod.get(f"{here}/pin")
        again = await submit(mod, form, f"{here}/pin", where="everywhere", until="tomorrow")
        assert "Please write the day like" in again.text
        await submit(mod, again, f"{here}/pin", where="everywhere", until="2999-12-24")
        assert "Pinned until" in (await mod.get(f"{here}/how-to-sleep")).text
        assert "Pinned" in (await ann.get("/latest")).text

        form = await mod.get(f"{here}/slow")
        await submit(mod, form, f"{here}/slow", minutes="30")
        assert "once in 30 minutes" in (await ann.get(f"{here}/how-to-sleep")).text
        await ann.post(f"{here}/posts", data={"body": "Anybody?"})
        refused = await ann.post(f"{here}/posts", data={"body": "Hello?"})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 29 * 60
        assert "You can reply again in 30 minutes" in refused.text
        assert "Hello?</textarea>" in refused.text

        form = await mod.get(f"{here}/move")
        await submit(mod, form, f"{here}/move", category=str(board.places[Audience.STAFF]))
        assert (await ann.get(here)).status_code == 404


async def test_a_program_moderates_topics_with_the_same_fields(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    asked = await board.topic("sleep", "How?", by="ann")
    here = f"/topics/{asked.topic_id}"
    async with board.browser("mod", json=True) as mod:
        renamed = await mod.post(f"{here}/rename", json={"title": "Better", "tell": True})
        assert renamed.json()["topic"]["title"] == "Better"
        moved = await mod.post(f"{here}/move", json={"category": board.places[Audience.MEMBERS]})
        assert moved.json()["topic"]["category"]["id"] == board.places[Audience.MEMBERS]
        assert (await mod.post(f"{here}/pin", json={})).json()["topic"]["pinned"] is True
        assert (await mod.post(f"{here}/unpin", json={})).json()["topic"]["pinned"] is False
        wrong = await mod.post(f"{here}/move", json={"category": 999})
        assert wrong.status_code == 422
        assert "category" in json.loads(wrong.text)["error"]["fields"]


async def test_a_topic_that_is_called_like_a_form_can_be_read(sqlite_board: WholeBoard) -> None:
    asked = await sqlite_board.topic("Move", "Where do you move when it hurts?", by="ann")
    async with sqlite_board.browser() as guest:
        page = await guest.get(f"/topics/{asked.topic_id}", follow_redirects=True)
        assert page.status_code == 200
        assert "when it hurts" in page.text
