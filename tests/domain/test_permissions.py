"""The one policy, held against the table of who may do what, in all situations (ASVS 8.3.1)."""

import inspect
from collections.abc import Callable
from dataclasses import replace

import pytest

from server.domain import permissions as rules
from server.domain.models import PostState, TopicState
from server.domain.standing import Standing, Term
from server.domain.viewer import GUEST, Audience, Role, Viewer
from tests.support import acts_table
from tests.support.acts_table import ACTS, BOARD_ACTS, EVERYBODY, SANCTIONED_BY, Situation

HERE, ELSEWHERE, STAFF_ROOM = 1, 2, 3
ROLES = {"waiting": Role.WAITING, "mod": Role.MODERATOR, "ada": Role.ADMIN, "gone": Role.GUEST}
NUMBERS = {name: number for number, name in enumerate(EVERYBODY) if number}
GIVEN = {"carl": frozenset({HERE}), "dora": frozenset({ELSEWHERE})}
AUDIENCES = {"everyone": Audience.PUBLIC, "members": Audience.MEMBERS, "staff": Audience.STAFF}


def role_of(name: str) -> Role:
    return ROLES.get(name, Role.MEMBER)


def viewer(name: str) -> Viewer:
    if name == "guest":
        return GUEST
    return Viewer(NUMBERS[name], name, role_of(name), 1, moderated=GIVEN.get(name, frozenset()))


VIEWERS = {name: viewer(name) for name in EVERYBODY}


def topic_of(found: Situation) -> TopicState:
    return TopicState(
        id=1, category_id=HERE, visibility=AUDIENCES[found.category], author_id=NUMBERS.get(found.writer),
        title="Sleep", replies=0 if found.kind == "lone opening" else 1, places=2, pinned=False,
        locked=found.locked, removed=found.topic_removed, archived=found.archived, slow_minutes=5,
    )  # fmt: skip


def post_of(found: Situation) -> PostState:
    return PostState(
        id=1, topic_id=1, place=2 if found.kind == "answer" else 1, author_id=NUMBERS.get(found.writer),
        author_role=role_of(found.writer), body="Milk.", plain="Milk.", body_version=1, version=1,
        removed=found.post_removed, removed_with_topic=False,
    )  # fmt: skip


def another_topic(topic: TopicState, category: int, *, removed: bool = False) -> TopicState:
    visibility = topic.visibility if category == HERE else Audience.PUBLIC
    return replace(topic, id=2, category_id=category, visibility=visibility, removed=removed, archived=False)


Rule = Callable[[Viewer, PostState, TopicState], bool]
RULES: dict[str, Rule] = {
    "see the category": lambda who, _, topic: rules.sees(who, topic.visibility),
    "see the topic": lambda who, _, topic: rules.sees_topic(who, topic),
    "see the post": rules.sees_post,
    "start a topic": lambda who, _, topic: rules.may_start_topic(
        who, topic.visibility, archived=topic.archived
    ),
    "reply": lambda who, _, topic: rules.may_reply(who, topic),
    "thank": rules.may_thank,
    "edit": rules.may_edit,
    "remove the post": rules.may_remove_post,
    "join posts": rules.may_join_posts,
    "ask to edit": rules.may_ask_to_edit,
    "remove the topic": lambda who, post, topic: rules.may_remove_topic(who, topic, post.author_role),
    "rename": lambda who, post, topic: rules.may_rename(who, topic, post.author_role),
    "lock or pin": lambda who, _, topic: rules.may_moderate(who, topic),
    "restore": lambda who, _, topic: rules.may_restore(who, topic),
    "purge": lambda who, *_: rules.may_purge(who),
    "write in slow mode without waiting": lambda who, _, topic: not rules.is_held_up(who, topic),
    "move within the category": lambda who, _, topic: rules.may_move(who, topic, HERE, topic.visibility),
    "move to another category": lambda who, _, topic: rules.may_move(who, topic, ELSEWHERE, Audience.PUBLIC),
    "move to the staff room": lambda who, _, topic: rules.may_move(who, topic, STAFF_ROOM, Audience.STAFF),
    "merge within the category": lambda who, _, topic: rules.may_merge(
        who, topic, another_topic(topic, HERE)
    ),
    "merge into another category": lambda who, _, topic: rules.may_merge(
        who, topic, another_topic(topic, ELSEWHERE)
    ),
    "merge into a removed topic": lambda who, _, topic: rules.may_merge(
        who, topic, another_topic(topic, HERE, removed=True)
    ),
}
BOARD_RULES: dict[str, Callable[[Viewer], bool]] = {
    "write at all": rules.may_write,
    "admit who asked to join": rules.may_admit,
    "read the log": rules.may_read_log,
    "administer": rules.may_administer,
}


@pytest.mark.parametrize("act", RULES)
def test_every_rule_says_what_the_table_says_in_every_situation(act: str) -> None:
    for found in acts_table.every_situation():
        post, topic = post_of(found), topic_of(found)
        for name, who in VIEWERS.items():
            assert RULES[act](who, post, topic) == acts_table.may(name, act, found), (name, act, found)


@pytest.mark.parametrize("act", BOARD_ACTS)
def test_what_is_about_the_board_is_for_just_these(act: str) -> None:
    assert tuple(name for name, who in VIEWERS.items() if BOARD_RULES[act](who)) == BOARD_ACTS[act]


@pytest.mark.parametrize("target", SANCTIONED_BY)
def test_nobody_acts_on_himself_or_on_a_senior_or_a_peer(target: str) -> None:
    about = NUMBERS[target], role_of(target)
    by = tuple(name for name, who in VIEWERS.items() if rules.may_sanction(who, *about))
    assert by == SANCTIONED_BY[target]
    for colleague in ("mod", "ada"):  # another one of the same rank
        assert not rules.may_sanction(VIEWERS[colleague], 99, role_of(colleague))


@pytest.mark.parametrize("about", ["ann", "carl", "mod", "ada"])
def test_nobody_handles_a_report_about_himself(about: str) -> None:
    by = {
        name for name, who in VIEWERS.items() if rules.may_handle_report(who, NUMBERS[about], role_of(about))
    }
    moderating = {"carl", "dora", "mod", "ada"} if about in ("ann", "carl") else {"mod", "ada"}
    assert by == moderating - {about}


def test_a_topic_that_was_merged_away_is_there_for_nobody() -> None:
    found = Situation("everyone", "ann", "answer", False, False, True, False)
    topic = replace(topic_of(found), merged_into=2)
    assert not any(rules.sees_topic(who, topic) for who in VIEWERS.values())


def test_nobody_waits_where_there_is_no_slow_mode() -> None:
    topic = replace(topic_of(Situation("everyone", "ann", "answer", *[False] * 4)), slow_minutes=0)
    assert not any(rules.is_held_up(who, topic) for who in VIEWERS.values())


def test_whoever_is_silenced_or_owes_something_writes_nothing() -> None:
    against = (
        Standing(silence=Term(None)), Standing(ban=Term(None)),
        Standing(owes_warning=True), Standing(owes_rules=True),
    )  # fmt: skip
    for who in VIEWERS.values():
        assert not any(rules.may_write(replace(who, standing=standing)) for standing in against)


def test_the_table_leaves_no_rule_out() -> None:
    assert ACTS.keys() - RULES.keys() == {"report", "report the topic"}  # asked of the whole board
    assert BOARD_RULES.keys() == BOARD_ACTS.keys()
    here = inspect.getsource(inspect.getmodule(role_of) or rules)
    public = [name for name, _ in inspect.getmembers(rules, inspect.isfunction) if not name.startswith("_")]
    own = [name for name in public if inspect.getmodule(getattr(rules, name)) is rules]
    inner = {"may_moderate_category"}  # others are made of it
    assert [name for name in own if f"rules.{name}" not in here and name not in inner] == []
