"""What members say about themselves: a picture, a line under the name, a text, and the board's own fields."""

import asyncio
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from server.actions import bylines, news, uploads
from server.actions.images import Images
from server.actions.limits import Limits
from server.actions.sessions import member_of
from server.actions.writers import writer_of
from server.domain import markup
from server.domain.bylines import Byline
from server.domain.clock import HOUR
from server.domain.errors import Invalid, NotFound
from server.domain.markup_text import clean_source
from server.domain.profile_fields import clean_value, value_problem
from server.domain.validation import Problems, about_problem, clean_personal_text, personal_text_problem
from server.domain.viewer import Viewer
from server.store import audit, profile_fields, profiles, settings
from server.store import uploads as stored_uploads
from server.store.avatars import Avatars
from server.store.database import Database, Writer

CHANGES = (
    30,
    60 * 60,
)  # of what stands beside one's posts, by one member, in seconds: each is told everywhere
COUNTED_AT_ONCE = 500  # pictures
SWEPT_AFTER = HOUR  # milliseconds after which a file that no row names is nobody's


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """What a member wants to say, as typed. `fields` are the values of the board's own fields, by name."""

    personal_text: str
    about: str
    fields: Mapping[str, str] = field(default_factory=dict)


async def save_profile(
    db: Database, viewer: Viewer, draft: ProfileDraft, *, now: int, limits: Limits
) -> None:
    """Replaces the texts and the values of all fields; what is not in `fields` becomes empty.

    Standing beside every post, it is writing. Raises as `writer_of`, NotFound, TooManyRequests or Invalid
    with a sentence for each field that is wrong; then nothing is changed.
    """
    member_id = writer_of(viewer)
    await limits.check("profile", str(member_id), *CHANGES, now)
    problems = Problems()
    problems.add("personal_text", personal_text_problem(draft.personal_text))
    problems.add("about", about_problem(draft.about))
    text, about = (
        clean_personal_text(draft.personal_text),
        clean_source(unicodedata.normalize("NFC", draft.about)),
    )
    html = "" if problems.of("about") else await asyncio.to_thread(_about_html, about)
    async with db.begin() as writer:
        await _tell_if_new(writer, member_id, text)
        before = await profiles.hold(writer, member_id)
        if before is None:
            raise NotFound
        changed = await _changed_values(writer, member_id, draft.fields, problems, now)
        if problems:
            raise Invalid(problems.fields)
        if (text, about) != (before.personal_text, before.about):
            await profiles.set_texts(writer, member_id, personal_text=text, about=about, about_html=html)
        await profile_fields.put_values(writer, member_id, changed)
        if changed or (text, about) != (before.personal_text, before.about):
            news.tell_member(writer, member_id)  # each audience reads for itself what changed
            await audit.note(writer, member_id, "profile", "member", member_id, now=now)


def _about_html(about: str) -> str:
    """Rendered, without the quotes of posts that only a post can have."""
    html = markup.render(about, {}).html
    return "".join(piece for piece in markup.split_quotes(html) if isinstance(piece, str))


async def _tell_if_new(writer: Writer, member_id: int, text: str) -> None:
    """Posts are locked before members, so that they are told before it is certain."""
    before = await profiles.said(writer, member_id)
    if before is not None and before.personal_text != text:
        await bylines.tell(writer, member_id, Byline.CARD)


async def _changed_values(
    writer: Writer, member_id: int, given: Mapping[str, str], problems: Problems, now: int
) -> dict[int, str]:
    before = await profile_fields.values(writer, member_id)
    changed: dict[int, str] = {}
    for one in await profile_fields.active(writer):
        value = clean_value(one, given.get(one.name, ""))
        if value != before.get(
            one.id, ""
        ):  # what stands there may stay, also when the choices are others now
            problems.add(one.name, value_problem(one, value, now))
            changed[one.id] = value
    return changed


async def change_picture(
    db: Database, avatars: Avatars, images: Images, viewer: Viewer, data: bytes, *, now: int, limits: Limits
) -> str:
    """Makes the viewer's picture of an uploaded file, which is not kept; returns its name.

    Raises as `writer_of`, NotFound, TooManyRequests, Overloaded or Invalid (`picture`).
    """
    member_id = writer_of(viewer)
    await limits.check("profile", str(member_id), *CHANGES, now)
    most = (await db.read(settings.limits)).picture_size
    if len(data) > most * 2**20:
        raise Invalid({"picture": f"On this board a picture has at most {most} MB. Please make it smaller."})
    squares = await images.squares(data)
    size = sum(len(square) for square in squares.values())
    name = await asyncio.to_thread(avatars.keep, squares)
    try:
        before = await _set_picture(db, member_id, name, size, now=now)
    except Invalid:
        await _remove(avatars, name)
        raise
    # When it failed otherwise, it may have been committed all the same. Files that are nobody's are swept.
    await _remove(avatars, before)
    return name


async def remove_picture(db: Database, avatars: Avatars, viewer: Viewer, *, now: int) -> None:
    """Takes the viewer's picture away, if there is one. Raises SignInRequired or NotFound."""
    await _remove(avatars, await _set_picture(db, member_of(viewer), "", 0, now=now))


async def sweep_pictures(db: Database, avatars: Avatars, *, now: int) -> int:
    """Deletes files that belong to nobody, such as those a crash left; how many pictures that were."""
    there = await asyncio.to_thread(avatars.names, now - SWEPT_AFTER)
    if not there:
        return 0
    lost = there - await db.read(profiles.pictures)
    for name in lost:
        await asyncio.to_thread(avatars.remove, name)
    return len(lost)


async def count_pictures(db: Database, avatars: Avatars, *, now: int) -> int:
    """Counts what pictures take that were uploaded before uploads were counted; how many those were."""
    found = await db.read(lambda reader: stored_uploads.uncounted(reader, COUNTED_AT_ONCE))
    for member_id, name in found:
        size = await asyncio.to_thread(avatars.size, name)
        async with db.begin() as writer:
            said = await profiles.hold(writer, member_id)
            if (
                said is not None
                and said.picture == name
                and not await stored_uploads.is_counted(writer, name)
            ):
                await stored_uploads.add(writer, name, member_id, size, now)
    return len(found)


async def _set_picture(db: Database, member_id: int, name: str, size: int, *, now: int) -> str:
    """The name of the picture that was there before. Raises NotFound or Invalid (`picture`)."""
    async with db.begin() as writer:
        await bylines.tell(writer, member_id, Byline.CARD)
        before = await profiles.hold(writer, member_id)
        if before is None:
            raise NotFound
        await uploads.check_room(writer, member_id, size, before.picture)
        await stored_uploads.free(writer, before.picture)
        if name:
            await stored_uploads.add(writer, name, member_id, size, now)
        await profiles.set_picture(writer, member_id, name)
        news.tell_member(writer, member_id)
        await audit.note(
            writer, member_id, "picture" if name else "picture_removed", "member", member_id, now=now
        )
    return before.picture


async def _remove(avatars: Avatars, name: str) -> None:
    if name:
        await asyncio.to_thread(avatars.remove, name)
