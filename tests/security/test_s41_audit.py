"""S41: sign-ins and roles are written down; errors say nothing (ASVS 16.3, 16.5)."""

import pytest

from server.actions import members, setup
from server.actions.members import NewMember
from server.domain.clock import now_ms
from server.domain.errors import Forbidden
from server.domain.viewer import Role, Viewer
from server.store import audit
from server.store.audit import Entry
from tests.support.sign_ups import opened
from tests.support.small_board import PASSWORD, SmallBoard, small_board


async def entries(board: SmallBoard) -> list[Entry]:
    async with board.db.snapshot() as reader:
        return list(reversed(await audit.latest(reader, 100)))


async def test_every_way_in_and_every_failure_is_written_down(database_url: str) -> None:
    new = {"username": "Bo", "email": "bo@example.org", "password": PASSWORD, "rules": "on"}
    async with small_board(database_url) as board:
        ann = await board.add("Ann")
        async with board.visitor() as visitor:
            for login, password in (("Ann", "wrong horse"), ("Nobody", PASSWORD), ("Ann", PASSWORD)):
                await visitor.post("/login", data={"login": login, "password": password})
            await visitor.post("/logout")
            await visitor.post("/signup", data=new | await opened(board.db))
        found = [(entry.act, entry.actor_id, entry.object_id) for entry in await entries(board)]
        dump = " ".join(map(str, await entries(board)))
    bo = found[-1][1]
    assert found == [
        ("add_member", None, ann),
        ("sign_in_failed", None, ann),
        ("sign_in_failed", None, None),
        ("sign_in", ann, ann),
        ("sign_out", ann, ann),
        ("sign_up", bo, bo),
    ]
    for secret in (PASSWORD, "wrong horse", "Nobody", "@example.org", "203.0.113.9"):
        assert secret not in dump


async def test_every_change_of_a_role_is_written_down(database_url: str) -> None:
    async with small_board(database_url) as board:
        token = await setup.setup_link(board.db, now=now_ms())
        ada = await setup.make_first_administrator(
            board.db,
            board.passwords,
            token or "",
            NewMember("Ada", "ada@example.org", PASSWORD),
            device="",
            now=now_ms(),
        )
        ann = await board.add("Ann")
        await members.change_role(board.db, ada.viewer, ann, Role.MODERATOR, now=now_ms())
        await members.change_role(board.db, Viewer(None, "", Role.ADMIN), ann, Role.MEMBER, now=now_ms())
        acts = [(entry.act, entry.actor_id, entry.object_id, entry.reason) for entry in await entries(board)]
    assert acts == [
        ("first_administrator", ada.viewer.id, ada.viewer.id, ""),
        ("add_member", None, ann, "member"),
        ("change_role", ada.viewer.id, ann, "member to moderator"),
        ("change_role", None, ann, "moderator to member"),
    ]


async def test_a_refused_change_of_a_role_leaves_no_line(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board:
        ann = await board.add("Ann")
        before = await entries(board)
        for role in (Role.MEMBER, Role.MODERATOR):
            with pytest.raises(Forbidden):
                await members.change_role(board.db, Viewer(ann, "Ann", role), ann, Role.ADMIN, now=now_ms())
        assert await entries(board) == before
