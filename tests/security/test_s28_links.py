"""S28: newcomers set few links, also by the forms' way; what a link may be is in test_s26_markup.py."""

from server.domain.clock import now_ms
from server.store import integrity
from tests.support.forms import form_of
from tests.support.sign_ups import opened
from tests.support.small_board import PASSWORD
from tests.support.whole_board import WholeBoard

THREE = "https://a.example/1 [two](https://b.example) www.c.example/3"


async def test_somebody_who_just_joined_is_told_how_many_links_fit(board: WholeBoard) -> None:
    posted = await board.topic("Sleep", "How?", by="ann")
    action = f"/topics/{posted.topic_id}/posts"
    async with board.browser() as eve:
        joined = {"username": "Eve", "email": "eve@example.org", "password": PASSWORD, "rules": "1"}
        assert (await eve.post("/signup", data=joined | await opened(board.db))).status_code == 303
        refused = await eve.post(action, data={"body": THREE})
        assert refused.status_code == 422
        assert "New members may set 2 links in a post; here are 3." in refused.text
        assert form_of(refused, action).fields["body"] == THREE
        two = THREE.rpartition(" ")[0]
        made = await eve.post(action, data={"body": two})
        assert made.status_code == 303
        post = made.headers["location"]
        edit = await eve.get(f"{post}/edit")
        fields = form_of(edit, post).fields
        refused = await eve.post(post, data=fields | {"body": THREE})
        assert refused.status_code == 422
        assert "here are 3" in refused.text
        as_json = await eve.patch(
            post, json={"body": THREE, "version": fields["version"]}, headers={"Accept": "application/json"}
        )
        assert "body" in as_json.json()["error"]["fields"]
    async with board.browser("bo") as bo:  # who has been here for a while may
        assert (await bo.post(action, data={"body": THREE})).status_code == 303
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []
        joined_at = await reader.value("SELECT MAX(created_at) FROM members")
    assert now_ms() - (joined_at or 0) < 60_000  # the premise: Eve is new, bo is not
