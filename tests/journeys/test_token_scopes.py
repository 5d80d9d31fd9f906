"""What a program may do with a token of each scope: every route, by one table."""

import re

import pytest
from starlette.routing import BaseRoute

from server.actions import members
from server.app import create_app
from server.config import Config
from server.domain.clock import now_ms
from server.domain.viewer import Audience, Role, Scope
from server.store import event_log
from server.web.routing import GuardedRoute
from tests.support.programs import program, token_of
from tests.support.whole_board import WholeBoard

READ, WRITE, MODERATE = Scope
# What a token needs at least.
NEEDS: dict[str, Scope] = {
    "GET /": READ,
    "GET /latest": READ,
    "GET /categories/{id:int}": READ,
    "GET /categories/{id:int}/new": READ,
    "GET /categories/{id:int}/{slug}": READ,
    "GET /topics/{id:int}": READ,
    "GET /topics/{id:int}/reply": READ,
    "GET /topics/{id:int}/{slug}": READ,
    "GET /posts/{id:int}": READ,
    "GET /posts/{id:int}/edit": READ,
    "GET /posts/{id:int}/own-text": READ,
    "GET /posts/{id:int}/ask": MODERATE,
    "POST /posts/{id:int}/ask": MODERATE,
    "GET /posts/{id:int}/copies": MODERATE,
    "GET /posts/{id:int}/join": MODERATE,
    "POST /posts/{id:int}/join": MODERATE,
    "GET /posts/{id:int}/remove": READ,
    "GET /members/{username}": READ,
    "GET /rules": READ,
    "GET /help": READ,
    "GET /help-lines": READ,
    "POST /help-lines/check": WRITE,
    "GET /privacy": READ,
    "GET /viewer": READ,
    "GET /notices": READ,
    "GET /pending": READ,
    "POST /pending/{id:int}/withdraw": WRITE,
    "GET /posts/{id:int}/report": READ,
    "POST /posts/{id:int}/reports": WRITE,
    "GET /topics/{id:int}/report": READ,
    "POST /topics/{id:int}/reports": WRITE,
    "GET /members/{username}/report": READ,
    "POST /members/{username}/reports": WRITE,
    "GET /moderation": MODERATE,
    "POST /moderation/reports/{id:int}/look": MODERATE,
    "POST /moderation/reports/{id:int}/away": MODERATE,
    "POST /moderation/reports/{id:int}/settle": MODERATE,
    "POST /moderation/reports/{id:int}/remove": MODERATE,
    "POST /notices/read": WRITE,
    "GET /viewers/{id:int}.css": READ,
    "GET /live": READ,
    "GET /healthz": READ,
    "GET /favicon.ico": READ,
    "GET /static/{version}/{path:path}": READ,
    "POST /categories/{id:int}/topics": WRITE,
    "POST /topics/{id:int}/posts": WRITE,
    "POST /posts/{id:int}": WRITE,
    "PATCH /posts/{id:int}": WRITE,
    "DELETE /posts/{id:int}": WRITE,
    "POST /posts/{id:int}/remove": WRITE,
    "POST /posts/{id:int}/thanks": WRITE,
    "PUT /posts/{id:int}/thanks": WRITE,
    "POST /posts/{id:int}/thanks/undo": WRITE,
    "DELETE /posts/{id:int}/thanks": WRITE,
    "POST /posts/{id:int}/restore": MODERATE,
    "POST /topics/{id:int}/lock": MODERATE,
    "POST /topics/{id:int}/unlock": MODERATE,
    "POST /topics/{id:int}/pin": MODERATE,
    "POST /topics/{id:int}/unpin": MODERATE,
    "GET /topics/{id:int}/rename": MODERATE,
    "POST /topics/{id:int}/rename": MODERATE,
    "GET /topics/{id:int}/move": MODERATE,
    "POST /topics/{id:int}/move": MODERATE,
    "GET /topics/{id:int}/merge": MODERATE,
    "POST /topics/{id:int}/merge": MODERATE,
    "GET /topics/{id:int}/split": MODERATE,
    "POST /topics/{id:int}/split": MODERATE,
    "GET /posts/{id:int}/move": MODERATE,
    "POST /posts/{id:int}/move": MODERATE,
    "POST /moderation/moves/{id:int}/undo": MODERATE,
    "GET /topics/{id:int}/pin": MODERATE,
    "GET /topics/{id:int}/slow": MODERATE,
    "POST /topics/{id:int}/slow": MODERATE,
    "POST /topics/{id:int}/remove": MODERATE,
    "POST /topics/{id:int}/restore": MODERATE,
    "GET /avatars/{file}": READ,
    "GET /members/{username}/card": READ,
    "GET /moderation/approval": MODERATE,
    "POST /moderation/approval/{id:int}/approve": MODERATE,
    "POST /moderation/approval/{id:int}/decline": MODERATE,
    "GET /moderation/members": MODERATE,
    "GET /moderation/log": MODERATE,
    "GET /moderation/guide": MODERATE,
    "POST /moderation/log/{id:int}/undo": MODERATE,
    "GET /moderation/bans": MODERATE,
    "GET /moderation/members/{username}": MODERATE,
    "POST /moderation/members/{username}/acts": MODERATE,
    "POST /moderation/sanctions/{id:int}/end": MODERATE,
    "POST /moderation/sanctions/{id:int}/undo": MODERATE,
    "GET /moderation/members/{username}/sweep": MODERATE,
    "POST /moderation/members/{username}/sweep": MODERATE,
    "GET /moderation/members/{id:int}/decline": MODERATE,
    "POST /moderation/members/{id:int}/decline": MODERATE,
    "POST /moderation/members/{id:int}/approve": MODERATE,
}
# No token is for what is the account's own, for the ways into it, and for administration.
CLOSED = re.compile(
    r"/(posts/\{id:int\}/purge|settings|admin|login|signup|logout|setup|forgot|reset|confirm|unsubscribe|waiting|rules/accept)(/.*)?"
)
ANYBODY = ("/healthz", "/static/", "/avatars/")  # asked by everybody alike: nobody looks who it is


def acts_of(routes: list[BaseRoute]) -> dict[str, Scope | None]:
    return {
        f"{method} {route.path}": route.scope
        for route in routes
        if isinstance(route, GuardedRoute)
        for method in (route.methods or set()) - {"HEAD"}
    }


def test_the_table_names_every_route_with_its_scope(sqlite_url: str) -> None:
    found = acts_of(create_app(Config(sqlite_url)).routes)
    closed = {act for act in found if CLOSED.fullmatch(act.partition(" ")[2])}
    assert {act: scope for act, scope in found.items() if act not in closed} == NEEDS
    assert {found[act] for act in closed} == {None}


@pytest.mark.parametrize(
    ("name", "scope"),
    [("bo", READ), ("bo", WRITE)] + [(name, scope) for name in ("mod", "ada") for scope in Scope],
)
async def test_a_token_is_let_in_where_its_scope_is_enough_and_nowhere_else(
    sqlite_board: WholeBoard, name: str, scope: Scope
) -> None:
    """A member can make none that moderates (tests/web/test_programs.py says so)."""
    opening = await sqlite_board.topic("Sleep", "How?", by="ann")
    ids = {"categories": 1, "topics": opening.topic_id, "posts": opening.post_id}
    made = await token_of(sqlite_board, name, scope)
    async with program(sqlite_board, made.secret) as client:
        for act in acts_of(sqlite_board.server.app.routes):
            needed = NEEDS.get(act)
            method, _, path = act.partition(" ")
            number = str(ids.get(path.split("/")[1], 1))
            address = (
                path.replace("{id:int}", number)
                .replace("{session:int}", "1")
                .replace("{member:int}", "1")
                .replace("{username}", "ann")
            )
            address = re.sub(r"\{[\w:]+\}", "x", address)
            before = await position(sqlite_board)
            answer = await client.request(method, address)
            is_open = path.startswith(ANYBODY) or (needed is not None and scope.covers(needed))
            if is_open:
                assert answer.status_code != 401, act
                assert "www-authenticate" not in answer.headers, act
                continue
            assert answer.status_code == 403, act
            assert answer.json()["error"]["code"] == "scope", act
            assert answer.headers["www-authenticate"].startswith('Bearer error="insufficient_scope"')
            assert "set-cookie" not in answer.headers
            assert await position(sqlite_board) == before, act


async def position(board: WholeBoard) -> int:
    async with board.db.snapshot() as reader:
        return (await event_log.head(reader)).seq


async def test_a_moderators_program_sees_what_a_member_sees_unless_it_moderates(
    sqlite_board: WholeBoard,
) -> None:
    board = sqlite_board
    hidden = await board.topic("Staff only", "Words.", by="mod", where=Audience.STAFF)
    shown = await board.topic("For members", "Words.", by="ann", where=Audience.MEMBERS)
    gone = await board.reply(shown.topic_id, "Buy my lamp.", by="bo")
    async with board.browser("mod", json=True) as mod:
        await mod.post(f"/posts/{gone.post_id}/remove", json={"reason": "advertising"})
    for scope, staff in ((READ, False), (WRITE, False), (MODERATE, True)):
        made = await token_of(board, "mod", scope)
        async with program(board, made.secret) as client:
            assert (await client.get(f"/topics/{hidden.topic_id}/staff-only")).status_code == (
                200 if staff else 404
            )
            page = await client.get(f"/topics/{shown.topic_id}/for-members")
            assert page.status_code == 200
            assert ("advertising" in page.text) == staff
            assert (await client.get("/viewer")).json() == {
                "id": board.viewer("mod").id,
                "username": "moira",
                "role": "moderator" if staff else "member",
                "unread": 0,
                "scope": scope.value,
            }
            answer = await client.get("/live", params={"channels": "moderation"})
            assert ("moderation" in answer.json()[0]["channels"]) == staff
            # Somebody else's post is a moderator's to remove, whatever a member may do with his own.
            other = await board.reply(shown.topic_id, f"Words for {scope}.", by="ann")
            removed = await client.delete(f"/posts/{other.post_id}")
            assert removed.status_code == (200 if staff else 403)


async def test_a_program_writes_as_its_owner_and_an_administrators_moderates_at_most(
    board: WholeBoard,
) -> None:
    opening = await board.topic("Sleep", "How?", by="ann")
    made = await token_of(board, "bo", WRITE)
    async with program(board, made.secret) as client:
        reply = await client.post(f"/topics/{opening.topic_id}/posts", json={"body": "Warm milk."})
        assert reply.status_code == 201
        post = reply.json()["post"]["id"]
        assert (await client.delete(f"/posts/{post}")).status_code == 200
    made = await token_of(board, "ada", MODERATE)
    async with program(board, made.secret) as client:
        assert (await client.get("/viewer")).json()["role"] == "moderator"
        assert (await client.post(f"/topics/{opening.topic_id}/lock")).status_code == 200
        assert (await client.get("/admin/settings")).status_code == 403


async def test_a_role_that_is_lost_or_won_counts_with_the_next_request(board: WholeBoard) -> None:
    opening = await board.topic("Sleep", "How?", by="ann")
    made = await token_of(board, "mod", MODERATE)
    mod, ada = board.viewer("mod"), board.viewer("ada")
    async with program(board, made.secret) as client:
        for role, status in ((Role.MEMBER, 403), (Role.MODERATOR, 200)):
            await members.change_role(board.db, ada, mod.id or 0, role, now=now_ms())
            assert (await client.post(f"/topics/{opening.topic_id}/lock")).status_code == status
            assert (await client.get("/viewer")).json()["role"] == role.value
