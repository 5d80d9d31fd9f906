"""The board's texts, rendered; today's, for there is no old version to agree to."""

import asyncio

from starlette.requests import Request

from server.domain import markup
from server.store import settings
from server.web import state


async def rules_html(request: Request) -> str:
    """The rules as HTML."""
    async with state.database(request).snapshot() as reader:
        source = await settings.text(reader, "rules")
    return (await asyncio.to_thread(markup.render, source, {})).html
