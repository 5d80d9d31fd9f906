"""Whatever is done on the board, a guest's next page is like a fresh one, and nothing removed is kept."""

import gzip
from collections.abc import Awaitable, Callable
from functools import partial

from server.actions import members, moderation, posting, thanking
from server.actions.posting import Edit
from server.actions.settings import change_settings
from server.domain.clock import now_ms
from server.domain.events import Event, Kind
from server.domain.settings import DEFAULTS
from server.domain.viewer import Audience, Role
from server.store import categories, event_log
from server.store.database import Value, Writer
from server.views.known_posts import KnownPosts
from server.views.render import Renderer
from server.web.copies import Wish
from tests.support.waiting import eventually
from tests.support.whole_board import WholeBoard
from tests.web.guest_reading import WORD, Talk, kept, read, read_afresh, talk_on

Act = Callable[[WholeBoard, Talk], Awaitable[object]]


async def edit(board: WholeBoard, post_id: int, body: str, *, by: str) -> None:
    async with board.db.snapshot() as reader:
        version = await reader.value("SELECT version FROM posts WHERE id = :id", id=post_id)
    await posting.edit(
        board.db, board.viewer(by), post_id, Edit(body, int(version or 0), "a word"), now=now_ms()
    )


async def change(board: WholeBoard, event: Event, sql: str, **values: Value) -> None:
    """What an action will do one day: change a row, and say so in the log."""
    async with board.db.begin() as writer:
        await writer.run(sql, **values)
        writer.append(event)


async def set_role(board: WholeBoard, role: Role) -> None:
    member_id = board.viewer("bo").id
    assert member_id is not None
    await members.change_role(board.db, board.viewer("ada"), member_id, role, now=now_ms())


async def change_bo(board: WholeBoard, sql: str, **values: Value) -> None:
    member_id = board.viewer("bo").id
    about_bo = Event(Kind.MEMBER, member_id or 0, Audience.PUBLIC, member_id=member_id)
    await change(board, about_bo, f"UPDATE members SET {sql} WHERE id = :id", id=member_id, **values)


async def change_everything_said(board: WholeBoard) -> None:
    values = DEFAULTS | {"forum_name": "Hearth", "notice": "Be gentle.", "rules": "Be brief."}
    async with board.db.snapshot() as reader:
        upcoming = await reader.value("SELECT COUNT(*) + 1000 FROM posts")
    await change_settings(board.db, board.viewer("ada"), values, str(upcoming))


async def set_visibility(board: WholeBoard, visibility: Audience) -> None:
    async def hide(writer: Writer) -> None:
        await categories.set_visibility(writer, 1, visibility)
        writer.append(Event(Kind.CATEGORY, 1, Audience.PUBLIC, category_id=1))
        await event_log.new_epoch(writer)

    async with board.db.begin() as writer:
        await hide(writer)


def now_and(act: Callable[..., Awaitable[object]], *given: object) -> Act:
    async def acting(board: WholeBoard, talk: Talk) -> None:
        await act(board.db, board.viewer("mod"), talk.topic_id, *given, now=now_ms())

    return acting


async def renamed_topic(board: WholeBoard, talk: Talk) -> None:
    """Its address stays the same, so that its page can be compared."""
    about = Event(Kind.TOPIC, talk.topic_id, Audience.PUBLIC, talk.topic_id, 1)
    sql = "UPDATE topics SET title = :title WHERE id = :id"
    await change(board, about, sql, id=talk.topic_id, title="How do YOU sleep?")


async def renamed_category(board: WholeBoard, talk: Talk) -> None:
    about = Event(Kind.CATEGORY, 1, Audience.PUBLIC, category_id=1)
    await change(board, about, "UPDATE categories SET name = :name WHERE id = 1", name="Everything else")


async def remove(board: WholeBoard, post_id: int) -> None:
    await moderation.remove_post(board.db, board.viewer("mod"), post_id, "spam", now=now_ms())


async def restore(board: WholeBoard, post_id: int) -> None:
    await moderation.restore_post(board.db, board.viewer("mod"), post_id, now=now_ms())


# In the order in which they are done; each changes something that a guest sees.
ACTS: dict[str, Act] = {
    "reply": lambda board, talk: board.reply(talk.topic_id, "One more.", by="cleo"),
    "topic": lambda board, _: board.topic("Another one", "Hello.", by="cleo"),
    "edit": lambda board, talk: edit(board, talk.answer, "Cold milk.", by="bo"),
    "edit of a quoted post": lambda board, talk: edit(board, talk.first, f"The {WORD} again.", by="ann"),
    "edit by a moderator": lambda board, talk: edit(board, talk.answer, "Milk.", by="mod"),
    "edit that quotes": lambda board, talk: edit(board, talk.answer, f"[quote={talk.last}]\n\nYes.", by="bo"),
    "thank": lambda board, talk: thanking.thank(board.db, board.viewer("ann"), talk.answer, now=now_ms()),
    "take back": lambda board, talk: thanking.take_back(board.db, board.viewer("ann"), talk.answer),
    "remove a quoted post": lambda board, talk: remove(board, talk.last),
    "restore it": lambda board, talk: restore(board, talk.last),
    "remove": lambda board, talk: remove(board, talk.answer),
    "restore": lambda board, talk: restore(board, talk.answer),
    "lock": now_and(partial(moderation.set_locked, locked=True)),
    "unlock": now_and(partial(moderation.set_locked, locked=False)),
    "pin": now_and(partial(moderation.set_pinned, pinned=True)),
    "unpin": now_and(partial(moderation.set_pinned, pinned=False)),
    "rename": renamed_topic,
    "rename a category": renamed_category,
    "remove a topic": now_and(moderation.remove_topic, "spam"),
    "restore a topic": now_and(moderation.restore_topic),
    "make a moderator": lambda board, _: set_role(board, Role.MODERATOR),
    "make a member": lambda board, _: set_role(board, Role.MEMBER),
    "rename a member": lambda board, _: change_bo(board, "username = :name", name="Bodil"),
    "change a personal text": lambda board, _: change_bo(board, "personal_text = :text", text="Tired"),
    "settings": lambda board, _: change_everything_said(board),
    "hide a category": lambda board, _: set_visibility(board, Audience.MEMBERS),
    "show a category": lambda board, _: set_visibility(board, Audience.PUBLIC),
}


async def all_is_told(board: WholeBoard) -> None:
    """Holds once the job is done that tells old posts of their author's new name or role."""
    async with board.db.snapshot() as reader:
        assert await reader.value("SELECT COUNT(*) FROM retellings") == 0


async def test_after_every_act_a_guests_page_is_like_a_fresh_one(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    talk = await talk_on(board)
    async with board.browser() as guest, board.browser("ann") as ann, board.browser("mod") as mod:
        for name, act in ACTS.items():
            await read(ann, talk.places)
            await read(mod, talk.places)
            before = await read(guest, talk.places)
            public = sum(status == 200 for status, _ in before.values())
            assert len(kept(board)) == public, f"{name}: the premise"
            tags = {place: (await guest.get(place)).headers.get("etag", "") for place in talk.places}
            await act(board, talk)
            await eventually(lambda: all_is_told(board))
            after = await read(guest, talk.places)
            for client in (guest, ann, mod):
                seen = await read(client, talk.places)
                assert seen == await read_afresh(board, client, talk.places), name
            changed = {place for place in talk.places if after[place] != before[place]}
            assert changed, f"{name}: the premise"
            for place, tag in tags.items():
                answer = await guest.get(place, headers={"If-None-Match": tag} if tag else {})
                assert (answer.status_code == 304) == (bool(tag) and place not in changed), (name, place)


async def test_what_is_removed_is_in_no_kept_byte_once_it_is_committed(board: WholeBoard) -> None:
    talk = await talk_on(board)
    async with board.browser() as guest, board.browser("ann") as ann, board.browser("mod") as mod:
        for client in (guest, ann, mod):
            await read(client, talk.places)
            await client.get(talk.url, headers={"Accept-Encoding": "gzip"})
        assert WORD in everything_kept(board)  # the premise
        await remove(board, talk.last)
        assert WORD in everything_kept(board)
        await remove(board, talk.first)
        assert WORD not in everything_kept(board)
        for client in (guest, ann, mod):
            await read(client, talk.places)
        assert WORD not in everything_kept(board)


def everything_kept(board: WholeBoard) -> str:
    """All pages in this process's memory, plain and packed, and the fragments with what they were made of."""
    found = []
    for page in kept(board)._pages.values():
        found.append(page.copy.form(Wish()).body.decode())
        packed = page.copy.form(Wish(packed=True))
        found.append(gzip.decompress(packed.body).decode())
    known: KnownPosts = board.server.app.state.known_posts
    found += [repr(post) for post in known._known.values()]
    renderer: Renderer = board.server.app.state.renderer
    found += [repr(fragment) for fragment in renderer.fragments._kept.values()]
    return "\n".join(found)


async def test_a_quote_goes_with_the_category_it_stands_in(board: WholeBoard) -> None:
    """Told by nothing but the category's own event."""
    talk = await talk_on(board)
    board.places[Audience.PUBLIC] = await another_category(board)
    other = await board.topic("Elsewhere", f"[quote={talk.first}]\n\nIndeed.", by="ann")
    places = [f"/topics/{other.topic_id}/elsewhere"]
    about = Event(Kind.CATEGORY, 1, Audience.PUBLIC, category_id=1)
    sql = "UPDATE categories SET visibility = :visibility WHERE id = 1"
    async with board.browser() as guest, board.browser("ann") as ann, board.browser("mod") as mod:
        for visibility in (Audience.STAFF, Audience.PUBLIC, Audience.MEMBERS):
            for client in (guest, ann, mod):
                await read(client, places)
            await change(board, about, sql, visibility=int(visibility))
            for client, audience in ((guest, Audience.PUBLIC), (ann, Audience.MEMBERS)):
                seen = await read(client, places)
                assert seen == await read_afresh(board, client, places)
                assert (WORD in seen[places[0]][1]) == (visibility is Audience.PUBLIC), audience
            assert await read(mod, places) == await read_afresh(board, mod, places)


async def another_category(board: WholeBoard) -> int:
    async with board.db.begin() as writer:
        return await categories.add(
            writer,
            section_id=1,
            name="Elsewhere",
            slug="elsewhere",
            description="",
            visibility=Audience.PUBLIC,
            position=9,
        )


async def test_a_page_stays_kept_while_other_things_happen(board: WholeBoard) -> None:
    talk = await talk_on(board)
    board.places[Audience.PUBLIC] = await another_category(board)
    async with board.browser() as guest:
        first = await guest.get(talk.url)
        elsewhere = await board.topic("Elsewhere", "Far away.", by="ada")
        await board.reply(elsewhere.topic_id, "Indeed.", by="ada")
        second = await guest.get(talk.url)
        assert second.content == first.content  # its position too: it is the very one that was kept
        await board.reply(elsewhere.topic_id, "Me too.", by="bo")  # he stands on the page
        assert (await guest.get(talk.url)).content != first.content
