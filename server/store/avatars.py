"""The files of members' pictures, below the data folder: small squares that were made here, nothing else.

A picture's name is random and says nothing about its member (S31). Files are written before the row that
names them is committed, and deleted after the commit of the row that names them no more. What a crash leaves
between the two is found by `names`, and swept by housekeeping. Processes that share the folder need no
agreement.
"""

import contextlib
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

SIZES = (64, 256)  # pixels a side
_FILE = re.compile(r"([0-9a-f]{32})-(64|256)\.webp")
_FOLDER_MODE = 0o700


class Avatars:
    """The folder; it is made when the first picture comes. Every method blocks: call it in a thread."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "uploads" / "avatars"

    def keep(self, squares: Mapping[int, bytes]) -> str:
        """Writes a picture's files and returns its new name. Raises OSError when the disk is full."""
        name = secrets.token_hex(16)
        self._folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        try:
            for size in SIZES:
                (self._folder / f"{name}-{size}.webp").write_bytes(squares[size])
        except OSError:
            self.remove(name)
            raise
        return name

    def read(self, file: str) -> bytes | None:
        """The bytes of `{name}-{size}.webp`; None for what is no name of ours, or not there."""
        if not _FILE.fullmatch(file):
            return None
        try:
            return (self._folder / file).read_bytes()
        except FileNotFoundError:
            return None

    def size(self, name: str) -> int:
        """Bytes that a picture's files take; 0 when they are not there."""
        found = 0
        for size in SIZES:
            with contextlib.suppress(FileNotFoundError):
                found += (self._folder / f"{name}-{size}.webp").stat().st_size
        return found

    def remove(self, name: str) -> None:
        """Deletes a picture's files, if they are there."""
        for size in SIZES:
            with contextlib.suppress(FileNotFoundError):
                (self._folder / f"{name}-{size}.webp").unlink()

    def names(self, before: int) -> set[str]:
        """Pictures with a file that was written before that time, in milliseconds UTC."""
        found: set[str] = set()
        with contextlib.suppress(FileNotFoundError):
            for path in self._folder.iterdir():
                match = _FILE.fullmatch(path.name)
                with contextlib.suppress(FileNotFoundError):
                    if match and path.stat().st_mtime * 1000 < before:
                        found.add(match[1])
        return found
