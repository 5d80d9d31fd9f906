"""How members like to read: a row for each who chose something.

Pages learn it with the session (`sessions.find` joins the row), so it costs no query of its own.
"""

from collections.abc import Sequence

from server.domain.preferences import Hours, Preferences, TextSize, Theme
from server.store.database import Reader, Writer

COLUMNS = "p.theme, p.text_size, p.zone, p.hours, p.calm"
"""What `from_row` needs of `preferences p`, in this order."""


def from_row(row: Sequence[object]) -> Preferences:
    """The values of COLUMNS, which are all NULL where nothing was chosen."""
    theme, text_size, zone, hours, calm = row
    if theme is None:
        return Preferences()
    return Preferences(Theme(str(theme)), TextSize(str(text_size)), str(zone), Hours(str(hours)), bool(calm))


async def of_member(reader: Reader, member_id: int) -> Preferences:
    """What the member chose, or what holds for those who chose nothing."""
    row = await reader.one(f"SELECT {COLUMNS} FROM preferences p WHERE p.member_id = :id", id=member_id)
    return Preferences() if row is None else from_row(row)


async def put(writer: Writer, member_id: int, chosen: Preferences) -> None:
    """Replaces what the member chose."""
    await writer.run(
        "INSERT INTO preferences (member_id, theme, text_size, zone, hours, calm)"
        " VALUES (:member_id, :theme, :text_size, :zone, :hours, :calm)"
        " ON CONFLICT (member_id) DO UPDATE SET theme = excluded.theme, text_size = excluded.text_size,"
        " zone = excluded.zone, hours = excluded.hours, calm = excluded.calm",
        member_id=member_id,
        theme=chosen.theme.value,
        text_size=chosen.text_size.value,
        zone=chosen.zone,
        hours=chosen.hours.value,
        calm=chosen.calm,
    )
