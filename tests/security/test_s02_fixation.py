"""S2: a token from before signing in is worth nothing after it (ASVS 7.2.4)."""

from server.actions.sessions import new_token
from tests.support.sign_ups import opened
from tests.support.small_board import PASSWORD, small_board

ANN = {"login": "Ann", "password": PASSWORD}


async def test_a_token_that_mallory_planted_does_not_become_anns(sqlite_url: str) -> None:
    planted = new_token()
    async with small_board(sqlite_url) as board:
        await board.add("Ann")
        async with board.visitor() as ann:
            answer = await ann.post("/login", data=ANN, headers={"Cookie": f"sid={planted}"})
            assert answer.status_code == 303
            assert planted not in answer.headers["set-cookie"]
        assert not await board.is_signed_in(planted)


async def test_mallorys_own_session_dies_when_ann_signs_in_with_it(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board:
        await board.add("Ann")
        await board.add("Mallory")
        async with board.member("Mallory") as browser:
            planted = browser.cookies["sid"]
            assert await board.is_signed_in(planted)  # the premise
            await browser.post("/login", data=ANN)
            assert browser.cookies["sid"] != planted
            assert (await browser.get("/viewer")).json()["username"] == "Ann"
        assert not await board.is_signed_in(planted)


async def test_every_sign_in_has_a_token_of_its_own(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board:
        await board.add("Ann")
        tokens = [(await board.sign_in("Ann")).token for _ in range(3)]
        assert len(set(tokens)) == 3
        assert all([await board.is_signed_in(token) for token in tokens])


async def test_signing_up_ends_the_session_one_came_with(sqlite_url: str) -> None:
    form = {"username": "Bo", "email": "bo@example.org", "password": PASSWORD, "rules": "on"}
    async with small_board(sqlite_url) as board:
        await board.add("Ann")
        async with board.member("Ann") as browser:
            before = browser.cookies["sid"]
            assert (await browser.post("/signup", data=form | await opened(board.db))).status_code == 303
            assert (await browser.get("/viewer")).json()["username"] == "Bo"
        assert not await board.is_signed_in(before)
