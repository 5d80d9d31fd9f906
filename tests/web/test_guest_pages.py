"""A guest's page that is kept is the page he would get without it: same bytes, same headers, no statement."""

import asyncio
import gzip
from collections.abc import Callable

import pytest

from server.config import Config
from server.domain.viewer import Audience
from server.store.database import Database
from server.store.drivers import Reading, Result
from server.store.transactions import Reader
from tests.support.servers import running_server
from tests.support.waiting import check, eventually
from tests.support.whole_board import WholeBoard
from tests.web.guest_reading import NOBODY, counted, kept, read, read_afresh, said, talk_on

PLAIN = {"Accept-Encoding": "identity"}
PACKED = {"Accept-Encoding": "gzip"}


async def test_a_kept_page_costs_no_statement_and_no_connection(
    board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await talk_on(board)
    async with board.browser() as guest:
        with counted(monkeypatch) as seen:
            first = await read(guest, talk.places)
        assert seen.count("LEND") == len(talk.places)  # the premise
        with counted(monkeypatch) as seen:
            assert await read(guest, talk.places) == first
            assert (await guest.head(talk.url)).status_code == 200
        assert seen == []


@pytest.mark.parametrize(
    ("place", "statements", "again"),
    [("/", 5, 5), ("/latest", 4, 4), ("/categories/1/general", 4, 4), ("TOPIC", 8, 5)],
)
async def test_a_fresh_page_costs_a_known_number_of_statements_in_one_snapshot(
    board: WholeBoard, monkeypatch: pytest.MonkeyPatch, place: str, statements: int, again: int
) -> None:
    """Of a topic whose posts were read before, only their versions are read."""
    talk = await talk_on(board)
    async with board.browser() as guest:
        for expected in (statements, again, again):
            with counted(monkeypatch) as seen:
                assert (await guest.get(talk.url if place == "TOPIC" else place)).status_code == 200
            assert seen.count("LEND") == 1
            assert len(seen) - 1 == expected, "\n".join(seen)
            kept(board).start_over()


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("form", [PLAIN, PACKED], ids=["plain", "packed"])
async def test_a_kept_page_has_every_byte_and_header_of_a_fresh_one(
    sqlite_board: WholeBoard, accept: str, form: dict[str, str]
) -> None:
    talk = await talk_on(sqlite_board)
    headers = {"Accept": accept, **form}
    async with sqlite_board.browser() as guest:
        for place in talk.places:
            fresh = await guest.get(place, headers=headers)
            kept_one = await guest.get(place, headers=headers)
            assert kept_one.content == fresh.content
            assert without_date(kept_one.headers.raw) == without_date(fresh.headers.raw)
            assert "content-security-policy" in kept_one.headers
            assert kept_one.headers["cache-control"] == "private, no-cache"
            assert kept_one.headers["vary"] == "Accept, Accept-Encoding, Cookie"
            assert said(kept_one) == said(await guest.get(place, headers=headers | NOBODY))
    assert len(kept(sqlite_board)) == len(talk.places)


def without_date(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [header for header in headers if header[0] != b"date"]


async def test_the_packed_page_is_the_plain_one(sqlite_board: WholeBoard) -> None:
    talk = await talk_on(sqlite_board)
    async with sqlite_board.browser() as guest, guest.stream("GET", talk.url, headers=PACKED) as packed:
        sent = b"".join([part async for part in packed.aiter_raw()])
        plain = await guest.get(talk.url, headers=PLAIN)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(sent) == plain.content
    assert len(sent) < len(plain.content) / 3
    assert packed.headers["etag"] == plain.headers["etag"]


async def test_only_the_head_is_sent_for_a_head(sqlite_board: WholeBoard) -> None:
    talk = await talk_on(sqlite_board)
    async with sqlite_board.browser() as guest:
        fresh = await guest.head(talk.url)
        page = await guest.get(talk.url)
        again = await guest.head(talk.url)
    assert fresh.content == again.content == b""
    assert (
        without_date(fresh.headers.raw) == without_date(page.headers.raw) == without_date(again.headers.raw)
    )


async def test_a_browser_that_has_the_page_is_told_so_as_long_as_nothing_on_it_changed(
    board: WholeBoard,
) -> None:
    talk = await talk_on(board)
    other = await board.topic("Something else", "Tell me.", by="cleo")
    async with board.browser() as guest:
        tag = (await guest.get(talk.url)).headers["etag"]
        known = {"If-None-Match": tag}
        for forget in (False, True):
            if forget:
                kept(board).start_over()  # another process, or a later time: the page is made again
            answer = await guest.get(talk.url, headers=known)
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == tag
            assert answer.headers["vary"] == "Accept, Accept-Encoding, Cookie"
            assert "content-security-policy" in answer.headers
        await board.reply(other.topic_id, "Not there.", by="cleo")
        assert (await guest.get(talk.url, headers=known)).status_code == 304
        await board.reply(talk.topic_id, "Here.", by="cleo")
        changed = await guest.get(talk.url, headers=known)
        assert changed.status_code == 200
        assert changed.headers["etag"] != tag
        as_json = await guest.get(talk.url, headers={"Accept": "application/json"})
        assert as_json.headers["etag"] != changed.headers["etag"]


async def test_members_and_guests_never_get_each_others_page(sqlite_board: WholeBoard) -> None:
    talk = await talk_on(sqlite_board)
    await sqlite_board.topic("Quietly", "For members.", by="ann", where=Audience.MEMBERS)
    async with sqlite_board.browser() as guest, sqlite_board.browser("ann") as ann:
        tags = {}
        for _ in range(2):
            for place in talk.places:
                page, own = await guest.get(place), await ann.get(place)
                tags[place] = page.headers["etag"]
                assert 'data-role="guest"' in page.text
                assert 'data-role="member"' in own.text
                assert "etag" not in own.headers
                assert "content-encoding" not in own.headers
                assert "Quietly" not in page.text
        for place, tag in tags.items():  # she was a guest a moment ago, and has his page
            assert (await ann.get(place, headers={"If-None-Match": tag})).status_code == 200
        guest.cookies.set("sid", sqlite_board.tokens["ann"])
        assert 'data-role="member"' in (await guest.get(talk.url)).text
        guest.cookies.clear()
        for headers in ({"Authorization": "Basic eDp4"}, {"Cookie": "sid =x"}, NOBODY):
            assert (await guest.get(talk.url, headers=headers)).status_code == 200
        assert len(kept(sqlite_board)) == len(talk.places)


async def test_what_is_not_a_guests_page_is_not_kept(sqlite_board: WholeBoard) -> None:
    talk = await talk_on(sqlite_board)
    hidden = await sqlite_board.topic("Quietly", "For members.", by="ann", where=Audience.MEMBERS)
    members_only = sqlite_board.places[Audience.MEMBERS]
    async with sqlite_board.browser() as guest:
        for place, status in {
            f"/topics/{hidden.topic_id}/quietly": 404,
            f"/categories/{members_only}/quiet-corner": 404,
            f"/topics/{talk.topic_id}/wrong": 302,
            f"/posts/{talk.first}": 302,
            f"{talk.url}?page=7": 302,
            "/nowhere": 404,
            "/login": 200,
            "/viewer": 200,
            "/healthz": 200,
            "/settings": 303,
        }.items():
            answer = await guest.get(place)
            assert answer.status_code == status, place
            assert "etag" not in answer.headers
        refused = await guest.get("/", headers={"Host": "evil.example"})
        assert refused.status_code == 421
    assert len(kept(sqlite_board)) == 0


async def test_a_page_that_many_want_at_once_is_made_once(
    sqlite_board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await talk_on(sqlite_board)
    async with sqlite_board.browser() as guest:
        with counted(monkeypatch) as seen:
            answers = await asyncio.gather(*(guest.get(talk.url) for _ in range(100)))
    assert {said(answer) for answer in answers} == {said(answers[0])}
    assert seen.count("LEND") == 1


async def test_a_page_that_was_read_before_a_commit_is_not_kept_after_it(
    board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race: the snapshot is taken, somebody else's reply commits and is told, then the page is ready."""
    talk = await talk_on(board)
    read_in_one_turn = Database.read

    async def late(self: Database, what: Callable[[Reader], Reading[Result]]) -> Result:
        found = await read_in_one_turn(self, what)
        undo()
        await board.reply(talk.topic_id, "Meanwhile.", by="cleo")
        return found

    def undo() -> None:
        monkeypatch.setattr(Database, "read", read_in_one_turn)

    async with board.browser() as guest:
        monkeypatch.setattr(Database, "read", late)
        old = await guest.get(talk.url)
        assert "Meanwhile." not in old.text  # the premise
        assert len(kept(board)) == 0
        assert "Meanwhile." in (await guest.get(talk.url)).text


async def test_nothing_is_kept_while_nobody_follows_the_log(
    sqlite_board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await talk_on(sqlite_board)
    async with sqlite_board.browser() as guest:
        first = await guest.get(talk.url)
        relay = sqlite_board.server.app.state.live.relay
        monkeypatch.setattr(relay, "listeners", [])  # it stands still, for all that they hear
        kept(sqlite_board).stop()
        answer = await guest.get(talk.url, headers=PACKED)
        assert answer.content == first.content
        assert without_date(answer.headers.raw) == without_date(first.headers.raw)
        assert len(kept(sqlite_board)) == 0


async def test_another_process_lets_a_page_go_when_its_relay_has_looked(board: WholeBoard) -> None:
    talk = await talk_on(board)
    config = Config(board.config.database_url)
    async with running_server(config) as other, board.browser() as guest, board.browser() as elsewhere:
        elsewhere.base_url = other.base_url
        here, there = await guest.get(talk.url), await elsewhere.get(talk.url)
        assert here.headers["etag"] == there.headers["etag"]
        assert len(other.app.state.pages) == 1  # the premise
        await board.reply(talk.topic_id, "From the other side.", by="bo")
        assert "From the other side." in (await guest.get(talk.url)).text

        async def arrived() -> None:
            check("From the other side." in (await elsewhere.get(talk.url)).text)

        await eventually(arrived)
        assert other.app.state.pages.is_trusted
        assert await read(elsewhere, talk.places) == await read_afresh(board, guest, talk.places)
