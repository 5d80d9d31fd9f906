"""Programs of the people on a board, each with a token of its owner.

made = await token_of(board, "ann", Scope.WRITE)
async with program(board, made.secret) as client:
    await client.post(f"/posts/{number}/thanks")
"""

import contextlib
from collections.abc import AsyncIterator

import httpx

from server.actions.passwords import Passwords
from server.actions.tokens import Made, TokenDraft, make_token
from server.domain.clock import now_ms
from server.domain.viewer import Scope
from tests.support.plain_http import plain_client
from tests.support.small_board import CHEAP, PASSWORD
from tests.support.whole_board import NO_LIMITS, WholeBoard


async def token_of(
    board: WholeBoard, name: str, scope: Scope = Scope.READ, *, called: str = "", now: int | None = None
) -> Made:
    """A token that lasts 30 days from `now`."""
    passwords = Passwords(CHEAP)
    draft = TokenDraft(called or f"{name} {scope}", scope.value, "30", PASSWORD)
    try:
        return await make_token(
            board.db, passwords, board.viewer(name), draft, now=now or now_ms(), limits=NO_LIMITS
        )
    finally:
        passwords.close()


@contextlib.asynccontextmanager
async def program(board: WholeBoard, secret: str, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """What a script is: it sends the token, asks for JSON, and says nothing that only browsers say."""
    said = {"Authorization": f"Bearer {secret}", "Accept": "application/json"} | headers
    async with plain_client(board.base_url, headers=said) as client:
        yield client
