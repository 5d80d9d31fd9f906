"""Files that are sent: how large they may be, and reading one without putting it on the disk.

The bound is held by `middleware.BodyLimit`, by what a request says of its size and by counting, before
anything is parsed (S40). The file stays in memory until it is an image or refused: the original is stored
nowhere, not for a moment (S30).
"""

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from server.actions.images import MAX_UPLOAD

MAX_PARTS = 4  # fields beside the file
MAX_PART = 1024  # bytes of each of them
_AROUND = 16 * 1024  # bytes of a form beside its file

PICTURE = "/settings/profile/picture"
LARGER = {PICTURE: MAX_UPLOAD + _AROUND}
"""Addresses that take more than other forms, in bytes of the whole body."""

_MALFORMED = (
    "This file could not be read as it was sent. Please go back, choose it again and send it once more."
)
_NOT_A_FORM = "Send the file as multipart/form-data."


class _InMemory(MultiPartParser):
    spool_max_size = MAX_UPLOAD + _AROUND  # bytes; Starlette's own writes a file to the disk from 1 MB on


async def uploaded(request: Request, name: str) -> bytes:
    """The file in that field of a form; empty when there is none.

    Raises HTTPException 400 for what cannot be read, 413 for too much, 415 for another content type.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise HTTPException(415, _NOT_A_FORM)
    parser = _InMemory(
        request.headers, request.stream(), max_files=1, max_fields=MAX_PARTS, max_part_size=MAX_PART
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        raise HTTPException(400, _MALFORMED) from None
    found = form.get(name)
    try:
        return b"" if found is None or isinstance(found, str) else await found.read()
    finally:
        await form.close()
