"""A board on which several people do random things over HTTP, as they would by their browsers.

async with random_acts(board, seed=7) as acts:
    await acts.furnish()
    for _ in range(40):
        await acts.act()
"""

import contextlib
from collections.abc import AsyncIterator
from random import Random

import httpx

from server.domain.viewer import Audience
from server.views.page_models import POSTS_A_PAGE, TOPICS_A_PAGE
from tests.support.whole_board import WholeBoard

WRITERS = ("ann", "bo", "cleo", "mod")
DONE, REFUSED = 303, (403, 404)
EVERY_VERSION = str(2**40)  # above all: whatever the text is now, its editor has seen it


class RandomActs:
    """Random acts of several people. Some are refused: a locked topic, a removed post."""

    def __init__(self, board: WholeBoard, clients: dict[str, httpx.AsyncClient], seed: int) -> None:
        self.board = board
        self.clients = clients
        self.random = Random(seed)
        self.topics: list[int] = []
        self.posts: list[tuple[int, int]] = []  # post, topic
        self.removed: list[int] = []
        self.done: list[str] = []

    async def furnish(self) -> None:
        """One topic with a page and a bit, one about to begin its second, a category with two pages."""
        for title, replies in (("Busy", POSTS_A_PAGE + 2), ("Growing", POSTS_A_PAGE - 2)):
            started = await self.board.topic(title, f"{title} words.")
            self.note(started.post_id, started.topic_id)
            for number in range(replies):
                made = await self.board.reply(started.topic_id, f"Reply {number}.")
                self.note(made.post_id, started.topic_id)
        for number in range(TOPICS_A_PAGE + 4):
            started = await self.board.topic(f"Small {number}", "Words.", by="cleo")
            self.note(started.post_id, started.topic_id)
        started = await self.board.topic("Among us", "Words.", where=Audience.MEMBERS)
        self.note(started.post_id, started.topic_id)

    def note(self, post_id: int, topic_id: int) -> None:
        self.posts.append((post_id, topic_id))
        if topic_id not in self.topics:
            self.topics.append(topic_id)

    async def act(self) -> None:
        """One more act."""
        acts = [self.reply] * 5 + [self.quote] * 2 + [self.edit] * 3 + [self.thank] * 3 + [self.start_topic]
        acts += [self.remove_post] * 4 + [self.restore_post] * 3 + [self.moderate] * 4
        await self.random.choice(acts)()

    async def send(self, who: str, path: str, **values: str) -> int | None:
        """Sends a form; the number of the post that came of it, None when it was refused."""
        answer = await self.clients[who].post(path, data=values)
        assert answer.status_code in (DONE, *REFUSED), f"{who} {path}: {answer.status_code} {answer.text}"
        self.done.append(f"{who} {path} {values}: {answer.status_code}")
        is_post = answer.status_code == DONE and answer.headers["location"].startswith("/posts/")
        return int(answer.headers["location"].rpartition("/")[2]) if is_post else None

    def anyone(self) -> str:
        return self.random.choice(WRITERS)

    def some_topic(self) -> int:
        return self.random.choice(self.topics[:2] * 4 + self.topics)

    def some_post(self) -> tuple[int, int]:
        return self.random.choice([*self.posts[: 2 * POSTS_A_PAGE], *self.posts[-10:] * 3])

    async def reply(self) -> None:
        topic = self.some_topic()
        made = await self.send(self.anyone(), f"/topics/{topic}/posts", body=f"Answer {len(self.done)}.")
        if made:
            self.note(made, topic)

    async def quote(self) -> None:
        post, topic = self.some_post()
        body = f"[quote={post}]\n\nIndeed, {len(self.done)}."
        made = await self.send(self.anyone(), f"/topics/{topic}/posts", body=body)
        if made:
            self.note(made, topic)

    async def start_topic(self) -> None:
        title = f"Question {len(self.done)}"
        made = await self.send(self.anyone(), "/categories/1/topics", title=title, body="Well?")
        if made:
            async with self.board.browser("mod", json=True) as client:
                answer = await client.get(f"/posts/{made}")
            self.note(made, answer.json()["post"]["topic_id"])

    async def edit(self) -> None:
        post, _ = self.some_post()
        body = f"Better words, {len(self.done)}."
        await self.send("mod", f"/posts/{post}", body=body, reason="better", version=EVERY_VERSION)

    async def thank(self) -> None:
        post, _ = self.some_post()
        await self.send(self.anyone(), f"/posts/{post}/thanks{self.random.choice(['', '', '/undo'])}")

    async def remove_post(self) -> None:
        post, topic = self.random.choice([self.some_post(), self.posts[-1]])
        if topic in self.topics[:2] and post == next(first for first, of in self.posts if of == topic):
            return  # it would take along the topics that are watched
        self.removed.append(post)
        await self.send("mod", f"/posts/{post}/remove", reason="a reason")

    async def restore_post(self) -> None:
        if self.removed:
            await self.send("mod", f"/posts/{self.random.choice(self.removed)}/restore")

    async def moderate(self) -> None:
        act = self.random.choice(["lock", "unlock", "pin", "unpin", "remove", "restore", "restore"])
        topic = self.random.choice(self.topics[2:]) if act == "remove" else self.some_topic()
        await self.send("mod", f"/topics/{topic}/{act}", reason="order")


@contextlib.asynccontextmanager
async def random_acts(board: WholeBoard, seed: int) -> AsyncIterator[RandomActs]:
    """The same seed does the same, as far as ids go."""
    async with contextlib.AsyncExitStack() as stack:
        clients = {name: await stack.enter_async_context(board.browser(name)) for name in WRITERS}
        yield RandomActs(board, clients, seed)
