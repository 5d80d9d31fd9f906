"""Splitting and merging without JavaScript and as a program; old addresses lead to where the posts are."""

from server.domain.viewer import Audience
from tests.support.forms import submit
from tests.support.whole_board import WholeBoard


async def test_moira_splits_a_long_topic_picking_on_several_pages(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    topic = await board.topic("Sleep", "How?", by="ann")
    made = [await board.reply(topic.topic_id, f"Reply {n}", by="bo") for n in range(25)]
    here = f"/topics/{topic.topic_id}"
    async with board.browser("mod") as mod, board.browser() as guest:
        first = await mod.get(f"/posts/{made[2].post_id}/move")
        assert f'value="{made[2].post_id}" checked' in first.text
        picked = [str(made[2].post_id), str(made[3].post_id)]
        second = await mod.post(
            f"{here}/split", data={"posts": picked, "page": "1", "go": "page-2", "title": "Food"}
        )
        assert second.status_code == 200
        assert f'name="posts" value="{" ".join(picked)}"' in second.text
        assert 'value="Food"' in second.text
        values = {"page": "2", "to": "new", "title": "", "category": "1"}
        again = await mod.post(
            f"{here}/split", data={"posts": [" ".join(picked), str(made[24].post_id)], **values}
        )
        assert again.status_code == 422
        assert f'value="{made[24].post_id}" checked' in again.text
        done = await submit(
            mod,
            again,
            f"{here}/split",
            posts=" ".join([*picked, str(made[24].post_id)]),
            title="Food",
            to="new",
            category="1",
        )
        assert done.headers["location"] == f"/posts/{made[2].post_id}"
        there = await guest.get(f"/posts/{made[2].post_id}", follow_redirects=True)
        assert "Food" in there.text
        assert all(f'id="post-{number}"' in there.text for number in (made[3].post_id, made[24].post_id))

        rest = await mod.post(f"{here}/split", data={"page": "2", "go": f"from-{made[20].post_id}"})
        assert f"All posts from #{made[20].post_id} on" in rest.text
        where = there.url.path
        values = {"to": "existing", "topic": f"{board.base_url}{where}?page=1"}
        gone = await mod.post(f"{here}/split", data={"onwards": str(made[20].post_id), **values})
        assert gone.status_code == 303, gone.text
        assert f'id="post-{made[23].post_id}"' in (await guest.get(where)).text


async def test_the_address_of_a_merged_topic_leads_to_the_other_for_everybody(
    sqlite_board: WholeBoard,
) -> None:
    board = sqlite_board
    one = await board.topic("Sleep", "How?", by="ann")
    other = await board.topic("Sleeping", "How do you sleep?", by="bo")
    old, new = f"/topics/{one.topic_id}", f"/topics/{other.topic_id}"
    async with board.browser("mod") as mod, board.browser("ann") as ann, board.browser() as guest:
        form = await mod.get(f"{old}/merge")
        again = await submit(mod, form, f"{old}/merge", topic="the other one")
        assert "type its number" in again.text
        done = await submit(mod, again, f"{old}/merge", topic=f"#{other.topic_id}")
        assert done.headers["location"] == f"/posts/{one.post_id}"
        for path in (old, f"{old}/sleep", f"{old}/sleep?page=3"):
            answer = await guest.get(path)
            assert (answer.status_code, answer.headers["location"]) == (301, f"{new}/sleeping")
            assert "no-cache" in answer.headers["cache-control"]
            led = await guest.get(path, headers={"Accept": "application/json"}, follow_redirects=True)
            assert led.json()["topic"]["id"] == other.topic_id
        kept = await ann.get(old, follow_redirects=True)
        assert f'data-former="topic-{one.topic_id}"' in kept.text
        late = await ann.post(f"{old}/posts", data={"body": "I was still writing."})
        assert late.status_code == 409
        assert "joined with another one" in late.text
        assert f'action="{new}/posts"' in late.text
        assert "I was still writing.</textarea>" in late.text
        # Behind the door it leads nowhere for those who may not go there.
        await mod.post(f"{new}/move", data={"category": str(board.places[Audience.MEMBERS])})
        assert (await guest.get(old)).status_code == 404
        assert (await ann.get(old)).status_code == 301
        undone = await mod.post("/moderation/moves/1/undo")
        assert undone.status_code == 303
        assert (await guest.get(f"{old}/sleep")).status_code == 200
        assert (await ann.post("/moderation/moves/1/undo")).status_code == 403


async def test_a_program_moves_posts_with_the_same_fields(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    one = await board.topic("Sleep", "How?", by="ann")
    stray = await board.reply(one.topic_id, "Food?", by="bo")
    more = await board.reply(one.topic_id, "More food", by="bo")
    async with board.browser("mod", json=True) as mod:
        fields = {"posts": [stray.post_id], "title": "Food", "category": 1}
        made = await mod.post(f"/topics/{one.topic_id}/split", json=fields)
        assert made.json()["topic"]["title"] == "Food"
        food = made.json()["topic"]["id"]
        moved = await mod.post(f"/posts/{more.post_id}/move", json={"topic": food})
        assert moved.json()["topic"]["replies"] == 1
        wrong = await mod.post(f"/topics/{one.topic_id}/split", json={"posts": "all of them"})
        assert wrong.status_code == 422
        assert "posts" in wrong.json()["error"]["fields"]
        merged = await mod.post(f"/topics/{food}/merge", json={"topic": one.topic_id})
        assert merged.json()["topic"]["replies"] == 2
