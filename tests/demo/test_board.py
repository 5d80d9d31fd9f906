"""The demo's board is believable, complete and the same every time, and it names nobody real."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from server.demo.board import (
    DemoPost,
    DemoTopic,
    additions,
    board,
    openings,
    replies,
    spam,
    spammers,
)

OUR_HOSTS = {"example.org", "example.com"}
HOST = re.compile(
    r"(?<![\w@])(?:[a-z0-9-]+\.)+(?:com|org|net|info|io|eu|de|uk|co|shop|me|tv)\b", re.IGNORECASE
)
BRANDS = re.compile(
    r"\b(amazon|google|facebook|instagram|tiktok|youtube|twitter|whatsapp|netflix|spotify|microsoft|excel|apple"
    r"|ikea|uber|lego|nutella|novartis|amgen|roche|pfizer|bayer|sanofi|sobi|promacta|revolade|nplate|doptelet"
    r"|tavalisse|rituximab|eltrombopag|romiplostim|avatrombopag|fostamatinib|prednisone|prednisolone"
    r"|dexamethasone|aspirin|ibuprofen|paracetamol)\b",
    re.IGNORECASE,
)
DOSE = re.compile(r"\d\s*(mg|µg|mcg|ml|milligrams?|tablets?|pills?)\b", re.IGNORECASE)
RANKS = re.compile(r"admin|moderator|staff|support|official|root|system", re.IGNORECASE)


def posts() -> Iterator[tuple[DemoTopic, int, DemoPost]]:
    return ((topic, index, post) for topic in board().topics for index, post in enumerate(topic.posts))


def everything_written() -> Iterator[str]:
    for member in board().members:
        yield member.personal_text
    for category in board().categories:
        yield from (category.name, category.description)
    yield from (topic.title for topic in board().topics)
    yield from (post.body for _, _, post in posts())
    for title, body in openings():
        yield from (title, body)
    yield from (*replies(), *spam(), *additions())


def test_there_are_about_forty_members_with_one_administrator_and_two_moderators() -> None:
    roles = Counter(member.role for member in board().members)
    assert 38 <= roles.total() <= 44
    assert (roles["admin"], roles["moderator"]) == (1, 2)
    assert set(roles) == {"admin", "moderator", "member"}


def test_names_are_plain_and_differ_without_their_case() -> None:
    names = [member.name for member in board().members]
    assert len({name.casefold() for name in names}) == len(names)
    assert [
        name for name in names if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ]{0,18}[A-Za-z0-9]", name)
    ] == []
    assert [name for name in names if RANKS.search(name)] == []


def test_six_categories_in_two_sections_and_one_of_them_for_members() -> None:
    categories = board().categories
    assert len(categories) == len({category.name for category in categories}) == 6
    assert len({category.section for category in categories}) == 2
    assert Counter(category.visibility for category in categories) == {"public": 5, "members": 1}


def test_sixty_topics_with_different_titles_and_every_category_has_some() -> None:
    topics = board().topics
    assert len(topics) == len({topic.title for topic in topics}) == 60
    assert {topic.category for topic in topics} == {category.name for category in board().categories}
    assert all(3 <= len(topic.title) <= 120 for topic in topics)


def test_about_seven_hundred_posts_and_one_topic_of_two_hundred_and_fifty() -> None:
    sizes = sorted(len(topic.posts) for topic in board().topics)
    assert 650 <= sum(sizes) <= 760
    assert sizes[-1] == 250
    assert sizes[-2] < 50


def test_one_topic_is_pinned_and_another_is_locked_by_a_moderators_last_word() -> None:
    [pinned] = [topic for topic in board().topics if topic.pinned]
    [locked] = [topic for topic in board().topics if topic.locked]
    assert pinned != locked
    assert locked.posts[-1].author in {
        member.name for member in board().members if member.role == "moderator"
    }


def test_no_post_is_empty_or_written_twice() -> None:
    bodies = Counter(post.body for _, _, post in posts())
    assert "" not in bodies
    assert [body for body, times in bodies.items() if times > 1] == []


def test_authors_and_those_who_thank_are_members_and_nobody_thanks_themselves() -> None:
    names = {member.name for member in board().members}
    for _, _, post in posts():
        assert post.author in names
        assert names.issuperset(post.thanked_by)
        assert post.author not in post.thanked_by
        assert len(set(post.thanked_by)) == len(post.thanked_by) <= 6


def test_about_half_of_the_posts_are_thanked_and_one_in_fifteen_is_edited() -> None:
    everything = [post for _, _, post in posts()]
    assert 0.4 < sum(bool(post.thanked_by) for post in everything) / len(everything) < 0.6
    assert 1 / 20 < sum(post.edited for post in everything) / len(everything) < 1 / 12


def test_quotes_are_of_earlier_posts_that_still_stand_and_of_other_people() -> None:
    quoting = 0
    for topic, index, post in posts():
        assert list(post.quotes) == sorted(set(post.quotes))
        for quoted in post.quotes:
            assert 0 <= quoted < index
            assert topic.posts[quoted].removed_reason is None
            assert topic.posts[quoted].author != post.author
        quoting += bool(post.quotes)
    assert 1 / 8 < quoting / sum(1 for _ in posts()) < 1 / 5


@pytest.mark.parametrize("topic", board().topics, ids=lambda topic: topic.title)
def test_the_posts_of_a_topic_come_one_after_the_other(topic: DemoTopic) -> None:
    ages = [post.minutes_ago for post in topic.posts]
    assert all(earlier > later for earlier, later in pairwise(ages))
    assert ages[0] <= 300 * 24 * 60
    assert ages[-1] >= 1


def test_something_was_written_within_the_last_minutes_and_something_most_of_a_year_ago() -> None:
    ages = [post.minutes_ago for _, _, post in posts()]
    assert min(ages) < 60
    assert max(ages) > 250 * 24 * 60


def test_advertisements_are_removed_and_nothing_else_is() -> None:
    removed = [post for _, _, post in posts() if post.removed_reason]
    assert len(removed) == 8
    assert {post.body for post in removed} <= set(spam())
    assert {post.author for post in removed} == set(spammers())
    assert all(post.removed_reason for _, _, post in posts() if post.author in spammers())
    assert [index for _, index, post in posts() if post.removed_reason and index == 0] == []


def test_no_advertisement_reaches_the_quiet_corner() -> None:
    hidden = {category.name for category in board().categories if category.visibility != "public"}
    assert [
        topic.title for topic, _, post in posts() if topic.category in hidden and post.removed_reason
    ] == []


def test_nobody_writes_twice_in_a_row_where_answers_were_filled_in() -> None:
    in_a_row = sum(
        first.author == second.author for topic in board().topics for first, second in pairwise(topic.posts)
    )
    assert in_a_row <= 3  # those who report back with a second thought


def test_the_long_topic_keeps_everybodys_small_story_in_order() -> None:
    [long] = [topic for topic in board().topics if len(topic.posts) == 250]
    wren = [post.body for post in long.posts if post.author == "Moss"]
    assert wren[:3] == ["Hedge.", "Hedge, wet.", "Hedge. Wren in it."]
    assert wren[-1].startswith("Wren is back.")


def test_there_is_enough_to_say_for_as_long_as_somebody_watches() -> None:
    assert len(set(replies())) == len(replies()) >= 200
    assert len({title for title, _ in openings()}) == len(openings()) >= 30
    assert len(set(spam())) == len(spam()) >= 12
    assert len(set(additions())) == len(additions()) >= 30
    assert all(line.startswith("Edit: ") for line in additions())
    assert set(replies()).isdisjoint(post.body for _, _, post in posts())


def test_live_replies_are_short() -> None:
    assert [line for line in replies() if len(re.findall(r"[.!?]+(?:\s|$)", line)) > 4] == []
    assert max(map(len, replies())) < 300


def test_only_example_hosts_are_linked() -> None:
    hosts = {host.casefold() for text in everything_written() for host in HOST.findall(text)}
    schemes = {host for text in everything_written() for host in re.findall(r"https?://([^/\s]+)", text)}
    assert hosts == OUR_HOSTS
    assert schemes == OUR_HOSTS


def test_no_brand_no_medicine_and_no_dose_is_named() -> None:
    named = [text for text in everything_written() if BRANDS.search(text) or DOSE.search(text)]
    assert named == []


def test_another_process_makes_the_same_board() -> None:
    script = "from server.demo.board import board; print(ascii(board()))"
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert run.stdout.strip() == ascii(board())
