"""The list of watched words as an administrator keeps it in the browser, with plain forms and as JSON."""

from server.domain.viewer import Role
from server.web.admin import routes as admin_routes
from tests.support.forms import submit
from tests.support.small_board import PROGRAM, small_board


async def test_ada_tries_a_text_adds_a_word_and_takes_it_out(sqlite_url: str) -> None:
    async with small_board(sqlite_url, admin_routes) as board:
        await board.add("Ada", Role.ADMIN)
        async with board.member("Ada") as ada:
            page = await ada.get("/admin/words")
            assert "None yet" in page.text
            wrong = await submit(ada, page, "/admin/words", text="ab*", sentence="Please <don't>.")
            assert wrong.status_code == 422
            assert "at least 3 letters" in wrong.text
            assert "Please &lt;don&#39;t&gt;." in wrong.text
            saved = await submit(ada, page, "/admin/words", text="casino*", sentence="No gambling here.")
            assert saved.status_code == 303
            page = await ada.get("/admin/words?saved=yes")
            assert "casino*" in page.text
            assert "Saved." in page.text
            tried = await submit(ada, page, "/admin/words/try", sample="Great CASINOS & more")
            assert "could not post this" in tried.text
            assert "No gambling here." in tried.text
            assert "Great CASINOS &amp; more</textarea>" in tried.text
            fine = await submit(ada, page, "/admin/words/try", sample="Great soup")
            assert "could post this" in fine.text
            long = await submit(ada, page, "/admin/words/try", sample="x" * 20_001)
            assert long.status_code == 422
            word = (await ada.get("/admin/words", headers=PROGRAM)).json()["words"][0]
            assert word["text"] == "casino*"
            assert word["sentence"] == "No gambling here."
            answer = await ada.post("/admin/words/try", data={"sample": "casino"}, headers=PROGRAM)
            assert answer.json() == {"blocked": True, "words": [word]}
            await submit(ada, await ada.get("/admin/words"), f"/admin/words/{word['id']}/remove")
            assert (await ada.get("/admin/words", headers=PROGRAM)).json() == {"words": []}
            again = await ada.post(f"/admin/words/{word['id']}/remove", headers=PROGRAM)
            assert again.status_code == 404


ADDRESSES = (
    ("GET", "/admin/words"),
    ("POST", "/admin/words"),
    ("POST", "/admin/words/try"),
    ("POST", "/admin/words/1/remove"),
    ("GET", "/admin/help-lines"),
    ("POST", "/admin/help-lines"),
)


async def test_only_administrators_have_a_part_in_it(sqlite_url: str) -> None:
    async with small_board(sqlite_url, admin_routes) as board:
        await board.add("Milo", Role.MODERATOR)
        await board.add("Ann")
        async with board.member("Milo") as mod, board.member("Ann") as ann, board.visitor() as guest:
            for method, path in ADDRESSES:
                for who, status in ((guest, 401), (ann, 403), (mod, 403)):
                    assert (await who.request(method, path, headers=PROGRAM)).status_code == status
