"""Moderating without JavaScript: removing with a reason, restoring, locking, pinning; and the counters."""

import re

import httpx
import pytest

from server.store import audit, integrity
from tests.support.forms import form_of, forms_of, submit
from tests.support.whole_board import WholeBoard


async def read(client: httpx.AsyncClient, path: str) -> httpx.Response:
    return await client.get(path, follow_redirects=True)


async def findings(board: WholeBoard) -> list[str]:
    async with board.db.snapshot() as reader:
        return await integrity.findings(reader)


async def test_moira_removes_a_post_with_a_reason_and_brings_it_back(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?", by="ann")
    await board.reply(asked.topic_id, "Warm milk.", by="cleo")
    spam = await board.reply(asked.topic_id, "Buy this cure!", by="bo")
    post = f"/posts/{spam.post_id}"
    async with board.browser("mod") as mod, board.browser() as guest, board.browser("bo") as bo:
        assert (
            'href="/members/bo"' in (await read(guest, "/latest")).text
            or "bo," in (await read(guest, "/latest")).text
        )
        form = await read(mod, f"{post}/remove")
        answer = await submit(mod, form, f"{post}/remove", reason="  This is no cure,\n sorry ")
        assert answer.status_code == 303
        assert answer.headers["location"] == post  # on its page, at what is left of it
        tombstone = await read(mod, answer.headers["location"])
        assert f'class="post removed" id="post-{spam.post_id}"' in tombstone.text
        assert "This is no cure, sorry" in tombstone.text
        assert "Buy this cure!" not in tombstone.text

        page = await read(guest, f"/topics/{asked.topic_id}")
        assert str(spam.post_id) not in re.findall(r'id="post-(\d+)"', page.text)
        assert "no cure" not in page.text
        assert "1 reply" in page.text
        assert ">cleo, " in (await read(guest, "/latest")).text  # the last post of the list's row
        for nobody in (guest, bo):
            assert (await nobody.get(post)).status_code == 404
        assert "<span>0 posts</span>" in (await read(guest, "/members/bo")).text
        assert await findings(board) == []

        back = await submit(mod, tombstone, f"{post}/restore")
        assert back.status_code == 303
        assert "Buy this cure!" in (await read(guest, post)).text
        assert ">bo, " in (await read(guest, "/latest")).text
        assert "<span>1 post</span>" in (await read(guest, "/members/bo")).text
    assert await findings(board) == []
    async with board.db.snapshot() as reader:
        acts = [(entry.act, entry.actor_id, entry.reason) for entry in await audit.latest(reader, 2)]
    moira = board.viewer("mod").id
    assert acts == [("restore_post", moira, ""), ("remove_post", moira, "This is no cure, sorry")]


async def test_moira_locks_pins_removes_and_restores_a_topic(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?", by="ann")
    lone = await board.reply(asked.topic_id, "Removed before its topic.", by="bo")
    await board.topic("Newer", "Hello", by="bo")
    here = f"/topics/{asked.topic_id}"
    async with board.browser("mod") as mod, board.browser("ann") as ann:
        form = await read(mod, f"/posts/{lone.post_id}/remove")
        await submit(mod, form, f"/posts/{lone.post_id}/remove", reason="")
        for act, undo, sign in (("lock", "unlock", "data-locked"), ("pin", "unpin", "Pinned")):
            page = await read(mod, here)
            assert (await submit(mod, page, f"{here}/{act}")).status_code == 303
            assert sign in (await read(ann, here)).text
            page = await read(mod, here)
            assert f"{here}/{act}" not in [form.action for form in forms_of(page)]
            if act == "pin":
                rows = re.findall(r'id="topic-row-(\d+)"', (await read(ann, "/categories/1")).text)
                assert rows[0] == str(asked.topic_id)
            assert (await submit(mod, page, f"{here}/{undo}")).status_code == 303
        page = await read(mod, here)
        assert (await submit(mod, page, f"{here}/remove", reason="A double")).status_code == 303
        for path in (here, f"/posts/{asked.post_id}"):
            assert (await read(ann, path)).status_code == 404
        assert "/sleep" not in (await read(ann, "/categories/1")).text
        removed = await read(mod, here)
        assert "A double" in removed.text
        assert (await submit(mod, removed, f"{here}/restore")).status_code == 303
        restored = await read(ann, here)
        assert "How?" in restored.text
        assert "Removed before its topic." not in restored.text  # it left alone, and stays away
    assert await findings(board) == []


async def test_an_author_takes_back_what_nobody_has_answered(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?", by="ann")
    mine = await board.topic("Never mind", "I found it", by="ann")
    reply = await board.reply(asked.topic_id, "Warm milk.", by="bo")
    async with board.browser("ann") as ann, board.browser("bo") as bo:
        assert (await ann.get(f"/posts/{asked.post_id}/remove")).status_code == 403
        assert (await ann.post(f"/posts/{asked.post_id}/remove", data={"reason": ""})).status_code == 403
        assert (await ann.post(f"/posts/{reply.post_id}/remove", data={"reason": ""})).status_code == 403
        form = await read(bo, f"/posts/{reply.post_id}/remove")
        gone = await submit(bo, form, f"/posts/{reply.post_id}/remove", reason="")
        assert gone.headers["location"] == f"/topics/{asked.topic_id}"
        form = await read(ann, f"/posts/{mine.post_id}/remove")
        gone = await submit(ann, form, f"/posts/{mine.post_id}/remove", reason="")
        assert gone.headers["location"] == "/"
        assert (await bo.post(f"/posts/{reply.post_id}/restore")).status_code == 403
    assert await findings(board) == []


@pytest.mark.parametrize("path", ["/posts/{post}/remove", "/topics/{topic}/remove"])
async def test_a_reason_that_is_too_long_is_told_and_nothing_is_removed(board: WholeBoard, path: str) -> None:
    asked = await board.topic("Sleep", "How?", by="ann")
    path = path.format(post=asked.post_id, topic=asked.topic_id)
    async with board.browser("mod") as mod:
        answer = await mod.post(path, data={"reason": "x" * 201})
        assert answer.status_code == 422
        assert "under 200 characters" in answer.text
        assert (await read(mod, f"/topics/{asked.topic_id}")).text.count("Restore") == 0
        if path.startswith("/posts"):
            assert form_of(answer, path).fields["reason"] == "x" * 201


async def test_a_moderator_does_not_remove_what_an_administrator_wrote(board: WholeBoard) -> None:
    notice = await board.topic("Rules", "Be kind.", by="ada")
    async with board.browser("mod", json=True) as mod, board.browser("ada", json=True) as ada:
        for path in (f"/posts/{notice.post_id}/remove", f"/topics/{notice.topic_id}/remove"):
            refused = await mod.post(path, json={"reason": ""})
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
        assert (await mod.post(f"/topics/{notice.topic_id}/lock")).status_code == 200
        assert (await ada.post(f"/topics/{notice.topic_id}/remove", json={"reason": ""})).status_code == 200
    assert await findings(board) == []


async def test_programs_get_the_same_patches_as_everybody(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?", by="ann")
    reply = await board.reply(asked.topic_id, "Warm milk.", by="bo")
    async with board.browser("mod", json=True) as mod:
        gone = (await mod.request("DELETE", f"/posts/{reply.post_id}", json={"reason": "x"})).json()
        assert gone["post"]["removed"]["reason"] == "x"
        assert gone["post"]["html"] == ""
        (told,) = gone["changes"]
        assert told["channel"] == f"topic:{asked.topic_id}:staff"
        assert {patch["target"] for patch in told["patches"]} == {
            f"post-{reply.post_id}",
            f"topic-{asked.topic_id}",
        }
        back = (await mod.post(f"/posts/{reply.post_id}/restore")).json()
        assert "Warm milk." in back["post"]["html"]
    async with board.browser("bo", json=True) as bo:
        gone = (await bo.request("DELETE", f"/posts/{reply.post_id}", json={"reason": "x"})).json()
        assert gone["post"] is None
        patches = {patch["target"]: patch["op"] for patch in gone["changes"][0]["patches"]}
        assert patches[f"post-{reply.post_id}"] == "remove"
        assert "Warm milk." not in str(gone)
    assert await findings(board) == []
