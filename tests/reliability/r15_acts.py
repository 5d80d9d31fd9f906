"""R15's acts that hide or remove what could be read, each with a category, a topic and a word of its own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from server.actions import (
    board_shape,
    category_moderators,
    moderation,
    post_joins,
    posting,
    purging,
    reports,
    sweeps,
    topic_acts,
    topic_moves,
)
from server.actions.members import NewMember, add_member
from server.actions.posting import Draft, Edit, start_topic
from server.domain import sanctions
from server.domain.board_shape import CategoryDraft
from server.domain.clock import now_ms
from server.domain.reports import Subject
from server.domain.sweeps import SweepState
from server.domain.viewer import Audience, Role, Viewer
from server.store import categories, posts
from tests.reliability.test_r15_sweep import reaches
from tests.support.whole_board import NO_LIMITS, PASSWORD, WholeBoard

GUEST, MEMBER, OWN, STAFF = (
    None,
    "ann",
    "cleo",
    "mod",
)  # OWN moderates every category that is about to be hidden


@dataclass(frozen=True)
class Scene:
    """What one act is about."""

    board: WholeBoard
    spammer: Viewer
    category: int
    topic: int
    post: int
    word: str


@dataclass(frozen=True)
class Act:
    """What hides it, and from whom. With `tombstone` it is why a topic was removed, for moderators only."""

    do: Callable[[Scene], Awaitable[object]]
    outside: tuple[str | None, ...]
    tombstone: bool = False
    by_spammer: bool = False


async def furnished(board: WholeBoard, acts: Mapping[str, Act]) -> dict[str, Scene]:
    """A scene for each of them, by its name; OWN moderates all of their categories."""
    draft = NewMember("spammer", "spammer@example.org", PASSWORD)
    passwords = board.server.app.state.passwords
    member = await add_member(board.db, passwords, draft, Role.MEMBER, now=now_ms())
    spammer = Viewer(member, "spammer", Role.MEMBER)
    elsewhere = (await board.topic("Elsewhere", "Hello.", by="ann")).topic_id  # where all of it is quoted
    scenes = {}
    for number, (name, act) in enumerate(acts.items(), 1):
        scenes[name] = await _scene(board, spammer, number, act)
        await board.reply(elsewhere, f"[quote={scenes[name].post}]\n\nReally?", by="ann")
    return scenes


async def _scene(board: WholeBoard, spammer: Viewer, number: int, act: Act) -> Scene:
    word = f"kw{number}z"
    async with board.db.begin() as writer:
        place = await categories.add(
            writer, section_id=1, name=f"Place {number}", slug=f"place-{number}", description="",
            visibility=Audience.PUBLIC, position=number + 10,
        )  # fmt: skip
    await category_moderators.appoint(board.db, board.viewer("ada"), place, "cleo", now=now_ms())
    by = spammer if act.by_spammer else board.viewer("bo")
    title = "Quiet" if act.tombstone else f"About {word}"
    draft = Draft("Hello." if act.tombstone else f"I take {word}.", title)
    posted = await start_topic(board.db, by, place, draft, now=now_ms(), limits=NO_LIMITS)
    await board.reply(posted.topic_id, f"[quote={posted.post_id}]\n\nSo do I.", by="ann")
    await reports.report(
        board.db, board.viewer("ann"), Subject.POST, posted.post_id, reason="dangerous", details="Look.",
        now=now_ms(), limits=NO_LIMITS,
    )  # fmt: skip
    if act.tombstone:
        await moderation.remove_topic(board.db, board.viewer("mod"), posted.topic_id, word, now=now_ms())
    return Scene(board, spammer, place, posted.topic_id, posted.post_id, word)


async def _purge(scene: Scene) -> None:
    mod = scene.board.viewer("mod")
    await moderation.remove_post(scene.board.db, mod, scene.post, "", now=now_ms())
    purge = purging.Purge("a court", str(scene.post), knows=True)
    await purging.purge_post(scene.board.db, scene.board.viewer("ada"), scene.post, purge, now=now_ms())


async def _sweep(scene: Scene) -> None:
    """Its own job removes one topic after the other: from the last one on the promise holds."""
    draft = sanctions.Draft(sanctions.SanctionKind.BAN, "Advertising.", lasts="good")
    mod, member = scene.board.viewer("mod"), scene.spammer.id or 0
    number = await sweeps.start_sweep(scene.board.db, mod, member, draft, with_answered=True, now=now_ms())
    await reaches(scene.board, number, SweepState.REMOVED)


def _show_to(seen_by: str) -> Callable[[Scene], Awaitable[object]]:
    async def change(scene: Scene) -> None:
        draft = CategoryDraft("1", f"Place of {scene.word}", "", seen_by)
        ada = scene.board.viewer("ada")
        await board_shape.change_category(scene.board.db, ada, scene.category, draft, now=now_ms())

    return change


async def _move(scene: Scene) -> None:
    place, mod = scene.board.places[Audience.STAFF], scene.board.viewer("mod")
    await topic_acts.move(scene.board.db, mod, scene.topic, place, now=now_ms())


def _join(where: Audience) -> Callable[[Scene], Awaitable[object]]:
    async def merge(scene: Scene) -> None:
        inner = await scene.board.topic("Among us", "Hello.", by="mod", where=where)
        mod = scene.board.viewer("mod")
        await topic_moves.merge(scene.board.db, mod, scene.topic, inner.topic_id, now=now_ms())

    return merge


async def _split(scene: Scene) -> None:
    new = topic_moves.NewTopic(f"Split {scene.word}", scene.board.places[Audience.STAFF])
    mod, everything = scene.board.viewer("mod"), topic_moves.EVERYTHING
    await topic_moves.split(scene.board.db, mod, scene.topic, everything, new, now=now_ms())


async def _dismiss(scene: Scene) -> None:
    ada, cleo = scene.board.viewer("ada"), scene.board.viewer("cleo").id or 0
    await category_moderators.dismiss(scene.board.db, ada, scene.category, cleo, now=now_ms())


async def _remove_post(scene: Scene) -> None:
    mod = scene.board.viewer("mod")
    await moderation.remove_post(scene.board.db, mod, scene.post, "", now=now_ms())


async def _remove_topic(scene: Scene) -> None:
    mod = scene.board.viewer("mod")
    await moderation.remove_topic(scene.board.db, mod, scene.topic, "", now=now_ms())


async def _edit_away(scene: Scene) -> None:
    """By its author, and its title by a moderator."""
    async with scene.board.db.snapshot() as reader:
        post = await posts.state(reader, scene.post)
    assert post is not None
    edit = Edit("I take nothing.", post.version)
    await posting.edit(scene.board.db, scene.board.viewer("bo"), scene.post, edit, now=now_ms())
    mod = scene.board.viewer("mod")
    await topic_acts.rename(scene.board.db, mod, scene.topic, "About nothing", now=now_ms())


async def _join_and_remove(scene: Scene) -> None:
    """What was said twice is one post, and then none."""
    first = await scene.board.reply(scene.topic, f"First {scene.word}.", by="bo")
    second = await scene.board.reply(scene.topic, f"Then {scene.word}.", by="bo")
    mod = scene.board.viewer("mod")
    await post_joins.join(scene.board.db, mod, second.post_id, first.post_id, now=now_ms())
    await moderation.remove_topic(scene.board.db, mod, scene.topic, "", now=now_ms())


REMOVALS = {
    "removed": Act(_remove_post, (GUEST, MEMBER)),
    "removed with its topic": Act(_remove_topic, (GUEST, MEMBER)),
    "edited away": Act(_edit_away, (GUEST, MEMBER, OWN)),
    "joined with a duplicate, and removed": Act(_join_and_remove, (GUEST, MEMBER)),
    "swept": Act(_sweep, (GUEST, MEMBER), by_spammer=True),
    "purged": Act(_purge, (GUEST, MEMBER, OWN)),
}
ACTS = REMOVALS | {
    "shown to members": Act(_show_to("members"), (GUEST,)),
    "shown to staff": Act(_show_to("staff"), (GUEST, MEMBER, OWN)),
    "moved to staff": Act(_move, (GUEST, MEMBER, OWN)),
    "joined with a members' topic": Act(_join(Audience.MEMBERS), (GUEST,)),
    "joined with a staff topic": Act(_join(Audience.STAFF), (GUEST, MEMBER, OWN)),
    "split off to staff": Act(_split, (GUEST, MEMBER, OWN)),
    "no longer hers to moderate": Act(_dismiss, (GUEST, MEMBER, OWN), tombstone=True),
}
