"""R2's acts of those who say something about themselves, and of who asks them."""

from server.actions import profile_fields, profiles
from server.actions.images import Images
from server.actions.profiles import ProfileDraft
from server.domain.clock import now_ms
from server.domain.profile_fields import FieldDraft
from server.domain.viewer import Audience
from server.store.avatars import Avatars
from tests.actions.r2_acts import Perform, act, conversation
from tests.support.model_board import NO_LIMITS, ModelBoard
from tests.support.pictures import phone_photo


async def _save(board: ModelBoard, draft: ProfileDraft) -> None:
    await profiles.save_profile(board.db, board.viewer("bo"), draft, now=now_ms(), limits=NO_LIMITS)


async def _ask(board: ModelBoard, visibility: str) -> str:
    draft = FieldDraft("Year of diagnosis", "year", visibility)
    number = await profile_fields.add_field(board.db, board.viewer("ada"), draft, now=now_ms())
    return f"field_{number}"


@act("profiles.save_profile")
async def a_personal_text_beside_posts(board: ModelBoard) -> Perform:
    await conversation(board)
    await conversation(board, Audience.MEMBERS)
    return lambda: _save(board, ProfileDraft("Tea first", "I *garden*."))


@act("profiles.save_profile")
async def a_field_for_members(board: ModelBoard) -> Perform:
    await conversation(board)
    name = await _ask(board, "members")
    return lambda: _save(board, ProfileDraft("", "", {name: "2019"}))


@act("profiles.save_profile")
async def a_field_for_everyone(board: ModelBoard) -> Perform:
    await conversation(board)
    name = await _ask(board, "everyone")
    return lambda: _save(board, ProfileDraft("", "", {name: "2019"}))


@act("profiles.save_profile", shows=False)
async def the_same_again(board: ModelBoard) -> Perform:
    await conversation(board)
    await _save(board, ProfileDraft("Tea first", "I garden."))
    return lambda: _save(board, ProfileDraft("Tea first ", "I garden.\n"))


@act("profiles.change_picture")
async def the_first_picture(board: ModelBoard) -> Perform:
    await conversation(board)
    return lambda: _picture(board)


@act("profiles.remove_picture")
async def the_only_picture(board: ModelBoard) -> Perform:
    await conversation(board)
    await _picture(board)
    return lambda: profiles.remove_picture(board.db, Avatars(board.folder), board.viewer("bo"), now=now_ms())


async def _picture(board: ModelBoard) -> str:
    return await profiles.change_picture(
        board.db,
        Avatars(board.folder),
        Images(),
        board.viewer("bo"),
        phone_photo(),
        now=now_ms(),
        limits=NO_LIMITS,
    )


@act("profile_fields.add_field", shows=False)
async def that_nobody_has_filled_in(board: ModelBoard) -> Perform:
    await conversation(board)
    return lambda: _ask(board, "everyone")
