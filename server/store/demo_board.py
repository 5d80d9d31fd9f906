"""What only the demo's board needs of the tables: personal texts, and a mark that it was filled wholly."""

from server.store.database import Reader, Writer

_COMPLETE = "demo_board"  # a row of settings that no administrator sees


async def set_personal_text(writer: Writer, member_id: int, text: str) -> None:
    """Replaces the line under the member's name."""
    await writer.run("UPDATE members SET personal_text = :text WHERE id = :id", id=member_id, text=text)


async def is_complete(reader: Reader) -> bool:
    """Whether the board was filled to the end."""
    return await reader.value("SELECT 1 FROM settings WHERE name = :name", name=_COMPLETE) is not None


async def mark_complete(writer: Writer) -> None:
    """Notes that the board was filled to the end."""
    await writer.run("INSERT INTO settings (name, value) VALUES (:name, 'complete')", name=_COMPLETE)
