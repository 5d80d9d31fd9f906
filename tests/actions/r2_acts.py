"""The acts of R2 register here: each names its action, prepares a board for it, and then does it."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass

from server.actions.posting import Posted
from server.domain.viewer import Audience
from tests.support.model_board import ModelBoard

Perform = Callable[[], Awaitable[object]]
Prepare = Callable[[ModelBoard], Coroutine[object, object, Perform]]


@dataclass(frozen=True)
class Act:
    action: str
    prepare: Prepare
    shows: bool = True  # whether any page looks different afterwards

    def __str__(self) -> str:
        return f"{self.action}: {self.prepare.__name__.replace('_', ' ')}"


ACTS: list[Act] = []
EXEMPT = {
    "accounts.check_sign_up": "writes nothing",
    "admission.check_open": "writes nothing",
    "admission.decide": "part of accounts.sign_up",
    "admission.let_in": "part of admission.approve and addresses.confirm",
    "admission.note_confirmed": "part of addresses.confirm and recovery.reset_password",
    "announcements.announce": "stands around what lives on the page, which is fetched afresh; so do the next",
    "announcements.change_announcement": "as announce",
    "announcements.take_down": "as announce",
    "announcements.tell_due": "as announce",
    "board_limits.change_limits": "changes what may be done, which no live page shows",
    "board_shape.add_section": "makes a section that is empty, which no page shows",
    "board_shape.delete_section": "deletes a section that is empty, which no page shows",
    "board_shape.move_section": "as arrange, which has its act",
    "bylines.tell": "part of profiles.save_profile, members.change_role and renaming's acts",
    "bylines.tell_next": "tells anew what those have changed; tests/actions/test_bylines.py follows it",
    "composing.compose": "writes nothing",
    "held.hold_moderated": "locks, and writes nothing",
    "held.hold_post": "locks, and writes nothing",
    "replying.check_reply": "writes nothing",
    "slow_mode.check": "writes nothing",
    "topic_acts.count_for_members": "part of topic_acts.move and topic_moves' acts",
    "news.tell_quoting_any": "part of others' transactions",
    "post_joins.comes_apart": "writes nothing",
    "post_joins.look": "writes nothing",
    "post_joins.offered": "writes nothing",
    "post_transfer.transfer": "part of topic_moves' acts",
    "topic_acts.role_of": "writes nothing",
    "topic_acts.tell_author": "part of others' transactions",
    "composing.settled": "writes nothing",
    "pending.keep": "part of posting.reply and posting.start_topic",
    "pending.report_links": "part of posting.edit",
    "pending.retell_in": "part of others' transactions",
    "pending.retell_of": "part of others' transactions",
    "pending.why_pending": "writes nothing",
    "post_insertion.insert_post": "part of posting's acts and approval.approve",
    "post_insertion.insert_topic": "part of posting.start_topic and approval.approve",
    "post_insertion.topics_beside": "writes nothing",
    "submitting.once": "part of posting's acts",
    "submitting.posted_before": "writes nothing",
    "composing.source_of": "writes nothing",
    "demo_board.finish": "notes something that no page shows",
    "demo_board.furnish": "before anybody can read",
    "demo_board.is_complete": "writes nothing",
    "demo_board.join": "before anybody can read; the same as members.add_member",
    "exports.ask_for_export": "queues an export, which no live page shows",
    "exports.export_to_fetch": "notes that an export is fetched",
    "exports.note_failure": "notes of an export what no live page shows",
    "exports.note_progress": "notes of an export what no live page shows",
    "exports.note_ready": "notes of an export what no live page shows",
    "exports.take": "takes an export out, which no page shows",
    "first_start.furnish": "before anybody can read",
    "housekeeping.tidy": "forgets what no page shows",
    "answers.expect": "queues a letter, which no page shows",
    "answers.note_all_read": "drops letters, which no page shows",
    "answers.note_read": "drops a letter, which no page shows",
    "answers.told_to": "writes nothing",
    "addresses.change_address": "queues letters, which no page shows",
    "addresses.confirm": "notes whose an address is, which no page shows",
    "addresses.confirmation_of": "writes nothing",
    "addresses.send_confirmation": "queues a letter, which no page shows",
    "leaving.ask_to_leave": "notes what no live page shows",
    "leaving.stay": "notes what no live page shows",
    "mail_choices.choose_letters": "changes what its owner's settings show",
    "mail_choices.subscribe_again": "changes what its owner's settings show",
    "mail_choices.subscription_of": "writes nothing",
    "mail_choices.unsubscribe": "changes what its owner's settings show",
    "mail.discard": "drops a letter, which no live page shows",
    "mail.make_out": "makes the link of a letter, which no page shows",
    "mail.note_failure": "puts off a letter, which no live page shows",
    "mail.note_sent": "notes of a letter what no live page shows",
    "mail.queue": "part of others' transactions",
    "mail.queue_test": "queues a letter, which no live page shows",
    "mail.take": "takes letters out, which no page shows",
    "mail.try_again": "moves a letter, which no live page shows",
    "recovery.ask_for_recovery": "queues a letter, which no page shows",
    "recovery.owner_of_reset": "writes nothing",
    "recovery.reset_password": "ends sessions, as sessions.end_other_devices does, which has its act",
    "members.check": "writes nothing",
    "members.check_email_is_new": "writes nothing",
    "members.insert": "part of members.add_member and accounts.sign_up",
    "reports.forget_words": "part of others' transactions",
    "reports.look": "changes the moderators' queue, which tests/actions/test_reports.py follows",
    "reports.look_away": "changes the moderators' queue",
    "reports.raise_by_board": "part of others' transactions",
    "reports.report": "changes the moderators' queue",
    "reports.retell": "part of others' transactions",
    "reports.retell_naming": "part of others' transactions",
    "reports.retell_topic": "part of others' transactions",
    "reports.settle": "changes the moderators' queue",
    "reports.settle_in": "part of reports.settle and reported.remove_reported",
    "reports.find": "writes nothing",
    "moderation.remove_held_post": "part of moderation.remove_post and reported.remove_reported",
    "moderation.remove_held_topic": "part of moderation.remove_topic and reported.remove_reported",
    "reported.remove_reported": "moderation.remove_post or moderation.remove_topic, which have their acts",
    "notices.read": "changes its reader's own list of notices, which tests/actions/test_notices.py follows",
    "notices.retell": "part of others' transactions",
    "notices.tell": "part of others' transactions",
    "notices.tell_author": "part of others' transactions",
    "composing.removed_source": "writes nothing",
    "composing.rendered": "writes nothing",
    "guide.write_guide": "changes a page of the moderators' that does not live",
    "log_export.begin_export": "notes a line of the log, which tests/actions/test_log.py follows",
    "notices.withdraw": "part of others' transactions",
    "news.tell_quoting": "part of others' transactions",
    "news.tell_cases": "part of others' transactions",
    "news.tell_quoting_topic": "part of others' transactions",
    "preferences.choose_preferences": "dresses one member's pages, and nothing that lives on them",
    "presence.end_lease": "notes who is there, which no page shows",
    "passkeys.add_passkey": "changes how one signs in, which only its owner's settings show; so do the next",
    "passkeys.adding_options": "makes a challenge that no page shows",
    "passkeys.remove_passkey": "changes how one signs in",
    "passkeys.rename_passkey": "changes what its owner's settings show",
    "passkeys.sign_in": "the same as accounts.sign_in",
    "passkeys.sign_in_options": "makes a challenge that no page shows",
    "presence.renew_lease": "notes who is there, which no page shows",
    "profile_fields.archive_field": "as add_field: every profile shows it from its next page on",
    "profile_fields.change_field": "as add_field: every profile shows it from its next page on",
    "profile_fields.raise_field": "as add_field: every profile shows it from its next page on",
    "profiles.count_pictures": "counts what no live page shows",
    "uploads.change_limits": "sets what only its page shows, which does not live",
    "uploads.check_room": "writes nothing",
    "uploads.limits_of": "writes nothing",
    "profiles.sweep_pictures": "deletes what no page shows",
    "reauthentication.confirm_password": "writes nothing",
    "reauthentication.hold": "locks, and writes nothing",
    "second_factors.forgive": "counts in memory",
    "second_factors.reckon": "writes nothing",
    "second_factors.refuse": "notes a failure, which no page shows",
    "second_factors.take": "part of accounts.sign_in, second_step.finish and two_step.switch_off",
    "second_step.finish": "the same as accounts.sign_in",
    "second_step.wait_for_code": "part of accounts.sign_in",
    "second_step.waiting": "writes nothing",
    "sanctions.add": "part of sanctions.impose",
    "sanctions.end_held": "part of sanctions.end",
    "sanctions.hold_junior": "locks, and writes nothing",
    "settling.remove_whole": "part of moderation.remove_topic and sweeps.step",
    "settling.restore_whole": "part of moderation.restore_topic and sweeps.step",
    "settling.settle_post": "part of moderation.remove_post and moderation.restore_post",
    "settling.settle_posts": "part of sweeps.step",
    "sanctions.read_warnings": "changes its reader's own pages; tests/browser/test_sanctions.py follows",
    "help_lines.change_help_lines": "changes what its pages show from their next load on",
    "help_lines.needs_help": "writes nothing",
    "help_lines.raise_worry": "part of posting's acts",
    "waiting.waits_for": "writes nothing",
    "word_checks.check_words": "writes nothing",
    "word_checks.try_out": "writes nothing",
    "word_checks.report_edit": "part of posting's acts",
    "word_checks.report_post": "part of posting's acts",
    "watched_words.put_back": "changes what may be written next, which no live page shows",
    "watched_words.change": "changes what may be written next, which no live page shows",
    "watched_words.stop_watching": "changes what may be written next, which no live page shows",
    "watched_words.watch": "changes what may be written next, which no live page shows",
    "writers.check_still": "writes nothing",
    "sessions.enter": "part of accounts.sign_in, accounts.sign_up and second_step.finish",
    "sessions.keep_only": "part of password_change.change_password and two_step.switch_on",
    "sessions.start": "part of accounts.sign_in and accounts.sign_up",
    "sessions.end": "part of accounts.sign_in and sessions.sign_out",
    "sessions.end_all": "part of admission.decline and of member_accounts' acts",
    "sessions.end_expired": "part of housekeeping.tidy",
    "sessions.end_others": "part of sessions.end_other_devices and password_change.change_password",
    "sessions.renew": "part of password_change.change_password",
    "sessions.resume": "notes a visit, which no page shows",
    "setup.check_setup_link": "writes nothing",
    "setup.has_no_way_in": "writes nothing",
    "setup.make_first_administrator": "before anybody can read; the same as members.add_member",
    "setup.setup_link": "makes a link that no page shows",
    "undoing.undo": "done by the actions that take each act back",
    "two_step.renew_recovery_codes": "changes how one signs in",
    "two_step.start_setup": "changes what its owner's settings show",
    "two_step.switch_off": "changes how one signs in",
    "two_step.switch_on": "changes how one signs in",
}


def act(action: str, *, shows: bool = True) -> Callable[[Prepare], Prepare]:
    def add(prepare: Prepare) -> Prepare:
        ACTS.append(Act(action, prepare, shows))
        return prepare

    return add


async def conversation(board: ModelBoard, where: Audience = Audience.PUBLIC) -> tuple[Posted, Posted, Posted]:
    """A topic of ann's, bo's answer, and hers that quotes both; and another topic that quotes bo's."""
    opening = await board.topic("Ask *before* the count.", where=where)
    reply = await board.reply(opening.topic_id, "Soup helps. Cold soup helps more.")
    quoted = f"[quote={reply.post_id}]\nCold soup\n[/quote]\n\n[quote={opening.post_id}]\n\nIt does."
    answer = await board.reply(opening.topic_id, quoted, by="ann")
    await board.topic(f"[quote={reply.post_id}]\nSee there.", by="bo", where=where)
    return opening, reply, answer


async def full_topic(board: ModelBoard) -> Posted:
    """A topic whose first page is full."""
    opening = await board.topic()
    for number in range(2, 21):
        await board.reply(opening.topic_id, f"Number {number}", by="ann" if number % 2 else "bo")
    return opening
