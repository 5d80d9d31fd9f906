"""Counting who is there: once each, coarse in crowds, calm when somebody reloads."""

import pytest

from server.domain.presence import Company, Person, Told, coarse, lingering, together, told_of

ANN, BO, CLEO = Person(7, "Ann"), Person(8, "bo"), Person(9, "Cleo")


@pytest.mark.parametrize(
    ("number", "said"), [(0, 0), (7, 7), (38, 38), (99, 99), (104, 100), (996, 1000), (1249, 1200)]
)
def test_numbers_have_two_digits(number: int, said: int) -> None:
    assert coarse(number) == said


@pytest.mark.parametrize(
    ("number", "before", "said"),
    [(38, 39, 38), (109, 100, 100), (110, 100, 110), (91, 100, 91), (104, 99, 100), (1199, 1200, 1200)],
)
def test_a_large_number_stays_until_it_is_wrong_by_a_step(number: int, before: int, said: int) -> None:
    assert coarse(number, before) == said


def test_in_a_crowd_small_numbers_are_rounded_too() -> None:
    assert [coarse(87, crowd=crowd) for crowd in (87, 999, 1000, 9999, 10_000)] == [87, 87, 90, 90, 100]
    assert coarse(3, crowd=5000) == 0
    company = Company((ANN, BO, CLEO), 84, 9_715)
    assert told_of(company, 0) == Told((), 90, 9_700)


def test_who_is_with_two_processes_counts_once_and_guests_add_up() -> None:
    here, there = Company((ANN, BO), 0, 3, typing=(BO,)), Company((BO, CLEO), 2, 4, typing=(BO, CLEO))
    assert together([here, there]) == Company((ANN, BO, CLEO), 2, 7, (BO, CLEO))
    assert together([]).is_empty


def test_who_was_there_a_moment_ago_still_is_but_does_not_write() -> None:
    found = lingering(Company((BO,), 0, 1, ()), Company((ANN, BO), 0, 5, (ANN,)))
    assert found == Company((ANN, BO), 0, 5, ())


def test_names_come_in_alphabetical_order_and_the_rest_is_counted() -> None:
    company = Company((CLEO, BO, ANN), 4, 38)
    assert told_of(company, 20) == Told(("Ann", "bo", "Cleo"), 4, 38)
    assert told_of(company, 0) == Told((), 7, 38)


def test_who_is_named_stays_named_while_there() -> None:
    company = Company((CLEO, BO, ANN))
    assert told_of(company, 2) == Told(("bo", "Cleo"), 1, 0)
    assert told_of(company, 2, Told(("Ann", "gone"), 0, 0)) == Told(("Ann", "Cleo"), 1, 0)
