"""R2's acts of those who write, thank, sign in and set things."""

from server.actions import (
    accounts,
    members,
    moderation,
    posting,
    presence,
    sessions,
    settings,
    thanking,
    tokens,
)
from server.actions.members import NewMember
from server.actions.password_change import change_password
from server.actions.posting import Edit, Posted
from server.domain.clock import now_ms
from server.domain.settings import DEFAULTS
from server.domain.viewer import Audience, Role
from tests.actions.r2_acts import Perform, act, conversation, full_topic
from tests.support.model_board import NO_LIMITS, ModelBoard
from tests.support.small_board import PASSWORD


@act("posting.start_topic")
async def the_first_one(board: ModelBoard) -> Perform:
    await conversation(board, Audience.MEMBERS)
    return board.topic


@act("posting.start_topic")
async def one_that_only_members_see(board: ModelBoard) -> Perform:
    await conversation(board)
    return lambda: board.topic(where=Audience.MEMBERS)


@act("posting.start_topic")
async def one_that_only_staff_sees(board: ModelBoard) -> Perform:
    await conversation(board)
    return lambda: board.topic(by="mod", where=Audience.STAFF)


@act("posting.start_topic")
async def more_than_a_page_of_topics(board: ModelBoard) -> Perform:
    for _ in range(20):
        await board.topic()
    return board.topic


@act("posting.reply")
async def with_quotes(board: ModelBoard) -> Perform:
    opening, reply, _ = await conversation(board)
    return lambda: board.reply(opening.topic_id, f"[quote={reply.post_id}]\n\nWhy?", by="ann")


@act("posting.reply")
async def where_only_members_see(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board, Audience.MEMBERS)
    return lambda: board.reply(opening.topic_id)


@act("posting.reply")
async def in_an_old_topic_that_comes_up_again(board: ModelBoard) -> Perform:
    old = await board.topic()
    for _ in range(21):
        await board.topic(by="bo")
    return lambda: board.reply(old.topic_id)


@act("posting.reply")
async def onto_the_next_page(board: ModelBoard) -> Perform:
    opening = await full_topic(board)
    return lambda: board.reply(opening.topic_id)


@act("posting.reply")
async def in_a_pinned_topic(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    await moderation.set_pinned(board.db, board.viewer("mod"), opening.topic_id, True, now=now_ms())
    return lambda: board.reply(opening.topic_id)


async def _edit(board: ModelBoard, posted: Posted, body: str, by: str = "ann") -> Posted:
    change = Edit(body, version=10**9, reason="clearer")
    return await posting.edit(board.db, board.viewer(by), posted.post_id, change, now=now_ms())


@act("posting.edit")
async def a_quoted_post(board: ModelBoard) -> Perform:
    _, reply, _ = await conversation(board)
    return lambda: _edit(board, reply, "First of all. Cold soup helps most.", by="bo")


@act("posting.edit")
async def by_staff(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    return lambda: _edit(board, opening, "Ask.", by="mod")


@act("posting.edit")
async def a_post_that_only_members_see(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board, Audience.MEMBERS)
    return lambda: _edit(board, opening, "Ask.")


@act("posting.edit", shows=False)
async def without_a_change(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    return lambda: _edit(board, opening, "Ask *before* the count.")


@act("thanking.thank")
async def twice(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)

    async def perform() -> None:
        for name in ("bo", "mod", "mod"):
            await thanking.thank(board.db, board.viewer(name), opening.post_id, now=now_ms())

    return perform


@act("thanking.thank")
async def for_a_post_that_only_members_see(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board, Audience.MEMBERS)
    return lambda: thanking.thank(board.db, board.viewer("bo"), opening.post_id, now=now_ms())


@act("thanking.take_back")
async def one_of_two(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    for name in ("bo", "mod"):
        await thanking.thank(board.db, board.viewer(name), opening.post_id, now=now_ms())
    return lambda: thanking.take_back(board.db, board.viewer("bo"), opening.post_id)


@act("members.add_member", shows=False)
async def somebody_new(board: ModelBoard) -> Perform:
    await conversation(board)
    draft = NewMember("cleo", "cleo@example.org", PASSWORD)
    return lambda: members.add_member(board.db, board.passwords, draft, Role.MEMBER, now=now_ms())


@act("members.change_role")
async def somebody_who_has_not_written(board: ModelBoard) -> Perform:
    """Who wrote keeps the earlier role beside old posts until these are shown again: a known limit."""
    await board.topic()
    return lambda: members.change_role(
        board.db, board.viewer("ada"), board.people["bo"].id or 0, Role.MODERATOR, now=now_ms()
    )


@act("accounts.sign_up", shows=False)
async def with_a_name_of_ones_own(board: ModelBoard) -> Perform:
    await conversation(board)
    draft = NewMember("cleo", "cleo@example.org", PASSWORD, accepts_rules=True)
    return lambda: accounts.sign_up(board.db, board.passwords, draft, now=now_ms(), limits=NO_LIMITS)


async def _sign_in(board: ModelBoard) -> sessions.SignedIn:
    return await accounts.sign_in(
        board.db, board.passwords, "ann", PASSWORD, remember=False, now=now_ms(), limits=NO_LIMITS
    )


@act("accounts.sign_in", shows=False)
async def by_name(board: ModelBoard) -> Perform:
    await conversation(board)
    return lambda: _sign_in(board)


@act("sessions.sign_out", shows=False)
async def of_one_browser(board: ModelBoard) -> Perform:
    await conversation(board)
    signed_in = await _sign_in(board)
    return lambda: sessions.sign_out(board.db, signed_in.viewer, now=now_ms())


@act("sessions.end_device", shows=False)
async def of_another_browser(board: ModelBoard) -> Perform:
    await conversation(board)
    here, there = (await _sign_in(board)).viewer, (await _sign_in(board)).viewer
    assert there.session_id is not None
    number = there.session_id
    return lambda: sessions.end_device(board.db, here, number, now=now_ms())


@act("sessions.end_other_devices", shows=False)
async def of_all_other_browsers(board: ModelBoard) -> Perform:
    await conversation(board)
    here = (await _sign_in(board)).viewer
    for _ in range(3):
        await _sign_in(board)
    return lambda: sessions.end_other_devices(board.db, here, now=now_ms())


@act("password_change.change_password", shows=False)
async def by_who_is_signed_in_twice(board: ModelBoard) -> Perform:
    await conversation(board)
    here = (await _sign_in(board)).viewer
    await _sign_in(board)
    return lambda: change_password(
        board.db, board.passwords, here, PASSWORD, "nine loud lanterns", now=now_ms(), limits=NO_LIMITS
    )


@act("settings.change_settings", shows=False)
async def the_notice_above_every_page(board: ModelBoard) -> Perform:
    """The board's name and notice stand outside of what lives, and change with the next page."""
    await conversation(board)
    values = {**DEFAULTS, "notice": "Back at nine"}
    async with board.db.snapshot() as reader:
        upcoming = str(await reader.value("SELECT COUNT(*) + 1000 FROM posts"))
    return lambda: settings.change_settings(board.db, board.viewer("ada"), values, upcoming)


async def _token(board: ModelBoard) -> tokens.Made:
    draft = tokens.TokenDraft("my script", "read", "30", PASSWORD)
    ann = board.viewer("ann")
    return await tokens.make_token(board.db, board.passwords, ann, draft, now=now_ms(), limits=NO_LIMITS)


@act("tokens.make_token", shows=False)
async def for_a_program(board: ModelBoard) -> Perform:
    await conversation(board)
    return lambda: _token(board)


@act("tokens.end_token", shows=False)
async def of_a_program(board: ModelBoard) -> Perform:
    await conversation(board)
    made = await _token(board)
    return lambda: tokens.end_token(board.db, board.viewer("ann"), made.id, now=now_ms())


@act("presence.choose_presence")  # the card on the profile gets a new version
async def that_becomes_invisible(board: ModelBoard) -> Perform:
    await conversation(board)
    return lambda: presence.choose_presence(board.db, board.viewer("bo"), "invisible")
