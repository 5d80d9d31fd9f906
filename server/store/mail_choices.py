"""Which letters members want: a row for each who chose something."""

from dataclasses import dataclass

from server.domain.mail_choices import MailChoices
from server.domain.viewer import Role, Viewer
from server.store import standing
from server.store.database import Reader, Writer
from server.store.second_factors import WITHHELD_SQL


@dataclass(frozen=True, slots=True)
class Recipient:
    """A member to whom letters that can be done without may go; `viewer` is what he may see today."""

    viewer: Viewer
    email: str
    choices: MailChoices


async def of_member(reader: Reader, member_id: int) -> MailChoices:
    """What the member chose, or what holds for those who chose nothing."""
    row = await reader.one(
        "SELECT answers, texts, notices, reports FROM mail_choices WHERE member_id = :id", id=member_id
    )
    return MailChoices() if row is None else MailChoices(*map(bool, row))


async def put(writer: Writer, member_id: int, chosen: MailChoices) -> None:
    """Replaces what the member chose."""
    await writer.run(
        "INSERT INTO mail_choices (member_id, answers, texts, notices, reports)"
        " VALUES (:member_id, :answers, :texts, :notices, :reports) ON CONFLICT (member_id) DO UPDATE"
        " SET answers = excluded.answers, texts = excluded.texts, notices = excluded.notices,"
        " reports = excluded.reports",
        member_id=member_id,
        answers=chosen.answers,
        texts=chosen.texts,
        notices=chosen.notices,
        reports=chosen.reports,
    )


async def recipient(reader: Reader, member_id: int, now: int) -> Recipient | None:
    """The member, if he may be written to unasked at all: he has shown that the address is his, is a member,
    and is not banned or leaving. Else a letter might reach a stranger, or who is done with the board."""
    row = await reader.one(
        f"SELECT m.username, m.role, {WITHHELD_SQL}, m.email FROM members m WHERE m.id = :id"
        " AND m.email_confirmed_at IS NOT NULL AND m.disabled_at IS NULL AND m.leaving_at IS NULL"
        " AND m.role <> 'waiting'",
        id=member_id,
    )
    if row is None or (await standing.of(reader, member_id, now)).ban is not None:
        return None
    viewer = Viewer(member_id, row[0], Role.MEMBER if row[2] else Role(row[1]))
    return Recipient(viewer, row[3], await of_member(reader, member_id))
