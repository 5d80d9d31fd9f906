"""A moderator acts on members: in their open tabs, on staff's pages, and when they come back."""

from playwright.async_api import Page, expect

from server.actions import sanctions
from server.domain.clock import DAY, now_ms
from tests.support.people_in_browsers import People, composer, is_live, post, write_reply
from tests.support.sockets import member_socket
from tests.support.whole_board import PASSWORD, WholeBoard, board

__all__ = ["board"]


async def open_record(people: People, name: str) -> Page:
    username = people.board.viewer(name).username
    return await people.visit("mod", f"/moderation/members/{username}")


async def do(page: Page, kind: str, *, reason: str, lasts: str = "") -> None:
    await page.get_by_role("radio", name=kind, exact=True).check()
    await page.get_by_label("Words to").fill(reason)
    if lasts:
        await page.get_by_label("How long?").select_option(label=lasts)
    await page.get_by_role("button", name="Do it").click()
    await expect(page.locator(".saved")).to_be_visible()


async def test_a_warning_is_two_steps_from_a_post_and_is_read_before_the_next_one(
    people: People,
) -> None:
    people.troubles.allow("status of 403")  # the post that is refused until the warning was read
    started = await people.board.topic("Sleep", "How?", by="ann")
    rude = await people.board.reply(started.topic_id, "Stop whining.", by="bo")
    bo = await people.visit("bo", f"/topics/{started.topic_id}")
    await composer(bo).fill("And another thing:")
    mod = await people.visit("mod", f"/topics/{started.topic_id}")
    await post(mod, rude.post_id).locator("details.more > summary").click()
    await post(mod, rude.post_id).get_by_role("link", name="Moderate bo").click()
    await mod.get_by_label("Reason", exact=True).select_option(label="Hurtful words")
    await mod.get_by_role("button", name="Do it").click()
    await expect(mod.locator(".sanction").first).to_contain_text("not read yet")
    await is_live(mod)

    await expect(bo.locator(".standing")).to_contain_text("The moderators have written to you")
    await expect(composer(bo)).to_have_value("And another thing:")
    await composer(bo).press("Control+Enter")
    await expect(bo.locator(".composer-news")).to_contain_text("Your text is kept")
    await bo.locator(".composer-news").get_by_role("link", name="Read it").click()
    await expect(bo.locator(".warning")).to_contain_text("Your words hurt somebody")
    await bo.get_by_role("button", name="I have read this").click()
    await bo.wait_for_url(f"**/topics/{started.topic_id}**")
    await is_live(bo)
    await expect(bo.locator(".standing .notice")).to_have_count(0)
    await expect(composer(bo)).to_have_value("And another thing:")
    await composer(bo).press("Control+Enter")
    await expect(bo.locator(".post").last).to_contain_text("And another thing:")
    await expect(mod.locator(".sanction").first).to_contain_text("read")
    await expect(mod.locator(".sanction").first.get_by_text("not read yet")).to_have_count(0)


async def test_a_silence_closes_the_open_composer_and_its_end_brings_the_draft_back(people: People) -> None:
    started = await people.board.topic("Soup", "Which?", by="ann")
    cleo = await people.visit("cleo", f"/topics/{started.topic_id}")
    await composer(cleo).fill("Mine has")
    bans = await people.visit("mod", "/moderation/bans")
    await do(await open_record(people, "cleo"), "Silence", reason="Take a breath.", lasts="Three days")
    await expect(composer(cleo)).to_be_hidden()
    await expect(post(cleo, started.post_id).get_by_role("button", name="Thank")).to_be_hidden()
    await expect(cleo.locator(".when-silenced")).to_be_visible()
    await expect(cleo.locator(".standing")).to_contain_text("You can read everything")
    row = bans.locator(".person-row", has_text="cleo")
    await expect(row).to_contain_text("Silenced")
    await row.get_by_role("button", name="Let write again").click()
    await expect(bans.locator(".person-row", has_text="cleo")).to_have_count(0)
    await expect(composer(cleo)).to_have_value("Mine has")
    await write_reply(cleo, "Mine has rice.")
    await expect(cleo.locator(".post").last).to_contain_text("Mine has rice.")


async def test_a_silence_ends_by_itself_in_open_tabs(people: People) -> None:
    started = await people.board.topic("Tea", "Which?", by="ann")
    cleo = await people.visit("cleo", f"/topics/{started.topic_id}")
    await do(await open_record(people, "cleo"), "Silence", reason="Take a breath.", lasts="A day")
    await expect(composer(cleo)).to_be_hidden()
    await sanctions.end_due(people.board.db, now=now_ms() + DAY)
    await expect(composer(cleo)).to_be_visible()


async def test_a_ban_empties_open_tabs_and_signing_in_says_until_when_and_why(people: People) -> None:
    await people.sign_in_again("bo")
    started = await people.board.topic("Pills", "Which?", by="ann")
    bo = await people.visit("bo", f"/topics/{started.topic_id}")
    settings = await people.visit("bo", "/notices")
    await composer(bo).fill("Buy them")
    await do(await open_record(people, "bo"), "Ban", reason="Advertising.", lasts="A week")
    for tab in (bo, settings):
        await expect(tab.get_by_role("link", name="Sign in").first).to_be_visible()
        await expect(tab.locator("body")).to_have_attribute("data-role", "guest")
    await expect(bo.locator(".farewell")).to_contain_text("Signing in tells you why")
    await expect(composer(bo)).to_have_count(0)
    await bo.goto("/login")
    await bo.get_by_label("Name or e-mail").fill("bo")
    await bo.get_by_label("Password").fill(PASSWORD)
    people.troubles.allow("status of 403")
    await bo.get_by_role("button", name="Sign in", exact=True).click()
    await expect(bo.locator(".problem, .problems").first).to_contain_text("Advertising.")
    async with people.board.browser("mod", json=True) as client:
        (ban,) = (await client.get("/moderation/bans")).json()["bans"]
        assert (await client.post(f"/moderation/sanctions/{ban['id']}/end")).status_code == 200
    await people.sign_in_again("bo")
    back = await people.visit("bo", f"/topics/{started.topic_id}")
    await expect(back.locator(".bell .tally")).to_be_visible()


async def test_a_ban_closes_sockets_and_ends_tokens_within_two_seconds(board: WholeBoard) -> None:
    async with board.browser("mod", json=True) as mod, board.browser("bo", json=True) as bo:
        async with member_socket(board.base_url, cookie=board.cookie("bo")) as socket:
            await socket.hello(["board", f"member:{board.viewer('bo').id}"])
            answer = await mod.post(
                "/moderation/members/bo/acts", data={"kind": "ban", "reason": "Ads.", "lasts": "good"}
            )
            assert answer.status_code == 201
            assert await socket.closed(within=2.0) == 4503
        assert (await bo.get("/viewer")).json() == {"role": "guest"}
        refused = await bo.post("/login", data={"login": "bo", "password": PASSWORD})
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "banned")


async def test_without_javascript_who_reads_a_warning_has_sent_what_waited(
    board: WholeBoard,
) -> None:
    started = await board.topic("Sleep", "How?", by="ann")
    async with board.browser("mod") as mod, board.browser("bo") as bo:
        path = "/moderation/members/bo/acts"
        assert (await mod.post(path, data={"kind": "warning"})).status_code == 422
        assert (await mod.post(path, data={"kind": "warning", "preset": "rude"})).status_code == 303
        posts = f"/topics/{started.topic_id}/posts"
        asked = await bo.post(posts, data={"body": "Warm milk.", "form_token": "t1"})
        assert asked.status_code == 403
        assert "Your words hurt somebody" in asked.text
        assert "Warm milk." in asked.text
        number = asked.text.partition('name="warnings" value="')[2].partition('"')[0]
        fields = {"warnings": number, "send_to": posts, "body": "Warm milk.", "form_token": "t1"}
        sent = await bo.post("/settings/standing/read", data=fields)
        assert (sent.status_code, sent.headers["location"]) == (307, posts)
        assert (await bo.post(posts, data=fields)).status_code == 303


async def test_the_authors_card_leads_staff_to_the_member_and_nobody_else(board: WholeBoard) -> None:
    for name, leads in ((None, False), ("ann", False), ("mod", True), ("ada", True)):
        async with board.browser(name) as client:
            card = (await client.get("/members/bo/card")).text
        assert ("/moderation/members/bo" in card) == leads
