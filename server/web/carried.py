"""A write that waits until something else was read or accepted: its fields come along in that form."""

from collections.abc import Mapping

from starlette.requests import Request

from server.domain.errors import ForumError
from server.web.requests import all_fields


async def carried(request: Request, own: tuple[str, ...]) -> Mapping[str, str]:
    """The fields of the write that waits, without the form's `own`."""
    if request.method != "POST":
        return {}
    try:
        found = await all_fields(request)
    except ForumError:
        return {}
    return {name: value for name, value in found.items() if name not in own}
