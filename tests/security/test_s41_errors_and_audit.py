"""S41: what goes wrong is said in general words, every act of a moderator is written down (ASVS 16.3, 16.5).

Sign-ins and roles are in test_s41_audit.py.
"""

import pytest

from server.domain.settings import DEFAULTS
from server.store import audit
from server.store.database import Database, Reader
from tests.support.whole_board import WholeBoard

INSIDES = ("Traceback", "sqlite", "asyncpg", "SELECT", "/server/", ".py", "secret reason of the crash")


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_a_crash_says_sorry_and_nothing_else(
    board: WholeBoard, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    async def crash(given: Reader | Database, *_: object, **__: object) -> None:
        if isinstance(given, Database):
            async with given.snapshot() as reader:
                await crash(reader)
        else:  # the database's own words are part of the error
            await given.all("SELECT secret FROM nowhere WHERE x = 'secret reason of the crash'")

    posted = await board.topic("Sleep", "How?", by="ann")
    for target in ("server.views.pages.topic", "server.actions.posting.reply", "server.store.settings.board"):
        monkeypatch.setattr(target, crash)
    async with board.browser("ann") as ann:
        headers = {"Accept": accept}
        answers = [
            await ann.get(f"/topics/{posted.topic_id}/sleep", headers=headers),
            await ann.post(f"/topics/{posted.topic_id}/posts", data={"body": "x"}, headers=headers),
        ]
        if accept == "text/html":
            answers.append(await ann.get("/rules", headers=headers))
    for answer in answers:
        assert answer.status_code == 500
        assert "we are sorry" in answer.text
        assert not any(inside.lower() in answer.text.lower() for inside in INSIDES)
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_every_act_of_a_moderator_is_written_down_without_content(board: WholeBoard) -> None:
    posted = await board.topic("A private title", "A private body", by="ann")
    reply = await board.reply(posted.topic_id, "A private reply", by="bo")
    topic, post = f"/topics/{posted.topic_id}", f"/posts/{reply.post_id}"
    acts = [
        (f"{topic}/lock", ("lock", "topic", posted.topic_id, "")),
        (f"{topic}/unlock", ("unlock", "topic", posted.topic_id, "")),
        (f"{topic}/pin", ("pin", "topic", posted.topic_id, "")),
        (f"{topic}/unpin", ("unpin", "topic", posted.topic_id, "")),
        (f"{post}/remove", ("remove_post", "post", reply.post_id, "why")),
        (f"{post}/restore", ("restore_post", "post", reply.post_id, "")),
        (f"{topic}/remove", ("remove_topic", "topic", posted.topic_id, "why")),
        (f"{topic}/restore", ("restore_topic", "topic", posted.topic_id, "")),
        ("/admin/settings", ("settings", "board", None, "")),
    ]
    fields = {"reason": "why", **DEFAULTS, "next_post_number": "7000"}
    async with board.browser("bo", json=True) as bo, board.browser("ada", json=True) as ada:
        for path, _ in acts:
            assert (
                await bo.post(path.replace(post, f"/posts/{posted.post_id}"), json=fields)
            ).status_code == 403
        async with board.db.snapshot() as reader:
            assert (await audit.latest(reader, 1))[0].act == "sign_in"  # what was refused has not happened
        for path, _ in acts:
            assert (await ada.post(path, json=fields)).status_code == 200, path
    async with board.db.snapshot() as reader:
        lines = list(reversed(await audit.latest(reader, len(acts))))
    assert [(line.act, line.object_kind, line.object_id, line.reason) for line in lines] == [
        line for _, line in acts
    ]
    assert {line.actor_id for line in lines} == {board.viewer("ada").id}
    assert "private" not in str(lines)
