"""Members as an audience may see them, and what they say about themselves. Nothing private is read here."""

from dataclasses import dataclass, replace

from server.domain.models import Profile
from server.domain.viewer import Audience, Role
from server.store import profile_fields, sanctions
from server.store.database import Reader, Row, Writer

# Given, like received, counts where everyone may see it. Removed posts stay in it: given is given.
_GIVEN = (
    "(SELECT COUNT(*) FROM thanks k JOIN posts p ON p.id = k.post_id JOIN topics t ON t.id = p.topic_id"
    f" JOIN categories c ON c.id = t.category_id WHERE k.member_id = m.id"
    f" AND c.visibility = {int(Audience.PUBLIC)})"
)
_PROFILE = (
    "SELECT m.id, m.username, m.role, m.personal_text, m.created_at, m.posts, m.thanks_received, m.version,"
    f" {_GIVEN}, m.picture, m.about_html FROM members m"
    " WHERE m.role <> 'waiting'"  # nobody is shown before a moderator has looked
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a member says about himself, as typed."""

    personal_text: str
    about: str
    picture: str


async def find(reader: Reader, member_id: int, audience: Audience) -> Profile | None:
    """The member with that id."""
    return await _seen_by(reader, await reader.one(f"{_PROFILE} AND m.id = :id", id=member_id), audience)


async def named(reader: Reader, name_key: str, audience: Audience) -> Profile | None:
    """The member whose name is the same for a reader's eye (`names.name_key`)."""
    row = await reader.one(f"{_PROFILE} AND m.name_key = :name_key", name_key=name_key)
    return await _seen_by(reader, row, audience)


async def _seen_by(reader: Reader, row: Row | None, audience: Audience) -> Profile | None:
    if row is None:
        return None
    profile = Profile(row[0], row[1], Role(row[2]), *row[3:])
    fields = await profile_fields.shown(reader, profile.id, audience)
    return replace(profile, fields=fields, ban=await sanctions.shown_ban(reader, profile.id))


_SAID = "SELECT personal_text, about, picture FROM members WHERE id = :id"


async def said(reader: Reader, member_id: int) -> Said | None:
    """What the member says, for himself to change."""
    row = await reader.one(_SAID, id=member_id)
    return Said(*row) if row else None


async def hold(writer: Writer, member_id: int) -> Said | None:
    """The same, kept from others until the transaction ends."""
    row = await writer.one(_SAID + writer.for_update, id=member_id)
    return Said(*row) if row else None


async def set_texts(
    writer: Writer, member_id: int, *, personal_text: str, about: str, about_html: str
) -> None:
    """Replaces the line under the name and the text about oneself, with its rendering."""
    await writer.run(
        "UPDATE members SET personal_text = :personal_text, about = :about, about_html = :about_html"
        " WHERE id = :id",
        id=member_id,
        personal_text=personal_text,
        about=about,
        about_html=about_html,
    )


async def set_picture(writer: Writer, member_id: int, picture: str) -> None:
    """Replaces the name of the picture's files; empty for none."""
    await writer.run("UPDATE members SET picture = :picture WHERE id = :id", id=member_id, picture=picture)


async def pictures(reader: Reader) -> set[str]:
    """The names of all members' pictures, those that were removed with a ban too: they may come back."""
    rows = await reader.all(
        "SELECT picture FROM members WHERE picture <> '' UNION SELECT picture FROM sweeps WHERE picture <> ''"
    )
    return {row[0] for row in rows}
