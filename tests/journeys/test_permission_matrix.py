"""Who may do what: every page and every write, as page and as JSON, for everybody, in every kind of place."""

from dataclasses import dataclass

import httpx
import pytest

from server.actions import moderation
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from server.store import integrity
from server.web.routing import GuardedRoute
from tests.support.tested_elsewhere import ELSEWHERE
from tests.support.whole_board import WholeBoard

EVERYBODY = (None, "ann", "bo", "mod", "ada")  # ann wrote what it is about
PLACES = ("public", "members", "staff", "removed")
STAFF = ("mod", "ada")

# What the answer in JSON is for: a guest, ann, another member, staff. Who does not see the place gets 404,
# but what is for members or staff at all is refused before anybody looks.
READS = {
    "/categories/{category}/x": (200, 200, 200, 200),
    "/topics/{topic}": (200, 200, 200, 200),
    "/topics/{topic}/x": (200, 200, 200, 200),
    "/posts/{post}": (200, 200, 200, 200),
    "/topics/{topic}/reply": (401, 200, 200, 200),
    "/posts/{post}/edit": (401, 200, 403, 200),
    "/posts/{post}/remove": (401, 200, 403, 200),
    "/categories/{category}/new": (401, 200, 200, 200),
}
WRITES = {
    "POST /topics/{topic}/posts": (401, 201, 201, 201),
    "POST /categories/{category}/topics": (401, 201, 201, 201),
    "POST /posts/{post}": (401, 200, 403, 200),
    "PATCH /posts/{post}": (401, 200, 403, 200),
    "POST /posts/{post}/thanks": (401, 403, 200, 200),
    "PUT /posts/{post}/thanks": (401, 403, 200, 200),
    "POST /posts/{post}/thanks/undo": (401, 403, 200, 200),
    "DELETE /posts/{post}/thanks": (401, 403, 200, 200),
    "POST /posts/{post}/remove": (401, 200, 403, 200),
    "POST /posts/{post}/restore": (401, 403, 403, 200),
    "DELETE /posts/{second}": (401, 200, 403, 200),
    "POST /topics/{topic}/lock": (401, 403, 403, 200),
    "POST /topics/{topic}/unlock": (401, 403, 403, 200),
    "POST /topics/{topic}/pin": (401, 403, 403, 200),
    "POST /topics/{topic}/unpin": (401, 403, 403, 200),
    "POST /topics/{topic}/remove": (401, 403, 403, 200),
    "POST /topics/{topic}/restore": (401, 403, 403, 200),
}
FOR_STAFF = (401, 403, 403, 200)
FOR_ALL = {
    "GET /": (200, 200, 200, 200, 200),
    "GET /latest": (200, 200, 200, 200, 200),
    "GET /members/ann": (200, 200, 200, 200, 200),
    "GET /rules": (200, 200, 200, 200, 200),
    "GET /help": (200, 200, 200, 200, 200),
    "GET /privacy": (200, 200, 200, 200, 200),
    "GET /viewer": (200, 200, 200, 200, 200),
    "GET /live": (200, 200, 200, 200, 200),
    "GET /healthz": (200, 200, 200, 200, 200),
    "GET /moderation": (401, 403, 403, 200, 200),
    "GET /members/ann/report": (401, 200, 200, 200, 200),
    "POST /members/ann/reports": (401, 422, 422, 422, 422),
    "GET /notices": (401, 200, 200, 200, 200),
    "GET /pending": (401, 200, 200, 200, 200),
    "POST /notices/read": (401, 200, 200, 200, 200),
    "GET /settings": (401, 200, 200, 200, 200),
    "GET /settings/name": (401, 200, 200, 200, 200),
    "POST /settings/name": (401, 422, 422, 422, 422),
    "POST /settings/presence": (401, 422, 422, 422, 422),
    "POST /settings/password": (401, 422, 422, 422, 422),
    "GET /settings/reading": (401, 200, 200, 200, 200),
    "POST /settings/reading": (401, 422, 422, 422, 422),
    "GET /settings/mail": (401, 200, 200, 200, 200),
    "POST /settings/mail/address": (401, 422, 422, 422, 422),
    "POST /settings/mail/letters": (401, 200, 200, 200, 200),
    "POST /unsubscribe/undo": (404, 404, 404, 404, 404),
    "GET /settings/data": (401, 200, 200, 200, 200),
    "POST /settings/data/exports": (401, 422, 422, 422, 422),
    "POST /settings/data/leave": (401, 422, 422, 422, 422),
    "POST /settings/data/stay": (401, 404, 404, 404, 404),
    "GET /forgot": (200, 200, 200, 200, 200),
    "GET /admin/uploads": (401, 403, 403, 403, 200),
    "POST /admin/uploads": (401, 403, 403, 403, 422),
    "GET /admin/mail": (401, 403, 403, 403, 200),
    "GET /rules/accept": (401, 200, 200, 200, 200),
    "POST /rules/accept": (401, 422, 422, 422, 422),
    "GET /waiting": (303, 303, 303, 303, 303),
    "GET /moderation/approval": (401, 403, 403, 200, 200),
    "GET /moderation/members": (401, 403, 403, 200, 200),
    "GET /moderation/guide": (401, 403, 403, 200, 200),
    "GET /settings/history": (401, 200, 200, 200, 200),
    "GET /moderation/log": (401, 403, 403, 200, 200),
    "GET /moderation/log?show=accounts": (401, 403, 403, 403, 200),
    "POST /moderation/log/999999/undo": (401, 403, 403, 404, 404),
    "GET /moderation/bans": (401, 403, 403, 200, 200),
    "GET /moderation/members/ann": (401, 403, 403, 200, 200),
    "POST /moderation/members/ann/acts": (401, 403, 403, 422, 422),
    "GET /moderation/members/ann/sweep": (401, 403, 403, 200, 200),
    "POST /moderation/members/ann/sweep": (401, 403, 403, 422, 422),
    "GET /settings/standing": (401, 200, 200, 200, 200),
    "POST /settings/standing/read": (401, 200, 200, 200, 200),
    "GET /members/ann/card": (200, 200, 200, 200, 200),
    "GET /settings/profile": (401, 200, 200, 200, 200),
    "POST /settings/profile": (401, 200, 200, 200, 200),
    "POST /settings/profile/picture": (401, 415, 415, 415, 415),
    "POST /settings/profile/picture/remove": (401, 200, 200, 200, 200),
    "GET /admin/fields": (401, 403, 403, 403, 200),
    "POST /admin/fields": (401, 403, 403, 403, 422),
    "GET /settings/two-step": (401, 200, 200, 200, 200),
    "POST /settings/two-step/start": (401, 422, 422, 422, 422),
    "POST /settings/two-step/on": (401, 422, 422, 422, 422),
    "POST /settings/two-step/codes": (401, 422, 422, 422, 422),
    "POST /settings/two-step/off": (401, 422, 422, 422, 422),
    "POST /settings/passkeys": (401, 422, 422, 422, 422),
    "POST /settings/passkeys/options": (401, 422, 422, 422, 422),
    "GET /settings/programs": (401, 200, 200, 200, 200),
    "POST /settings/programs": (401, 422, 422, 422, 422),
    "GET /admin": (401, 403, 403, 403, 303),
    "GET /admin/settings": (401, 403, 403, 403, 200),
    "POST /admin/settings": (401, 403, 403, 403, 422),
    "GET /admin/sign-up": (401, 403, 403, 403, 200),
    "POST /admin/sign-up": (401, 403, 403, 403, 422),
    "GET /admin/invitations": (401, 403, 403, 403, 200),
    "POST /admin/invitations": (401, 403, 403, 403, 422),
    "GET /admin/announcements": (401, 403, 403, 403, 200),
    "POST /admin/announcements": (401, 403, 403, 403, 422),
    "GET /admin/limits": (401, 403, 403, 403, 200),
    "POST /admin/limits": (401, 403, 403, 403, 422),
    "GET /admin/categories": (401, 403, 403, 403, 200),
    "POST /admin/categories": (401, 403, 403, 403, 422),
    "POST /admin/categories/order": (401, 403, 403, 403, 422),
    "POST /admin/sections": (401, 403, 403, 403, 422),
    "GET /admin/members": (401, 403, 403, 403, 200),
}


@dataclass(frozen=True)
class Scene:
    """A topic with two answers of ann's in one kind of place."""

    category: int
    topic: int
    post: int
    second: int

    def path(self, pattern: str) -> str:
        ids = {name: str(getattr(self, name)) for name in ("category", "topic", "post", "second")}
        return pattern.format(**ids)


async def scene(board: WholeBoard, place: str) -> Scene:
    """Made anew for everybody, because writes change it."""
    where = {"members": Audience.MEMBERS, "staff": Audience.STAFF}.get(place, Audience.PUBLIC)
    opening = await board.topic("Sleep", "How?", by="mod", where=where)
    writer = "mod" if place == "staff" else "ann"
    post = await board.reply(opening.topic_id, "Warm milk.", by=writer)
    second = await board.reply(opening.topic_id, "Warm feet.", by=writer)
    if place == "removed":
        mod = board.viewer("mod")
        await moderation.remove_topic(board.db, mod, opening.topic_id, "", now=now_ms())
    return Scene(board.places[where], opening.topic_id, post.post_id, second.post_id)


def sees(name: str | None, place: str, path: str) -> bool:
    """Whether the place, or this part of it, is there for the person."""
    if name in STAFF:
        return True
    if place == "removed":
        return path.startswith("/categories")
    return place == "public" or (place == "members" and name is not None)


def expected(name: str | None, place: str, method: str, path: str) -> int:
    """The status in JSON, by the tables."""
    row = (READS if method == "GET" else WRITES)[path if method == "GET" else f"{method} {path}"]
    column = row[0 if name is None else 3 if name in STAFF else 1 if name == "ann" else 2]
    if place == "staff" and name == "mod" and "thanks" in path:
        return 403  # ann writes nothing there: moira did, and nobody thanks himself
    if column == 401 or row == FOR_STAFF or sees(name, place, path):
        return column
    return 404


def in_removed_topic(method: str, path: str) -> set[int]:
    """What staff, who see a removed topic, can do in it: restore it, and look."""
    if (
        path.endswith(("/reply", "/edit", "/remove", "/posts", "/thanks", "/undo"))
        and "{topic}/remove" not in path
    ):
        return {403, 404}
    if "{post}" in path or "{second}" in path:
        return {403, 404}
    return {200, 201}


async def ask(client: httpx.AsyncClient, method: str, path: str, as_json: bool) -> httpx.Response:
    fields = {"title": "A title", "body": "Some words.", "version": "999999", "reason": "x"}
    headers = {"Accept": "application/json" if as_json else "text/html"}
    return await client.request(method, path, data=None if method == "GET" else fields, headers=headers)


def as_page(status: int, method: str) -> set[int]:
    """The status of the same answer for a browser without JavaScript."""
    if status == 401:  # to sign in; a form that was filled in comes along (test_ended_sessions.py)
        return {401} if method == "POST" else {303}
    if method == "GET":  # some lead on to where the thing has its page
        return {200, 301, 302} if status == 200 else {status}
    return {303} if status in (200, 201) else {status}


def every_act() -> list[tuple[str, str]]:
    acts = [("GET", path) for path in READS]
    return acts + [(method, path) for method, _, path in (act.partition(" ") for act in WRITES)]


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "page"])
@pytest.mark.parametrize("place", PLACES)
async def test_everybody_gets_just_what_is_for_them(
    sqlite_board: WholeBoard, place: str, as_json: bool
) -> None:
    for name in EVERYBODY:
        async with sqlite_board.browser(name) as client:
            for method, pattern in every_act():
                made = await scene(sqlite_board, place)
                path = made.path(pattern)
                answer = await ask(client, method, path, as_json)
                status = expected(name, place, method, pattern)
                right = {status} if as_json else as_page(status, method)
                if place == "removed" and name in STAFF and not pattern.startswith("/categories"):
                    right = in_removed_topic(method, pattern)
                    right |= {301, 302, 303} if 200 in right and not as_json else set()
                assert answer.status_code in right, f"{name}: {method} {path}: {answer.status_code}"
                if answer.status_code == 303 and status == 401:
                    assert answer.headers["location"].startswith("/login?next=")
                if as_json and answer.status_code >= 400:
                    error = answer.json()["error"]
                    assert error.keys() == {"code", "message", "fields"}
                    assert error["message"].endswith(".")
    async with sqlite_board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "page"])
async def test_pages_of_the_board_itself(sqlite_board: WholeBoard, as_json: bool) -> None:
    for number, name in enumerate(EVERYBODY):
        async with sqlite_board.browser(name) as client:
            for act, statuses in FOR_ALL.items():
                method, _, path = act.partition(" ")
                answer = await ask(client, method, path, as_json)
                right = {statuses[number]} if as_json else as_page(statuses[number], method)
                assert answer.status_code in right, f"{name}: {act}: {answer.status_code}"


def test_the_tables_name_every_route(sqlite_url: str) -> None:
    from server.app import create_app
    from server.config import Config

    named = {f"GET {path}" for path in READS} | WRITES.keys() | FOR_ALL.keys()
    named = {act.replace("{second}", "{post}") for act in named}
    missing = []
    for route in create_app(Config(sqlite_url)).routes:
        if not isinstance(route, GuardedRoute) or route.path in ELSEWHERE:
            continue
        method = next(iter((route.methods or set()) - {"HEAD"}))
        thing = {"topics": "topic", "posts": "post", "categories": "category"}.get(
            route.path.split("/")[1], ""
        )
        path = (
            route.path.replace("{id:int}", f"{{{thing}}}").replace("{slug}", "x").replace("{username}", "ann")
        )
        if f"{method} {path}" not in named:
            missing.append(f"{method} {path}")
    assert missing == []
