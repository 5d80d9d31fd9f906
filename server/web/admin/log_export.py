"""The whole log as a file, CSV or JSON: streamed, because years of it are more than fits anywhere."""

import csv
import io
import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from server.actions.log_export import begin_export
from server.domain.clock import now_ms
from server.domain.errors import Invalid
from server.store import moderation_log
from server.store.database import Database
from server.store.moderation_log import Line
from server.web import state
from server.web.moderation.log import line_told
from server.web.policies import Policy
from server.web.requests import fields, viewer
from server.web.routing import post

AT_ONCE = 500  # lines that are read together
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_COLUMNS = (
    "id", "at", "by", "act", "kind", "number", "member", "reason", "before", "after", "told"
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets would reckon out (OWASP, CSV injection)


async def export(request: Request) -> Response:
    """`POST /admin/log/export`: `shape` is csv or json."""
    shape = (await fields(request, "shape"))["shape"]
    if shape not in _TYPES:
        raise Invalid({"shape": "Please choose csv or json."})
    db = state.database(request)
    last = await begin_export(db, viewer(request), shape, now=now_ms())
    body = _csv(_lines(db, last)) if shape == "csv" else _json(_lines(db, last))
    headers = {
        "Content-Disposition": f'attachment; filename="moderation-log.{shape}"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(body, media_type=_TYPES[shape], headers=headers)


async def _lines(db: Database, last: int) -> AsyncIterator[Line]:
    """All lines up to the last one; each part is a snapshot of its own, which holds up nobody."""
    after = 0
    while after < last:
        async with db.snapshot() as reader:
            found = await moderation_log.since(reader, after, AT_ONCE)
        for line in found:
            if line.id <= last:
                yield line
        after = found[-1].id if found else last


async def _csv(lines: AsyncIterator[Line]) -> AsyncIterator[str]:
    yield ",".join(_COLUMNS) + "\r\n"
    async for line in lines:
        told = line_told(line)
        row = io.StringIO()
        csv.writer(row).writerow([_cell(told[name]) for name in _COLUMNS])
        yield row.getvalue()


async def _json(lines: AsyncIterator[Line]) -> AsyncIterator[str]:
    between = "[\n"
    async for line in lines:
        yield between + json.dumps(line_told(line), ensure_ascii=False)
        between = ",\n"
    yield "\n]\n"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


routes = [post("/admin/log/export", export, Policy.ADMIN)]
