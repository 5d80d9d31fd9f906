"""The list of watched words as an administrator keeps it in the browser, with plain forms and as JSON."""

import pytest

from server.domain.viewer import Role
from server.web.admin import routes as admin_routes
from tests.support.forms import form_of, submit
from tests.support.small_board import PROGRAM, small_board

WORDS = "/admin/words"


async def test_ada_tries_a_text_adds_a_word_and_takes_it_out(sqlite_url: str) -> None:
    async with small_board(sqlite_url, admin_routes) as board:
        await board.add("Ada", Role.ADMIN)
        async with board.member("Ada") as ada:
            page = await ada.get(WORDS)
            assert "None yet" in page.text
            wrong = await submit(ada, page, WORDS, text="casino\nab*\nx*", sentence="Please <don't>.")
            assert wrong.status_code == 422
            assert "Line 2, “ab*”: Please write at least 3 letters" in wrong.text
            assert "Line 3, “x*”: Please write" in wrong.text
            assert form_of(wrong, WORDS).fields["text"] == "casino\nab*\nx*"
            assert "Please &lt;don&#39;t&gt;." in wrong.text
            saved = await submit(ada, page, WORDS, text="casino*", sentence="No gambling here.")
            assert saved.status_code == 303
            page = await ada.get(saved.headers["location"])
            assert "casino*" in page.text
            assert "Saved." in page.text
            tried = await submit(ada, page, f"{WORDS}/try", sample="Great CASINOS & more")
            assert "could not post this" in tried.text
            assert "No gambling here." in tried.text
            assert "Great CASINOS &amp; more</textarea>" in tried.text
            fine = await submit(ada, page, f"{WORDS}/try", sample="Great soup")
            assert "could post this" in fine.text
            for sample in ("x" * 20_001, "  "):
                assert (await submit(ada, page, f"{WORDS}/try", sample=sample)).status_code == 422
            word = (await ada.get(WORDS, headers=PROGRAM)).json()["words"][0]
            answer = await ada.post(f"{WORDS}/try", data={"sample": "casino"}, headers=PROGRAM)
            assert answer.json() == {"blocked": True, "words": [word], "html": "<p>casino</p>"}
            await submit(ada, await ada.get(WORDS), f"{WORDS}/{word['id']}/remove")
            assert (await ada.get(WORDS, headers=PROGRAM)).json() == {"words": []}
            for gone in (f"{WORDS}/{word['id']}/remove", f"{WORDS}/{word['id']}"):
                assert (await ada.post(gone, data={"text": "x"}, headers=PROGRAM)).status_code == 404
            assert (await ada.get(f"{WORDS}/{word['id']}")).status_code == 404


async def test_ada_chooses_what_happens_and_finds_her_way_by_kind_and_language(sqlite_url: str) -> None:
    async with small_board(sqlite_url, admin_routes) as board:
        await board.add("Ada", Role.ADMIN)
        async with board.member("Ada") as ada:
            page = await ada.get(WORDS)
            assert form_of(page, WORDS).fields["kind"] == "block"
            refused = await submit(ada, page, WORDS, text="helpline", kind="link", instead="help")
            assert "begins with https://" in refused.text
            assert form_of(refused, WORDS).fields["kind"] == "link"
            await submit(ada, refused, WORDS, instead="/help")
            swear = {"text": "Mist\nverdammt*", "kind": "replace", "instead": "***", "language": "German"}
            await submit(ada, page, WORDS, **swear)
            await submit(ada, page, WORDS, text="poker", kind="flag", language="en")
            page = await ada.get(WORDS)
            for told in ("Leads to /help", "Shown as “***”", "Reported", "English", "German"):
                assert told in page.text
            german = await ada.get(f"{WORDS}?language=de")
            assert "verdammt*" in german.text
            assert "poker" not in german.text
            tried = await submit(ada, page, f"{WORDS}/try", sample="Mist, call the *helpline* about poker")
            assert "A member could post this." in tried.text
            assert '<p>***, call the <em><a href="/help" rel="ugc nofollow noopener">helpline' in tried.text
            listed = (await ada.get(WORDS, headers=PROGRAM)).json()["words"]
            mist = next(word for word in listed if word["text"] == "Mist")
            assert mist == {"id": mist["id"], "text": "Mist", **dict.fromkeys(("sentence",), "")} | {
                "kind": "replace", "language": "de", "instead": "***"
            }  # fmt: skip
            path = f"{WORDS}/{mist['id']}"
            form = await ada.get(path)
            assert form_of(form, path).fields["instead"] == "***"
            wrong = await submit(ada, form, path, instead="")
            assert wrong.status_code == 422
            assert "what is shown instead" in wrong.text
            assert (await submit(ada, form, path, text="Mist*", kind="block")).status_code == 303
            changed = (
                await ada.post(path, json={"text": "Mist*", "sentence": "No."}, headers=PROGRAM)
            ).json()
            assert {"text": "Mist*", "kind": "block", "sentence": "No.", "instead": ""}.items() <= next(
                word for word in changed["words"] if word["id"] == mist["id"]
            ).items()


ADDRESSES = (
    ("GET", WORDS),
    ("POST", WORDS),
    ("POST", f"{WORDS}/try"),
    ("GET", f"{WORDS}/1"),
    ("POST", f"{WORDS}/1"),
    ("POST", f"{WORDS}/1/remove"),
    ("GET", "/admin/help-lines"),
    ("POST", "/admin/help-lines"),
)


@pytest.mark.parametrize("name", ["Milo", "Ann", ""])
async def test_only_administrators_have_a_part_in_it(sqlite_url: str, name: str) -> None:
    async with small_board(sqlite_url, admin_routes) as board:
        await board.add("Milo", Role.MODERATOR)
        await board.add("Ann")
        async with board.member(name) if name else board.visitor() as who:
            for method, path in ADDRESSES:
                answer = await who.request(method, path, headers=PROGRAM)
                assert answer.status_code == (403 if name else 401)
