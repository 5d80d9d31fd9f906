"""How much room the files take that members have sent; what there is room for is a setting."""

from dataclasses import dataclass

from server.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class Taken:
    """How many bytes are kept, and in how many uploads."""

    size: int
    uploads: int


async def taken(reader: Reader) -> Taken:
    """By everybody."""
    row = await reader.one("SELECT COALESCE(SUM(size), 0), COUNT(*) FROM uploads")
    assert row is not None  # an aggregate has one row
    return Taken(int(row[0]), int(row[1]))


async def taken_by(reader: Reader, member_id: int) -> int:
    """Bytes that are kept for the member."""
    found = await reader.value(
        "SELECT COALESCE(SUM(size), 0) FROM uploads WHERE member_id = :id", id=member_id
    )
    return int(found or 0)


async def size_of(reader: Reader, name: str) -> int:
    """Bytes of one upload; 0 when there is none of that name."""
    return int(await reader.value("SELECT size FROM uploads WHERE name = :name", name=name) or 0)


async def is_counted(reader: Reader, name: str) -> bool:
    """Whether there is an upload of that name."""
    return await reader.value("SELECT 1 FROM uploads WHERE name = :name", name=name) is not None


async def add(writer: Writer, name: str, member_id: int, size: int, now: int) -> None:
    """Counts the files of an upload."""
    await writer.run(
        "INSERT INTO uploads (name, member_id, size, created_at) VALUES (:name, :member_id, :size, :now)",
        name=name,
        member_id=member_id,
        size=size,
        now=now,
    )


async def free(writer: Writer, name: str) -> None:
    """Counts the files no more: they are deleted after the commit."""
    await writer.run("DELETE FROM uploads WHERE name = :name", name=name)


async def uncounted(reader: Reader, limit: int) -> list[tuple[int, str]]:
    """Members with a picture that came before uploads were counted, and its name."""
    rows = await reader.all(
        "SELECT m.id, m.picture FROM members m WHERE m.picture <> ''"
        " AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.name = m.picture) ORDER BY m.id LIMIT :limit",
        limit=limit,
    )
    return [(row[0], row[1]) for row in rows]
