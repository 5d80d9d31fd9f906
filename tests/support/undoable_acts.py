"""Every act that can be taken back from the log, as a moderator does it: on a topic and an answer."""

from collections.abc import Awaitable, Callable

from server.actions import (
    asking,
    board_shape,
    category_moderators,
    moderation,
    post_joins,
    sanctions,
    sweeps,
    topic_acts,
    topic_moves,
    watched_words,
)
from server.actions.member_accounts import close_account
from server.actions.members import change_role
from server.actions.topic_moves import Chosen, NewTopic
from server.domain.clock import now_ms
from server.domain.sanctions import Draft, SanctionKind
from server.domain.viewer import Audience, Role
from server.domain.word_entries import WordDraft
from server.store import watched_words as words
from tests.support.approval_scene import decline, set_rules
from tests.support.model_board import ModelBoard


async def _remove_topic(board: ModelBoard, topic: int, _: int) -> None:
    await moderation.remove_topic(board.db, board.viewer("mod"), topic, "a double", now=now_ms())


async def _lock(board: ModelBoard, topic: int, _: int) -> None:
    await moderation.set_locked(board.db, board.viewer("mod"), topic, True, now=now_ms())


async def _unlock(board: ModelBoard, topic: int, _: int) -> None:
    await moderation.set_locked(board.db, board.viewer("mod"), topic, False, now=now_ms())


async def _pin(board: ModelBoard, topic: int, _: int) -> None:
    await moderation.set_pinned(board.db, board.viewer("mod"), topic, True, now=now_ms())


async def _unpin(board: ModelBoard, topic: int, _: int) -> None:
    await moderation.set_pinned(board.db, board.viewer("mod"), topic, False, now=now_ms())


async def _close(board: ModelBoard, _: int, __: int) -> None:
    await close_account(board.db, board.viewer("ada"), id_of(board, "bo"), "spam", now=now_ms())


async def _role(board: ModelBoard, _: int, __: int) -> None:
    await change_role(board.db, board.viewer("ada"), id_of(board, "bo"), Role.MODERATOR, now=now_ms())


async def _remove(board: ModelBoard, _: int, post: int) -> None:
    await moderation.remove_post(board.db, board.viewer("mod"), post, "advertising", now=now_ms())


async def _watch(board: ModelBoard, _: int, __: int) -> None:
    await watched_words.watch(board.db, board.viewer("ada"), WordDraft("casino*"), now=now_ms())


async def _word(board: ModelBoard) -> int:
    async with board.db.snapshot() as reader:
        return max(word.id for word in await words.every(reader))


async def _change_word(board: ModelBoard, _: int, __: int) -> None:
    draft = WordDraft("casinos", "replace", instead="***")
    await watched_words.change(board.db, board.viewer("ada"), await _word(board), draft, now=now_ms())


async def _take_word_out(board: ModelBoard, _: int, __: int) -> None:
    await watched_words.stop_watching(board.db, board.viewer("ada"), await _word(board), now=now_ms())


def id_of(board: ModelBoard, name: str) -> int:
    found = board.viewer(name).id
    assert found is not None
    return found


async def _appoint(board: ModelBoard, _: int, __: int) -> None:
    place = board.places[Audience.PUBLIC]
    await category_moderators.appoint(
        board.db, board.viewer("ada"), place, board.viewer("bo").username, now=now_ms()
    )


async def _dismiss(board: ModelBoard, _: int, __: int) -> None:
    place = board.places[Audience.PUBLIC]
    await category_moderators.dismiss(board.db, board.viewer("ada"), place, id_of(board, "bo"), now=now_ms())


async def _ask(board: ModelBoard, _: int, post: int) -> None:
    await asking.ask_to_edit(board.db, board.viewer("mod"), post, "No clinics, please.", now=now_ms())


async def _archive(board: ModelBoard, _: int, __: int) -> None:
    place = board.places[Audience.PUBLIC]
    await board_shape.archive_category(board.db, board.viewer("ada"), place, archived=True, now=now_ms())


async def _rename(board: ModelBoard, topic: int, _: int) -> None:
    await topic_acts.rename(board.db, board.viewer("mod"), topic, "Another title", now=now_ms())


async def _move(board: ModelBoard, topic: int, _: int) -> None:
    place = board.places[Audience.MEMBERS]
    await topic_acts.move(board.db, board.viewer("mod"), topic, place, now=now_ms())


async def _slow(board: ModelBoard, topic: int, _: int) -> None:
    await topic_acts.set_slow(board.db, board.viewer("mod"), topic, 30, now=now_ms())


async def _split(board: ModelBoard, topic: int, post: int) -> None:
    new = NewTopic("Of its own", board.places[Audience.PUBLIC])
    chosen = Chosen(frozenset({post}))
    await topic_moves.split(board.db, board.viewer("mod"), topic, chosen, new, now=now_ms())


async def _merge(board: ModelBoard, topic: int, _: int) -> None:
    other = (await board.topic()).topic_id
    await topic_moves.merge(board.db, board.viewer("mod"), topic, other, now=now_ms())


async def _move_posts(board: ModelBoard, topic: int, post: int) -> None:
    other, chosen = (await board.topic()).topic_id, Chosen(frozenset({post}))
    await topic_moves.move_posts(board.db, board.viewer("mod"), topic, chosen, other, now=now_ms())


async def _join(board: ModelBoard, topic: int, _: int) -> None:
    second = await board.reply(topic, "And soup.")
    await post_joins.join(board.db, board.viewer("mod"), second.post_id, now=now_ms())


async def _decline(board: ModelBoard, topic_id: int, post_id: int) -> None:
    await set_rules(board.db, posts=50)
    sent = await board.reply(topic_id)
    await decline(board, sent.pending_id)


def _imposing(kind: SanctionKind) -> Callable[[ModelBoard, int, int], Awaitable[object]]:
    async def impose(board: ModelBoard, _: int, __: int) -> object:
        words = Draft(kind, "Please stay kind.", "the third time", lasts="week")
        return await sanctions.impose(board.db, board.viewer("mod"), id_of(board, "bo"), words, now=now_ms())

    return impose


async def _sweep(board: ModelBoard, _: int, __: int) -> None:
    words = Draft(SanctionKind.BAN, "Advertising.", lasts="good")
    mod, bo = board.viewer("mod"), id_of(board, "bo")
    await sweeps.start_sweep(board.db, mod, bo, words, with_answered=True, now=now_ms())


DO: dict[str, Callable[[ModelBoard, int, int], Awaitable[object]]] = {
    "ban": _imposing(SanctionKind.BAN),
    "note": _imposing(SanctionKind.NOTE),
    "silence": _imposing(SanctionKind.SILENCE),
    "sweep": _sweep,
    "warn": _imposing(SanctionKind.WARNING),
    "decline_post": _decline,
    "join_posts": _join,
    "merge": _merge,
    "move_posts": _move_posts,
    "split": _split,
    "rename_topic": _rename,
    "move_topic": _move,
    "slow": _slow,
    "ask_to_edit": _ask,
    "category_archived": _archive,
    "appoint_moderator": _appoint,
    "dismiss_moderator": _dismiss,
    "change_role": _role,
    "close_account": _close,
    "lock": _lock,
    "pin": _pin,
    "remove_post": _remove,
    "remove_topic": _remove_topic,
    "unlock": _unlock,
    "unpin": _unpin,
    "word_changed": _change_word,
    "word_removed": _take_word_out,
    "word_watched": _watch,
}


BEFORE = {
    "unlock": "lock",
    "unpin": "pin",
    "dismiss_moderator": "appoint_moderator",
    "word_changed": "word_watched",
    "word_removed": "word_watched",
}
