"""R2's acts of names: somebody is called something else, on every page that names him."""

from server.actions import member_accounts, moderation, posting, renaming, thanking, two_step
from server.domain.clock import now_ms
from server.domain.viewer import Audience, Role, Viewer
from server.store import second_factors
from tests.actions.r2_acts import Perform, act, conversation
from tests.support.model_board import NO_LIMITS, ModelBoard
from tests.support.small_board import PASSWORD

BOARD_ITSELF = Viewer(None, "", Role.ADMIN)


async def _everywhere(board: ModelBoard) -> None:
    """bo wrote last, is quoted, and said thank you, in every kind of place."""
    for where in (Audience.PUBLIC, Audience.MEMBERS):
        opening, _, answer = await conversation(board, where)
        for post in (opening, answer):
            await thanking.thank(board.db, board.viewer("bo"), post.post_id, now=now_ms())
        await board.reply(opening.topic_id, "And tea.")


async def _change(board: ModelBoard, name: str) -> None:
    await renaming.change_name(
        board.db, board.passwords, board.viewer("bo"), name, PASSWORD, now=now_ms(), limits=NO_LIMITS
    )


@act("renaming.change_name")
async def of_one_who_stands_everywhere(board: ModelBoard) -> Perform:
    await _everywhere(board)
    return lambda: _change(board, "Bela")


@act("renaming.change_name")
async def in_its_capitals_only(board: ModelBoard) -> Perform:
    await _everywhere(board)
    return lambda: _change(board, "Bo")


@act("renaming.rename_member")
async def of_a_moderator_who_removed_and_edited(board: ModelBoard) -> Perform:
    opening, reply, answer = await conversation(board)
    mod = board.viewer("mod")
    edit = posting.Edit("Soup helps, they say.", reply.position, "kinder")
    await posting.edit(board.db, mod, reply.post_id, edit, now=now_ms())
    await moderation.remove_post(board.db, mod, answer.post_id, "advertising", now=now_ms())
    gone = await board.topic("Gone.", by="ann")
    await moderation.remove_topic(board.db, mod, gone.topic_id, "twice", now=now_ms())
    await board.reply(opening.topic_id, "Thank you.", by="mod")
    return lambda: renaming.rename_member(board.db, board.viewer("ada"), mod.id or 0, "Mona", now=now_ms())


@act("member_accounts.switch_second_factor_off")  # the profile's card gets a new version
async def of_who_lost_the_phone(board: ModelBoard) -> Perform:
    bo = board.viewer("bo")
    secret = await two_step.start_setup(
        board.db, board.passwords, bo, PASSWORD, now=now_ms(), limits=NO_LIMITS
    )
    async with board.db.begin() as writer:
        await second_factors.confirm(writer, bo.id or 0, secret, now_ms())
    return lambda: member_accounts.switch_second_factor_off(board.db, BOARD_ITSELF, bo.id or 0, now=now_ms())
