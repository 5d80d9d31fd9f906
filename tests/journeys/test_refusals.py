"""A refusal loses nothing: the form comes back filled, with the sentence and the status it deserves."""

from tests.support.whole_board import WholeBoard, whole_board

TEXT = "Three evenings of writing, and every word of it matters."


async def test_a_member_who_is_too_fast_keeps_the_text_and_is_told_when_to_go_on(sqlite_url: str) -> None:
    async with whole_board(sqlite_url, limits=True) as board, board.browser("bo") as bo:
        posted = await board.topic("Dentist", "Before a count?")
        answers = [await bo.post(f"/topics/{posted.topic_id}/posts", data={"body": TEXT}) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [303] * 10 + [429]
        assert TEXT in answers[-1].text
        assert "too often" in answers[-1].text
        assert int(answers[-1].headers["retry-after"]) > 0


async def test_a_topic_that_was_locked_meanwhile_gives_the_reply_back(sqlite_board: WholeBoard) -> None:
    posted = await sqlite_board.topic("Dentist", "Before a count?")
    async with sqlite_board.browser("mod") as mod, sqlite_board.browser("bo") as bo:
        assert (await mod.post(f"/topics/{posted.topic_id}/lock")).status_code == 303
        answer = await bo.post(f"/topics/{posted.topic_id}/posts", data={"body": TEXT})
        assert answer.status_code == 403
        assert TEXT in answer.text
        assert "locked" in answer.text


async def test_a_post_that_may_no_longer_be_edited_gives_the_text_back(sqlite_board: WholeBoard) -> None:
    posted = await sqlite_board.topic("Dentist", "Before a count?")
    async with sqlite_board.browser("mod") as mod, sqlite_board.browser("ann") as ann:
        assert (await ann.get(f"/posts/{posted.post_id}/edit")).status_code == 200
        assert (await mod.post(f"/topics/{posted.topic_id}/lock")).status_code == 303
        change = {"body": TEXT, "version": str(posted.position)}
        answer = await ann.post(f"/posts/{posted.post_id}", data=change)
        assert answer.status_code == 403
        assert TEXT in answer.text


async def test_an_edit_that_names_no_version_is_told_so_by_field(sqlite_board: WholeBoard) -> None:
    posted = await sqlite_board.topic("Dentist", "Before a count?")
    async with sqlite_board.browser("ann", json=True) as ann:
        for version in (None, "", "x", "9" * 30):
            answer = await ann.patch(f"/posts/{posted.post_id}", json={"body": TEXT, "version": version})
            assert answer.status_code == 422
            assert set(answer.json()["error"]["fields"]) == {"version"}
