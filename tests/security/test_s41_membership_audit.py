"""S41: who let whom in, changed, closed or invited whom is written down, with the reason (ASVS 16.3)."""

from server.actions import admission, invitations, member_accounts, rules
from server.actions.settings import change_joining
from server.domain.clock import now_ms
from server.domain.viewer import Role, Viewer
from server.store import audit
from tests.support.small_board import PASSWORD, small_board

ADA = Viewer(1, "Ada", Role.ADMIN, session_id=1)
FORM = {"password": PASSWORD, "rules": "on"}


async def test_every_act_upon_a_member_has_its_line(database_url: str) -> None:
    async with small_board(database_url) as board:
        await board.add("Ada", Role.ADMIN)
        await change_joining(board.db, ADA, "approval", "20", now=now_ms())
        for name in ("Zoe", "Xena"):
            async with board.visitor() as somebody:
                form = FORM | {"username": name, "email": f"{name}@example.org"}
                await somebody.post("/signup", data=form)
        token = await invitations.invite(board.db, ADA, "clinic", "1", "7", now=now_ms())
        await invitations.end_invitation(board.db, ADA, 1, now=now_ms())
        await admission.approve(board.db, ADA, 2, now=now_ms())
        await admission.decline(board.db, ADA, 3, "sells lamps", now=now_ms())
        await rules.accept_rules(board.db, Viewer(2, "Zoe", Role.MEMBER), "0", accepts=True, now=now_ms())
        reset = await member_accounts.make_reset_link(board.db, ADA, 2, now=now_ms())
        await member_accounts.sign_out_member(board.db, ADA, 2, None, now=now_ms())
        await member_accounts.close_account(board.db, ADA, 2, "asked for it", now=now_ms())
        await member_accounts.reopen_account(board.db, ADA, 2, now=now_ms())
        async with board.db.snapshot() as reader:
            lines = list(reversed(await audit.latest(reader, 100)))
    found = [(one.act, one.actor_id, one.object_id, one.reason) for one in lines[1:]]
    assert found == [
        ("sign_up_policy", 1, None, "approval"),
        ("sign_up", 2, 2, ""),
        ("sign_up", 3, 3, ""),
        ("invite", 1, 1, "clinic"),
        ("end_invitation", 1, 1, ""),
        ("approve", 1, 2, ""),
        ("decline", 1, 3, "sells lamps"),
        ("accept_rules", 2, 2, "version 0"),
        ("make_reset_link", 1, 2, ""),
        ("sign_out_member", 1, 2, ""),
        ("close_account", 1, 2, "asked for it"),
        ("reopen_account", 1, 2, ""),
    ]
    dump = " ".join(map(str, lines))
    for secret in (token, reset, PASSWORD, "@example.org", "203.0.113.9"):
        assert secret not in dump
