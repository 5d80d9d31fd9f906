"""What is for members or staff reaches nobody else's browser: not the page, not a frame."""

from playwright.async_api import Page, expect

from server.domain.viewer import Audience
from tests.support.people_in_browsers import People


async def everything_in(people: People, pages: list[Page]) -> str:
    """All that the pages show, and all that their sockets brought."""
    shown = [await page.content() for page in pages]
    return "\n".join([*shown, *(frame for page in pages for frame in people.frames[page])])


async def write_much(people: People, word: str, where: Audience) -> None:
    """Every act of a moderator in a category of that audience, each with the word in it."""
    hidden = await people.board.topic(f"About {word}", f"The {word} body.", by="mod", where=where)
    path, post = f"/topics/{hidden.topic_id}", f"/posts/{hidden.post_id}"
    answer = await people.act("mod", f"{path}/posts", body=f"More {word}.\n\n[quote={hidden.post_id}]")
    reply = answer.headers["location"]
    await people.edit("mod", hidden.post_id, f"New {word}.", reason=word)
    await people.act("ada", f"{post}/thanks")
    await people.act("mod", f"{path}/pin")
    await people.act("mod", f"{path}/lock")
    await people.act("mod", f"{reply}/remove", reason=f"{word} again")
    await people.act("mod", f"{reply}/restore")
    await people.act("mod", f"{path}/remove", reason=f"{word} it was")
    await people.act("mod", f"{path}/restore")


async def test_what_is_for_members_or_staff_never_reaches_anybody_else(people: People) -> None:
    public = await people.board.topic("Open door", "Anyone may read this.", by="mod")
    paths = ("/", "/latest", "/members/moira", f"/topics/{public.topic_id}")
    guest = await people.tabs(None, *paths, record=True)
    member = await people.tabs("bo", *paths, record=True)
    staff = await people.tabs("mod", *paths[:3], record=True)

    await write_much(people, "mulberry", Audience.MEMBERS)
    await write_much(people, "saffron", Audience.STAFF)
    last = await people.board.reply(public.topic_id, "And now the last word.", by="mod")
    for pages in (guest, member):
        index, latest, profile, topic = pages
        await expect(index.locator(f"#newest-{public.topic_id}")).to_contain_text("moira")
        await expect(latest.locator(f"#latest-{public.topic_id}")).to_contain_text("1 reply")
        await expect(profile.locator(f"#profile-post-{last.post_id}")).to_be_visible()
        await expect(topic.locator(f"#post-{last.post_id}")).to_be_visible()
    for page in staff:
        await expect(page.locator("#live")).to_contain_text("saffron")
        await expect(page.locator("#live")).to_contain_text("mulberry")
    for page in member[:3]:
        await expect(page.locator("#live")).to_contain_text("mulberry")

    assert "the last word" in await everything_in(people, guest), "frames are recorded"
    assert "saffron" in await everything_in(people, staff)
    assert "saffron" not in await everything_in(people, member)
    told = await everything_in(people, guest)
    assert "saffron" not in told
    assert "mulberry" not in told
