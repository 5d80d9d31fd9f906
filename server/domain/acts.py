"""Every act that the board writes down: what it is called, who may read of it, and what takes it back.

`store/audit.note` is given a name of this table. What is new gets a line here, so that the log can say it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What an act is about, which decides who reads of it."""

    MODERATION = "moderation"  # posts, topics, members: for all staff
    BOARD = "board"  # how the board is set up: for all staff
    ACCOUNTS = "accounts"  # sign-ins, second factors, what members do with their own: for administrators


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of act.

    `title` stands alone, as in a member's history. `sentence` follows the name of who did it; `{}` in it is
    where the thing stands, with a link. `undo` names the act that takes it back, if there is one; how that
    is done is in `actions/undoing.py`. `shown`: the member whom it concerns may read that it was done, in
    his own history. Who did it is never said there, and why only where the act told him. `by_admins`: only
    they can take it back. `final`: nothing that was done to the thing before can be taken back any more.
    """

    name: str
    title: str
    sentence: str
    family: Family = Family.MODERATION
    undo: str = ""
    shown: bool = False
    by_admins: bool = False
    final: bool = False

    @property
    def for_admins(self) -> bool:
        """Whether only administrators may read of it."""
        return self.family is Family.ACCOUNTS


_BOARD, _ACCOUNTS = Family.BOARD, Family.ACCOUNTS


def _table(*acts: Act) -> dict[str, Act]:
    return {act.name: act for act in acts}


ACTS = _table(
    # Alphabetical, one line each.
    Act("accept_rules", "Accepted the rules", "accepted the rules", _ACCOUNTS),
    Act("add_member", "Account made by an administrator", "made the account of {}", shown=True),
    Act("address_change_asked", "Asked for another e-mail address", "asked for another address", _ACCOUNTS),
    Act("address_changed", "E-mail address changed", "changed the e-mail address", _ACCOUNTS),
    Act("address_confirmed", "E-mail address confirmed", "confirmed the e-mail address", _ACCOUNTS),
    Act("announce", "Announcement made", "announced something on every page", _BOARD),
    Act("announcement_changed", "Announcement changed", "changed an announcement", _BOARD),
    Act("announcement_ended", "Announcement taken down", "took an announcement down", _BOARD),
    Act(
        "appoint_moderator",
        "Given a category to moderate",
        "gave {} a category to moderate",
        undo="dismiss_moderator",
        shown=True,
        by_admins=True,
    ),
    Act("approve", "Approved", "let {} in as a member", shown=True),
    Act("approve_post", "Post approved", "approved {}", shown=True),
    Act("ask_to_edit", "Asked to edit", "asked for a change of {}", undo="unask_to_edit", shown=True),
    Act("board_arranged", "Board put into another order", "put the board into another order", _BOARD),
    Act("category_added", "Category added", "added {}", _BOARD),
    Act(
        "category_archived",
        "Category archived",
        "archived {}",
        _BOARD,
        undo="category_reopened",
        by_admins=True,
    ),
    Act("category_changed", "Category changed", "changed {}", _BOARD),
    Act("category_deleted", "Category deleted", "deleted an empty category", _BOARD),
    Act("category_reopened", "Category opened again", "opened {} again", _BOARD),
    Act(
        "change_role",
        "Role changed",
        "changed the role of {}",
        undo="change_role",
        shown=True,
        by_admins=True,
    ),
    Act(
        "close_account",
        "Account closed",
        "closed the account of {}",
        undo="reopen_account",
        shown=True,
        by_admins=True,
    ),
    Act("ban", "Banned", "banned {}", undo="end_ban", shown=True),
    Act("decline", "Declined", "declined {}", shown=True),
    Act("decline_post", "Post declined", "declined {}", undo="reopen_post", shown=True),
    Act(
        "dismiss_moderator",
        "No moderator of a category any more",
        "took a category back from {}",
        undo="appoint_moderator",
        shown=True,
        by_admins=True,
    ),
    Act("edit_post", "Post edited by a moderator", "edited {}", shown=True),
    Act("end_ban", "Ban ended", "ended the ban of {}", shown=True),
    Act("end_invitation", "Invitation ended", "ended an invitation", _BOARD),
    Act("end_note", "Note taken back", "took a note about {} back"),
    Act("end_silence", "Silence ended", "let {} write again", shown=True),
    Act("end_warning", "Warning taken back", "took a warning of {} back", shown=True),
    Act("export_asked", "Asked for a copy of the own data", "asked for a copy of the own data", _ACCOUNTS),
    Act("export_fetched", "Fetched a copy of the own data", "fetched a copy of the own data", _ACCOUNTS),
    Act("field_added", "Profile field added", "added a profile field", _BOARD),
    Act("field_archived", "Profile field archived", "archived a profile field", _BOARD),
    Act("field_changed", "Profile field changed", "changed a profile field", _BOARD),
    Act("field_moved", "Profile field moved up", "moved a profile field up", _BOARD),
    Act("field_restored", "Profile field restored", "restored a profile field", _BOARD),
    Act("first_administrator", "Became the first administrator", "became the first administrator", _ACCOUNTS),
    Act("guide", "Guide changed", "changed the moderators’ guide", _BOARD),
    Act("help_lines", "Help lines changed", "changed the help lines", _BOARD),
    Act("invite", "Invitation made", "made an invitation", _BOARD),
    Act(
        "join_posts",
        "Posts joined",
        "joined {} with another one of the same author",
        undo="undo_join",
        shown=True,
    ),
    Act("leave_asked", "Asked to leave the board", "asked to leave the board", _ACCOUNTS),
    Act("leave_undone", "Decided to stay", "decided to stay", _ACCOUNTS),
    Act("left", "Left the board", "said good-bye to {}", _ACCOUNTS, final=True),
    Act("limits", "Limits changed", "changed the limits", _BOARD),
    Act("lock", "Topic locked", "locked {}", undo="unlock", shown=True),
    Act("log_exported", "Log taken along", "took the log along as a file", _BOARD),
    Act("mail_discarded", "Letter discarded", "discarded a letter that waited", _BOARD),
    Act("mail_tested", "Test letter sent", "sent a test letter", _BOARD),
    Act("mail_tried_again", "Letter tried again", "had a letter tried again", _BOARD),
    Act("make_reset_link", "Link for a new password made", "made a link for a new password of {}", _ACCOUNTS),
    Act("merge", "Topic joined with another", "joined {} with another topic", undo="undo_move", shown=True),
    Act("move_posts", "Posts moved", "moved posts of {} to another topic", undo="undo_move", shown=True),
    Act("move_topic", "Topic moved", "moved {} to another category", undo="move_topic", shown=True),
    Act("name_changed", "Name changed", "changed the own name", _ACCOUNTS),
    Act("new_rules", "New rules", "put new rules in force", _BOARD),
    Act("note", "Note for the team", "wrote a note about {}", undo="end_note"),
    Act("other_sessions_ended", "Signed out on other devices", "signed out on other devices", _ACCOUNTS),
    Act("passkey_added", "Passkey added", "added a passkey", _ACCOUNTS),
    Act("passkey_removed", "Passkey removed", "removed a passkey", _ACCOUNTS),
    Act("passkey_used", "Passkey used", "used a passkey", _ACCOUNTS),
    Act("password_changed", "Password changed", "changed the password", _ACCOUNTS),
    Act("password_reset", "Password set anew", "set a new password by a link", _ACCOUNTS),
    Act("picture", "Picture changed", "changed the own picture", _ACCOUNTS),
    Act("picture_removed", "Picture removed", "removed the own picture", _ACCOUNTS),
    Act("pin", "Topic pinned", "pinned {}", undo="unpin"),
    Act("profile", "Profile changed", "changed the own profile", _ACCOUNTS),
    Act("purge_post", "Post erased for good", "erased {} for good", shown=True, final=True),
    Act("read_warning", "Read a warning", "read a warning", shown=True),
    Act("recovery_asked", "Asked for a new password", "asked for a letter with a link", _ACCOUNTS),
    Act("recovery_code_used", "Recovery code used", "used a recovery code", _ACCOUNTS),
    Act("recovery_codes_made", "Recovery codes made", "made new recovery codes", _ACCOUNTS),
    Act("remove_post", "Post removed", "removed {}", undo="restore_post", shown=True),
    Act("remove_topic", "Topic removed", "removed {}", undo="restore_topic", shown=True),
    Act("rename", "Name changed by an administrator", "changed the name of {}", shown=True),
    Act("rename_topic", "Topic renamed", "gave {} another title", undo="rename_topic", shown=True),
    Act("reopen_account", "Account opened again", "opened the account of {} again", shown=True),
    Act("reopen_post", "Declined post looked at again", "put {} back among those that wait"),
    Act("restore_post", "Post restored", "restored {}", shown=True),
    Act("restore_topic", "Topic restored", "restored {}", shown=True),
    Act("second_factor_failed", "Wrong code", "got a code of {} wrong", _ACCOUNTS),
    Act("section_added", "Section added", "added a section", _BOARD),
    Act("section_deleted", "Section deleted", "deleted a section", _BOARD),
    Act("section_renamed", "Section renamed", "renamed a section", _BOARD),
    Act(
        "second_factor_off",
        "Two-step sign-in switched off by the server’s owner",
        "switched off two-step sign-in of {}",
        _ACCOUNTS,
    ),
    Act("session_ended", "Signed out on a device", "signed out on a device", _ACCOUNTS),
    Act("settings", "Board settings changed", "changed the board’s settings", _BOARD),
    Act("settle_report", "Report settled", "settled {}"),
    Act("silence", "Silenced", "silenced {}", undo="end_silence", shown=True),
    Act("sign_in", "Signed in", "signed in", _ACCOUNTS),
    Act("sign_in_failed", "Wrong password", "got the password of {} wrong", _ACCOUNTS),
    Act("sign_out", "Signed out", "signed out", _ACCOUNTS),
    Act("sign_out_member", "Signed out by an administrator", "signed {} out", _ACCOUNTS),
    Act("sign_up", "Joined", "joined", _ACCOUNTS),
    Act("sign_up_policy", "Joining changed", "changed how one joins", _BOARD),
    Act("slow", "Slow mode changed", "changed the slow mode of {}", undo="slow", shown=True),
    Act("split", "Topic split", "made a topic of posts of {}", undo="undo_move", shown=True),
    Act("sweep", "Everything removed", "removed everything of {}", undo="undo_sweep", shown=True),
    Act("token_ended", "Program’s token ended", "ended a program’s token", _ACCOUNTS),
    Act("token_made", "Program’s token made", "made a token for a program", _ACCOUNTS),
    Act("two_step_off", "Two-step sign-in switched off", "switched two-step sign-in off", _ACCOUNTS),
    Act("two_step_on", "Two-step sign-in switched on", "switched two-step sign-in on", _ACCOUNTS),
    Act("unask_to_edit", "Not asked to edit any more", "no longer asks for a change of {}"),
    Act("undo_join", "Joined posts taken apart", "took {} apart from another one again", shown=True),
    Act(
        "undo_move",
        "Moved posts brought back",
        "brought posts of {} back",
        shown=True,
    ),
    Act("undo_sweep", "Everything brought back", "brought everything of {} back", shown=True),
    Act("unlock", "Topic opened", "opened {} again", undo="lock", shown=True),
    Act("unpin", "Topic not pinned any more", "let {} go from the top", undo="pin"),
    Act("warn", "Warned", "warned {}", undo="end_warning", shown=True),
    Act("upload_limits", "Limits of uploads changed", "changed how much may be uploaded", _BOARD),
    Act(
        "word_changed",
        "Watched word changed",
        "changed a watched word",
        _BOARD,
        undo="word_changed",
        by_admins=True,
    ),
    Act(
        "word_removed",
        "Watched word taken out",
        "stopped watching a word",
        _BOARD,
        undo="word_watched",
        by_admins=True,
    ),
    Act(
        "word_watched",
        "Word watched",
        "had the board watch for words",
        _BOARD,
        undo="word_removed",
        by_admins=True,
    ),
)


def act_called(name: str) -> Act:
    """The act of that name. A log may know names of other versions of the board: those are worded as well as
    can be, and are for administrators only."""
    words = name.replace("_", " ")
    return ACTS.get(name) or Act(name, words.capitalize(), f"{words}: {{}}", Family.ACCOUNTS)


def names_of(families: Iterable[Family]) -> list[str]:
    """The names of the acts that are about one of these."""
    wanted = set(families)
    return [act.name for act in ACTS.values() if act.family in wanted]
