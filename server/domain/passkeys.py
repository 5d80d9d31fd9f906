"""Passkeys (Web Authentication, level 3): what a browser is asked, and whether its answer is right.

A passkey is discoverable, so nobody has to say who he is, and it unlocks only for its owner's finger, face or
PIN (user verification): having it and being its owner are both factors at once. It works for one host alone,
which is what makes it safe from look-alike pages.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import webauthn
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.domain.names import clean_name

MAX_PASSKEYS = 10  # of one member
MAX_PASSKEY_NAME = 40  # characters
MAX_ANSWER = 16_384  # characters of JSON; answers without attestation have about 1,000
PATIENCE = 5 * 60 * 1000  # milliseconds that people have for their device's questions
CHALLENGE = 32  # bytes

_REQUIRED = UserVerificationRequirement.REQUIRED
_UNNAMED = "Passkey"


class BadAnswer(Exception):
    """A browser's answer that is not what was asked for. Its text is for the log, not for people."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The host that passkeys are made for, and the origins of its pages. Without a host there are none."""

    host: str
    name: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MadePasskey:
    """What is kept of a passkey that a browser made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Signature:
    """A browser's answer, not yet checked: whose it says it is, and which challenge it signs."""

    credential_id: bytes
    user_handle: bytes
    challenge: bytes
    answer: str


def user_handle_of(member_id: int) -> bytes:
    """How authenticators know the member: nothing personal in it, and the same for all his passkeys."""
    return member_id.to_bytes(8)


def passkey_name(typed: str) -> str:
    """What the passkey is called in its owner's list, trimmed; a plain name when none was given."""
    return clean_name("".join(filter(str.isprintable, typed)))[:MAX_PASSKEY_NAME].strip() or _UNNAMED


def options_to_make(
    party: RelyingParty, member_id: int, username: str, known: Sequence[bytes], challenge: bytes
) -> str:
    """JSON for `navigator.credentials.create`; a device that has a known passkey makes no second one."""
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=party.host,
            rp_name=party.name,
            user_id=user_handle_of(member_id),
            user_name=username,
            challenge=challenge,
            timeout=PATIENCE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        )
    )


def options_to_sign(party: RelyingParty, challenge: bytes) -> str:
    """JSON for `navigator.credentials.get`; the person chooses among all passkeys for this host."""
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=party.host, challenge=challenge, timeout=PATIENCE, user_verification=_REQUIRED
        )
    )


def challenge_in(answer: str) -> bytes:
    """The challenge that a browser says it answers. Raises BadAnswer."""
    try:
        client_data = json.loads(_bytes(_response(answer)["clientDataJSON"]))
        return _bytes(client_data["challenge"])
    except Exception as error:  # a stranger's JSON goes wrong in any way
        _refuse(error)


def made(party: RelyingParty, answer: str, challenge: bytes) -> MadePasskey:
    """The passkey that `create` has made. Raises BadAnswer."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=list(party.origins),
            require_user_verification=True,
        )
    except Exception as error:  # the library lets errors of its parsers through
        _refuse(error)
    return MadePasskey(found.credential_id, found.credential_public_key, found.sign_count)


def signature_in(answer: str) -> Signature:
    """What `get` has answered, taken apart. Raises BadAnswer."""
    try:
        credential_id = _bytes(json.loads(answer)["rawId"])
        user_handle = _bytes(_response(answer).get("userHandle") or "")
    except Exception as error:  # a stranger's JSON goes wrong in any way
        _refuse(error)
    return Signature(credential_id, user_handle, challenge_in(answer), answer)


def check_signature(party: RelyingParty, signature: Signature, public_key: bytes, sign_count: int) -> int:
    """The new sign count, if the passkey with that key has signed the challenge. Raises BadAnswer.

    A count that does not grow tells of a copied authenticator; those without a counter always say 0.
    """
    try:
        found = webauthn.verify_authentication_response(
            credential=signature.answer,
            expected_challenge=signature.challenge,
            expected_rp_id=party.host,
            expected_origin=list(party.origins),
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # the library lets errors of its parsers through
        _refuse(error)
    return found.new_sign_count


def _response(answer: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer)["response"]
    return found


def _bytes(text: str) -> bytes:
    return webauthn.base64url_to_bytes(text)


def _refuse(error: Exception) -> NoReturn:
    raise BadAnswer(f"{type(error).__name__}: {error}") from error
