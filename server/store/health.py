"""Whether what the board stores can be stored: the database, the disk, mail that is written to files."""

import asyncio
import os
import shutil
from pathlib import Path

from server.domain.clock import HOUR, MINUTE, now_ms
from server.domain.health import Finding, Health
from server.store import event_log, outbox
from server.store.database import Database

LITTLE_SPACE = 500 * 1024 * 1024  # bytes: time to make room
NO_SPACE = 50 * 1024 * 1024  # bytes: less than SQLite's write-ahead log may need
LATE, TOO_LATE = (
    10 * MINUTE,
    HOUR,
)  # that a letter waits after a try: greylisting takes minutes, an outage longer
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


async def mail(db: Database, folder: Path, *, has_server: bool) -> Finding:
    """Whether letters leave: to a mail server, or without one into files in `folder`.

    A single letter that is refused is its recipient's trouble; letters that wait are the board's.
    """
    now = now_ms()
    async with db.snapshot() as reader:
        found = await outbox.state(reader, now)
    if found.late_since is not None and now - found.late_since > LATE:
        minutes = (now - found.late_since) // MINUTE
        health = Health.FAILING if now - found.late_since > TOO_LATE else Health.DEGRADED
        return Finding(health, f"{found.waiting} letters wait, the oldest for {minutes} minutes")
    if has_server:
        return Finding(Health.OK, "goes to a mail server")
    if not await asyncio.to_thread(_can_be_written, folder):
        return Finding(Health.DEGRADED, "would go to files, but their folder cannot be written to")
    return Finding(Health.OK, "goes to files: no mail server is configured")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def _can_be_written(folder: Path) -> bool:
    """Whether there can be files in it: it is a folder that lets us, or one can be made there."""
    return not folder.is_file() and os.access(_existing(folder), os.W_OK)
