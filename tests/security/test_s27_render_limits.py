"""S27: rendering what somebody wrote keeps nobody else waiting, however intricate it is."""

import asyncio
import threading
import time
from typing import Any

import httpx
import pytest

from server.actions.composing import RENDERS_AT_ONCE, SHORT
from server.domain.markup import MAX_BODY, render
from server.domain.watched_words import MAX_STARRED, MAX_WORDS, Action, WatchedWord
from tests.support.whole_board import WholeBoard

ROUNDS = 4  # of all of them at once
HOSTILE = {
    "brackets": "[" * MAX_BODY,
    "addresses": "a.com/( " * (MAX_BODY // 8),
    "emphasis": "**a_b" * (MAX_BODY // 5),
    "nested quotes": "> " * 100 + "x\n" + ("> " * 99 + "\n") * 90,
    "nested lists": "".join("  " * n + "- x\n" for n in range(130)),
    "links": "[a](https://a.example) " * (MAX_BODY // 23),
    "table": "|a" * 50 + "|\n" + "|-" * 50 + "|\n" + ("|b" * 50 + "|\n") * 150,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_worst_that_fits_is_rendered_within_the_limit(name: str) -> None:
    """In comparison with plain text of the same length, not by the clock of a busy machine."""
    plain = "It was a quiet night, and I slept.\n\n" * (MAX_BODY // 36)
    started = time.process_time()
    render(plain, {})
    usual = time.process_time() - started
    started = time.process_time()
    render(HOSTILE[name], {})
    assert time.process_time() - started < max(60 * usual, 1.0)


WATCHED = [
    WatchedWord(
        n,
        f"aa*aa*b{n}" if n < MAX_STARRED else f"word{n} more{n}",
        action=(Action.REPLACE, Action.LINK)[n % 2],
        instead="/help",
    )
    for n in range(MAX_WORDS)
]
EVERY_WORD = " ".join(word.text.replace("*", "aa") for word in WATCHED)
WATCHFUL = {
    "emphasis": HOSTILE["emphasis"],
    "addresses": HOSTILE["addresses"],
    "every word, then nearly all of them": EVERY_WORD[:10_000] + " aaaaaaaa aaaab" * (MAX_BODY // 30),
    "every word, then paragraphs": EVERY_WORD[:10_000] + "\n\na" * (MAX_BODY // 6),
    "a word again and again": "aaaab0." * (MAX_BODY // 7),
    "a word in emphasis": "**a**aaab0 " * (MAX_BODY // 11),
}


@pytest.mark.parametrize("name", WATCHFUL)
def test_a_full_list_of_words_to_link_and_replace_stays_linear(name: str) -> None:
    """Twice the text takes twice the time, not four times; the shorter of two, as machines are busy."""

    def taken(source: str) -> float:
        started = time.process_time()
        render(source, {}, WATCHED)
        return time.process_time() - started

    whole = WATCHFUL[name][:MAX_BODY]
    once = min(taken(whole[: MAX_BODY // 2]) for _ in range(2))
    twice = min(taken(whole) for _ in range(2))
    assert twice < max(4 * once, 0.2)
    assert twice < 3.0  # seconds of the processor's time: less than a third of what a text may take in all


async def asked(client: httpx.AsyncClient, until: "asyncio.Future[Any]") -> list[float]:
    """How long each of one reader's requests took, until the future is done; ten at least."""
    taken: list[float] = []
    while not until.done() or len(taken) < 10:
        started = time.monotonic()
        assert (await client.get("/healthz")).status_code == 200
        taken.append(time.monotonic() - started)
    return taken


async def test_others_are_answered_while_hostile_posts_are_rendered(
    sqlite_board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = sqlite_board
    posted = await board.topic("Sleep", "How?", by="ann")
    action = f"/topics/{posted.topic_id}/posts"
    running: list[str] = []
    most = 0

    def watched(source: str, *about: Any) -> object:
        nonlocal most
        running.append(threading.current_thread().name)
        most = max(most, len(running))
        assert threading.current_thread() is not threading.main_thread()
        try:
            return render(source, *about)
        finally:
            running.pop()

    monkeypatch.setattr("server.domain.markup.render", watched)
    async with board.browser("bo", json=True) as bo, board.browser() as guest:
        bo.timeout = httpx.Timeout(60.0)  # the last one waits for all the others
        bodies = [f"{n} {body}"[:MAX_BODY] for n in range(ROUNDS) for body in HOSTILE.values()]
        writing = asyncio.gather(*(bo.post(action, json={"body": body}) for body in bodies))
        meanwhile = await asked(guest, writing)
        answers = await writing
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert 201 in {answer.status_code for answer in answers}
    assert most == RENDERS_AT_ONCE  # the premise: they were waiting for each other
    assert len(meanwhile) > 10
    assert max(meanwhile) < sum(meanwhile) / 2  # nobody waited for all of it to end


async def test_a_body_above_the_limit_is_refused_before_it_is_rendered(
    sqlite_board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = await sqlite_board.topic("Sleep", "How?", by="ann")
    rendered: list[int] = []

    def watched(source: str, *_about: object) -> object:
        rendered.append(len(source))
        return render(source, {})

    monkeypatch.setattr("server.domain.markup.render", watched)
    async with sqlite_board.browser("bo", json=True) as bo:
        action = f"/topics/{posted.topic_id}/posts"
        refused = await bo.post(action, json={"body": "x" * (MAX_BODY + 1)})
        assert refused.status_code == 422
        assert "1 character too long; 20,000 fit." in refused.json()["error"]["fields"]["body"]
        assert rendered == []
        assert (await bo.post(action, json={"body": "x" * MAX_BODY})).status_code == 201
        assert rendered == [MAX_BODY]
        huge = await bo.post(action, json={"body": "x" * 300_000})
        assert (huge.status_code, huge.json()["error"]["code"]) == (413, "large")


async def test_what_takes_too_long_is_refused_with_a_sentence(
    sqlite_board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = await sqlite_board.topic("Sleep", "How?", by="ann")
    monkeypatch.setattr("server.actions.composing.RENDER_WITHIN", 0.0)
    async with sqlite_board.browser("bo", json=True) as bo:
        body = "x" * (SHORT + 1)  # what is shorter is not handed to another thread
        refused = await bo.post(f"/topics/{posted.topic_id}/posts", json={"body": body})
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "overloaded")
    assert int(refused.headers["retry-after"]) > 0
    assert "nothing was saved" in refused.json()["error"]["message"]
