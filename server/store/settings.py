"""Board settings: edited in the browser, with a working default for each."""

from server.domain.guide import GUIDE
from server.domain.settings import DEFAULTS, JOINING, Board
from server.store.database import Reader, Writer

_ALL = DEFAULTS | JOINING | {"guide": GUIDE}
_FORM_KEY = "form_key"  # made by the migration; no page shows it


async def text(reader: Reader, name: str) -> str:
    """One setting; KeyError for a name that is none."""
    found = await reader.value("SELECT value FROM settings WHERE name = :name", name=name)
    return _ALL[name] if found is None else str(found)


async def rules_version(reader: Reader) -> int:
    """Which version of the rules holds; it rises when members are to accept them again."""
    return int(await text(reader, "rules_version"))


async def form_key(reader: Reader) -> bytes:
    """The board's own key, by which it knows forms that it made (`domain/form_times.py`)."""
    return str(await reader.value("SELECT value FROM settings WHERE name = :name", name=_FORM_KEY)).encode()


async def every(reader: Reader) -> dict[str, str]:
    """The board's texts by name."""
    rows = await reader.all("SELECT name, value FROM settings")
    return DEFAULTS | {row[0]: row[1] for row in rows if row[0] in DEFAULTS}


async def board(reader: Reader) -> Board:
    """What every page says about the board itself."""
    rows = await reader.all("SELECT name, value FROM settings WHERE name IN ('forum_name', 'notice')")
    found = DEFAULTS | dict(rows)
    return Board(found["forum_name"], found["notice"])


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
