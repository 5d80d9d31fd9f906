"""Letters that one can do without: who gets them, when, and what is never in them; on both databases."""

import pytest

from server.actions import answers, moderation, notices, reports, sanctions
from server.actions.limits import Limits
from server.actions.notices import read
from server.actions.posting import Posted
from server.domain.clock import DAY, HOUR, MINUTE, now_ms
from server.domain.letters import LONGEST_EXCERPT
from server.domain.mail_choices import MailChoices
from server.domain.notices import NoticeKind
from server.domain.reports import Subject
from server.domain.sanctions import Draft as SanctionDraft
from server.domain.sanctions import SanctionKind
from server.domain.viewer import Audience, Role
from server.store import categories, outbox, pending_writes, settings
from tests.support.letter_scene import HOME, Scene
from tests.support.mail_server import html_of, text_of

WITH_TEXT = MailChoices(texts=True)


async def test_ann_hears_who_answered_in_which_topic_and_not_what(scene: Scene) -> None:
    topic = await scene.topic()
    first = await scene.reply(topic, "Have you tried warm milk?")
    await scene.reply(topic, "Me neither.", by="Cleo")
    assert await scene.sent(later=4 * MINUTE) == []
    assert await scene.sent() == ["ann"]
    letter = await scene.office.next_letter()
    assert letter["Subject"] == "Bo and Cleo answered you: Sleep"
    for part in (text_of(letter), html_of(letter)):
        assert f"{HOME}/posts/{first.post_id}" in part
        assert "Bo and Cleo" in part
        assert "milk" not in part
        assert "neither" not in part
    assert letter["Auto-Submitted"] == "auto-generated"


async def test_who_asks_for_it_gets_the_beginning_of_the_text(scene: Scene) -> None:
    await scene.choose("Ann", WITH_TEXT)
    topic = await scene.topic()
    long = "Warm milk. " * 100
    await scene.reply(topic, f"[quote={topic.post_id}]\n\n{long}")
    await scene.sent()
    letter = await scene.office.next_letter()
    for part in (" ".join(text_of(letter).split()), html_of(letter)):
        assert 20 < part.count("Warm milk.") <= LONGEST_EXCERPT // len("Warm milk. ") + 1
        assert "cannot sleep" not in part  # quoted words are another post's


async def test_one_letter_for_a_topic_until_it_is_opened(scene: Scene) -> None:
    topic = await scene.topic()
    other = await scene.topic(body="And I am tired.")
    await scene.reply(topic, "Oh.")
    await scene.reply(topic, "Oh no.")
    await scene.reply(other, "So am I.")
    assert await scene.sent() == ["ann", "ann"]
    await scene.reply(topic, "Well?")
    assert await scene.sent(later=DAY) == []
    async with scene.board.db.begin() as writer:  # however long that takes
        await outbox.prune(writer, now_ms() + 300 * DAY)
    await scene.reply(topic, "Are you there?")
    assert await scene.sent(later=DAY) == []
    await answers.note_read(scene.board.db, scene.people["Ann"], topic.topic_id)
    last = await scene.reply(topic, "Hello again.")
    assert await scene.sent() == ["ann"]
    assert f"{HOME}/posts/{last.post_id}" in text_of(scene.office.letters[-1]).split()


async def test_what_she_has_read_meanwhile_is_not_sent(scene: Scene) -> None:
    topic = await scene.topic()
    await scene.reply(topic, "Oh.")
    await answers.note_read(scene.board.db, scene.people["Ann"], topic.topic_id)
    assert await scene.sent() == []
    await scene.reply(topic, "Oh no.")
    ann = scene.people["Ann"].id or 0
    scene.open_now = {(ann, topic.topic_id)}  # live before her, for a moment
    assert await scene.sent(later=MINUTE) == []
    scene.open_now = set()
    assert await scene.sent() == []
    await scene.reply(topic, "Still there?")
    assert await scene.sent() == ["ann"]


async def test_who_is_quoted_hears_of_it_in_anybodys_topic(scene: Scene) -> None:
    topic = await scene.topic(by="Cleo")
    bos = await scene.reply(topic, "Warm milk helps.")
    await scene.reply(topic, f"[quote={bos.post_id}]\n\nIt does.", by="Ann")
    assert await scene.sent() == ["bo", "cleo"]
    letters = {letter["To"].partition("@")[0]: letter for letter in scene.office.letters}
    assert "quoted you in the topic" in text_of(letters["bo"])
    assert letters["bo"]["Subject"].startswith("Ann answered you")
    assert letters["cleo"]["Subject"].startswith("Bo and Ann answered you")
    own = await scene.reply(topic, f"[quote={bos.post_id}]\n\nAs I said.", by="Bo")
    assert own.post_id
    assert await scene.sent() == []  # nobody hears of himself


async def test_a_removed_answer_is_in_no_letter(scene: Scene) -> None:
    await scene.choose("Ann", WITH_TEXT)
    topic = await scene.topic()
    gone = await scene.reply(topic, "Take canary pills.")
    await moderation.remove_post(scene.board.db, scene.people["Moira"], gone.post_id, "", now=now_ms())
    assert await scene.sent() == []
    gone = await scene.reply(topic, "Take canary pills!")
    await scene.reply(topic, f"[quote={gone.post_id}]\ncanary\n[/quote]\n\nReally?", by="Cleo")
    await moderation.remove_post(scene.board.db, scene.people["Moira"], gone.post_id, "", now=now_ms())
    assert await scene.sent() == [
        "ann"
    ]  # of Cleo's; Bo's words are gone, and so is the reason to write to him
    letter = await scene.office.next_letter()
    assert "Cleo answered you" in letter["Subject"]
    assert "canary" not in letter.as_string()
    assert "Bo" not in text_of(letter)


async def test_a_topic_that_is_removed_or_closed_to_her_is_in_no_letter(scene: Scene) -> None:
    topic, staffs = await scene.topic(), await scene.topic(body="Anybody?")
    await scene.reply(topic, "Oh.")
    await moderation.remove_topic(scene.board.db, scene.people["Moira"], topic.topic_id, "", now=now_ms())
    assert await scene.sent() == []
    await scene.reply(staffs, "Yes.")
    await show_to(scene, Audience.STAFF)
    assert await scene.sent() == []


async def show_to(scene: Scene, visibility: Audience) -> None:
    async with scene.board.db.begin() as writer:
        await categories.set_visibility(writer, scene.category, visibility)


@pytest.mark.parametrize("visibility", [Audience.MEMBERS, Audience.STAFF])
async def test_of_a_place_that_is_not_for_everybody_a_letter_has_nothing_but_the_link(
    scene: Scene, visibility: Audience
) -> None:
    await show_to(scene, visibility)
    await scene.choose("Moira", WITH_TEXT)
    topic = await scene.topic(by="Moira")
    scene.people["Bo"] = await scene.add("Bob", Role.MODERATOR)
    answer = await scene.reply(topic, "Warm milk.")
    assert await scene.sent() == ["moira"]
    letter = await scene.office.next_letter()
    assert letter["Subject"] == "Somebody answered you at Fireside"
    for part in (text_of(letter), html_of(letter)):
        assert f"{HOME}/posts/{answer.post_id}" in part
        for secret in ("Sleep", "Bob", "milk"):
            assert secret not in part


@pytest.mark.parametrize(
    "statement",
    ["email_confirmed_at = NULL", "disabled_at = 1", f"leaving_at = {2**50}", "role = 'waiting'"],
)
async def test_nothing_goes_to_who_did_not_confirm_his_address_is_closed_leaves_or_waits(
    scene: Scene, statement: str
) -> None:
    topic = await scene.topic()
    await scene.reply(topic, "Oh.")
    async with scene.board.db.begin() as writer:
        await tell(scene, writer, "Ann")
    await scene.act(statement, "Ann")
    assert await scene.sent(later=HOUR) == []


async def test_nothing_goes_to_who_is_banned(scene: Scene) -> None:
    topic = await scene.topic()
    await scene.reply(topic, "Oh.")
    draft = SanctionDraft(SanctionKind.BAN, reason="advertising", lasts="day")
    await sanctions.impose(
        scene.board.db, scene.people["Moira"], scene.people["Ann"].id or 0, draft, now=now_ms()
    )
    assert await scene.sent(later=HOUR) == []


async def tell(scene: Scene, writer: object, name: str) -> None:
    await notices.tell(
        writer,  # type: ignore[arg-type]  # a Writer
        scene.people[name].id or 0,
        NoticeKind.ROLE_CHANGED,
        object_kind="member",
        object_id=1,
        words="canary words",
        now=now_ms(),
    )


async def test_who_does_not_want_them_gets_none_also_of_those_that_wait(scene: Scene) -> None:
    topic = await scene.topic()
    await scene.reply(topic, "Oh.")
    async with scene.board.db.begin() as writer:
        await tell(scene, writer, "Ann")
    await scene.choose("Ann", MailChoices(answers=False, notices=False))
    assert await scene.sent(later=HOUR) == []


async def test_notices_that_wait_make_one_letter_that_says_how_many_and_not_what(scene: Scene) -> None:
    async with scene.board.db.begin() as writer:
        await tell(scene, writer, "Ann")
        await tell(scene, writer, "Ann")
    assert await scene.sent(later=9 * MINUTE) == []
    assert await scene.sent(later=11 * MINUTE) == ["ann"]
    letter = await scene.office.next_letter()
    assert letter["Subject"] == "2 notices wait for you at Fireside"
    for part in (text_of(letter), html_of(letter)):
        assert f"{HOME}/notices" in part
        assert "canary" not in part
    assert await scene.sent(later=HOUR) == []
    async with scene.board.db.begin() as writer:
        await tell(scene, writer, "Ann")
    assert await scene.sent(later=HOUR) == ["ann"]
    assert scene.office.letters[-1]["Subject"] == "A notice waits for you at Fireside"  # told of two before
    async with scene.board.db.begin() as writer:
        await tell(scene, writer, "Ann")
    await read(scene.board.db, scene.people["Ann"], 2**40, now=now_ms())
    assert await scene.sent(later=HOUR) == []


async def report(scene: Scene, post: Posted, by: str = "Cleo") -> int:
    return await reports.report(
        scene.board.db, scene.people[by], Subject.POST, post.post_id,
        reason="dangerous", details="canary details", now=now_ms(), limits=Limits(enabled=False),
    )  # fmt: skip


async def test_moderators_hear_that_reports_wait_at_most_once_in_fifteen_minutes(scene: Scene) -> None:
    topic = await scene.topic()
    case = await report(scene, topic)
    await report(scene, topic, by="Bo")
    assert await scene.sent(later=MINUTE) == []
    assert await scene.sent(later=3 * MINUTE) == ["moira"]
    letter = await scene.office.next_letter()
    assert letter["Subject"] == "A report waits for a moderator at Fireside"
    for part in (text_of(letter), html_of(letter)):
        assert f"{HOME}/moderation" in part
        assert "canary" not in part
    answer = await scene.reply(topic, "Buy my lamp.")
    other = await report(scene, answer)
    assert "moira" not in await scene.sent(later=14 * MINUTE)
    assert await scene.sent(later=16 * MINUTE) == ["moira"]
    assert scene.office.letters[-1]["Subject"] == "2 reports wait for a moderator at Fireside"
    async with scene.board.db.begin() as writer:
        await settings.put(writer, "trust_posts", "50")
    assert (await scene.reply(topic, "A lamp.")).pending_id
    assert await scene.sent(later=16 * MINUTE) == ["moira"]
    assert scene.office.letters[-1]["Subject"] == "2 reports and a post wait for a moderator at Fireside"
    async with scene.board.db.begin() as writer:
        await settings.put(writer, "trust_posts", "0")
        for name in ("Bo", "Ann", "Cleo"):
            await pending_writes.sweep(writer, scene.people[name].id or 0, 1)
    third = await report(scene, await scene.reply(topic, "And my bed."))
    for one in (case, other, third):
        await reports.settle(scene.board.db, scene.people["Moira"], one, "dismissed", now=now_ms())
    assert "moira" not in await scene.sent(later=HOUR)  # nothing waits any more


async def test_reports_are_for_staff_and_only_for_who_wants_the_letters(scene: Scene) -> None:
    topic = await scene.topic()
    await report(scene, topic)
    await scene.choose("Moira", MailChoices(reports=False))
    assert await scene.sent(later=3 * MINUTE) == []
    await scene.choose("Moira", MailChoices())
    await report(scene, await scene.reply(topic, "Buy my lamp."))
    await scene.act("role = 'member'", "Moira")
    assert await scene.sent(later=3 * MINUTE) == []


async def test_moderators_can_know_to_how_many_a_post_was_mailed(scene: Scene) -> None:
    await scene.choose("Ann", WITH_TEXT)
    topic = await scene.topic()
    cleos = await scene.reply(topic, "Tea.", by="Cleo")
    answer = await scene.reply(topic, f"[quote={cleos.post_id}]\n\nMilk.")
    async with scene.board.db.snapshot() as reader:
        assert await outbox.mailed(reader, answer.post_id) == outbox.Mailed(0, 0)
    assert await scene.sent() == ["ann", "cleo"]
    async with scene.board.db.snapshot() as reader:
        assert await outbox.mailed(reader, answer.post_id) == outbox.Mailed(2, 1)
        assert await outbox.mailed(reader, cleos.post_id) == outbox.Mailed(1, 1)
