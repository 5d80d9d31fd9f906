"""What a report's card in the queue says: what is so now, and no more than who moderates there may read."""

import re
from collections.abc import Awaitable

from server.actions import category_moderators, moderation, posting, purging, reports, topic_acts, topic_moves
from server.actions.posting import Posted
from server.actions.purging import Purge
from server.actions.topic_moves import Chosen
from server.domain.channels import MODERATION, Channel
from server.domain.clock import now_ms
from server.domain.events import Kind
from server.domain.reports import Subject
from server.domain.viewer import Audience
from server.store import event_log
from tests.support.whole_board import NO_LIMITS, WholeBoard

SECRET = "what the staff room says"


async def reported(board: WholeBoard, subject: Subject, number: int) -> int:
    ann = board.viewer("ann")
    return await reports.report(
        board.db, ann, subject, number, reason="rules", details="", now=now_ms(), limits=NO_LIMITS
    )


async def told(board: WholeBoard, case: int, act: Awaitable[object]) -> set[str]:
    """The channels of moderators on which the act says something of the case."""
    async with board.db.snapshot() as reader:
        before = (await event_log.head(reader)).seq
    await act
    found = set()
    async with board.db.snapshot() as reader:
        for place in board.places.values():
            for channel in (MODERATION, Channel.parse(f"category:{place}:staff")):
                assert channel is not None
                events = [one.event for one in await event_log.on_channel(reader, channel, before, 100)]
                if any(event.kind is Kind.REPORT and event.object_id == case for event in events):
                    found.add(str(channel))
    return found


async def quoting(board: WholeBoard) -> tuple[Posted, Posted]:
    """A post, and another that quotes it, in topics of their own."""
    source = await board.topic("Source", "Something to read.", by="cleo")
    answer = await board.reply(source.topic_id, SECRET, by="cleo")
    quote = await board.topic("Quote", f"[quote={answer.post_id}]\n\nI say no.", by="bo")
    return answer, quote


async def test_a_category_moderator_reads_no_quote_of_what_went_to_staff(board: WholeBoard) -> None:
    answer, quote = await quoting(board)
    await category_moderators.appoint(
        board.db, board.viewer("ada"), board.places[Audience.PUBLIC], "cleo", now=now_ms()
    )
    await reported(board, Subject.POST, quote.post_id)
    staffs = board.places[Audience.STAFF]
    async with board.browser("cleo") as cleo:
        before = (await cleo.get("/moderation", headers={"Accept": "text/html"})).text
        assert SECRET in before
        await topic_acts.move(board.db, board.viewer("mod"), answer.topic_id, staffs, now=now_ms())
        after = (await cleo.get("/moderation", headers={"Accept": "text/html"})).text
    assert "I say no." in after
    assert SECRET not in after


async def test_an_open_queue_hears_when_the_post_or_what_it_quotes_is_another(board: WholeBoard) -> None:
    answer, quote = await quoting(board)
    case = await reported(board, Subject.POST, quote.post_id)
    here = {"moderation", f"category:{board.places[Audience.PUBLIC]}:staff"}
    bo, mod, ada = board.viewer("bo"), board.viewer("mod"), board.viewer("ada")
    edit = posting.Edit(f"[quote={answer.post_id}]\n\nI say yes.", 10**9)
    assert await told(board, case, posting.edit(board.db, bo, quote.post_id, edit, now=now_ms())) == here
    removing = moderation.remove_post(board.db, mod, answer.post_id, "", now=now_ms())
    assert await told(board, case, removing) == here
    purge = Purge("the law", str(answer.post_id), True)
    assert (
        await told(board, case, purging.purge_post(board.db, ada, answer.post_id, purge, now=now_ms()))
        == here
    )


async def test_a_case_goes_with_its_post_from_queue_to_queue(board: WholeBoard) -> None:
    answer, quote = await quoting(board)
    members = board.places[Audience.MEMBERS]
    there = await board.topic("Members", "Only us.", by="ann", where=Audience.MEMBERS)
    case = await reported(board, Subject.POST, answer.post_id)
    both = {"moderation", f"category:{board.places[Audience.PUBLIC]}:staff", f"category:{members}:staff"}
    chosen = Chosen(frozenset({answer.post_id}))
    moving = topic_moves.move_posts(
        board.db, board.viewer("mod"), answer.topic_id, chosen, there.topic_id, now=now_ms()
    )
    assert await told(board, case, moving) == both

    whole = await reported(board, Subject.TOPIC, quote.topic_id)
    merging = topic_moves.merge(board.db, board.viewer("mod"), quote.topic_id, there.topic_id, now=now_ms())
    assert await told(board, whole, merging) == both
    await category_moderators.appoint(board.db, board.viewer("ada"), members, "cleo", now=now_ms())
    async with board.browser("cleo", json=True) as cleo:
        listed = (await cleo.get("/moderation")).json()["reports"]
        assert {one["id"] for one in listed} == {case, whole}
        page = (await cleo.get("/moderation", headers={"Accept": "text/html"})).text
        assert "Something that is gone" not in page
        answer_to = await cleo.post(f"/moderation/reports/{whole}/settle", json={"outcome": "dismissed"})
        assert answer_to.status_code == 200


async def test_who_reports_one_of_the_team_is_named_to_nobody_of_it(board: WholeBoard) -> None:
    await category_moderators.appoint(
        board.db, board.viewer("ada"), board.places[Audience.PUBLIC], "cleo", now=now_ms()
    )
    topic = await board.topic("By a moderator", "My word is law.", by="cleo")
    for subject, number in (
        (Subject.MEMBER, board.viewer("mod").id or 0),
        (Subject.MEMBER, board.viewer("cleo").id or 0),
        (Subject.POST, topic.post_id),
    ):
        await reported(board, subject, number)
    for name in ("mod", "cleo", "ada"):
        async with board.browser(name) as one, board.browser(name, json=True) as program:
            assert "A member, " in (await one.get("/moderation")).text
            said = (await program.get("/moderation")).json()["reports"]
            assert {report["by"] for case in said for report in case["said"]} == {None}
    await reported(board, Subject.MEMBER, board.viewer("bo").id or 0)
    async with board.browser("mod", json=True) as program:
        said = (await program.get("/moderation")).json()["reports"]
    assert {report["by"] for case in said for report in case["said"]} == {None, "ann"}


async def test_a_category_moderator_is_led_to_no_page_that_is_the_teams(board: WholeBoard) -> None:
    public = board.places[Audience.PUBLIC]
    await category_moderators.appoint(board.db, board.viewer("ada"), public, "cleo", now=now_ms())
    async with board.browser("cleo") as cleo:
        page = (await cleo.get("/moderation")).text
        ways = set(re.findall(r'href="(/moderation[^"#]*)"', page))
        assert len(ways) > 1
        assert {(await cleo.get(way)).status_code for way in ways} == {200}
