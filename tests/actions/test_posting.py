"""What is refused to writers, and what a repeated submit may not bring back."""

import pytest

from server.actions import posting
from server.actions.limits import Limits
from server.actions.posting import Draft, Edit
from server.domain.board_limits import BoardLimits
from server.domain.clock import now_ms
from server.domain.errors import EditConflict, Invalid, NotFound, SignInRequired, TooManyRequests
from server.domain.events import Event, Kind
from server.domain.viewer import GUEST, Audience, Viewer
from server.store import categories, posts
from tests.support.whole_board import NO_LIMITS, WholeBoard

MOST = BoardLimits()
LINKS = " ".join(f"https://example.org/{n}" for n in range(MOST.new_links))
ONE_MORE = f"{LINKS} https://example.org/last"


def newcomer(board: WholeBoard) -> Viewer:
    """bo, as if he had joined a minute ago."""
    bo = board.viewer("bo")
    return Viewer(bo.id, bo.username, bo.role, bo.session_id, joined_at=now_ms() - 60_000)


async def body_of(board: WholeBoard, post_id: int) -> str | None:
    async with board.db.snapshot() as reader:
        found = await posts.state(reader, post_id)
    return found.body if found else None


async def test_s28_a_newcomer_sets_two_links_and_cannot_edit_a_third_one_in(sqlite_board: WholeBoard) -> None:
    board, now = sqlite_board, now_ms()
    asked = await board.topic("Sleep", "How?", by="ann")
    new = newcomer(board)
    made = await posting.reply(board.db, new, asked.topic_id, Draft(LINKS), now=now, limits=NO_LIMITS)
    with pytest.raises(Invalid, match="New members may set 2 links"):
        await posting.reply(board.db, new, asked.topic_id, Draft(ONE_MORE), now=now, limits=NO_LIMITS)
    with pytest.raises(Invalid, match="New members may set 2 links"):
        await posting.start_topic(board.db, new, 1, Draft(ONE_MORE, "Look"), now=now, limits=NO_LIMITS)
    edit = Edit(ONE_MORE, made.position)
    with pytest.raises(Invalid, match="New members may set 2 links"):
        await posting.edit(board.db, new, made.post_id, edit, now=now)
    assert await body_of(board, made.post_id) == LINKS
    old = now + MOST.new_for
    await posting.edit(board.db, new, made.post_id, edit, now=old)
    await posting.reply(board.db, new, asked.topic_id, Draft(ONE_MORE), now=old, limits=NO_LIMITS)


async def test_guests_write_nothing(sqlite_board: WholeBoard) -> None:
    posted = await sqlite_board.topic("Sleep", "How?")
    db, now = sqlite_board.db, now_ms()
    with pytest.raises(SignInRequired):
        await posting.reply(db, GUEST, posted.topic_id, Draft("x"), now=now, limits=NO_LIMITS)
    with pytest.raises(SignInRequired):
        await posting.start_topic(db, GUEST, 1, Draft("x", "y"), now=now, limits=NO_LIMITS)
    with pytest.raises(SignInRequired):
        await posting.edit(db, GUEST, posted.post_id, Edit("x", posted.position), now=now)


async def test_a_flood_is_stopped_before_it_is_rendered(sqlite_board: WholeBoard) -> None:
    board, limits, now = sqlite_board, Limits(), now_ms()
    posted = await board.topic("Sleep", "How?")
    ann = board.viewer("ann")
    for number in range(MOST.posts_a_minute):
        draft = Draft(f"Answer {number}", token=f"token {number}")
        await posting.reply(board.db, ann, posted.topic_id, draft, now=now, limits=limits)
    first = await posting.reply(
        board.db, ann, posted.topic_id, Draft("Answer 0", token="token 0"), now=now, limits=limits
    )
    assert first.post_id == posted.post_id + 1  # a repeated submit is none of the flood
    with pytest.raises(Invalid):  # nor is what is no post at all
        await posting.reply(board.db, ann, posted.topic_id, Draft(""), now=now, limits=limits)
    with pytest.raises(TooManyRequests) as refused:
        await posting.reply(board.db, ann, posted.topic_id, Draft("One more"), now=now, limits=limits)
    assert 0 < refused.value.retry_after <= 60


async def test_s34_a_repeated_submit_shows_nothing_of_a_category_that_was_closed(board: WholeBoard) -> None:
    """The first answer quotes a post that a moderator edits after bo lost the right to see it."""
    asked = await board.topic("Sleep", "How do you sleep?", by="ann")
    key = {"Idempotency-Key": "bo keeps this"}
    async with board.browser("bo", json=True) as bo, board.browser("mod", json=True) as mod:
        reply = {"body": f"[quote={asked.post_id}]\n\nWell."}
        action = f"/topics/{asked.topic_id}/posts"
        first = await bo.post(action, json=reply, headers=key)
        assert "How do you sleep?" in first.text  # the premise
        await close(board, Audience.STAFF)
        now = (await mod.get(f"/posts/{asked.post_id}")).json()["position"]
        changed = await mod.post(f"/posts/{asked.post_id}", json={"body": "A secret.", "version": now})
        assert changed.status_code == 200
        assert "A secret." in (await mod.get(f"/posts/{first.json()['post']['id']}")).text
        for elsewhere in (action, f"/topics/{asked.topic_id + 999}/posts", "/categories/1/topics"):
            again = await bo.post(elsewhere, json=reply | {"title": "x"}, headers=key)
            assert (again.status_code, again.json()["error"]["code"]) == (404, "not_found")
            assert "secret" not in again.text


async def close(board: WholeBoard, visibility: Audience) -> None:
    """Show the public category to fewer, as an administrator would."""
    async with board.db.begin() as writer:
        await categories.set_visibility(writer, 1, visibility)
        writer.append(Event(Kind.CATEGORY, 1, Audience.PUBLIC, category_id=1))


async def test_an_edit_of_a_post_that_changed_names_both_texts(board: WholeBoard) -> None:
    posted = await board.topic("Sleep", "first", by="ann")
    mod, ann, now = board.viewer("mod"), board.viewer("ann"), now_ms()
    made = await posting.edit(board.db, mod, posted.post_id, Edit("second", posted.position), now=now)
    with pytest.raises(EditConflict) as conflict:
        await posting.edit(board.db, ann, posted.post_id, Edit("third", posted.position), now=now)
    assert conflict.value.current_body == "second"
    assert posted.position < conflict.value.version <= made.position  # its author is told after that
    await posting.edit(board.db, ann, posted.post_id, Edit("third", conflict.value.version), now=now)
    assert await body_of(board, posted.post_id) == "third"


async def test_an_edit_that_is_sent_twice_is_no_conflict_with_itself(board: WholeBoard) -> None:
    posted = await board.topic("Echo", "first", by="ann")
    ann, now = board.viewer("ann"), now_ms()
    for _ in range(2):  # the answer to the first was lost, and the browser tries again
        await posting.edit(board.db, ann, posted.post_id, Edit("second", posted.position), now=now)
    assert await body_of(board, posted.post_id) == "second"


async def test_thanks_and_neighbours_are_no_conflict(board: WholeBoard) -> None:
    """`version` rises with every change of what is shown; only a changed text is a conflict."""
    from server.actions import thanking

    posted = await board.topic("Sleep", "first", by="ann")
    await thanking.thank(board.db, board.viewer("bo"), posted.post_id, now=now_ms())
    await board.reply(posted.topic_id, "Not at all.")
    await posting.edit(
        board.db, board.viewer("ann"), posted.post_id, Edit("second", posted.position), now=now_ms()
    )
    assert await body_of(board, posted.post_id) == "second"


async def test_what_is_hidden_and_what_is_absent_are_refused_alike(sqlite_board: WholeBoard) -> None:
    board, now = sqlite_board, now_ms()
    hidden = await board.topic("Staff", "Only us", by="mod", where=Audience.STAFF)
    ann = board.viewer("ann")
    said = set()
    for topic_id, post_id, place in ((hidden.topic_id, hidden.post_id, 3), (9_999, 9_999, 9_999)):
        with pytest.raises(NotFound) as one:
            await posting.reply(board.db, ann, topic_id, Draft("x"), now=now, limits=NO_LIMITS)
        with pytest.raises(NotFound) as two:
            await posting.edit(board.db, ann, post_id, Edit("x", now), now=now)
        with pytest.raises(NotFound) as three:
            await posting.start_topic(board.db, ann, place, Draft("x", "y"), now=now, limits=NO_LIMITS)
        said |= {str(error.value) for error in (one, two, three)}
    assert len(said) == 1
