"""Taking back from the log what was done: each act that has an opposite is undone by the action for that.

What may be undone, and by whom, those actions decide themselves. An act whose line in `domain/acts.py` names
what takes it back has its function here.
"""

import re
from collections.abc import Awaitable, Callable, Mapping

from server.actions import (
    approval,
    asking,
    board_shape,
    category_moderators,
    member_accounts,
    members,
    moderation,
    post_joins,
    sanctions,
    sweeps,
    topic_acts,
    topic_moves,
    watched_words,
)
from server.domain.acts import act_called
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.permissions import may_read_log
from server.domain.sanctions import SanctionKind
from server.domain.viewer import Role, Viewer
from server.domain.word_entries import WordDraft
from server.domain.word_lines import word_in
from server.store import moderation_log, posts
from server.store import sanctions as written_sanctions
from server.store import topic_moves as written_moves
from server.store.database import Database
from server.store.moderation_log import Line

Undo = Callable[[Database, Viewer, Line, int, int], Awaitable[object]]
"""Takes back what the line tells of; the numbers are the thing's, and the time in milliseconds UTC."""

_CATEGORY = re.compile(r"category (\d+):")  # as these lines begin
_NUMBERED = re.compile(r"#(\d+) ")  # as a category or a topic begins that something was moved out of
_EXPLAINED = {"join_posts", "merge", "move_posts", "split"}  # whose actions say best what stands in the way
OVER = "This can't be taken back any more: what it was about is not as this act left it."


async def undo(db: Database, viewer: Viewer, line_id: int, *, now: int) -> None:
    """Takes back what a line of the log tells of.

    Raises NotFound, Forbidden when that is over or not for this viewer, or as the action that does it.
    """
    if not may_read_log(viewer):
        raise NotFound
    async with db.snapshot() as reader:
        line = await moderation_log.line(reader, line_id)
    if line is None:
        raise NotFound
    do = UNDO.get(line.act)
    if do is None or line.object_id is None:
        raise Forbidden(OVER)
    if not line.can_undo and line.act not in _EXPLAINED:
        raise Forbidden(await _what_happened(db, line))
    try:
        await do(db, viewer, line, line.object_id, now)
    except NotFound as gone:  # in this moment, by somebody else
        raise Forbidden(await _what_happened(db, line)) from gone
    except Invalid as refused:  # there is no form here beside which its sentences could stand
        raise Forbidden(refused.message) from refused


async def _what_happened(db: Database, line: Line) -> str:
    """Why the line can't be taken back, for who comes second: what was done with the thing since, by whom."""
    async with db.snapshot() as reader:
        since = await moderation_log.latest_after(reader, line)
    if since is None:
        return OVER
    what = since.member if since.object_kind == "member" else "it"
    did = act_called(since.act).sentence.format(what or "it")
    return f"This can't be taken back any more: {since.actor or 'the board'} {did} since."


async def _restore_post(db: Database, viewer: Viewer, _: Line, post_id: int, now: int) -> None:
    async with db.snapshot() as reader:
        post = await posts.state(reader, post_id)
    if post is not None and post.place == 1:  # it went with its topic
        await moderation.restore_topic(db, viewer, post.topic_id, now=now)
        return
    await moderation.restore_post(db, viewer, post_id, now=now)


async def _reopen_post(db: Database, viewer: Viewer, _: Line, pending_id: int, now: int) -> None:
    await approval.reopen(db, viewer, pending_id, now=now)


async def _restore_topic(db: Database, viewer: Viewer, _: Line, topic_id: int, now: int) -> None:
    await moderation.restore_topic(db, viewer, topic_id, now=now)


async def _lock(db: Database, viewer: Viewer, line: Line, topic_id: int, now: int) -> None:
    await moderation.set_locked(db, viewer, topic_id, line.act == "unlock", now=now)


async def _pin(db: Database, viewer: Viewer, line: Line, topic_id: int, now: int) -> None:
    await topic_acts.set_pinned(db, viewer, topic_id, topic_acts.pin_called(line.before), now=now)


async def _reopen(db: Database, viewer: Viewer, _: Line, member_id: int, now: int) -> None:
    await member_accounts.reopen_account(db, viewer, member_id, now=now)


async def _role(db: Database, viewer: Viewer, line: Line, member_id: int, now: int) -> None:
    if line.before not in Role._value2member_map_:
        raise Forbidden("This line is from before the log kept what a role was. Please set it by hand.")
    await members.change_role(db, viewer, member_id, Role(line.before), now=now)


async def _stop_asking(db: Database, viewer: Viewer, _: Line, post_id: int, now: int) -> None:
    await asking.stop_asking(db, viewer, post_id, now=now)


async def _category(db: Database, viewer: Viewer, line: Line, member_id: int, now: int) -> None:
    category = _CATEGORY.match(line.reason)
    if category is None:
        raise Forbidden(OVER)
    number = int(category[1])
    if line.act == "appoint_moderator":
        await category_moderators.dismiss(db, viewer, number, member_id, now=now)
    else:
        await category_moderators.appoint(db, viewer, number, line.name, now=now)


async def _reopen_category(db: Database, viewer: Viewer, _: Line, category_id: int, now: int) -> None:
    await board_shape.archive_category(db, viewer, category_id, archived=False, now=now)


async def _rename(db: Database, viewer: Viewer, line: Line, topic_id: int, now: int) -> None:
    await topic_acts.rename(db, viewer, topic_id, line.before, now=now)


async def _move(db: Database, viewer: Viewer, line: Line, topic_id: int, now: int) -> None:
    category = _NUMBERED.match(line.before)
    if category is None:
        raise Forbidden(OVER)
    await topic_acts.move(db, viewer, topic_id, int(category[1]), now=now)


async def _slow(db: Database, viewer: Viewer, line: Line, topic_id: int, now: int) -> None:
    minutes = line.before.partition(" ")[0]
    await topic_acts.set_slow(db, viewer, topic_id, int(minutes) if minutes.isdigit() else 0, now=now)


async def _bring_back(db: Database, viewer: Viewer, line: Line, topic_id: int, now: int) -> None:
    async with db.snapshot() as reader:
        move = await written_moves.noted_at(reader, topic_id, line.at)
    if move is None:
        raise Forbidden(OVER)
    await topic_moves.undo(db, viewer, move.id, now=now)


async def _take_apart(db: Database, viewer: Viewer, _: Line, post_id: int, now: int) -> None:
    await post_joins.undo(db, viewer, post_id, now=now)


def _word(line: Line) -> WordDraft:
    """The entry as it was before the act."""
    word = word_in(line.before)
    if word is None:
        raise Forbidden("This line does not say all that the word was. Please put it on the list by hand.")
    return WordDraft(word.text, word.action, word.sentence, word.language, word.instead)


async def _change_word(db: Database, viewer: Viewer, line: Line, word_id: int, now: int) -> None:
    await watched_words.change(db, viewer, word_id, _word(line), now=now)


async def _put_back_word(db: Database, viewer: Viewer, line: Line, word_id: int, now: int) -> None:
    await watched_words.put_back(db, viewer, word_id, _word(line), now=now)


async def _stop_watching(db: Database, viewer: Viewer, _: Line, word_id: int, now: int) -> None:
    await watched_words.stop_watching(db, viewer, word_id, now=now)


async def _imposed(db: Database, line: Line, member_id: int) -> int:
    """The sanction that the line tells of: imposed on that member at that moment, as what it is called."""
    async with db.snapshot() as reader:
        found = [one for one in await written_sanctions.of_member(reader, member_id) if one.at == line.at]
    for one in found:
        if _KINDS[line.act] is one.kind:
            return one.id
    raise Forbidden(OVER)


async def _end_sanction(db: Database, viewer: Viewer, line: Line, member_id: int, now: int) -> None:
    await sanctions.take_back(db, viewer, await _imposed(db, line, member_id), now=now)


async def _undo_sweep(db: Database, viewer: Viewer, line: Line, member_id: int, now: int) -> None:
    await sweeps.undo(db, viewer, await _imposed(db, line, member_id), now=now)


_KINDS = {
    "ban": SanctionKind.BAN,
    "note": SanctionKind.NOTE,
    "silence": SanctionKind.SILENCE,
    "sweep": SanctionKind.BAN,
    "warn": SanctionKind.WARNING,
}
UNDO: Mapping[str, Undo] = {
    "appoint_moderator": _category,
    "ask_to_edit": _stop_asking,
    "ban": _end_sanction,
    "category_archived": _reopen_category,
    "change_role": _role,
    "close_account": _reopen,
    "decline_post": _reopen_post,
    "dismiss_moderator": _category,
    "join_posts": _take_apart,
    "lock": _lock,
    "merge": _bring_back,
    "move_posts": _bring_back,
    "move_topic": _move,
    "note": _end_sanction,
    "pin": _pin,
    "remove_post": _restore_post,
    "remove_topic": _restore_topic,
    "rename_topic": _rename,
    "silence": _end_sanction,
    "slow": _slow,
    "split": _bring_back,
    "sweep": _undo_sweep,
    "unlock": _lock,
    "unpin": _pin,
    "warn": _end_sanction,
    "word_changed": _change_word,
    "word_removed": _put_back_word,
    "word_watched": _stop_watching,
}
