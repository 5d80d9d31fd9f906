"""Who may join, and what a form says about itself."""

import pytest

from server.domain import form_times
from server.domain.clock import DAY, SECOND
from server.domain.joining import Admission, SignUp, admission
from server.domain.permissions import may_admit, may_write
from server.domain.standing import Standing
from server.domain.viewer import GUEST, Audience, Role, Viewer

NOW = 1_800_000_000_000
KEY = b"the board's own"


@pytest.mark.parametrize(
    ("policy", "invited", "burst", "role"),
    [
        (SignUp.OPEN, False, False, Role.MEMBER),
        (SignUp.OPEN, False, True, Role.WAITING),
        (SignUp.OPEN, True, True, Role.MEMBER),
        (SignUp.APPROVAL, False, False, Role.WAITING),
        (SignUp.APPROVAL, True, False, Role.MEMBER),
        (SignUp.INVITATION, False, False, None),
        (SignUp.INVITATION, True, False, Role.MEMBER),
        (SignUp.CLOSED, False, False, None),
        (SignUp.CLOSED, True, False, None),
    ],
)
def test_the_policy_says_what_one_becomes(
    policy: SignUp, invited: bool, burst: bool, role: Role | None
) -> None:
    for confirms in (False, True):
        found = admission(policy, invited=invited, burst=burst, confirms=confirms)
        if role is None:
            assert found is None
        elif role is Role.WAITING or not confirms:
            assert found == Admission(role, needs_approval=role is Role.WAITING)
        else:  # nobody but himself lets him in
            assert found == Admission(Role.WAITING, needs_approval=False)


def test_who_waits_is_a_guest_with_a_name() -> None:
    zoe = Viewer(7, "Zoe", Role.WAITING, session_id=1)
    assert (zoe.is_signed_in, zoe.is_member, zoe.is_staff, zoe.audience) == (
        True,
        False,
        False,
        Audience.PUBLIC,
    )
    assert zoe.role.rank == GUEST.role.rank
    assert not may_write(zoe)
    assert not may_admit(zoe)


def test_who_owes_the_rules_may_not_write_and_still_moderates() -> None:
    mod = Viewer(3, "Mod", Role.MODERATOR, standing=Standing(owes_rules=True))
    assert not may_write(mod)
    assert may_admit(mod)
    assert may_write(Viewer(3, "Mod", Role.MODERATOR))


@pytest.mark.parametrize(
    ("after", "over"), [(0, False), (2 * SECOND, False), (DAY, False), (DAY + 1, True), (-1, True)]
)
def test_a_form_is_good_for_a_day(after: int, over: bool) -> None:
    assert form_times.is_over(KEY, form_times.stamp(KEY, NOW), NOW + after) is over


@pytest.mark.parametrize("stamp", ["", "x", f"{NOW}", f"{NOW}.", f"{NOW}.00", "9" * 5000, f"-{NOW}.00", "²."])
def test_a_time_that_the_board_has_not_signed_is_none(stamp: str) -> None:
    assert form_times.opened_at(KEY, stamp) is None


def test_a_time_of_another_board_is_none() -> None:
    assert form_times.opened_at(KEY, form_times.stamp(b"another", NOW)) is None
    moved = f"{NOW - DAY}.{form_times.stamp(KEY, NOW).partition('.')[2]}"
    assert form_times.opened_at(KEY, moved) is None
