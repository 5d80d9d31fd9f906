"""Numbers to call: for everybody on a page, and for who wrote that he wants to harm himself, on his alone."""

import httpx
import pytest

from server.actions.first_start import furnish
from server.domain.clock import now_ms
from server.domain.help_lines import (
    DEFAULT_LINES,
    DEFAULT_WORDS,
    lines_in,
    lines_problem,
    speaks_of_harm,
    words_problem,
)
from server.domain.viewer import Role
from server.web.routes import routes
from tests.support.forms import submit
from tests.support.small_board import PROGRAM, small_board

HARD = "I don't want to be here. I want to die."
KIND = "go through this alone"


def test_the_lists_that_are_there_at_first_have_no_problem() -> None:
    assert lines_problem(DEFAULT_LINES) is None
    assert words_problem(DEFAULT_WORDS) is None
    assert [line.dialled for line in lines_in(DEFAULT_LINES)][:3] == ["112", "116123", "08001110111"]
    assert lines_in("") == ()


@pytest.mark.parametrize(
    "text",
    [
        HARD,
        "SUICIDAL thoughts",
        "Ich will nicht mehr leben",
        "self-harm",
        "w\u0430nt to d\u0456e",
    ],
)
def test_words_of_harm_are_heard(text: str) -> None:
    assert speaks_of_harm(DEFAULT_WORDS, text)


@pytest.mark.parametrize("text", ["", "I am dying to know", "The test kills me.", "My plants want to live"])
def test_common_speech_is_left_alone(text: str) -> None:
    assert not speaks_of_harm(DEFAULT_WORDS, text)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("Samaritans 116 123", "with upright strokes"),
        ("UK | Samaritans | call them", "no telephone number"),
        ("UK || 116 123", "with upright strokes"),
        (f"UK | {'x' * 81} | 116 123", "under 80 characters"),
        ("UK | S | 1\n" * 61, "60 lines"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_with_a_sentence(lines: str, sentence: str) -> None:
    assert sentence in (lines_problem(lines) or "")


async def write(client: httpx.AsyncClient, topic: str, body: str, program: bool = False) -> httpx.Response:
    return await client.post(f"{topic}/posts", data={"body": body}, headers=PROGRAM if program else {})


async def test_ann_is_shown_numbers_before_and_after_and_her_post_is_there(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Ann")
        await board.add("Bo")
        await furnish(board.db, "Fireside", now=now_ms())
        async with board.member("Ann") as ann, board.member("Bo") as bo, board.visitor() as guest:
            assert "116 123" in (await guest.get("/help-lines")).text
            assert KIND in (await ann.post("/help-lines/check", data={"body": HARD})).text
            assert (await ann.post("/help-lines/check", data={"body": "Soup helps."})).text == ""
            opened = await ann.post(
                "/categories/1/topics", data={"title": "Sleep", "body": HARD}, headers=PROGRAM
            )
            assert opened.status_code == 201
            told = opened.json()
            topic, post_id = f"/topics/{told['topic']['id']}", told["topic"]["post"]["id"]
            assert KIND in told["help"]
            assert told["help_url"] == f"/help-lines?after={post_id}"
            assert f'href="/posts/{post_id}"' in (await ann.get(told["help_url"])).text
            plain = await write(ann, topic, HARD)
            assert plain.headers["location"].startswith("/help-lines?after=")
            assert KIND in (await write(ann, topic, f"{HARD} Really.", program=True)).json()["help"]
            assert "help" not in (await write(bo, topic, "I am here, ann.", program=True)).json()
            for reader in (ann, bo, guest):
                shown = await reader.get(f"/posts/{post_id}", headers=PROGRAM)
                assert "I want to die." in shown.text
                assert KIND not in shown.text


async def test_ada_edits_both_lists_and_they_hold_at_once(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Ada", Role.ADMIN)
        await board.add("Ann")
        async with board.member("Ada") as ada, board.member("Ann") as ann:
            page = await ada.get("/admin/help-lines")
            wrong = await submit(ada, page, "/admin/help-lines", help_lines="UK Samaritans", help_words="a*")
            assert wrong.status_code == 422
            assert "with upright strokes" in wrong.text
            assert "at least 3 letters" in wrong.text
            lists = {"help_lines": "Norway | Mental Helse | 116 123", "help_words": "kan ikke mer"}
            assert (await submit(ada, page, "/admin/help-lines", **lists)).status_code == 303
            shown = await ann.post("/help-lines/check", data={"body": "Jeg kan ikke mer."})
            assert "Mental Helse" in shown.text
            assert (await ann.post("/help-lines/check", data={"body": HARD})).text == ""
            assert (
                await submit(ada, page, "/admin/help-lines", help_lines="", help_words="kan")
            ).status_code == 303
            assert (await ann.post("/help-lines/check", data={"body": "kan"})).text == ""
            assert (await ann.post("/admin/help-lines", data=lists)).status_code == 403
