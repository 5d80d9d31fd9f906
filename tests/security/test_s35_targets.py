"""S35: whoever shows something elsewhere asks again whether its reader may see it: quotes and previews."""

import pytest

from server.actions import moderation, posting
from server.actions.posting import Edit
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from server.store import quotes
from tests.support.whole_board import WholeBoard

SECRET = "what we said among ourselves"


@pytest.mark.parametrize("where", [Audience.MEMBERS, Audience.STAFF])
async def test_a_quote_out_of_a_hidden_category_says_nothing_outside(
    board: WholeBoard, where: Audience
) -> None:
    hidden = await board.topic("Behind the door", f"This is {SECRET}.", by="mod", where=where)
    body = f"[quote={hidden.post_id}]\n{SECRET}\n[/quote]\n\nLook."
    quoting = await board.topic("In the open", body, by="mod")
    async with board.browser("mod", json=True) as mod:  # the premise: it is there for staff
        assert SECRET in (await mod.get(f"/posts/{hidden.post_id}")).text
        # What moderators get of the open category its own moderators get too, who are members.
        shown = (await mod.get(f"/posts/{quoting.post_id}")).json()["post"]["html"]
        assert (SECRET in shown) == (where is Audience.MEMBERS)
    for name in (None, "ann", "bo"):
        places = [f"/posts/{quoting.post_id}", "/", "/latest", "/categories/1"]
        async with board.browser(name) as reader:
            for path in places if name and where is Audience.MEMBERS else [*places, "/members/moira"]:
                for accept in ("text/html", "application/json"):
                    answer = await reader.get(path, headers={"Accept": accept}, follow_redirects=True)
                    assert SECRET not in answer.text, f"{name}: {path}"
            page = await reader.get(f"/posts/{quoting.post_id}", follow_redirects=True)
            assert "The quoted post is not available." in page.text
            assert "moira</b>" not in page.text.partition("unavailable")[2].partition("</blockquote>")[0]


async def test_who_quotes_what_he_cannot_see_learns_nothing_from_it(board: WholeBoard) -> None:
    """Right words, wrong words and a post that is not there: the same stored body, the same answer."""
    hidden = await board.topic("Behind the door", f"This is {SECRET}.", by="mod", where=Audience.STAFF)
    topic = await board.topic("In the open", "Hello.", by="ann")
    answers = []
    async with board.browser("bo", json=True) as bo:
        for post_id, words in ((hidden.post_id, SECRET), (hidden.post_id, "nonsense"), (99_999, SECRET)):
            body = f"[quote={post_id}]\n{words}\n[/quote]\n\nI wonder."
            made = await bo.post(f"/topics/{topic.topic_id}/posts", json={"body": body})
            shown = (await bo.get(f"/posts/{made.json()['post']['id']}")).json()["post"]
            async with board.db.snapshot() as reader:
                refs = await quotes.refs_of(reader, shown["id"])
            answers.append(
                (
                    shown["body"].replace(str(post_id), "N"),
                    shown["html"],
                    [(ref.start, ref.stop) for ref in refs],
                )
            )
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][2] == [(None, None)]


async def test_a_member_who_edits_is_not_given_what_staff_quoted(board: WholeBoard) -> None:
    """moira puts a staff quote into ann's post; ann's edit form shows the reference, not the words."""
    hidden = await board.topic("Behind the door", f"This is {SECRET}.", by="mod", where=Audience.STAFF)
    topic = await board.topic("In the open", "Hello.", by="ann")
    edit = Edit(f"[quote={hidden.post_id}]\n{SECRET}\n[/quote]\n\nHello.", topic.position)
    await posting.edit(board.db, board.viewer("mod"), topic.post_id, edit, now=now_ms())
    async with board.browser("ann") as ann, board.browser("mod") as mod:
        assert SECRET in (await mod.get(f"/posts/{topic.post_id}/edit")).text  # the premise
        form = await ann.get(f"/posts/{topic.post_id}/edit")
        assert f"[quote={hidden.post_id}]" in form.text
        assert SECRET not in form.text
        fields = {"body": "Mine", "version": str(topic.position), "reason": ""}
        conflict = await ann.post(f"/posts/{topic.post_id}", data=fields)
        assert conflict.status_code == 409
        assert SECRET not in conflict.text


async def test_a_quote_of_a_quote_passes_nothing_on(board: WholeBoard) -> None:
    """What a post quotes is no part of its own text, so quoting it shows no third post's words."""
    first = await board.topic("First", f"This is {SECRET}.", by="ann")
    second = await board.reply(first.topic_id, f"[quote={first.post_id}]\n\nI agree.", by="bo")
    third = await board.topic("Third", f"[quote={second.post_id}]\n\nMe too.", by="cleo")
    await moderation.remove_post(board.db, board.viewer("mod"), first.post_id, "", now=now_ms())
    await moderation.restore_topic(board.db, board.viewer("mod"), first.topic_id, now=now_ms())
    async with board.browser() as guest:
        shown = (await guest.get(f"/posts/{third.post_id}", follow_redirects=True)).text
        assert "I agree." in shown
        assert SECRET not in shown


async def test_a_removed_last_post_leaves_the_previews(board: WholeBoard) -> None:
    """The row of a list names the newest post that can be seen, also on the index."""
    topic = await board.topic("In the open", "Hello.", by="ann")
    last = await board.reply(topic.topic_id, "Bye.", by="cleo")
    async with board.browser(json=True) as guest:
        assert (await guest.get("/latest")).json()["topics"][0]["last_post"]["id"] == last.post_id
        await moderation.remove_post(board.db, board.viewer("mod"), last.post_id, "", now=now_ms())
        for path in ("/latest", "/categories/1"):
            shown = (await guest.get(path)).json()["topics"][0]
            assert shown["last_post"]["id"] == topic.post_id
            assert shown["last_post"]["author"]["username"] == "ann"
            assert shown["replies"] == 0
        index = (await guest.get("/")).json()["sections"][0]["categories"][0]
        assert index["latest"][0]["last_post"]["id"] == topic.post_id
