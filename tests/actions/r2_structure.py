"""R2's acts of administrators on the board's shape, and on who moderates a category of its own."""

from server.actions import board_shape, category_moderators
from server.domain.board_shape import CategoryDraft
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from tests.actions.r2_acts import Perform, act, conversation
from tests.support.model_board import ModelBoard

PUBLIC = Audience.PUBLIC


@act("category_moderators.appoint")
async def a_badge_beside_her_posts_there(board: ModelBoard) -> Perform:
    await conversation(board)
    place = board.places[PUBLIC]
    return lambda: category_moderators.appoint(board.db, board.viewer("ada"), place, "ann", now=now_ms())


@act("category_moderators.dismiss")
async def a_badge_that_goes(board: ModelBoard) -> Perform:
    await conversation(board)
    place, ada = board.places[PUBLIC], board.viewer("ada")
    ann = await category_moderators.appoint(board.db, ada, place, "ann", now=now_ms())
    return lambda: category_moderators.dismiss(board.db, ada, place, ann, now=now_ms())


def described(seen_by: str, name: str = "For public", section: str = "1") -> CategoryDraft:
    return CategoryDraft(section, name, "", seen_by)


async def _change(board: ModelBoard, where: Audience, draft: CategoryDraft) -> None:
    await board_shape.change_category(board.db, board.viewer("ada"), board.places[where], draft, now=now_ms())


@act("board_shape.change_category")
async def so_that_only_members_see_it(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    await board.topic(f"[quote={opening.post_id}]\n\nSee there.", where=Audience.MEMBERS)
    return lambda: _change(board, PUBLIC, described("members"))


@act("board_shape.change_category")
async def so_that_only_staff_see_it(board: ModelBoard) -> Perform:
    await conversation(board, Audience.MEMBERS)
    return lambda: _change(board, Audience.MEMBERS, described("staff", "For members"))


@act("board_shape.change_category")
async def so_that_its_own_moderator_sees_it_no_longer(board: ModelBoard) -> Perform:
    await conversation(board)
    return lambda: _change(board, PUBLIC, described("staff"))


@act("board_shape.change_category")
async def so_that_everyone_sees_it(board: ModelBoard) -> Perform:
    hidden, _, _ = await conversation(board, Audience.MEMBERS)
    await board.topic(f"[quote={hidden.post_id}]\n\nSee there.")
    return lambda: _change(board, Audience.MEMBERS, described("everyone", "For members"))


@act("board_shape.change_category")
async def another_name(board: ModelBoard) -> Perform:
    await conversation(board)
    return lambda: _change(board, PUBLIC, described("everyone", "Living room"))


@act("board_shape.add_category")
async def one_more(board: ModelBoard) -> Perform:
    draft = described("everyone", "Zebras")
    return lambda: board_shape.add_category(board.db, board.viewer("ada"), draft, now=now_ms())


@act("board_shape.archive_category")
async def to_the_end_of_the_front_page(board: ModelBoard) -> Perform:
    await conversation(board)
    place = board.places[PUBLIC]
    return lambda: board_shape.archive_category(
        board.db, board.viewer("ada"), place, archived=True, now=now_ms()
    )


@act("board_shape.delete_category")
async def an_empty_one(board: ModelBoard) -> Perform:
    place = board.places[Audience.MEMBERS]
    return lambda: board_shape.delete_category(board.db, board.viewer("ada"), place, now=now_ms())


@act("board_shape.move_category")
async def one_place_down(board: ModelBoard) -> Perform:
    place = board.places[PUBLIC]
    return lambda: board_shape.move_category(board.db, board.viewer("ada"), place, 1, now=now_ms())


@act("board_shape.arrange")
async def the_other_way_round(board: ModelBoard) -> Perform:
    order = ",".join(str(place) for place in sorted(board.places.values(), reverse=True))
    return lambda: board_shape.arrange(board.db, board.viewer("ada"), f"1:{order}", now=now_ms())


@act("board_shape.rename_section")
async def a_heading(board: ModelBoard) -> Perform:
    return lambda: board_shape.rename_section(board.db, board.viewer("ada"), 1, "Here", now=now_ms())
