"""S38: whatever is typed, it is a value: hostile strings in every field and address of the board."""

import httpx

from server.store import integrity
from server.store.schema import metadata
from server.web.routing import GuardedRoute
from tests.support.whole_board import PASSWORD, WholeBoard

HOSTILE = [
    "' OR '1'='1",
    "'; DROP TABLE posts; --",
    '" OR ""="',
    "1) UNION SELECT password_hash FROM members --",
    ":id :audience :now ::text",
    "$1 $2 %s %(id)s ?",
    "\\'; SELECT pg_sleep(9); --",
    "{0} {table} {{}}",
    "x' || (SELECT email FROM members LIMIT 1) || '",
]
FIELDS = (
    "title", "body", "reason", "version", "form_token", "login", "password", "username", "email", "rules",
    "next", "forum_name", "notice", "help", "privacy", "next_post_number",
)  # fmt: skip
JOINING_FIELDS = (  # beside the others they would be more than one request may have
    "username", "email", "password", "rules", "next", "reason", "sign_up", "sign_ups_an_hour", "note",
    "places", "days", "role", "invitation", "form_time", "website", "accept_rules", "accept_version",
    "accept_to",
)  # fmt: skip
SECRETS = ("$argon2", "ann@example.org", "ada@example.org")


async def rows(board: WholeBoard) -> dict[str, int]:
    async with board.db.snapshot() as reader:
        return {
            table.name: await reader.value(f"SELECT COUNT(*) FROM {table.name}") or 0
            for table in metadata.sorted_tables
        }


def paths(board: WholeBoard, topic: int, post: int, word: str) -> list[tuple[str, str]]:
    """Every route with its method; the word stands wherever the address takes text, and in ids."""
    found = []
    for route in board.server.app.routes:
        if not isinstance(route, GuardedRoute) or "/static/" in route.path or route.path == "/logout":
            continue
        number = {"topics": topic, "posts": post}.get(route.path.split("/")[1], 1)
        method = next(iter((route.methods or set()) - {"HEAD"}))
        path = route.path.replace("{slug}", word).replace("{username}", word).replace("{token}", word)
        path = path.replace("{session:int}", word)
        found.append((method, path.replace("{id:int}", str(number))))
        if "{id:int}" in path:
            found.append((method, path.replace("{id:int}", word)))
    return found


async def say_everywhere(board: WholeBoard, ada: httpx.AsyncClient, word: str) -> set[int]:
    """ada, who may do everything, puts the word into everything there is; the statuses of the answers."""
    posted = await board.topic("Sleep", "How?", by="ann")
    await board.reply(posted.topic_id, "Warm milk.", by="ada")
    statuses = set()
    for method, path in paths(board, posted.topic_id, posted.post_id, word):
        query = {"page": word, "quote": word, "position": word, "channels": word, "epoch": word}
        query |= {"search": word, "show": word, "invitation": word, "next": word}
        reads = method == "GET"
        joins = path.startswith(("/signup", "/rules", "/moderation", "/admin")) and path != "/admin/settings"
        answer = await ada.request(
            method,
            path,
            params=query if reads else None,
            json=None if reads else dict.fromkeys(JOINING_FIELDS if joins else FIELDS, word),
            headers={"Idempotency-Key": f"{word} {method} {path}"},
        )
        assert answer.status_code < 500, f"{method} {path}: {answer.text}"
        for_ada = path.startswith(("/admin/members", "/settings/mail"))  # where addresses are for her
        secrets = SECRETS[:1] if for_ada else SECRETS
        assert not any(secret in answer.text for secret in secrets), f"{method} {path}"
        statuses.add(answer.status_code)
    return statuses


async def test_hostile_words_are_words(board: WholeBoard) -> None:
    before = await rows(board)
    async with board.browser("ada", json=True) as ada:
        for word in HOSTILE:
            assert {200, 404, 422} <= await say_everywhere(board, ada, word)
            titles = [topic["title"] for topic in (await ada.get("/latest")).json()["topics"]]
            assert word in titles
    after = await rows(board)
    assert after["members"] == before["members"]
    assert after["posts"] >= before["posts"] + 3 * len(HOSTILE)  # nothing was dropped
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []


async def test_no_word_signs_anybody_in(board: WholeBoard) -> None:
    async with board.browser(json=True) as mallory:
        for word in (*HOSTILE, "' or ann", "ann@example.org' OR 1=1 --", "%", "_nn", "*"):
            for login, password in ((word, PASSWORD), ("ann", word), (word, word)):
                answer = await mallory.post("/login", json={"login": login, "password": password})
                assert answer.status_code == 422
        assert (await mallory.get("/viewer")).json() == {"role": "guest"}
        assert (await mallory.post("/login", json={"login": "ann", "password": PASSWORD})).status_code == 200


async def test_ids_are_numbers_that_fit(sqlite_board: WholeBoard) -> None:
    """Kunena took `id[]`; a number too large for the database is no address either."""
    odd = (
        "0",
        "-1",
        "1.5",
        "1e3",
        "0x10",
        "١",
        "+1",
        "1 ",
        "1;2",
        "[]",
        "1[]",
        "9" * 15,
        "9" * 19,
        "9" * 5000,
    )
    async with sqlite_board.browser("ada", json=True) as ada:
        for number in odd:
            for path in (
                f"/topics/{number}",
                f"/posts/{number}",
                f"/categories/{number}",
                f"/posts/{number}/edit",
            ):
                assert (await ada.get(path)).status_code == 404, path
            answer = await ada.get(f"/viewers/{number}.css")
            assert answer.status_code in (200, 404)
        for page in ("0", "-1", "1.5", "x", "", "9" * 9, "9" * 5000, "١"):
            assert (await ada.get("/latest", params={"page": page})).status_code == 404, page
        for version in ("-1", "1.5", "x", "9" * 30):
            answer = await ada.post("/posts/1", json={"body": "x", "version": version})
            assert answer.status_code == 422
