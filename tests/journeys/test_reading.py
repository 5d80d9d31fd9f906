"""Reading without JavaScript: addresses that stay, pages that keep their posts, the way in and back."""

import re

import httpx
import pytest

from server.actions import moderation
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from server.store import integrity
from server.views.page_models import POSTS_A_PAGE, TOPICS_A_PAGE
from tests.support.forms import submit
from tests.support.whole_board import PASSWORD, WholeBoard


def posts_on(page: httpx.Response) -> list[int]:
    """The numbers of the posts on a topic's page."""
    return [int(number) for number in re.findall(r'<article class="post" id="post-(\d+)"', page.text)]


async def read(client: httpx.AsyncClient, path: str) -> httpx.Response:
    answer = await client.get(path, follow_redirects=True)
    assert answer.status_code == 200
    return answer


async def long_topic(board: WholeBoard, replies: int) -> tuple[int, list[int]]:
    opening = await board.topic("A long talk", "Number 1", by="ann")
    numbers = [opening.post_id]
    for number in range(2, replies + 2):
        reply = await board.reply(opening.topic_id, f"Number {number}", by="bo")
        numbers.append(reply.post_id)
    return opening.topic_id, numbers


async def test_a_post_stays_on_its_page_whatever_is_removed_before_it(board: WholeBoard) -> None:
    topic, numbers = await long_topic(board, 2 * POSTS_A_PAGE + 4)
    here = f"/topics/{topic}/a-long-talk"
    async with board.browser() as guest:
        before = [posts_on(await read(guest, f"{here}?page={page}")) for page in (1, 2, 3)]
        assert before == [numbers[:20], numbers[20:40], numbers[40:]]  # the premise
        gone = [numbers[5], numbers[6], numbers[25], numbers[-1]]
        for number in gone:
            await moderation.remove_post(board.db, board.viewer("mod"), number, "", now=now_ms())
        after = [posts_on(await read(guest, f"{here}?page={page}")) for page in (1, 2, 3)]
        assert after == [[number for number in page if number not in gone] for page in before]
        for page, shown in enumerate(after, 1):
            answer = await guest.get(f"/posts/{shown[-1]}")
            query = f"?page={page}" if page > 1 else ""
            assert answer.status_code == 302
            assert answer.headers["location"] == f"{here}{query}#post-{shown[-1]}"
        for number in gone:
            assert (await guest.get(f"/posts/{number}")).status_code == 404
        told = (await guest.get(here, headers={"Accept": "application/json"})).json()
        assert (told["page"], told["pages"], told["total"]) == (1, 3, len(numbers) - len(gone))
    arrived = await board.reply(topic, "One more", by="cleo")
    async with board.browser() as guest:
        assert posts_on(await read(guest, f"{here}?page=3"))[-1] == arrived.post_id
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []


async def test_a_page_after_the_last_leads_there_and_nonsense_is_not_found(sqlite_board: WholeBoard) -> None:
    topic, numbers = await long_topic(sqlite_board, POSTS_A_PAGE)
    here = f"/topics/{topic}/a-long-talk"
    async with sqlite_board.browser() as guest:
        assert posts_on(await guest.get(f"{here}?page=2")) == numbers[20:]
        category = (await guest.get("/categories/1")).headers["location"]
        for path, last in ((here, f"{here}?page=2"), (category, category), ("/latest", "/latest")):
            answer = await guest.get(f"{path}?page=99")
            assert (answer.status_code, answer.headers["location"]) == (302, last)
            told = (await guest.get(f"{path}?page=99", headers={"Accept": "application/json"})).json()
            assert told["page"] == told["pages"]
        for page in ("0", "-1", "x", "1.5", "2000000"):
            assert (await guest.get(f"{here}?page={page}")).status_code == 404


async def test_a_wrong_slug_leads_to_the_right_one_and_keeps_the_page(sqlite_board: WholeBoard) -> None:
    topic, _ = await long_topic(sqlite_board, POSTS_A_PAGE)
    async with sqlite_board.browser() as guest:
        for path in (f"/topics/{topic}", f"/topics/{topic}/x", f"/topics/{topic}/A-Long-Talk"):
            assert (await guest.get(path)).headers["location"] == f"/topics/{topic}/a-long-talk"
            answer = await guest.get(f"{path}?page=2")
            assert answer.is_redirect
            assert answer.headers["location"] == f"/topics/{topic}/a-long-talk?page=2"
        category = (await guest.get("/categories/1")).headers["location"]
        assert (await guest.get(category)).status_code == 200
        assert (await guest.get("/categories/1/x")).headers["location"] == category
        as_program = await guest.get(f"/topics/{topic}/x", headers={"Accept": "application/json"})
        assert as_program.json()["topic"]["url"] == f"/topics/{topic}/a-long-talk"


async def test_lists_page_by_activity_and_name_what_there_is(board: WholeBoard) -> None:
    made = [await board.topic(f"Topic {number}", "x", by="ann") for number in range(TOPICS_A_PAGE + 3)]
    pinned = made[0].topic_id
    await moderation.set_pinned(board.db, board.viewer("mod"), pinned, pinned=True, now=now_ms())
    await board.topic("Quiet", "x", by="ann", where=Audience.MEMBERS)
    async with board.browser(json=True) as guest, board.browser("ann", json=True) as ann:
        first = (await guest.get("/categories/1")).json()
        second = (await guest.get("/categories/1?page=2")).json()
        shown = [topic["id"] for page in (first, second) for topic in page["topics"]]
        newest_first = [one.topic_id for one in reversed(made[1:])]
        assert shown == [pinned, *newest_first, 1]  # the welcome topic is the oldest
        assert (first["pages"], first["total"]) == (2, len(made) + 1)
        latest = (await guest.get("/latest")).json()
        assert [topic["id"] for topic in latest["topics"]] == newest_first[:TOPICS_A_PAGE]
        assert latest["total"] == len(made) + 1
        assert (await ann.get("/latest")).json()["total"] == len(made) + 2


async def test_a_guest_who_writes_is_led_to_sign_in_and_back_to_the_page(sqlite_board: WholeBoard) -> None:
    posted = await sqlite_board.topic("Sleep", "How?", by="ann")
    here = f"/topics/{posted.topic_id}/sleep"
    async with sqlite_board.browser() as guest:
        page = await read(guest, here)
        assert f'href="/login?next={here}"' in page.text
        headers = {"Referer": str(page.url)}
        refused = await guest.post(
            f"/topics/{posted.topic_id}/posts", data={"body": "Warm milk."}, headers=headers
        )
        assert refused.status_code == 401  # with the form for signing in, in which the text waits
        back = await submit(guest, refused, "/login", login="bo", password=PASSWORD)
        assert back.status_code == 200
        assert "Warm milk." in back.text
        assert 'action="/topics/' in (await read(guest, here)).text
        asked = await guest.get(f"/topics/{posted.topic_id}/reply?quote={posted.post_id}")
        assert f"[quote={posted.post_id}]" in asked.text


@pytest.mark.parametrize(
    ("request_line", "body", "expected"),
    [
        ("POST /topics/1/posts", b"{", (400, "malformed")),
        ("POST /topics/1/posts", b'["body"]', (400, "malformed")),
        ("GET /nowhere", b"", (404, "not_found")),
        ("GET /topics/77", b"", (404, "not_found")),
        ("PUT /topics/1/posts", b"{}", (405, "method")),
        ("POST /topics/1/posts", b'{"body": "' + b"x" * 300_000 + b'"}', (413, "large")),
        ("POST /topics/1/posts", b"{}", (422, "invalid")),
        ("POST /posts/1/restore", b"{}", (403, "forbidden")),
    ],
)
async def test_errors_in_json_have_one_shape(
    sqlite_board: WholeBoard, request_line: str, body: bytes, expected: tuple[int, str]
) -> None:
    method, _, path = request_line.partition(" ")
    async with sqlite_board.browser("ann", json=True) as ann:
        kind = {"Content-Type": "application/json"}
        answer = await ann.request(method, path, content=body or None, headers=kind)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == expected
    assert error["message"]
    assert isinstance(error["fields"], dict)
    assert answer.headers["content-type"].startswith("application/json")
