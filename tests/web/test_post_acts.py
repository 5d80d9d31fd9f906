"""Acts on a post as pages and for programs: asking, erasing, copies, and the author's own text."""

from server.actions import moderation
from server.domain.clock import now_ms
from tests.support.forms import form_of, submit
from tests.support.whole_board import WholeBoard

STORY = "I was given the blue tablets on a Monday and by the evening my hands were shaking so much."


async def test_the_page_that_removes_says_how_far_the_post_has_gone_and_tells_if_asked(
    board: WholeBoard,
) -> None:
    topic = await board.topic("Sleep", "How?", by="ann")
    reply = await board.reply(topic.topic_id, STORY, by="bo")
    path = f"/posts/{reply.post_id}/remove"
    async with board.browser("mod") as mod, board.browser("bo") as bo:
        page = await mod.get(path)
        assert "Nobody else reads this topic now." in page.text
        form = form_of(page, path)
        assert form.fields["tell"] == "1"
        own = await bo.get(path)
        assert "Nobody else reads" not in own.text
        assert 'name="tell"' not in own.text
        await submit(mod, page, path, reason="a clinic’s name")
        notices = (await bo.get("/notices")).text
        assert "A moderator removed a post of yours" in notices
        assert "a clinic’s name" in notices
        mine = await bo.get(f"/posts/{reply.post_id}/own-text")
        assert STORY in mine.text
        again = await submit(bo, mine, f"/topics/{topic.topic_id}/posts", body="I had tablets.")
        assert again.status_code == 303
        for name in ("ann", "mod", "ada"):
            async with board.browser(name) as other:
                assert (await other.get(f"/posts/{reply.post_id}/own-text")).status_code == 404


async def test_pasted_copies_are_offered_with_how_much_they_repeat(board: WholeBoard) -> None:
    topic = await board.topic("Sleep", "How?", by="ann")
    reply = await board.reply(topic.topic_id, STORY, by="bo")
    pasted = await board.topic("Blue tablets", f"Bo wrote: {STORY} Is that so?", by="ann")
    await board.reply(topic.topic_id, "Quite another story of mine.", by="cleo")
    await moderation.remove_post(board.db, board.viewer("mod"), reply.post_id, "", now=now_ms())
    async with board.browser("mod") as mod:
        page = await mod.get(f"/posts/{reply.post_id}/copies")
        assert f'href="/posts/{pasted.post_id}/remove"' in page.text
        assert "It repeats 100 % of it." in page.text
        assert "Quite another" not in page.text
        assert "shaking" not in page.text
    for name in ("ann", "bo"):
        async with board.browser(name) as other:
            for form in ("copies", "ask", "purge"):
                assert (await other.get(f"/posts/{reply.post_id}/{form}")).status_code == 403
    async with board.browser("mod", json=True) as program:
        (copy,) = (await program.get(f"/posts/{reply.post_id}/copies")).json()["copies"]
        assert (copy["id"], copy["percent"]) == (pasted.post_id, 100)


async def test_erasing_for_good_asks_twice_and_brings_the_form_back(board: WholeBoard) -> None:
    topic = await board.topic("Sleep", "How?", by="ann")
    reply = await board.reply(topic.topic_id, STORY, by="bo")
    path = f"/posts/{reply.post_id}/purge"
    async with board.browser("ada") as ada, board.browser("mod") as mod:
        assert (await ada.get(path)).status_code == 403  # not removed yet
        await moderation.remove_post(board.db, board.viewer("mod"), reply.post_id, "", now=now_ms())
        assert (await mod.get(path)).status_code == 403
        assert (await mod.post(path, data={})).status_code == 403
        page = await ada.get(path)
        assert STORY in page.text
        refused = await submit(ada, page, path, reason="a court", number="7")
        assert refused.status_code == 422
        assert f"Please type the post’s number, {reply.post_id}." in refused.text
        assert "Please confirm that nobody can bring it back." in refused.text
        assert form_of(refused, path).fields["reason"] == "a court"
        done = await submit(ada, refused, path, number=f"#{reply.post_id}", knows="1")
        assert done.status_code == 303
        tombstone = await ada.get(done.headers["location"], follow_redirects=True)
        assert "Its text was erased for good." in tombstone.text
        assert f"/posts/{reply.post_id}/restore" not in tombstone.text
        assert "Its text is gone already." in (await ada.get(path)).text


async def test_asking_for_a_change_needs_words_and_shows_to_staff_only(board: WholeBoard) -> None:
    topic = await board.topic("Sleep", "How?", by="ann")
    reply = await board.reply(topic.topic_id, STORY, by="bo")
    path, here = f"/posts/{reply.post_id}/ask", f"/topics/{topic.topic_id}/sleep"
    async with board.browser("mod") as mod, board.browser("bo") as bo:
        assert (await bo.get(path)).status_code == 403
        refused = await submit(mod, await mod.get(path), path, words=" ")
        assert refused.status_code == 422
        assert "Please say what should be different" in refused.text
        asked = await submit(mod, refused, path, words="Please leave the clinic out.")
        assert asked.status_code == 303
        assert "Asked to edit" in (await mod.get(here)).text
        assert "Asked to edit" not in (await bo.get(here)).text
        assert "Please leave the clinic out." in (await bo.get("/notices")).text


async def test_two_posts_are_joined_after_a_look_at_the_result_and_the_later_address_leads_on(
    sqlite_board: WholeBoard,
) -> None:
    board = sqlite_board
    topic = await board.topic("Sleep", "How?", by="ann")
    first, second, third = [
        await board.reply(topic.topic_id, text, by="bo") for text in ("It *began*.", STORY, "And then?")
    ]
    path = f"/posts/{second.post_id}/join"
    async with board.browser("mod") as mod, board.browser() as guest, board.browser("bo") as bo:
        assert (await bo.get(path)).status_code == 403
        page = await mod.get(path)
        assert "<p>It <em>began</em>.</p>" in page.text
        assert f'href="{path}?into={third.post_id}"' in page.text
        other = await mod.get(f"{path}?into={third.post_id}")
        assert form_of(other, path).fields["into"] == str(third.post_id)
        refused = await mod.post(path, data={"into": str(topic.post_id)})
        assert refused.status_code == 422
        assert "was written by somebody else" in refused.text
        assert (await mod.post(path, data={"into": "x" * 20})).status_code == 422

        done = await submit(mod, page, path)
        assert done.headers["location"] == f"/posts/{first.post_id}"
        there = f"/posts/{first.post_id}"
        assert (await guest.get(f"/posts/{second.post_id}")).headers["location"] == there
        assert "read as one" in (await bo.get("/notices")).text
        async with board.browser(json=True) as program:
            answer = await program.get(f"/posts/{second.post_id}", follow_redirects=True)
            assert STORY in answer.json()["post"]["html"]
        async with board.browser("mod", json=True) as program:
            answer = await program.post(f"/posts/{third.post_id}/join", json={})
            assert answer.json()["post"]["id"] == first.post_id
            assert "And then?" in answer.json()["post"]["html"]
        async with board.browser("ada") as ada:
            assert "its text stands there too" in (await ada.get(f"/posts/{third.post_id}/purge")).text
        await moderation.remove_post(board.db, board.viewer("mod"), first.post_id, "", now=now_ms())
        for post in (first, second, third):
            assert (await guest.get(f"/posts/{post.post_id}")).status_code == 404
        log = await mod.get("/moderation/log")
        assert "joined" in log.text
        assert (await mod.get(f"/posts/{first.post_id}/join")).status_code == 403


async def test_whoever_removes_or_locks_on_a_later_page_stays_on_it(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    topic = await board.topic("Sleep", "How?", by="ann")
    last = [await board.reply(topic.topic_id, f"Sheep {number}", by="bo") for number in range(20)][-1]
    here, post = f"/topics/{topic.topic_id}", f"/posts/{last.post_id}"
    async with board.browser("mod") as mod, board.browser("bo") as bo:
        assert (await mod.post(f"{post}/remove")).headers["location"] == post
        await mod.post(f"{post}/restore")
        assert (await bo.post(f"{post}/remove")).headers["location"] == f"{here}?page=2"
        page = f"{here}/sleep?page=2"
        for referer, goes in ((f"{board.base_url}{page}", page), ("https://elsewhere.example", here)):
            locked = await mod.post(f"{here}/lock", headers={"Referer": referer})
            assert locked.headers["location"] == goes
