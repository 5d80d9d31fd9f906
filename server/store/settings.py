"""Board settings: edited in the browser, with a working default for each."""

from server.domain import board_limits, help_lines
from server.domain.announcements import Announcement
from server.domain.board_limits import BoardLimits
from server.domain.clock import now_ms
from server.domain.guide import GUIDE
from server.domain.settings import DEFAULTS, JOINING, UPLOADS, Board
from server.domain.viewer import Audience
from server.store.columns import in_list
from server.store.database import Reader, Writer

_ALL = DEFAULTS | JOINING | UPLOADS | board_limits.DEFAULTS | help_lines.DEFAULTS | {"guide": GUIDE}
_FORM_KEY = "form_key"  # made by the migration; no page shows it


async def text(reader: Reader, name: str) -> str:
    """One setting; KeyError for a name that is none."""
    found = await reader.value("SELECT value FROM settings WHERE name = :name", name=name)
    return _ALL[name] if found is None else str(found)


async def rules_version(reader: Reader) -> int:
    """Which version of the rules holds; it rises when members are to accept them again."""
    return int(await text(reader, "rules_version"))


async def limits(reader: Reader) -> BoardLimits:
    """How much members may do now."""
    names, values = in_list("name", list(board_limits.DEFAULTS))
    rows = await reader.all(f"SELECT name, value FROM settings WHERE name IN {names}", **values)
    return board_limits.stored_limits(dict(rows))


async def form_key(reader: Reader) -> bytes:
    """The board's own key, by which it knows forms that it made (`domain/form_times.py`)."""
    return str(await reader.value("SELECT value FROM settings WHERE name = :name", name=_FORM_KEY)).encode()


async def every(reader: Reader) -> dict[str, str]:
    """The board's texts by name."""
    rows = await reader.all("SELECT name, value FROM settings")
    return DEFAULTS | {row[0]: row[1] for row in rows if row[0] in DEFAULTS}


# One statement for all that stands on every page. What is still to be announced has no words in it.
_BOARD = (
    "SELECT name, value, 0 AS id, 0 AS audience, CAST(0 AS BIGINT) AS begins_at, CAST(0 AS BIGINT) AS ends_at"
    " FROM settings WHERE name IN ('forum_name', 'notice')"
    " UNION ALL SELECT '', CASE WHEN a.begins_at <= :now THEN a.text ELSE '' END, a.id, a.audience,"
    " a.begins_at, a.ends_at FROM announcements a WHERE a.ends_at > :now"
)


async def board(reader: Reader, now: int | None = None) -> Board:
    """What every page says about the board itself, at that moment (milliseconds UTC)."""
    now = now_ms() if now is None else now
    rows = await reader.all(_BOARD, now=now)
    found = DEFAULTS | {row[0]: row[1] for row in rows if row[0]}
    known = [Announcement(row[2], row[1], Audience(row[3]), row[4], row[5]) for row in rows if not row[0]]
    standing = sorted((one for one in known if one.stands(now)), key=lambda one: (-one.begins_at, one.id))
    moments = (moment for one in known for moment in (one.begins_at, one.ends_at) if moment > now)
    return Board(found["forum_name"], found["notice"], tuple(standing), min(moments, default=None))


async def put(writer: Writer, name: str, value: str) -> None:
    """Set one; KeyError for a name that is none."""
    if name not in _ALL:
        raise KeyError(name)
    await writer.run(
        "INSERT INTO settings (name, value) VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name=name,
        value=value,
    )
