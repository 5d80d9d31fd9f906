"""Packs what members want to take along into ZIP files: JSON for programs, pages for people."""

import asyncio
import contextlib
import dataclasses
import json
import logging
import secrets
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.actions import exports
from server.domain.clock import now_ms
from server.domain.exports import Export
from server.domain.viewer import Audience, Role, Viewer
from server.store import exports as export_rows
from server.store import mail_choices, own_things, preferences, settings
from server.store.avatars import SIZES, Avatars
from server.store.database import Database
from server.store.own_things import OwnAccount
from server.views.export_pages import PICTURE, ExportPages
from server.views.filters import iso

EVERY = 2.0  # seconds between two looks
SWEEP_EVERY = 300  # looks between two sweeps of files that nobody owns

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Packer:
    """What is needed to pack an export into `folder`."""

    db: Database
    folder: Path
    pages: ExportPages
    avatars: Avatars

    async def pack_next(self) -> bool:
        """Packs the export that has waited longest; False when there is none."""
        export = await exports.take(self.db, now=now_ms())
        if export is None:
            return False
        file, wanted = self.folder / f"{secrets.token_hex(16)}.zip", False
        try:
            await asyncio.to_thread(self.folder.mkdir, 0o700, parents=True, exist_ok=True)
            await self._pack(export, file)
            size = (await asyncio.to_thread(file.stat)).st_size
            wanted = await exports.note_ready(self.db, export, file.name, size, now=now_ms())
        except Exception:
            await exports.note_failure(self.db, export)
            raise
        finally:
            if not wanted:
                with contextlib.suppress(OSError):
                    file.unlink()
        return True

    async def sweep(self) -> None:
        """Deletes files whose export is over."""
        if not await asyncio.to_thread(self.folder.is_dir):
            return
        there = await asyncio.to_thread(lambda: list(self.folder.glob("*.zip")))
        async with self.db.snapshot() as reader:
            owned = await export_rows.files(reader)
        old = now_ms() / 1000 - 3600  # seconds: a younger one may be being packed
        for file in there:
            if file.name not in owned and (await asyncio.to_thread(file.stat)).st_mtime < old:
                await asyncio.to_thread(file.unlink, missing_ok=True)

    async def _pack(self, export: Export, file: Path) -> None:
        async with self.db.snapshot() as reader:
            account = await own_things.account(reader, export.member_id)
            assert account is not None  # its member asked for it
            forum_name = await settings.text(reader, "forum_name")
            total = await own_things.post_count(reader, export.member_id)
            reading = await preferences.of_member(reader, export.member_id)
            letters = await mail_choices.of_member(reader, export.member_id)
            lists = {
                "profile": _told(await own_things.values(reader, export.member_id)),
                "pending": _told(await own_things.pending(reader, export.member_id)),
                "topics": _told(await own_things.topics(reader, export.member_id, _audience(account))),
                "thanks": _told(await own_things.thanks(reader, export.member_id)),
                "names": _told(await own_things.names(reader, export.member_id)),
                "sessions": _told(await own_things.sessions(reader, export.member_id)),
                "reports": _told(await own_things.reports(reader, export.member_id)),
                "sanctions": _told(await own_things.sanctions(reader, export.member_id)),
                "notices": _told(await own_things.notices(reader, export.member_id)),
                "history": _told(await own_things.acts(reader, export.member_id)),
            }
        await asyncio.to_thread(file.touch, 0o600)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            pages = await self._pack_posts(archive, export, account, forum_name, total)
            for name, content in {
                "account": _told([account])[0],
                "reading": _told([reading])[0],
                "letters": _told([letters])[0],
                **lists,
            }.items():
                await asyncio.to_thread(archive.writestr, f"{name}.json", _as_json(content))
            index = self.pages.index(account, forum_name, total, pages, made_at=now_ms())
            await asyncio.to_thread(archive.writestr, "index.html", index)
            await asyncio.to_thread(archive.writestr, "style.css", self.pages.style)
            picture = await asyncio.to_thread(self.avatars.read, f"{account.picture}-{max(SIZES)}.webp")
            if picture is not None:
                await asyncio.to_thread(archive.writestr, PICTURE, picture)

    async def _pack_posts(
        self, archive: zipfile.ZipFile, export: Export, account: OwnAccount, forum_name: str, total: int
    ) -> int:
        """A JSON file and a page of HTML for each so many posts; how many pages that were."""
        done = last = pages = 0
        while True:
            async with self.db.snapshot() as reader:
                posts = await own_things.posts(reader, export.member_id, _audience(account), last)
            if not posts:
                return pages
            pages, last, done = pages + 1, posts[-1].id, done + len(posts)
            html = self.pages.posts(account, forum_name, posts, pages)
            await asyncio.to_thread(archive.writestr, f"posts-{pages}.json", _as_json(_told(posts)))
            await asyncio.to_thread(archive.writestr, f"posts-{pages}.html", html)
            await exports.note_progress(self.db, export, done, max(done, total), now=now_ms())


def _audience(account: OwnAccount) -> Audience:
    """Whom the member belongs to today, wherever he is signed in."""
    return Viewer(account.id, account.username, Role(account.role)).audience


async def pack_exports(packer: Packer, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Run until cancelled. What fails is begun anew, a few times."""
    looks = 0
    while True:
        try:
            while await packer.pack_next():
                pass
            if looks % SWEEP_EVERY == 0:
                await packer.sweep()
        except Exception:
            log.exception("an export could not be packed")
        looks += 1
        await pause(EVERY)


def _told(things: Sequence[object]) -> list[dict[str, object]]:
    """Frozen values for programs: times as ISO 8601."""
    return [
        {
            name: iso(value) if name.endswith("at") and isinstance(value, int) else value
            for name, value in dataclasses.asdict(thing).items()  # type: ignore[call-overload]  # own_things are dataclasses
        }
        for thing in things
    ]


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)
