"""R17: two versions on one board. `python -m tests.reliability.r17 --old FOLDER [--short]`

FOLDER is a checkout of the version before (`git worktree add FOLDER COMMIT`). Its server makes the board
and serves it through a forwarder; the new version's `fireside migrate` changes the schema under its open
sockets; then both serve the same file, people are led to the new one, back to the old one, and for good to
the new one. Readers keep their place all the time. In a browser, where there is one, a page of either
version goes on with the other server.
"""

import asyncio
import contextlib
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from server.bench.clients import raise_file_limit
from tests.reliability.board_process import FIRESIDE, BoardProcess
from tests.reliability.figures import Figure, options, tell, verdict
from tests.reliability.r8_faults import VISIBLE, join, slowest, wrong
from tests.reliability.r17_pages import open_pages
from tests.reliability.writing import writing
from tests.support.forwarder import Forwarder, forwarder
from tests.support.model_client import Tally
from tests.support.servers import free_port
from tests.support.small_board import PASSWORD

PEOPLE = {"ann": "member", "bo": "member", "moira": "moderator"}
READERS = 50
POSTS_A_SECOND = 5


class Upgrade:
    """Both versions and who is led to which."""

    def __init__(self, old: BoardProcess, new: BoardProcess, way: Forwarder) -> None:
        self.old, self.new, self.way = old, new, way

    def lead_to(self, version: BoardProcess) -> None:
        """From now on everybody gets there; connections are cut."""
        self.way.aim(version.port)
        self.way.cut()


async def prove(checkout: Path, readers: int) -> int:
    tally, figures = Tally(), list[Figure]()
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        way = await stack.enter_async_context(forwarder(free_port()))
        old = BoardProcess(folder, free_port(), code=checkout, front=way.port)
        way.aim(old.port)
        stack.push_async_callback(old.stop)
        await furnish(old)
        new = replace(old, port=free_port(), code=None, process=None)
        stack.push_async_callback(new.stop)
        upgrade = Upgrade(old, new, way)
        crowd = await join(old, way.port, readers, tally)
        epoch = crowd[0].epoch
        pages = await stack.enter_async_context(open_pages(old))

        async def told(step: str, what: str, *, cuts: bool) -> None:
            figures.append(Figure(f"{what}: slowest reader", await slowest(new, crowd), VISIBLE, "s"))
            tell(f"{step}: {figures[-1].measured:.2f} s, {tally.opened} connections so far")
            if not cuts:
                figures.append(Figure(f"{what}: connections lost", tally.opened - readers, 0))

        async with writing(old, POSTS_A_SECOND) as written:
            await pages.visit("of the old version")
            await told("1", "the old version alone", cuts=False)
            await migrate(new)
            await told("2", "after fireside migrate", cuts=False)
            await new.start()
            upgrade.lead_to(new)
            await told("3", "led to the new version", cuts=True)
            figures.append(await pages.follow(new, "a page of the old version on the new server"))
            await pages.visit("of the new version")
            upgrade.lead_to(old)
            await told("4", "led back to the old version", cuts=True)
            figures.append(await pages.follow(new, "a page of the new version on the old server"))
            upgrade.lead_to(new)
            stopped = await old.stop()
            await told("5", "the old version stopped", cuts=True)
        differing = await wrong(new, crowd)
        for one in crowd:
            one.stop()
        await new.stop()
        findings = await new.findings()
        lost, doubled = written.lost(), written.doubled()
    figures += [
        Figure("the old version: from SIGTERM to exit", stopped, 12, "s"),
        Figure("resets", tally.resets, 0),
        Figure("readers in another epoch", sum(one.epoch != epoch for one in crowd), 0),
        Figure("readers that differ from the database at the end", differing, 0),
        Figure("acknowledged posts", len(written.acknowledged)),
        Figure("of these lost", len(lost), 0),
        Figure("of these doubled", len(doubled), 0),
        Figure("findings of integrity_check and fireside check", len(findings), 0),
    ]
    return verdict(figures, f"{readers} readers, {tally}", *pages.remarks, *lost, *doubled, *findings)


async def furnish(old: BoardProcess) -> None:
    """The old version's own commands make the board and its people; its server is left running."""
    for name, role in PEOPLE.items():
        adding = await asyncio.create_subprocess_exec(
            FIRESIDE, "member", "add", name, "--email", f"{name}@example.org", "--role", role,
            "--password-stdin", "--data", str(old.folder), env=old.environment, stdin=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await adding.communicate(PASSWORD.encode())
        assert adding.returncode == 0
    await old.start()
    for name in PEOPLE:
        async with old.browser() as browser:
            answer = await browser.post(
                "/login", json={"login": name, "password": PASSWORD, "remember": "on"}
            )
            answer.raise_for_status()
            old.tokens[name] = browser.cookies["sid"]
    async with old.browser("ann") as ann:
        draft = {"title": "How do you sleep?", "body": "Tell me."}
        answer = await ann.post("/categories/1/topics", json=draft)
        answer.raise_for_status()
        old.topic_id = answer.json()["topic"]["id"]


async def migrate(new: BoardProcess) -> None:
    """The new version's command."""
    migrating = await asyncio.create_subprocess_exec(
        FIRESIDE, "migrate", "--data", str(new.folder), env=new.environment
    )
    assert await migrating.wait() == 0


if __name__ == "__main__":
    given = options("R17: two versions on one board.", old="")
    if not (Path(given.old) / "server").is_dir():
        sys.exit("Say --old: a checkout of the version before.")
    raise_file_limit(2048)
    sys.exit(asyncio.run(prove(Path(given.old).resolve(), 10 if given.short else READERS)))
