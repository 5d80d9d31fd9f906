"""Which channels of the socket each person of the table of acts is granted, in each situation (S21)."""

import pytest

from tests.support.acts_scene import ARCHIVED, AUDIENCES, BROWSERS, GONE, LOCKED, OPEN, set_the_stage
from tests.support.acts_table import EVERYBODY, FOR, HERE, MEMBERS, STAFF
from tests.support.sockets import member_socket
from tests.support.whole_board import WholeBoard, sqlite_board

__all__ = ["sqlite_board"]


@pytest.mark.parametrize("category", FOR)
async def test_ready_grants_just_what_the_table_says(sqlite_board: WholeBoard, category: str) -> None:
    stage = await set_the_stage(sqlite_board)
    readers = FOR[category]
    moderators = tuple(name for name in HERE if name in readers)
    ann = sqlite_board.viewer("ann").id
    granted: dict[str, tuple[str, ...]] = {
        "board": EVERYBODY, "moderation": STAFF, "administration": ("ada",), f"member:{ann}": ("ann",),
        f"profile:{ann}": EVERYBODY, f"profile:{ann}:members": MEMBERS, f"profile:{ann}:staff": STAFF,
    }  # fmt: skip
    for state in (OPEN, LOCKED, GONE, ARCHIVED):  # the last one archives the category of all
        at = await stage.scene(category, state)
        granted[f"topic:{at.topic}"] = () if state == GONE else readers
        granted[f"topic:{at.topic}:staff"] = moderators
    place = sqlite_board.places[AUDIENCES[category]]
    granted[f"category:{place}"] = readers
    granted[f"category:{place}:staff"] = moderators
    for name in EVERYBODY:
        person = BROWSERS.get(name, name)
        cookie = None if person is None else sqlite_board.cookie(person)
        async with member_socket(sqlite_board.base_url, cookie=cookie) as socket:
            ready = await socket.hello([*granted])
        assert ready["channels"] == [channel for channel, who in granted.items() if name in who], name
        assert ready["denied"] == [channel for channel, who in granted.items() if name not in who], name
