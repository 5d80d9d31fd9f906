"""Who was given one category to moderate hears by letter what waits there, and of nothing else."""

import pytest

from server.actions import category_moderators, reports
from server.actions.limits import Limits
from server.actions.posting import Posted
from server.domain.clock import HOUR, MINUTE, now_ms
from server.domain.mail_choices import MailChoices
from server.domain.reports import Subject
from server.domain.viewer import Audience, Role
from server.store import categories, settings
from tests.support.letter_scene import HOME, Scene, scene
from tests.support.mail_server import html_of, text_of

__all__ = ["scene"]


async def report(scene: Scene, post: Posted) -> int:
    return await reports.report(
        scene.board.db, scene.people["Bo"], Subject.POST, post.post_id,
        reason="dangerous", details="canary", now=now_ms(), limits=Limits(enabled=False),
    )  # fmt: skip


async def appoint(scene: Scene, name: str) -> None:
    await category_moderators.appoint(
        scene.board.db, scene.people["Ida"], scene.category, name, now=now_ms() - HOUR
    )


@pytest.fixture
async def hers(scene: Scene) -> int:
    """Cleo moderates the nights; the number of another category, which she does not."""
    await scene.add("Ida", Role.ADMIN)
    for name in ("Moira", "Ida"):
        await scene.choose(name, MailChoices(reports=False))
    for name in ("Ann", "Bo", "Cleo"):
        await scene.choose(name, MailChoices(notices=False, answers=False))
    await appoint(scene, "Cleo")
    async with scene.board.db.begin() as writer:
        section = await categories.add_section(writer, "More", 2)
        return await categories.add(
            writer, section_id=section, name="Days", slug="days", description="", position=1,
            visibility=Audience.PUBLIC,
        )  # fmt: skip


async def test_cleo_hears_what_waits_in_her_category_and_is_told_no_other_number(
    scene: Scene, hers: int
) -> None:
    nights, scene.category = scene.category, hers
    elsewhere = await scene.topic()
    await report(scene, elsewhere)
    assert await scene.sent(later=3 * MINUTE) == []  # not hers
    scene.category = nights
    here = await scene.topic()
    case = await report(scene, here)
    assert await scene.sent(later=3 * MINUTE) == ["cleo"]
    letter = scene.office.letters[-1]
    assert letter["Subject"] == "A report waits for a moderator at Fireside"  # of two on the board
    for part in (text_of(letter), html_of(letter)):
        assert f"{HOME}/moderation" in part
        assert "canary" not in part
    await reports.settle(scene.board.db, scene.people["Moira"], case, "dismissed", now=now_ms())
    async with scene.board.db.begin() as writer:
        await settings.put(writer, "trust_posts", "50")
    assert (await scene.reply(elsewhere, "A lamp.")).pending_id
    assert await scene.sent(later=20 * MINUTE) == []
    assert (await scene.reply(here, "A bed.")).pending_id
    assert await scene.sent(later=20 * MINUTE) == ["cleo"]
    letter = scene.office.letters[-1]
    assert letter["Subject"] == "A post waits for a moderator at Fireside"
    assert f"{HOME}/moderation/approval" in text_of(letter)


async def test_the_letter_goes_only_to_who_moderates_there_when_it_leaves_and_wants_it(
    scene: Scene, hers: int
) -> None:
    topic = await scene.topic()
    await report(scene, topic)
    await scene.choose("Cleo", MailChoices(notices=False, reports=False))
    assert await scene.sent(later=3 * MINUTE) == []
    await scene.choose("Cleo", MailChoices(notices=False))
    await report(scene, await scene.reply(topic, "Sleep well.", by="Ann"))
    cleo = scene.people["Cleo"].id or 0
    await category_moderators.dismiss(scene.board.db, scene.people["Ida"], scene.category, cleo, now=now_ms())
    assert await scene.sent(later=3 * MINUTE) == []
    await report(scene, await scene.reply(topic, "Sleep very well.", by="Ann"))
    await appoint(scene, "Cleo")
    async with scene.board.db.begin() as writer:  # what only staff see is moderated by no member
        await writer.run("UPDATE categories SET visibility = 2 WHERE id = :id", id=scene.category)
    assert await scene.sent(later=3 * MINUTE) == []
