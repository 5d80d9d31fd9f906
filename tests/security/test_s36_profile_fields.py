"""S21, S33, S36: what stands in a field for members or staff is nowhere for those it is not for.

Two boards are alike but for what bo wrote into such fields. Whoever may not see them finds no difference: on
no page, in no JSON, in no patch, whatever position is asked for.
"""

import contextlib
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions import profile_fields, profiles
from server.actions.profiles import ProfileDraft
from server.domain.clock import now_ms
from server.domain.profile_fields import FieldDraft
from tests.support.crawl import crawl, every_id, polled, resumed
from tests.support.whole_board import NO_LIMITS, WholeBoard, whole_board

SEEN_BY = ("everyone", "members", "staff")
OUTSIDE = {"members": (None,), "staff": (None, "ann")}
WORD = "canary"
# What differs between two boards anyway: times, tokens, positions and what is made of them.
CHANGING = re.compile(
    r'content-length: \d+|etag: \S+|value="[\w-]{20,}"|\d{4}-\d\d-\d\dT[\d:]+Z|, \d\d:\d\d UTC'
    r"|[0-9a-f]{32}|(127\.0\.0\.1|localhost|\[::1\]):\d+|\b1\d{12}\b"
)
PAIRS = re.compile(r'(version|position)(=?"?:? ?"?)\d+')


@contextlib.asynccontextmanager
async def world(template: Path, folder: Path, secret: str | None) -> AsyncIterator[WholeBoard]:
    """A board with a field for each audience; bo filled in the public one, and the `secret` one or none."""
    folder.mkdir()
    file = shutil.copyfile(template, folder / "fireside.db")
    async with whole_board(f"sqlite:///{file}") as board:
        await board.topic("How do you sleep?", "Badly.", by="bo")
        for seen in SEEN_BY:
            draft = FieldDraft(f"Asked {seen}", "long", seen)
            await profile_fields.add_field(board.db, board.viewer("ada"), draft, now=now_ms())
        await say(board, {"field_1": "Hello"})
        if secret is not None:
            await say(board, {"field_1": "Hello", f"field_{SEEN_BY.index(secret) + 1}": f"{WORD} {secret}"})
        yield board


async def say(board: WholeBoard, fields: dict[str, str]) -> None:
    draft = ProfileDraft("", "I garden.", fields)
    await profiles.save_profile(board.db, board.viewer("bo"), draft, now=now_ms(), limits=NO_LIMITS)


async def everything_for(board: WholeBoard, name: str | None) -> dict[str, str]:
    """All that the person can read, by where."""
    ids = await every_id(board)
    found = [page async for page in crawl(board, name, ids)]
    found += [message async for message in polled(board, name, ids, 0)]
    found += await resumed(board, name, ids, 0)
    return {one.where: one.text for one in found}


@pytest.mark.parametrize("secret", ["members", "staff"])
async def test_a_hidden_field_makes_no_difference(sqlite_template: Path, tmp_path: Path, secret: str) -> None:
    async with (
        world(sqlite_template, tmp_path / "one", secret) as one,
        world(sqlite_template, tmp_path / "two", None) as two,
    ):
        for name in OUTSIDE[secret]:
            seen, plain = await everything_for(one, name), await everything_for(two, name)
            assert "Hello" in seen["page /members/bo"]  # the premise
            assert [where for where, text in seen.items() if WORD in text] == []
            for where in seen.keys() & plain.keys():
                if where.startswith(("page", "json")):
                    assert alike(seen[where]) == alike(plain[where]), where
            assert seen.keys() == plain.keys()


def alike(text: str) -> str:
    return PAIRS.sub(r"\1", CHANGING.sub("", text))


@pytest.mark.parametrize("secret", ["members", "staff"])
async def test_whom_it_is_for_finds_it_in_every_form(
    sqlite_template: Path, tmp_path: Path, secret: str
) -> None:
    async with world(sqlite_template, tmp_path / "one", secret) as board:
        reader = {"members": "ann", "staff": "mod"}[secret]
        found = {where for where, text in (await everything_for(board, reader)).items() if WORD in text}
        assert {
            "page /members/bo",
            "json /members/bo",
            "page /members/bo/card",
            "json /members/bo/card",
        } <= found
        assert any(where.startswith("poll profile") for where in found)
        assert any(where.startswith("socket profile") for where in found)
        # The member himself always does, where he wrote it.
        own = {where for where, text in (await everything_for(board, "bo")).items() if WORD in text}
        assert {"page /settings/profile", "json /settings/profile"} <= own
        assert ("page /members/bo" in own) == (secret == "members")
