"""R16's acts, drawn by chance, and what is known of rights after each of them.

Each text has a word of its own. After every act the rows say who may read which word, and the act's
position says from where on; where sessions ended and accounts changed is noted too. `r16_judge.py` holds
frames against it.
"""

import random
import re
from collections.abc import Awaitable, Callable

from server.actions import accounts, moderation, posting, topic_acts
from server.actions.posting import Draft, Edit
from server.domain.clock import now_ms
from server.domain.errors import ForumError
from server.domain.viewer import Audience, Role, Viewer
from server.store import categories
from tests.reliability import r16_acts
from tests.reliability.r1_acts import set_visibility
from tests.support.waiting import check, eventually
from tests.support.whole_board import NO_LIMITS, PASSWORD, WholeBoard

WORD = re.compile(r"\bkw[0-9]+z\b")
TOPICS = 4


class Chaos:
    """`ended` maps sessions to the position of their end.

    `roles` maps members to what they were from which position on; None while they were banned.

    `on_loss` is called with the sessions and the member that a commit has just sent away.
    """

    def __init__(self, board: WholeBoard, seed: int) -> None:
        self.board, self.db, self.ada = board, board.db, board.viewer("ada")
        self.chance = random.Random(seed)
        self.words: dict[str, list[tuple[int, Audience | None]]] = {}
        self.ended: dict[int, int] = {}
        people = board.people.values()
        self.roles: dict[int, list[tuple[int, Role | None]]] = {
            one.id or 0: [(0, one.role)] for one in people
        }
        self.on_loss: Callable[[set[int], int], None] = lambda _sessions, _member: None
        self.topics: list[int] = []
        self.posts: list[int] = []
        self.wandering = 0
        self._numbers = 0

    async def prepare(self) -> None:
        """A category whose visibility changes, and topics in all of them."""
        async with self.db.begin() as writer:
            self.wandering = await categories.add(
                writer, section_id=1, name="Here and there", slug="here", description="",
                visibility=Audience.PUBLIC, position=9,
            )  # fmt: skip
        for place in [self.wandering, self.wandering, *self.board.places.values()][:TOPICS]:
            draft = Draft(self.word(), f"About {self.word()}")
            made = await posting.start_topic(self.db, self.ada, place, draft, now=now_ms(), limits=NO_LIMITS)
            self.topics.append(made.topic_id)
            self.posts.append(made.post_id)
        await self.remember(await r16_acts.head(self.db))

    def word(self) -> str:
        """One that no text had yet."""
        self._numbers += 1
        return f"kw{self._numbers}z"

    # Acts: each returns the position from which on it counts

    async def act(self) -> None:
        """One of them; some are refused, because what they are about was removed."""
        acts: list[Callable[[], Awaitable[int]]] = [
            *[self._post] * 4, *[self._edit] * 2, self._remove, self._restore, self._remove_topic,
            self._restore_topic, self._show, self._show, self._show_afresh, self._move, self._move,
            self._role, self._sign_out, self._sign_out_everywhere, self._ban,
        ]  # fmt: skip
        try:
            position = await self.chance.choice(acts)()
        except ForumError:
            return
        await self.remember(position)

    async def _post(self) -> int:
        body = self.word()
        if self.chance.random() < 0.3:
            body = f"[quote={self.chance.choice(self.posts)}]\n\n{body}"
        posted = await posting.reply(
            self.db, self.ada, self.chance.choice(self.topics), Draft(body),
            now=now_ms(), limits=NO_LIMITS,
        )  # fmt: skip
        self.posts.append(posted.post_id)
        return posted.position

    async def _edit(self) -> int:
        post = self.chance.choice(self.posts)
        async with self.db.snapshot() as reader:
            version = await reader.value("SELECT body_version FROM posts WHERE id = :id", id=post)
        edit = Edit(self.word(), version or 0, "")
        return (await posting.edit(self.db, self.ada, post, edit, now=now_ms())).position

    async def _remove(self) -> int:
        post = self.chance.choice(self.posts)
        return (await moderation.remove_post(self.db, self.ada, post, "", now=now_ms())).position

    async def _restore(self) -> int:
        post = self.chance.choice(self.posts)
        return (await moderation.restore_post(self.db, self.ada, post, now=now_ms())).position

    async def _remove_topic(self) -> int:
        topic = self.chance.choice(self.topics)
        return await moderation.remove_topic(self.db, self.ada, topic, "", now=now_ms())

    async def _restore_topic(self) -> int:
        topic = self.chance.choice(self.topics)
        return await moderation.restore_topic(self.db, self.ada, topic, now=now_ms())

    async def _show(self) -> int:
        return await r16_acts.show(self.db, self.wandering, self.chance.choice(list(Audience)))

    async def _show_afresh(self) -> int:
        return await set_visibility(self.db, self.wandering, self.chance.choice(list(Audience)))

    async def _move(self) -> int:
        place = self.chance.choice([self.wandering, *self.board.places.values()])
        topic = self.chance.choice(self.topics)
        return await topic_acts.move(self.db, self.ada, topic, place, now=now_ms())

    async def _role(self) -> int:
        name = self.chance.choice(["bo", "mod"])
        viewer = self.board.viewer(name)
        role = Role.MEMBER if viewer.role is Role.MODERATOR else Role.MODERATOR
        position = await r16_acts.set_role(self.db, self.ada, viewer, role)
        await self._change(viewer, role, position)
        await self._sign_in(name)
        return position

    async def _ban(self) -> int:
        viewer = self.board.viewer("cleo")
        position = await r16_acts.ban(self.db, self.ada, viewer)
        await self._change(viewer, None, position)
        position = await r16_acts.end_ban(self.db, self.ada, viewer)
        self.roles[viewer.id or 0].append((position, viewer.role))
        await self._sign_in("cleo")
        return position

    async def _sign_out(self) -> int:
        name = self.chance.choice(["ann", "bo", "cleo", "mod"])
        viewer = self.board.viewer(name)
        position = await r16_acts.sign_out(self.db, viewer)
        self._end({viewer.session_id or 0}, position)
        await self._sign_in(name)
        return position

    async def _sign_out_everywhere(self) -> int:
        name = self.chance.choice(["ann", "bo", "cleo", "mod"])
        viewer = self.board.viewer(name)
        query = "SELECT id FROM sessions WHERE member_id = :id"
        async with self.db.snapshot() as reader:
            sessions = {row[0] for row in await reader.all(query, id=viewer.id)}
        position = await r16_acts.sign_out_everywhere(self.db, viewer)
        self._end(sessions, position)
        await self._sign_in(name)
        return position

    async def _sign_in(self, name: str) -> None:
        username, passwords = self.board.viewer(name).username, self.board.server.app.state.passwords
        signed_in = await accounts.sign_in(
            self.db, passwords, username, PASSWORD, remember=True, now=now_ms(), limits=NO_LIMITS
        )
        self.board.people[name], self.board.tokens[name] = signed_in.viewer, signed_in.token

    # What is known

    def _end(self, sessions: set[int], position: int) -> None:
        self.ended |= dict.fromkeys(sessions, position)
        self.on_loss(sessions, 0)

    async def _change(self, viewer: Viewer, role: Role | None, position: int) -> None:
        """Returns when sockets were told; what is taken back before that was as good as never so."""
        member, hub = viewer.id or 0, self.board.server.app.state.live.hub
        self.roles[member].append((position, role))
        self.on_loss(set(), member)
        await eventually(lambda: check(hub.position >= position))

    def roles_of(self, member: int, begin: int, end: int) -> set[Role | None]:
        """What the member was between two positions."""
        before = [role for since, role in self.roles[member] if since <= begin][-1]
        return {before, *(role for since, role in self.roles[member] if begin < since <= end)}

    async def remember(self, position: int) -> None:
        """Who may read which word from that position on, by the rows themselves."""
        async with self.db.snapshot() as reader:
            rows = await reader.all(
                "SELECT p.plain, t.title, t.removed_title, c.visibility FROM posts p"
                " JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id"
            )
        seen: dict[str, Audience] = {}
        for plain, title, removed_title, visibility in rows:
            seen |= dict.fromkeys(WORD.findall(f"{plain} {title}"), Audience(visibility))
            seen |= dict.fromkeys(WORD.findall(f"{removed_title}"), Audience.STAFF)  # on its tombstone
        for word in {*seen, *self.words}:
            history = self.words.setdefault(word, [])
            if not history or history[-1][1] != seen.get(word):
                history.append((position, seen.get(word)))
