"""Signing in and signing up.

Passwords are hashed before the transaction begins, and what was true then is checked again inside it. Answers
do not tell who has an account here: in a patients' forum that alone is health data (S7).
"""

from server.actions import addresses, admission, mail, second_factors, second_step, sessions
from server.actions import invitations as inviting
from server.actions import members as new_members
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.second_factors import Proof
from server.actions.sessions import CLOSED, NOWHERE, Origin, SignedIn
from server.domain import known_devices
from server.domain.errors import Forbidden, Invalid, SecondFactorRequired, TooManyRequests
from server.domain.letters import Letter
from server.domain.names import name_key
from server.domain.validation import MAX_EMAIL, email_key
from server.store import applicants, audit, invitations, members, settings
from server.store.database import Database, Duplicate
from server.store.members import Account

# Failed sign-ins to one account from one network, each within seconds: who goes on waits ever longer (S8).
FAILURES_PER_ACCOUNT = ((10, 15 * 60), (20, 2 * 60 * 60), (30, 16 * 60 * 60))
FAILURES_PER_NETWORK = (100, 60 * 60)  # failed sign-ins from one network, in seconds (S8)
SIGN_UPS_PER_NETWORK = (20, 60 * 60)  # new accounts from one network, in seconds: clinics share addresses

_WRONG = "Name and password don't belong together. Please check both; capitals matter in the password."


async def sign_in(
    db: Database,
    passwords: Passwords,
    login: str,
    password: str,
    code: str = "",
    *,
    remember: bool,
    now: int,
    limits: Limits,
    origin: Origin = NOWHERE,
) -> SignedIn:
    """A new session for the member of that name or e-mail address; the one before it ends (S2).

    Where a second factor is on, a right password without a code raises SecondFactorRequired. Before that
    nothing tells whether one is on. Raises Invalid (`password`), alike for a wrong password and an unknown
    member, Invalid (`code`), Forbidden for a closed account, TooManyRequests or Overloaded.
    """
    login = login.strip()[:MAX_EMAIL]
    attempts = await _count_attempt(db, limits, login, origin, now)
    account = await _account_of(db, passwords, login, password, now)
    outdated = passwords.is_outdated(account.password_hash)
    new_hash = await passwords.hash(password) if outdated else account.password_hash
    reckoned = await second_factors.reckon(
        db, passwords, account.id, code, network=origin.network, now=now, limits=limits
    )
    signed_in, token = None, ""
    async with db.begin() as writer:
        held = await members.hold(writer, account.id)
        if held is None or held.disabled or held.password_hash != account.password_hash:
            raise Invalid({"password": _WRONG})  # it changed while we were hashing
        if outdated:
            await members.set_password_hash(writer, held.id, new_hash)
        proof = await second_factors.take(writer, held.id, reckoned, now=now)
        if proof.lets_in:
            signed_in = await sessions.enter(writer, held, origin, remember=remember, now=now)
            await audit.note(writer, held.id, "sign_in", "member", held.id, proof.value, now=now)
        elif proof is Proof.MISSING:
            token = await second_step.wait_for_code(writer, held.id, now=now)
    for name, key in attempts:
        await limits.forgive(name, key)
    if token:
        raise SecondFactorRequired(token)
    if signed_in is None:
        await second_factors.refuse(db, account.id, reckoned, now=now)
    await second_factors.forgive(limits, reckoned)
    return signed_in


async def sign_up(
    db: Database,
    passwords: Passwords,
    draft: NewMember,
    *,
    now: int,
    limits: Limits,
    origin: Origin = NOWHERE,
    invitation: str = "",
    confirms: bool = False,
) -> SignedIn:
    """A new member, signed in, or somebody who waits, as `admission.decide` says. `confirms`: letters arrive,
    so that he can be asked to confirm his address before he writes.

    An e-mail address that has an account already is no error, or anybody could ask whose address is known
    here: the new account just does not sign in by it, only by its name. A letter asks whether the address is
    his; one that somebody has confirmed before is told instead that it has a member already. Raises Invalid
    (`username`, `email`, `password`, `rules`), Forbidden when nobody may join this way, TooManyRequests or
    Overloaded.
    """
    invited_by = sessions.token_hash(invitation) if invitation else None
    await check_sign_up(db, draft, invitation=invitation, now=now)
    most, seconds = SIGN_UPS_PER_NETWORK
    await limits.check("sign-up", origin.network, most, seconds, now)
    password_hash = await passwords.hash(draft.password)

    async def enter() -> SignedIn:
        async with db.begin() as writer:
            owner = await members.by_email(writer, draft.email)
            shared = owner is not None
            key = addresses.no_key() if shared else ""
            found, taken = await admission.decide(
                writer, invited_by, confirms=confirms, counts=limits.enabled, now=now
            )
            account = await new_members.insert(writer, draft, password_hash, found.role, key, now=now)
            await applicants.set_needs_approval(writer, account.id, needs=found.needs_approval)
            if taken is not None:
                await invitations.note_use(writer, taken, account.id)
                inviting.tell(writer, taken)
            reason = "the e-mail address has another account" if shared else ""
            await audit.note(writer, account.id, "sign_up", "member", account.id, reason, now=now)
            known = owner is not None and await members.is_confirmed(writer, owner.id)
            await mail.queue(
                writer, Letter.KNOWN if known else Letter.CONFIRM, account.id, account.email, now=now
            )
            return await sessions.enter(writer, account, origin, remember=False, now=now)

    try:
        return await enter()
    except Duplicate:  # somebody with that name or address was faster; now they are seen
        return await enter()


async def check_sign_up(db: Database, draft: NewMember, *, invitation: str, now: int) -> None:
    """Raises what `sign_up` does before it counts and hashes: Forbidden, or Invalid with all problems."""
    async with db.snapshot() as reader:
        await admission.check_open(reader, sessions.token_hash(invitation) if invitation else None, now)
        await new_members.check(reader, draft, rules=True)


async def _account_of(db: Database, passwords: Passwords, login: str, password: str, now: int) -> Account:
    async with db.snapshot() as reader:
        account = await members.by_login(reader, login)
    right = await passwords.matches(account.password_hash if account else None, password)
    if account is None or not right or account.disabled:
        await _note_failure(db, account, now)
        raise Forbidden(CLOSED) if account and right else Invalid({"password": _WRONG})
    return account


async def _count_attempt(
    db: Database, limits: Limits, login: str, origin: Origin, now: int
) -> tuple[tuple[str, str], ...]:
    """Counts it before its outcome is known, or many at once would all pass; successes are forgiven.

    A browser in which this member has signed in before is counted by itself: what others in its network do
    locks nobody out of his own.
    """
    nonce = await _known_nonce(db, login, origin.marks)
    if nonce is not None:
        counted = [("sign-in from known device", nonce, FAILURES_PER_ACCOUNT[0])]
    else:
        account = email_key(login) if "@" in login else name_key(login)
        counted = [("sign-in", origin.network, FAILURES_PER_NETWORK)]
        counted += [
            (f"sign-in to account {seconds}", f"{origin.network} {account}", (most, seconds))
            for most, seconds in FAILURES_PER_ACCOUNT
        ]
    attempts: list[tuple[str, str]] = []
    try:
        for name, key, (most, seconds) in counted:
            await limits.check(name, key, most, seconds, now)
            attempts.append((name, key))
    except TooManyRequests:  # what is refused counts nowhere
        for name, key in attempts:
            await limits.forgive(name, key)
        raise
    return tuple(attempts)


async def _known_nonce(db: Database, login: str, marks: str) -> str | None:
    if not marks:
        return None
    async with db.snapshot() as reader:
        account = await members.by_login(reader, login)
        key = await settings.form_key(reader)
    return known_devices.known_by(key, account.id, marks) if account else None


async def _note_failure(db: Database, account: Account | None, now: int) -> None:
    """What was typed as the name is not kept: it may be a password in the wrong field."""
    async with db.begin() as writer:
        await audit.note(writer, None, "sign_in_failed", "member", account.id if account else None, now=now)
