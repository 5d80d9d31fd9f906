"""Reports in browsers and for programs: who may report, what comes first, and what is refused.

From a report to its outcome goes tests/journeys/test_moderators_in_command.py."""

import httpx
import pytest
from playwright.async_api import Page, expect

from server.domain.viewer import Audience
from tests.support.people_in_browsers import People
from tests.support.whole_board import WholeBoard


async def report(page: Page, post_id: int, reason: str, details: str = "") -> None:
    await page.goto(f"/posts/{post_id}/report")
    await page.get_by_label(reason).check()
    await page.get_by_label("Would you like to add something?").fill(details)
    await page.get_by_role("button", name="Report").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


async def test_a_worry_comes_before_everything_else(people: People) -> None:
    board = people.board
    started = await board.topic("Sleep", "How?", by="ann")
    goodbye = await board.reply(started.topic_id, "Goodbye.", by="bo")
    queue = await people.visit("mod", "/moderation")
    ann = await people.visit("ann", "/", live=False)
    await report(ann, started.post_id + 1, "It breaks the rules")
    cleo = await people.visit("cleo", "/", live=False)
    await report(cleo, started.post_id, "I am worried about this person", "she says goodbye")
    await expect(cleo.get_by_text("emergency number")).to_be_visible()
    await expect(queue.locator(".case")).to_have_count(2)
    await expect(queue.locator(".case").first).to_contain_text("Please look first")
    assert goodbye.post_id == started.post_id + 1


PLACES = {
    # what an answer in JSON is: a guest, ann (who wrote it), bo, mod
    Audience.PUBLIC: (401, 403, 201, 201),
    Audience.MEMBERS: (401, 403, 201, 201),
}


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("what", ["posts", "topics"])
async def test_who_sees_a_thing_and_did_not_write_it_may_report_it(
    sqlite_board: WholeBoard, where: Audience, what: str
) -> None:
    board = sqlite_board
    started = await board.topic("Sleep", "How?", by="ann", where=where)
    number = started.post_id if what == "posts" else started.topic_id
    for name, status in zip((None, "ann", "bo", "mod"), PLACES[where], strict=True):
        async with board.browser(name) as client:
            answer = await send(client, f"/{what}/{number}/reports")
        assert answer.status_code == status, (name, answer.text)
    hidden = await board.topic("Staff", "How?", by="mod", where=Audience.STAFF)
    number = hidden.post_id if what == "posts" else hidden.topic_id
    async with board.browser("bo") as client:
        assert (await send(client, f"/{what}/{number}/reports")).status_code == 404
        page = await client.get(f"/{what}/{number}/report")
    assert page.status_code == 404


async def send(client: httpx.AsyncClient, path: str) -> httpx.Response:
    return await client.post(path, data={"reason": "rules"}, headers={"Accept": "application/json"})


async def test_a_program_reads_the_queue_and_settles(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    started = await board.topic("Sleep", "How?", by="ann")
    async with board.browser("bo") as client:
        await send(client, f"/posts/{started.post_id}/reports")
    async with board.browser("mod") as client:
        told = (await client.get("/moderation", headers={"Accept": "application/json"})).json()
        (case,) = told["reports"]
        assert case["about"] == {"kind": "post", "id": started.post_id}
        assert [said["by"] for said in case["said"]] == [board.viewer("bo").username]
        path = f"/moderation/reports/{case['id']}/settle"
        wrong = await client.post(path, json={"outcome": "x"}, headers={"Accept": "application/json"})
        assert (wrong.status_code, set(wrong.json()["error"]["fields"])) == (422, {"outcome"})
        done = await client.post(path, json={"outcome": "acted"}, headers={"Accept": "application/json"})
        assert (done.status_code, done.json()) == (200, {"settled": "acted"})


async def test_a_wrong_form_comes_back_with_what_was_typed(sqlite_board: WholeBoard) -> None:
    started = await sqlite_board.topic("Sleep", "How?", by="ann")
    async with sqlite_board.browser("bo") as client:
        answer = await client.post(
            f"/posts/{started.post_id}/reports", data={"reason": "", "details": "my words"}
        )
    assert answer.status_code == 422
    assert "my words" in answer.text
    assert "choose one of the reasons" in answer.text
