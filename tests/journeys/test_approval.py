"""A first post from the form to the board: its author, two moderators and a guest at their browsers."""

from playwright.async_api import expect

from tests.support.approval_scene import set_rules
from tests.support.people_in_browsers import NARROW, People
from tests.support.whole_board import WholeBoard

PROGRAM = {"Accept": "application/json"}


async def test_a_first_post_waits_before_its_author_and_moderators_and_comes_to_all(people: People) -> None:
    board = people.board
    topic = await board.topic("Dentist", "Before a count?")
    await set_rules(board.db, posts=3)
    path = f"/topics/{topic.topic_id}"
    guest, bo = await people.visit(None, path, record=True), await people.visit("bo", path, viewport=NARROW)
    queue, in_topic = await people.visit("mod", "/moderation/approval"), await people.visit("ada", path)
    await expect(queue.get_by_text("Nothing waits.")).to_be_visible()

    await bo.get_by_role("textbox", name="Your reply").fill("I take soup.")
    await bo.get_by_role("button", name="Reply", exact=True).click()
    own = bo.locator(".pending", has_text="I take soup.")
    await expect(own).to_contain_text("Waiting for a moderator.")
    await expect(bo.get_by_role("textbox", name="Your reply")).to_have_value("")
    for page in (queue, in_topic):
        await expect(page.locator(".pending-case", has_text="I take soup.")).to_be_visible()
    await expect(queue.locator("#open-cases")).to_contain_text("1")

    await in_topic.locator(".pending-case").get_by_role("button", name="Approve").click()
    post = guest.locator(".post", has_text="I take soup.")
    await expect(post).to_be_visible()
    await expect(own).to_have_count(0)
    await expect(bo.locator(".post", has_text="I take soup.")).to_be_visible()
    await expect(queue.locator(".pending-case")).to_have_count(0)

    await bo.get_by_role("textbox", name="Your reply").fill("Buy my lamp.")
    await bo.get_by_role("button", name="Reply", exact=True).click()
    case = queue.locator(".pending-case", has_text="Buy my lamp.")
    await case.get_by_text("Decline", exact=True).click()
    await case.get_by_label("What bo will read").fill("No advertising here.")
    await case.get_by_role("button", name="Decline the post").click()
    await expect(queue.get_by_text("Declined.")).to_be_visible()
    await expect(bo.locator(".pending")).to_have_count(0)
    await bo.goto("/pending")
    declined = bo.locator(".pending.declined")
    await expect(declined).to_contain_text("No advertising here.")
    await declined.get_by_role("button", name="Take it back").click()
    await expect(bo.get_by_role("textbox", name="Your reply")).to_have_value("Buy my lamp.")
    assert "lamp" not in "".join(people.frames[guest])


async def test_without_scripts_and_for_programs_it_is_the_same(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    topic = await board.topic("Dentist", "Before a count?")
    await set_rules(board.db, posts=3)
    async with board.browser("bo") as bo, board.browser("mod") as mod:
        sent = await bo.post(f"/topics/{topic.topic_id}/posts", data={"body": "I take soup."})
        assert sent.status_code == 303
        page = await bo.get(sent.headers["location"], follow_redirects=True)
        assert "Waiting for a moderator." in page.text
        new = await bo.post("/categories/1/topics", data={"title": "Soup", "body": "Which one?"})
        assert new.headers["location"].startswith("/pending#own-pending-")
        refused = await mod.post("/moderation/approval/2/decline", data={"reason": ""})
        assert refused.status_code == 422
        assert "Please say why" in refused.text
        assert "Which one?" in refused.text
        done = await mod.post("/moderation/approval/2/decline", data={"reason": "There is one already."})
        assert done.headers["location"] == "/moderation/approval?saved=declined"
        late = await mod.post("/moderation/approval/2/approve")
        assert late.status_code == 409
        assert "somebody else has answered" in late.text
        again = await bo.post("/pending/2/withdraw")
        assert 'value="Soup"' in again.text
        assert "Which one?</textarea>" in again.text
    async with board.browser("bo", json=True) as bo, board.browser("mod", json=True) as mod:
        answer = await bo.post(f"/topics/{topic.topic_id}/posts", json={"body": "And bread."})
        assert answer.status_code == 202
        pending_id = answer.json()["pending"]["id"]
        assert (await bo.post(f"/moderation/approval/{pending_id}/approve", json={})).status_code == 403
        waits = (await mod.get("/moderation/approval")).json()["pending"]
        assert [(one["body"], one["why"]) for one in waits] == [
            ("I take soup.", "first"),
            ("And bread.", "first"),
        ]
        approved = await mod.post(f"/moderation/approval/{pending_id}/approve", json={})
        assert approved.json()["post"]["author"]["username"] == "bo"
        assert (await mod.post(f"/moderation/approval/{pending_id}/approve", json={})).status_code == 404
        assert [one["body"] for one in (await bo.get("/pending")).json()["pending"]] == ["I take soup."]
        taken = await bo.post("/pending/1/withdraw", json={})
        assert taken.json()["body"] == "I take soup."
        assert (await mod.post("/pending/1/withdraw", json={})).status_code == 404
