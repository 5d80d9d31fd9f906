"""Codes of authenticator apps (RFC 6238) and recovery codes."""

import base64

import pyotp
import pytest

from server.domain import one_time_codes as codes
from server.domain.one_time_codes import in_groups, is_app_code, new_recovery_codes, step_of, tidied

SECRET = base64.b32encode(b"12345678901234567890").decode()  # RFC 6238, appendix B
NOW = 1_800_000_000_000
STEP = NOW // 30_000


def code_at(step: int) -> str:
    return pyotp.TOTP(SECRET).generate_otp(step)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert step_of(SECRET, code, 0, seconds * 1000) == seconds // 30


def test_a_clock_may_be_half_a_minute_wrong_and_no_more() -> None:
    right = [step_of(SECRET, code_at(STEP + off), 0, NOW) for off in (-2, -1, 0, 1, 2)]
    assert right == [None, STEP - 1, STEP, STEP + 1, None]


def test_no_code_is_right_twice_nor_one_before_it() -> None:
    assert step_of(SECRET, code_at(STEP), STEP - 1, NOW) == STEP
    assert step_of(SECRET, code_at(STEP), STEP, NOW) is None
    assert step_of(SECRET, code_at(STEP - 1), STEP, NOW) is None
    assert step_of(SECRET, code_at(STEP + 1), STEP, NOW) == STEP + 1


@pytest.mark.parametrize("typed", ["287 082", " 287082\n", "287-082"])
def test_people_set_codes_apart_as_they_like(typed: str) -> None:
    assert tidied(typed) == "287082"
    assert is_app_code(tidied(typed))


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "٢٨٧٠٨٢", "k7wq-3mxp-2hvd", "x" * 10_000])
def test_what_is_no_code_of_an_app_is_never_right(typed: str) -> None:
    assert not is_app_code(tidied(typed))
    assert step_of(SECRET, tidied(typed), 0, NOW) is None


def test_recovery_codes_are_ten_and_hold_no_letter_that_is_taken_for_another() -> None:
    made = new_recovery_codes()
    assert len(set(made)) == codes.RECOVERY_CODES == 10
    assert not set("".join(made)) & set("0o1il")
    assert all(len(tidied(code)) == 12 and tidied(code.upper()) == tidied(code) for code in made)
    assert set(made).isdisjoint(new_recovery_codes())


def test_a_secret_has_160_bits_and_is_read_in_groups() -> None:
    secret = codes.new_secret()
    assert len(base64.b32decode(secret)) == 20
    assert in_groups(secret).replace(" ", "") == secret
    assert {len(group) for group in in_groups(secret).split(" ")} == {4}
    address = codes.address_of_secret(secret, "Ann Smith", "Fireside & friends")
    assert (
        address
        == f"otpauth://totp/Fireside%20%26%20friends:Ann%20Smith?secret={secret}&issuer=Fireside%20%26%20friends"
    )
