"""Moderators see which accounts were used in one browser, and nobody else does."""

from server.domain.viewer import Role
from server.store import same_browsers
from server.store.database import Database
from server.web import accounts
from server.web.moderation import routes as moderation_routes
from tests.support.forms import submit
from tests.support.small_board import PASSWORD, small_board


async def names(db: Database, member_id: int) -> tuple[str, ...]:
    return await db.read(lambda reader: same_browsers.names_of(reader, member_id))


async def test_who_signs_in_where_another_was_is_named_beside_him(database_url: str) -> None:
    async with small_board(database_url, [*accounts.routes, *moderation_routes]) as board:
        ann, bo = await board.add("Ann"), await board.add("Bo")
        await board.add("Moira", Role.MODERATOR)
        async with board.visitor() as tablet, board.visitor() as phone:
            for browser, name in ((tablet, "Ann"), (tablet, "Bo"), (phone, "Moira")):
                await browser.post("/logout")
                page = await browser.get("/login")
                await submit(browser, page, "/login", login=name, password=PASSWORD)
            shown = await phone.get("/moderation/members/Ann")
            assert "In the same browser: Bo" in shown.text
            assert "In the same browser" not in (await phone.get("/moderation/members/Moira")).text
        assert (await names(board.db, ann), await names(board.db, bo)) == (("Bo",), ("Ann",))


async def test_a_mark_that_somebody_made_up_names_nobody(sqlite_url: str) -> None:
    async with small_board(sqlite_url, accounts.routes) as board:
        ann, bo = await board.add("Ann"), await board.add("Bo")
        async with board.visitor() as tablet:
            await submit(tablet, await tablet.get("/login"), "/login", login="Ann", password=PASSWORD)
            marks = tablet.cookies[board.config.marks_cookie_name]
        async with board.visitor() as other:
            forged = marks[:16] + "0" * 64  # Ann's chance part, signed by nobody
            other.cookies.set(board.config.marks_cookie_name, forged)
            await submit(other, await other.get("/login"), "/login", login="Bo", password=PASSWORD)
        assert (await names(board.db, ann), await names(board.db, bo)) == ((), ())
