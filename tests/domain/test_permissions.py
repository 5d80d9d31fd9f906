"""Who may do what: every act, by everybody, in every state, against rules written down a second time.

The rules here are sentences about groups of people; `domain/permissions.py` computes. Pages and JSON are held
to the same in tests/journeys/test_permission_matrix.py, sockets in tests/security/test_s21_channels.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from server.domain import permissions as asked
from server.domain.models import PostState, TopicState
from server.domain.viewer import GUEST, Audience, Role, Viewer

HERE, ELSEWHERE = 3, 4  # categories

PEOPLE = {
    "guest": GUEST,
    "applicant": Viewer(2, "applicant", Role.WAITING),
    "author": Viewer(7, "author", Role.MEMBER),
    "member": Viewer(8, "member", Role.MEMBER),
    "keeper": Viewer(9, "keeper", Role.MEMBER, moderated=frozenset({HERE})),  # moderates this category
    "keeper elsewhere": Viewer(10, "elsewhere", Role.MEMBER, moderated=frozenset({ELSEWHERE})),
    "moderator": Viewer(11, "moderator", Role.MODERATOR),
    "administrator": Viewer(12, "administrator", Role.ADMIN),
}
WRITERS = {"author": (7, Role.MEMBER), "moderator": (11, Role.MODERATOR), "administrator": (12, Role.ADMIN)}
MEMBERS = set(PEOPLE) - {"guest", "applicant"}
STAFF = {"moderator", "administrator"}
SEE = {Audience.PUBLIC: set(PEOPLE), Audience.MEMBERS: MEMBERS, Audience.STAFF: STAFF}
MODERATE = STAFF | {"keeper"}  # here, as far as they see the place
SENIORS = {  # whose posts somebody who moderates may not touch
    "keeper": {"moderator", "administrator"},
    "moderator": {"administrator"},
    "administrator": set[str](),
}


@dataclass(frozen=True)
class Case:
    """Somebody before a post in a topic."""

    who: str
    visibility: Audience
    removed: bool
    locked: bool
    archived: bool
    merged: bool
    writer: str
    post_removed: bool
    opening: bool
    answered: bool

    @property
    def viewer(self) -> Viewer:
        return PEOPLE[self.who]

    @property
    def topic(self) -> TopicState:
        author_id, _ = WRITERS[self.writer]
        return TopicState(
            12, HERE, self.visibility, author_id, "Sleep", 3 if self.answered else 0, 4, False, self.locked,
            self.removed or self.merged, archived=self.archived, merged_into=99 if self.merged else None,
        )  # fmt: skip

    @property
    def post(self) -> PostState:
        author_id, role = WRITERS[self.writer]
        gone = self.post_removed
        return PostState(
            5, 12, 1 if self.opening else 2, author_id, role, None if gone else "x", None if gone else "x",
            3, 3, gone, False,
        )  # fmt: skip

    # The rules.

    @property
    def sees_place(self) -> bool:
        return self.who in SEE[self.visibility]

    @property
    def moderates(self) -> bool:
        return self.sees_place and self.who in MODERATE

    @property
    def own(self) -> bool:
        return self.who == self.writer

    @property
    def over(self) -> bool:
        """He moderates here, and the writer is no senior of his."""
        return self.moderates and self.writer not in SENIORS[self.who]

    @property
    def sees_topic(self) -> bool:
        return self.sees_place and not self.merged and (self.moderates or not self.removed)

    @property
    def there(self) -> bool:
        """The topic is before him, and nothing of it was removed."""
        return self.sees_topic and not self.removed and not self.post_removed

    @property
    def writable(self) -> bool:
        return not self.archived and (self.moderates or not self.locked)


Rule = Callable[[Case], bool]
ACTS: dict[str, tuple[Rule, Rule]] = {  # what the policy says, and what it should
    "see the topic": (lambda c: asked.sees_topic(c.viewer, c.topic), lambda c: c.sees_topic),
    "see the post": (
        lambda c: asked.sees_post(c.viewer, c.post, c.topic),
        lambda c: c.sees_topic and (c.moderates or not c.post_removed),
    ),
    "start a topic beside it": (
        lambda c: asked.may_start_topic(c.viewer, c.visibility, archived=c.archived),
        lambda c: c.who in MEMBERS and c.sees_place and not c.archived,
    ),
    "reply": (
        lambda c: asked.may_reply(c.viewer, c.topic),
        lambda c: c.who in MEMBERS and c.sees_topic and not c.removed and c.writable,
    ),
    "edit": (
        lambda c: asked.may_edit(c.viewer, c.post, c.topic),
        lambda c: c.there and (c.writable if c.own else c.over and not c.archived),
    ),
    "thank": (
        lambda c: asked.may_thank(c.viewer, c.post, c.topic),
        lambda c: c.there and c.who in MEMBERS and not c.own and c.writable,
    ),
    "remove the post": (
        lambda c: asked.may_remove_post(c.viewer, c.post, c.topic),
        lambda c: (
            c.there
            and (
                (c.moderates or (not c.locked and not c.archived and not (c.opening and c.answered)))
                if c.own
                else c.over
            )
        ),
    ),
    "remove the topic": (
        lambda c: asked.may_remove_topic(c.viewer, c.topic, WRITERS[c.writer][1]),
        lambda c: c.over,
    ),
    "restore": (lambda c: asked.may_restore(c.viewer, c.topic), lambda c: c.moderates),
    "lock, pin, slow down": (lambda c: asked.may_moderate(c.viewer, c.topic), lambda c: c.moderates),
    "rename": (
        lambda c: asked.may_rename(c.viewer, c.topic, WRITERS[c.writer][1]),
        lambda c: c.over and not c.removed and not c.merged,
    ),
    "join it with another of its author": (
        lambda c: asked.may_join_posts(c.viewer, c.post, c.topic),
        lambda c: c.there and c.over and not c.archived,
    ),
    "ask to edit": (
        lambda c: asked.may_ask_to_edit(c.viewer, c.post, c.topic),
        lambda c: c.there and c.over and not c.own and not c.archived,
    ),
    "move it elsewhere": (
        lambda c: asked.may_move(c.viewer, c.topic, ELSEWHERE, Audience.PUBLIC),
        lambda c: c.who in STAFF,
    ),
    "move it to staff's": (
        lambda c: asked.may_move(c.viewer, c.topic, HERE, Audience.STAFF),
        lambda c: c.who in STAFF,
    ),
    "erase for good": (lambda c: asked.may_purge(c.viewer), lambda c: c.who == "administrator"),
    "administer": (lambda c: asked.may_administer(c.viewer), lambda c: c.who == "administrator"),
    "let somebody in": (lambda c: asked.may_admit(c.viewer), lambda c: c.who in STAFF),
    "read the log": (lambda c: asked.may_read_log(c.viewer), lambda c: c.who in STAFF),
    "warn, silence or ban the writer": (
        lambda c: asked.may_sanction(c.viewer, *WRITERS[c.writer]),
        lambda c: (
            (c.who in STAFF and c.writer == "author")
            or (c.who == "administrator" and c.writer == "moderator")
        ),
    ),
}
FLAGS = (False, True)


def every_case() -> Iterator[Case]:
    for values in product(PEOPLE, Audience, FLAGS, FLAGS, FLAGS, FLAGS, WRITERS, FLAGS, FLAGS, FLAGS):
        yield Case(*values)


@pytest.mark.parametrize("act", ACTS)
def test_the_policy_says_what_the_rules_say_of_everybody_in_every_state(act: str) -> None:
    policy, rule = ACTS[act]
    wrong = [case for case in every_case() if bool(policy(case)) != bool(rule(case))]
    assert wrong == [], f"{len(wrong)} of them, the first: {wrong[:1]}"


BY_OTHERS = {"may_write", "may_merge", "may_moderate_category"}
"""What the standing says (tests/actions/test_sanctions.py), and what is part of those above."""


def test_every_question_of_the_policy_is_asked_here() -> None:
    questions = {name for name in vars(asked) if name.startswith(("may_", "sees_"))} - BY_OTHERS
    text = Path(__file__).read_text(encoding="utf-8")
    assert {name for name in questions if f"asked.{name}(" not in text} == set()
