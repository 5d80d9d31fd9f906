"""Whether what the board stores can be stored: the database, the disk, mail that is written to files."""

import asyncio
import os
import shutil
from pathlib import Path

from server.domain.health import Finding, Health
from server.store import event_log
from server.store.database import Database

LITTLE_SPACE = 500 * 1024 * 1024  # bytes: time to make room
NO_SPACE = 50 * 1024 * 1024  # bytes: less than SQLite's write-ahead log may need
_MB = 1024 * 1024


async def database(db: Database) -> Finding:
    """Whether it answers, and with what position. What it raises is for the caller to report."""
    async with db.snapshot() as reader:
        head = await event_log.head(reader)
    return Finding(Health.OK, "answers", head.seq)


async def disk(folder: Path) -> Finding:
    """Whether there is space where the data folder is, or will be: PostgreSQL needs none."""
    free = (await asyncio.to_thread(shutil.disk_usage, _existing(folder))).free
    if free < NO_SPACE:
        return Finding(Health.FAILING, f"full: {free // _MB} MB are free")
    if free < LITTLE_SPACE:
        return Finding(Health.DEGRADED, f"nearly full: {free // _MB} MB are free")
    return Finding(Health.OK, "has space")


async def mail(folder: Path, *, has_server: bool) -> Finding:
    """Where mail goes: to a mail server, or without one into files below the data folder."""
    if has_server:
        return Finding(Health.OK, "goes to a mail server")
    there = folder / "mail"
    if not await asyncio.to_thread(os.access, there if there.is_dir() else folder, os.W_OK):
        return Finding(Health.DEGRADED, "would go to files, but their folder cannot be written to")
    return Finding(Health.OK, "goes to files: no mail server is configured")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.is_dir())
