"""Writing without JavaScript: joining, a topic, replies, quotes, edits, thanks, and all that goes wrong."""

import asyncio
import re

import httpx
import pytest

from server.store import integrity
from tests.support.forms import form_of, submit
from tests.support.sign_ups import opened
from tests.support.whole_board import PASSWORD, WholeBoard

LETTER = "I sleep four hours a night.\n\nBy three in the afternoon I am **done**."


async def read(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """The page a browser ends up on."""
    answer = await client.get(path, follow_redirects=True)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return answer


async def follow(client: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """Where a successful write leads."""
    assert answer.status_code == 303, f"{answer.status_code}: {answer.text}"
    return await read(client, answer.headers["location"])


def last_post(page: httpx.Response) -> int:
    """The number of the last post on a topic's page."""
    return int(re.findall(r'<article class="post" id="post-(\d+)"', page.text)[-1])


async def assert_agrees(board: WholeBoard) -> None:
    """What `fireside check` would say."""
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []


async def test_dora_joins_asks_and_is_answered(board: WholeBoard) -> None:
    async with board.browser() as dora, board.browser("bo") as bo:
        page = await read(dora, "/signup?next=/categories/1/new")
        fields = {"username": "Dora", "email": "dora@example.org", "password": PASSWORD, "rules": "1"}
        fields |= await opened(board.db)
        page = await follow(dora, await submit(dora, page, "/signup", **fields))
        assert page.url.path == "/categories/1/new"

        made = await submit(dora, page, "/categories/1/topics", title="Awake at <four>", body=LETTER)
        topic = await follow(dora, made)
        opening = last_post(topic)
        assert re.fullmatch(r"/topics/\d+/awake-at-four", topic.url.path)
        assert "Awake at &lt;four&gt;</h1>" in topic.text
        assert "<strong>done</strong>" in topic.text

        here = topic.url.path.rpartition("/")[0]
        form = await read(bo, f"{here}/reply?quote={opening}")
        quoting = form_of(form, f"{here}/posts").fields["body"] + "Me too. Magnesium helps me."
        answered = await follow(bo, await submit(bo, form, f"{here}/posts", body=quoting))
        reply = last_post(answered)
        assert "By three in the afternoon" in answered.text.partition('<blockquote class="quote">')[2]

        thanked = await follow(dora, await submit(dora, answered, f"/posts/{reply}/thanks"))
        assert "Dora</a></b> said thank you" in thanked.text
        taken_back = await follow(dora, await submit(dora, thanked, f"/posts/{reply}/thanks/undo"))
        assert "said thank you" not in taken_back.text

        edit = await read(bo, f"/posts/{reply}/edit")
        assert form_of(edit, f"/posts/{reply}").fields["body"] == quoting.strip()
        body = quoting.replace("Magnesium", "Warm milk")
        edited = await follow(
            bo, await submit(bo, edit, f"/posts/{reply}", body=body, reason="I mixed it up")
        )
        assert "Warm milk helps me." in edited.text
        assert "Magnesium" not in edited.text
        assert ": I mixed it up</p>" in edited.text
    await assert_agrees(board)


async def test_two_who_edit_at_once_both_keep_their_words(board: WholeBoard) -> None:
    posted = await board.topic("Sleep", "first words", by="ann")
    action = f"/posts/{posted.post_id}"
    async with board.browser("ann") as ann, board.browser("mod") as mod:
        anns, mods = await read(ann, f"{action}/edit"), await read(mod, f"{action}/edit")
        await follow(mod, await submit(mod, mods, action, body="moira's <words>", reason="calmer"))
        refused = await submit(ann, anns, action, body="ann's <words>", reason="clearer")
        assert refused.status_code == 409
        assert "moira&#39;s &lt;words&gt;</pre>" in refused.text
        again = form_of(refused, action)
        assert (again.fields["body"], again.fields["reason"]) == ("ann's <words>", "clearer")
        assert "moira's &lt;words&gt;" in (await read(ann, action)).text  # nothing was overwritten

        as_program = {"body": "x", "version": form_of(anns, action).fields["version"]}
        told = await ann.post(action, json=as_program, headers={"Accept": "application/json"})
        assert (told.status_code, told.json()["error"]["code"]) == (409, "conflict")
        current = {"version": int(again.fields["version"]), "body": "moira's <words>"}
        assert told.json()["current"] == current

        saved = await follow(ann, await submit(ann, refused, action))
        assert "ann's &lt;words&gt;" in saved.text
    await assert_agrees(board)


async def test_an_edit_that_names_no_version_overwrites_nothing(sqlite_board: WholeBoard) -> None:
    posted = await sqlite_board.topic("Sleep", "first words")
    async with sqlite_board.browser("ann", json=True) as ann:
        for version in ({}, {"version": ""}, {"version": "-1"}, {"version": "1e9"}, {"version": "٣"}):
            answer = await ann.post(f"/posts/{posted.post_id}", json={"body": "other words", **version})
            assert answer.status_code == 422
        assert (await ann.get(f"/posts/{posted.post_id}")).json()["post"]["body"] == "first words"


async def test_submitting_twice_gives_one_post(board: WholeBoard) -> None:
    posted = await board.topic("Sleep", "How?")
    action = f"/topics/{posted.topic_id}/posts"
    async with board.browser("bo") as bo:
        page = await read(bo, f"/topics/{posted.topic_id}")
        first = await submit(bo, page, action, body="Warm milk.")
        second = await submit(bo, page, action, body="Warm milk.")
        assert (second.status_code, second.headers["location"]) == (303, first.headers["location"])
        page = await read(bo, "/categories/1/new")
        topics = [
            await submit(bo, page, "/categories/1/topics", title="Tea", body="Which?") for _ in range(2)
        ]
        assert topics[0].headers["location"] == topics[1].headers["location"]
        shown = await read(bo, f"/topics/{posted.topic_id}")
        assert shown.text.count("Warm milk.") == 1
        assert (await read(bo, "/categories/1")).text.count("/tea") == 1
    await assert_agrees(board)


async def test_submitting_eight_times_at_once_gives_one_post(board: WholeBoard) -> None:
    posted = await board.topic("Sleep", "How?")
    fields = {"title": "Tea", "body": "Warm milk."}
    async with board.browser("bo", json=True) as bo, board.browser("cleo", json=True) as cleo:
        for action in (f"/topics/{posted.topic_id}/posts", "/categories/1/topics"):
            key = {"Idempotency-Key": f"key of {action}"}
            answers = await asyncio.gather(*(bo.post(action, json=fields, headers=key) for _ in range(8)))
            assert {answer.status_code for answer in answers} == {201}
            ids = {(answer.json().get("post") or answer.json()["topic"]["post"])["id"] for answer in answers}
            assert len(ids) == 1
            others = await cleo.post(action, json=fields, headers=key)  # a key is its member's
            assert others.status_code == 201
            assert (others.json().get("post") or others.json()["topic"]["post"])["id"] not in ids
        shown = (await bo.get(f"/topics/{posted.topic_id}")).json()
        assert shown["topic"]["replies"] == 2
    await assert_agrees(board)


async def test_a_repeated_submit_is_answered_even_if_the_topic_was_locked_meanwhile(
    board: WholeBoard,
) -> None:
    posted = await board.topic("Sleep", "How?")
    action, key = f"/topics/{posted.topic_id}/posts", {"Idempotency-Key": "my answer was lost on its way"}
    async with board.browser("bo", json=True) as bo, board.browser("mod", json=True) as mod:
        first = await bo.post(action, json={"body": "Warm milk."}, headers=key)
        await mod.post(f"/topics/{posted.topic_id}/lock")
        assert (await bo.post(action, json={"body": "More milk."})).status_code == 403  # it is locked
        again = await bo.post(action, json={"body": "Warm milk."}, headers=key)
        assert (again.status_code, again.json()["post"]["id"]) == (201, first.json()["post"]["id"])


async def test_long_keys_that_differ_at_their_end_are_two_keys(board: WholeBoard) -> None:
    posted = await board.topic("Sleep", "How?")
    action = f"/topics/{posted.topic_id}/posts"
    async with board.browser("bo", json=True) as bo:
        ids = set()
        for end in ("one", "two"):
            key = {"Idempotency-Key": "k" * 200 + end}
            answer = await bo.post(action, json={"body": f"Answer {end}."}, headers=key)
            ids.add(answer.json()["post"]["id"])
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("title", "body", "sentence"),
    [
        ("", "Text", "Please give your topic a title"),
        ("x" * 151, "Text", "1 character too long"),
        ("Sleep", " \n\t", "There is nothing in your post yet"),
        ("Sleep", "é" * 20_001, "1 character too long"),
        ("Sleep", "[quote=1]\n\n" * 21, "at most 20 quotes"),
    ],
    ids=["no title", "long title", "no body", "long body", "many quotes"],
)
async def test_a_form_that_is_wrong_comes_back_filled_with_a_sentence(
    sqlite_board: WholeBoard, title: str, body: str, sentence: str
) -> None:
    async with sqlite_board.browser("ann") as ann:
        page = await read(ann, "/categories/1/new")
        action = "/categories/1/topics"
        back = await submit(ann, page, action, title=title, body=body)
        assert back.status_code == 422
        assert sentence in back.text
        assert 'aria-invalid="true"' in back.text
        form = form_of(back, action)
        assert form.fields["title"] == title
        assert form.fields["body"].rstrip() == body.rstrip()
        assert form.fields["form_token"] == form_of(page, action).fields["form_token"]
        told = await ann.post(
            action, json={"title": title, "body": body}, headers={"Accept": "application/json"}
        )
        field = "title" if "title" in sentence or len(title) > 150 else "body"
        assert told.status_code == 422
        assert sentence in told.json()["error"]["fields"][field]


async def test_a_reply_to_a_locked_topic_comes_back_with_its_text(board: WholeBoard) -> None:
    posted = await board.topic("Sleep", "How?")
    action = f"/topics/{posted.topic_id}/posts"
    async with board.browser("bo") as bo, board.browser("mod") as mod:
        page = await read(bo, f"/topics/{posted.topic_id}")
        await mod.post(f"/topics/{posted.topic_id}/lock")
        refused = await submit(bo, page, action, body="Two hours of work.")
        assert refused.status_code == 403
        assert form_of(refused, action).fields["body"] == "Two hours of work."
        assert "This topic is locked" in refused.text
        page = await read(mod, f"/topics/{posted.topic_id}")
        assert (await submit(mod, page, action, body="The last word.")).status_code == 303
        assert "Two hours of work" not in (await read(mod, f"/topics/{posted.topic_id}")).text
    await assert_agrees(board)
