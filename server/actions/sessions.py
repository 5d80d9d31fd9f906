"""Sessions: made when somebody signs in, found again by the cookie's token, ended by signing out.

Programs have sessions as well, which `tokens.py` makes: theirs are found by the header Authorization.

A token is 256 random bits; the database has its SHA-256 only, so a dump of it signs nobody in, and looking a
token up tells nothing by its time (S1, S3). A remembered session slides: it ends after REMEMBERED without a
visit, and after LONGEST in any case. Any other ends BRIEF after signing in.
"""

import hashlib
import secrets
from dataclasses import dataclass

from server.domain import known_devices
from server.domain.clock import DAY, HOUR, MINUTE
from server.domain.errors import Banned, NotFound, SignInRequired, TokenRefused
from server.domain.events import Event, Kind
from server.domain.viewer import GUEST, Audience, Viewer
from server.store import audit, links, same_browsers, sessions, settings, standing
from server.store.database import Database, Writer
from server.store.members import Account

BRIEF = 24 * HOUR
REMEMBERED = 30 * DAY
LONGEST = 180 * DAY
SLIDES_EVERY = MINUTE  # a visit is written down at most this often
NOTED_EVERY = HOUR  # and the use of a program's token
MAX_TOKEN = 64  # characters; ours have 43
MAX_DEVICE = 200  # characters kept of what the browser calls itself


CLOSED = "This account is closed. If you think that is a mistake, please write to the board's administrators."


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: the network that limits count by, what the browser calls itself, the
    viewer it was until now, whose session ends, and the marks of those who signed in there before."""

    network: str = ""
    device: str = ""
    viewer: Viewer = GUEST
    marks: str = ""


NOWHERE = Origin()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. The token exists here and in the browser only."""

    viewer: Viewer
    token: str
    remember: bool
    mark: str = ""  # by which the browser is known as this member's (domain/known_devices.py)


def new_token() -> str:
    """256 bits from the system's generator, in characters for cookies and addresses."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a browser's token."""
    return hashlib.sha256(token.encode()).digest()


async def enter(writer: Writer, account: Account, origin: Origin, *, remember: bool, now: int) -> SignedIn:
    """As `start`, for who comes from there: the session that he came with ends (S2).

    The one way in for whoever has shown that an account is his, so it is here that a ban is told.
    Raises Banned.
    """
    stands = await standing.of(writer, account.id, now)
    if stands.ban is not None:
        raise Banned(stands.ban)
    if origin.viewer.session_id is not None:
        await end(writer, origin.viewer.session_id)
    signed_in = await start(writer, account, remember=remember, device=origin.device, now=now)
    await _note_browser(writer, account, origin.marks, signed_in.mark, now)
    return signed_in


async def _note_browser(writer: Writer, account: Account, carried: str, made: str, now: int) -> None:
    """Notes who was here before: a hint for moderators."""
    key = await settings.form_key(writer)
    before = await same_browsers.owners(writer, known_devices.nonces(carried))
    there = [
        member_id
        for nonce, member_id in before.items()
        if known_devices.known_by(key, member_id, carried) == nonce
    ]
    await same_browsers.note_shared(writer, account.id, there, now)
    for nonce in known_devices.nonces(made):
        await same_browsers.note_mark(writer, nonce, account.id, now)


def bearer_hash(token: str) -> bytes:
    """What is stored of a program's token: another hash, so that neither kind can be shown as the other."""
    return token_hash(f"bearer {token}")


async def start(writer: Writer, account: Account, *, remember: bool, device: str, now: int) -> SignedIn:
    """A session of that member, in the transaction that decided it."""
    token = new_token()
    ends_at = now + (LONGEST if remember else BRIEF)
    await sessions.add(
        writer,
        sessions.NewSession(
            token_hash=token_hash(token),
            member_id=account.id,
            expires_at=min(now + _life(remember=remember), ends_at),
            ends_at=ends_at,
            remember=remember,
            device="".join(filter(str.isprintable, device))[:MAX_DEVICE],
        ),
        now,
    )
    found = await sessions.find(writer, token_hash(token), now)
    writer.append(Event(Kind.ACCOUNT, account.id, Audience.STAFF, member_id=account.id))
    assert found is not None, "a session that begins now is not over"
    key = await settings.form_key(writer)
    mark = known_devices.mark(key, account.id, secrets.token_hex(8))
    return SignedIn(found.viewer, token, remember, mark)


async def keep_only(writer: Writer, viewer: Viewer, *, now: int) -> SignedIn:
    """Ends the viewer's other sessions and gives this one a new token, after what protects the account.

    Raises SignInRequired when it has ended.
    """
    await end_others(writer, member_of(viewer), keep=viewer.session_id, now=now)
    return await renew(writer, viewer)


async def renew(writer: Writer, viewer: Viewer) -> SignedIn:
    """The viewer's session with a new token, in the transaction that decided it; its sockets stay (S2).

    Raises SignInRequired when it has ended.
    """
    token = new_token()
    remember = await sessions.renew_token(writer, viewer.session_id or 0, token_hash(token))
    if remember is None:
        raise SignInRequired
    return SignedIn(viewer, token, remember)


async def resume(db: Database, token: str, bearer: str | None = None, *, now: int) -> Viewer:
    """Whom what was shown signs in. The only way to become a viewer (S11).

    `token` is the cookie's: one that is unknown or over makes a guest. `bearer` is a program's, None when it
    showed none; then it alone counts, whatever the cookie is. Raises TokenRefused when it is unknown or over:
    a program that takes itself for somebody has to learn that it is nobody.
    """
    shown, hashed = (token, token_hash) if bearer is None else (bearer, bearer_hash)
    found = None
    if 0 < len(shown) <= MAX_TOKEN:
        found = await db.read(lambda reader: sessions.find(reader, hashed(shown), now))
    if found is None:
        if bearer is not None:
            raise TokenRefused
        return GUEST
    if now - found.seen_at >= (SLIDES_EVERY if bearer is None else NOTED_EVERY):
        slides_to = now + _life(remember=found.remember) if bearer is None else found.ends_at
        async with db.begin() as writer:
            await sessions.touch(writer, found.id, expires_at=min(slides_to, found.ends_at), now=now)
    return found.viewer


async def sign_out(db: Database, viewer: Viewer, *, now: int) -> None:
    """Ends the viewer's session and, by the log, the sockets it opened (S4). A guest stays one."""
    if viewer.session_id is None:
        return
    async with db.begin() as writer:
        if await end(writer, viewer.session_id):
            await audit.note(writer, viewer.id, "sign_out", "member", viewer.id, now=now)


async def end_device(db: Database, viewer: Viewer, session_id: int, *, now: int) -> None:
    """Ends one of the viewer's own sessions and, by the log, the sockets it opened (S4).

    Raises SignInRequired, or NotFound when he has none of that number, whoever else may.
    """
    member_id = member_of(viewer)
    async with db.begin() as writer:
        if not await sessions.end_own(writer, member_id, session_id):
            raise NotFound
        writer.append(session_ended(session_id, member_id))
        await audit.note(writer, member_id, "session_ended", "session", session_id, now=now)


async def end_other_devices(db: Database, viewer: Viewer, *, now: int) -> int:
    """Ends all of the viewer's sessions but this one; how many that were. Raises SignInRequired."""
    member_id = member_of(viewer)
    async with db.begin() as writer:
        return await end_others(writer, member_id, keep=viewer.session_id, now=now)


async def end_others(writer: Writer, member_id: int, keep: int | None, *, now: int) -> int:
    """Ends a member's sessions but the one to keep, as he wished; how many that were."""
    ended = await end_all(writer, member_id, keep)
    if ended:
        await audit.note(writer, member_id, "other_sessions_ended", "member", member_id, now=now)
    return ended


async def end_all(writer: Writer, member_id: int, keep: int | None = None) -> int:
    """Ends a member's sessions, but one to keep, in the transaction that decided it; how many.

    A sign-in that waits for its second step ends too.
    """
    await links.end_of_member(writer, links.SECOND_STEP, member_id)
    ended = await sessions.end_others(writer, member_id, keep)
    for session_id in ended:
        writer.append(session_ended(session_id, member_id))
    return len(ended)


async def end(writer: Writer, session_id: int) -> bool:
    """Ends a session, in the transaction that decided it; False when it was over already."""
    member_id = await sessions.end(writer, session_id)
    if member_id is None:
        return False
    writer.append(session_ended(session_id, member_id))
    return True


async def end_expired(db: Database, *, now: int) -> None:
    """Ends the sessions whose time is over, and by the log the sockets they opened.

    Without that a socket would go on for as long as it stays open: its cookie is looked at when it is made.
    """
    more = True
    while more:
        async with db.begin() as writer:
            over = await sessions.prune(writer, now)
            for session_id, member_id in over:
                writer.append(session_ended(session_id, member_id))
        more = len(over) == sessions.PRUNED_AT_ONCE


def member_of(viewer: Viewer) -> int:
    """The number of whoever is signed in, also while he waits. Raises SignInRequired for a guest."""
    if viewer.id is None:
        raise SignInRequired
    return viewer.id


def session_ended(session_id: int, member_id: int) -> Event:
    """By which the log closes the sockets of a session, or of a program's token (S4)."""
    return Event(Kind.SESSION, session_id, Audience.STAFF, member_id=member_id)


def _life(*, remember: bool) -> int:
    return REMEMBERED if remember else BRIEF
