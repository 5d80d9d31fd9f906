"""How much members' files may take that are kept: of one member, and of the whole board (S31).

What counts is what is kept, so a small square of a large photograph is small. Whoever replaces a file needs
room for the difference only, and may always take a smaller one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.errors import Forbidden, Invalid
from server.domain.permissions import may_administer
from server.domain.settings import UPLOADS
from server.domain.validation import Problems
from server.domain.viewer import Viewer
from server.store import audit, settings, uploads
from server.store.database import Database, Reader

KB, MB = 2**10, 2**20  # bytes
# The least and the most that each limit can be set to, in the unit of its name.
BOUNDS = {
    "member_uploads_kb": (20, 100_000),
    "board_uploads_mb": (1, 10_000_000),
}

_NOT_ADMIN = "Only administrators can change how much may be uploaded."
_MEMBER_FULL = (
    "There is no room for this picture: {} KB are kept for each member, and it takes {} KB. Please choose a"
    " simpler one; a drawing takes less than a photograph."
)
_BOARD_FULL = (
    "There is no room for more pictures on this board at the moment, so yours was not kept. Please tell an"
    " administrator, or try again another day."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """In bytes."""

    member: int
    board: int


async def limits_of(reader: Reader) -> Limits:
    """What administrators have set."""
    member, board = [int(await settings.text(reader, name)) for name in UPLOADS]
    return Limits(member * KB, board * MB)


async def check_room(reader: Reader, member_id: int, size: int, replaced: str) -> None:
    """Raises Invalid (`picture`) unless there is room for that many bytes in place of the upload `replaced`.

    Of several members who upload at the same moment each may get the board's last room, on PostgreSQL.
    """
    limits, freed = await limits_of(reader), await uploads.size_of(reader, replaced)
    if size <= freed:
        return
    if await uploads.taken_by(reader, member_id) - freed + size > limits.member:
        raise Invalid({"picture": _MEMBER_FULL.format(limits.member // KB, -(-size // KB))})
    if (await uploads.taken(reader)).size - freed + size > limits.board:
        raise Invalid({"picture": _BOARD_FULL})


async def change_limits(db: Database, viewer: Viewer, values: Mapping[str, str], *, now: int) -> None:
    """Sets both, as typed. What is kept already stays, also where it is more than fits from now on.

    Raises Forbidden, or Invalid with a sentence for each that is wrong.
    """
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    problems, chosen = Problems(), {name: _number(values.get(name, "")) for name in UPLOADS}
    for name, (least, most) in BOUNDS.items():
        if not least <= chosen[name] <= most:
            problems.add(name, f"Please give a whole number from {least:,} to {most:,}.")
    problems.refuse()
    async with db.begin() as writer:
        before = ", ".join([await settings.text(writer, name) for name in UPLOADS])
        for name, number in chosen.items():
            await settings.put(writer, name, str(number))
        after = ", ".join(str(number) for number in chosen.values())
        await audit.note(
            writer, viewer.id, "upload_limits", "board", None, before=before, after=after, now=now
        )


def _number(typed: str) -> int:
    cleaned = typed.strip().replace(",", "")
    return int(cleaned) if cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 9 else 0
