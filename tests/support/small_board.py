"""A board made of some routes only, called in the test's own loop without a socket; and its visitors."""

import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import argon2
import httpx
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from server.actions import accounts, members, sessions
from server.actions.images import Images
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.sessions import SignedIn
from server.config import Config
from server.domain.clock import now_ms
from server.domain.viewer import Role
from server.store.avatars import Avatars
from server.store.database import Database
from server.views.render import Renderer
from server.web import accounts as account_pages
from server.web import kept, middleware, responses, rules, sign_up
from server.web.settings import standing

PASSWORD = "seven quiet lanterns"
CHEAP = argon2.Parameters(argon2.Type.ID, 19, 16, 32, time_cost=1, memory_cost=8, parallelism=1)
"""Hashing that costs nothing: tests that are not about it are not to wait for it."""

BROWSER = {"Sec-Fetch-Site": "same-origin"}  # what a browser says on our own pages
PROGRAM = {"Accept": "application/json"}


@dataclass(frozen=True)
class SmallBoard:
    app: Starlette
    db: Database
    config: Config
    passwords: Passwords
    limits: Limits

    @property
    def origin(self) -> str:
        return self.config.public_url or f"http://127.0.0.1:{self.config.port}"

    @contextlib.asynccontextmanager
    async def visitor(self, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser with a cookie jar of its own; `headers` with _ for - are added to every request."""
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=("203.0.113.9", 50_000))
        async with httpx.AsyncClient(
            transport=transport, base_url=self.origin, headers=BROWSER | extra, trust_env=False
        ) as client:
            yield client

    async def add(self, username: str, role: Role = Role.MEMBER) -> int:
        """A member with PASSWORD and the address {username}@example.org."""
        draft = NewMember(username, f"{username.lower()}@example.org", PASSWORD)
        return await members.add_member(self.db, self.passwords, draft, role, now=now_ms())

    async def sign_in(self, username: str, *, remember: bool = False, now: int | None = None) -> SignedIn:
        """A session made without a request."""
        return await accounts.sign_in(
            self.db,
            self.passwords,
            username,
            PASSWORD,
            remember=remember,
            now=now or now_ms(),
            limits=Limits(),
        )

    @contextlib.asynccontextmanager
    async def member(self, username: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser that is signed in as that member."""
        signed_in = await self.sign_in(username)
        async with self.visitor() as client:
            client.cookies.set(self.config.cookie_name, signed_in.token, domain=client.base_url.host)
            yield client

    async def is_signed_in(self, token: str) -> bool:
        return (await sessions.resume(self.db, token, now=now_ms())).is_member


@contextlib.asynccontextmanager
async def small_board(
    database_url: str,
    routes: Sequence[BaseRoute] = (),
    *,
    profile: argon2.Parameters = CHEAP,
    clock: Callable[[], int] = now_ms,
    **settings: object,
) -> AsyncIterator[SmallBoard]:
    """The account pages and `routes` behind the whole middleware; `settings` are fields of Config."""
    config = dataclasses.replace(Config(database_url), **settings)  # type: ignore[arg-type]  # each test knows them
    async with Database.open(database_url) as db:
        app = Starlette(
            routes=[*account_pages.routes, *sign_up.routes, *rules.routes, *routes],
            middleware=middleware.stack(config, db, clock),
            exception_handlers=responses.EXCEPTION_HANDLERS
            | rules.EXCEPTION_HANDLERS
            | standing.EXCEPTION_HANDLERS
            | kept.EXCEPTION_HANDLERS,
        )
        app.state.config = config
        app.state.db = db
        app.state.renderer = Renderer(lambda path: f"/static/test/{path}")
        app.state.passwords = Passwords(profile)
        app.state.avatars = Avatars(config.data_dir)
        app.state.images = Images()
        app.state.limits = Limits(enabled=config.limits)
        try:
            yield SmallBoard(app, db, config, app.state.passwords, app.state.limits)
        finally:
            app.state.passwords.close()
