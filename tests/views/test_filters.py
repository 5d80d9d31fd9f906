"""How times, counts, names and addresses read."""

from dataclasses import replace

import pytest

from server.domain.models import Author, CategoryName, LastPost, Topic
from server.domain.viewer import Audience
from server.views import filters
from server.views.addresses import member_url, topic_url

NOW = 1_795_354_320_000  # 22 November 2026, 13:32 UTC
ann = Author(7, "Ann")
category = CategoryName(3, "Treatments", "treatments", Audience.PUBLIC)
topic = Topic(
    12, "x", category, ann, NOW, 1, 21,
    pinned=False, locked=False, version=5, last_post=LastPost(99, ann, NOW),
)  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (59, "just now"), (60, "1 minute ago"), (7_199, "1 hour ago"), (86_400, "1 day ago"),
     (2_592_000, "1 month ago"), (31_536_000, "1 year ago"), (1_000_000_000, "31 years ago")],
)  # fmt: skip
def test_an_age_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert filters.ago(NOW, NOW + seconds * 1000)[0] == words


@pytest.mark.parametrize("seconds", [-5, 0, 59, 60, 3_599, 86_399, 29 * 86_400, 364 * 86_400, 800 * 86_400])
def test_an_age_knows_until_when_it_is_right(seconds: int) -> None:
    words, until = filters.ago(NOW, NOW + seconds * 1000)
    assert until > NOW + seconds * 1000
    assert filters.ago(NOW, until - 1) == (words, until)
    assert filters.ago(NOW, until)[0] != words


def test_times_counts_and_faces_read_well() -> None:
    assert filters.iso(NOW) == "2026-11-22T13:32:00Z"
    assert filters.exact(NOW) == "22 November 2026, 13:32 UTC"
    assert filters.plural(5208, "reply", "replies") == "5,208 replies"
    assert [filters.initials(name) for name in ("Marigold", "Per Lindqvist", "ö", "_ .")] == [
        "MA",
        "PL",
        "Ö",
        "?",
    ]
    assert 0 <= filters.hue("Ann") < 360


def test_pinned_topics_come_before_all_others() -> None:
    assert filters.order(replace(topic, pinned=True), pinned_first=True) == 2**50 + 99
    assert filters.order(replace(topic, pinned=True)) == 99


def test_addresses_hold_whatever_a_name_holds() -> None:
    assert member_url(Author(1, "a/b?c")) == "/members/a%2Fb%3Fc"
    assert topic_url(replace(topic, title="Tired at 60k?")) == "/topics/12/tired-at-60k"
