"""Global post numbers: rising, never reused, starting where an administrator says."""

from server.store.database import Reader, Writer


async def take(writer: Writer) -> int:
    """The next number. A rolled-back transaction leaves a gap on PostgreSQL, which is harmless."""
    if writer.dialect == "postgresql":  # a row would hold up every other writer until commit
        return int(await writer.value("SELECT nextval('post_number')") or 0)
    return int(
        await writer.value("UPDATE head SET next_post = next_post + 1 WHERE id = 1 RETURNING next_post - 1")
        or 0
    )


async def upcoming(reader: Reader) -> int:
    """The number the next post will get."""
    if reader.dialect == "postgresql":
        return int(
            await reader.value(
                "SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM post_number"
            )
            or 1
        )
    return int(await reader.value("SELECT next_post FROM head WHERE id = 1") or 1)


async def start_at(writer: Writer, number: int) -> None:
    """Give `number` to the next post. The caller makes sure that it is above every number in use."""
    if writer.dialect == "postgresql":
        await writer.value("SELECT setval('post_number', CAST(:number AS BIGINT), false)", number=number)
    else:
        await writer.run("UPDATE head SET next_post = :number WHERE id = 1", number=number)


async def highest(reader: Reader) -> int:
    """The highest number in use, 0 on an empty board."""
    return int(await reader.value("SELECT COALESCE(MAX(id), 0) FROM posts") or 0)
