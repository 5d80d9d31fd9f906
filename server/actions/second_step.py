"""The second step of signing in: the password was right, and a code is still to come.

Until it comes there is no session. What the browser holds meanwhile opens nothing but this step, for PENDING;
it is a row of `links` by its digest, and ends with the member's other sessions, when the password changes.
"""

from server.actions import second_factors, sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.actions.sessions import Origin, SignedIn, new_token, token_hash
from server.domain.clock import MINUTE
from server.domain.errors import Forbidden, SignInRequired
from server.store import audit, links, members
from server.store.database import Database, Writer

PENDING = 10 * MINUTE  # milliseconds for finding one's phone, or the paper with the recovery codes

_OVER = "That took a little too long, so please begin again with your name and password."


async def wait_for_code(writer: Writer, member_id: int, *, now: int) -> str:
    """The token for the second step, in the transaction that found the password right."""
    token = new_token()
    await links.add(
        writer, token_hash(token), links.SECOND_STEP, member_id, expires_at=now + PENDING, now=now
    )
    return token


async def waiting(db: Database, token: str, *, now: int) -> int:
    """The number of the member whose sign-in waits for a code. Raises SignInRequired when none does."""
    async with db.snapshot() as reader:
        member_id = await links.owner(reader, token_hash(token), links.SECOND_STEP, now)
    if member_id is None:
        raise SignInRequired(_OVER)
    return member_id


async def finish(
    db: Database,
    passwords: Passwords,
    token: str,
    code: str,
    *,
    remember: bool,
    now: int,
    limits: Limits,
    origin: Origin,
) -> SignedIn:
    """A new session for who gave the password before, and now the code; the session before it ends (S2).

    Raises SignInRequired when it took too long, Invalid (`code`), Forbidden for an account that was closed
    meanwhile, TooManyRequests or Overloaded.
    """
    member_id = await waiting(db, token, now=now)
    reckoned = await second_factors.reckon(
        db, passwords, member_id, code, network=origin.network, now=now, limits=limits
    )
    signed_in = None
    async with db.begin() as writer:
        held = await members.hold(writer, member_id)
        if held is None or await links.owner(writer, token_hash(token), links.SECOND_STEP, now) is None:
            raise SignInRequired(_OVER)
        if held.disabled:
            raise Forbidden(sessions.CLOSED)
        proof = await second_factors.take(writer, member_id, reckoned, now=now)
        if proof is second_factors.Proof.NOT_ASKED:
            raise SignInRequired(_OVER)  # it was switched off meanwhile; begin again, without it
        if proof.lets_in:
            await links.use(writer, token_hash(token), links.SECOND_STEP, now)
            signed_in = await sessions.enter(writer, held, origin, remember=remember, now=now)
            await audit.note(writer, member_id, "sign_in", "member", member_id, proof.value, now=now)
    if signed_in is None:
        await second_factors.refuse(db, member_id, reckoned, now=now)
    await second_factors.forgive(limits, reckoned)
    return signed_in
