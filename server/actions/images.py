"""Making members' pictures of what they upload, in a process of its own for each (`picture_worker.py`).

RUNNING of them run at a time and WAITING may wait; who comes then is told to try again.
"""

import asyncio
import contextlib
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

from server.actions import picture_worker
from server.domain.errors import Invalid, Overloaded
from server.store.avatars import SIZES

RUNNING = 1  # each may take a whole processor and a gigabyte
WAITING = 8  # callers in the queue
PATIENCE = 20.0  # seconds that one may take, whatever it waits for
MAX_UPLOAD = 10 * 1024 * 1024  # bytes
MAX_SQUARE = 512 * 1024  # bytes; a square of 256 pixels is far below

_WORKER = Path(picture_worker.__file__)
_BUSY = "Many pictures are being made right now. Please try again in a moment."
_NO_FILE = "Please choose a picture first."
_TOO_MUCH = (
    f"This file is too large: a picture has at most {MAX_UPLOAD // 2**20} MB. Please choose a smaller one."
)
_DAMAGED = "This picture could not be read: it seems to be damaged. Please choose another one."
_SENTENCES = {
    picture_worker.NO_IMAGE: "This is no picture we can read. Please choose a JPEG, PNG, WebP or GIF file.",
    picture_worker.TOO_LARGE: (
        f"This picture has too many pixels; {picture_worker.MAX_PIXELS // 10**6} million fit."
        " Please make it smaller, or choose another one."
    ),
    picture_worker.TOO_MANY_FRAMES: "This animation is too long. Please choose a picture that stands still.",
    picture_worker.DAMAGED: _DAMAGED,
}


class Images:
    """The workers of this process."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(RUNNING)
        self._callers = 0

    async def squares(self, data: bytes) -> Mapping[int, bytes]:
        """The picture as WebP, by its size in pixels. Raises Invalid (`picture`) or Overloaded."""
        if not data:
            raise Invalid({"picture": _NO_FILE})
        if len(data) > MAX_UPLOAD:
            raise Invalid({"picture": _TOO_MUCH})
        if self._callers >= RUNNING + WAITING:
            raise Overloaded(_BUSY)
        self._callers += 1
        try:
            async with self._free:
                return await _made(data)
        finally:
            self._callers -= 1


async def _made(data: bytes) -> Mapping[int, bytes]:
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",  # nothing of the folder it is started in
        str(_WORKER),
        *(str(size) for size in SIZES),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(PATIENCE):
            told, _ = await worker.communicate(data)
    except TimeoutError:
        raise Invalid({"picture": _DAMAGED}) from None
    finally:
        if worker.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()
    found = _read(told) if worker.returncode == 0 else None
    if found is None:
        raise Invalid({"picture": _SENTENCES.get(worker.returncode or 0, _DAMAGED)})
    return found


def _read(told: bytes) -> Mapping[int, bytes] | None:
    """The squares, if that is what the worker said: it has seen what a stranger sent."""
    found: dict[int, bytes] = {}
    for size in SIZES:
        if len(told) < 4:
            return None
        (length,) = struct.unpack(">I", told[:4])
        square, told = told[4 : 4 + length], told[4 + length :]
        if not 12 < len(square) == length <= MAX_SQUARE or (square[:4], square[8:12]) != (b"RIFF", b"WEBP"):
            return None
        found[size] = square
    return found if not told else None
