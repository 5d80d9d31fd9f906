"""What a member is told shows in his open pages, and counts as read once he has looked at it."""

from playwright.async_api import Locator, Page, expect

from server.actions import notices
from server.domain.clock import now_ms
from server.domain.notices import NoticeKind
from tests.support.people_in_browsers import People


async def tell_ann(people: People) -> None:
    ann = people.board.viewer("ann").id
    assert ann is not None
    async with people.board.db.begin() as writer:
        await notices.tell(
            writer, ann, NoticeKind.ROLE_CHANGED, object_kind="member", object_id=ann, now=now_ms()
        )


def tally(page: Page) -> Locator:
    return page.locator(".bell .tally")


async def test_a_notice_shows_at_once_in_every_open_page_of_its_member(people: People) -> None:
    posted = await people.board.topic("Sleep", "How?")
    topic = await people.visit("ann", f"/topics/{posted.topic_id}")
    listed = await people.visit("ann", "/notices")
    other = await people.visit("bo", f"/topics/{posted.topic_id}")
    await tell_ann(people)
    await expect(tally(topic)).to_contain_text("1")
    await expect(listed.locator(".notice-row.unread")).to_contain_text("You are a member")
    await expect(tally(other)).to_have_count(0)
    await listed.get_by_role("button", name="Mark all as read").click()
    await expect(tally(topic)).to_have_count(0)


async def test_notices_that_were_looked_at_are_read_when_their_page_is_left(people: People) -> None:
    await tell_ann(people)
    topic = await people.visit("ann", "/latest")
    await expect(tally(topic)).to_contain_text("1")
    listed = await people.visit("ann", "/notices")
    await expect(listed.locator("fire-notices[data-seen]")).to_be_attached()
    await expect(listed.locator(".notice-row.unread")).to_have_count(1)
    await listed.goto("/latest")
    await expect(tally(topic)).to_have_count(0)
