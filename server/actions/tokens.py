"""Tokens, by which a member's programs sign in (`Authorization: Bearer`): made and ended by their owner.

A token is a session that has a scope and no browser (`sessions.py`), so all that ends sessions ends it: a new
password, signing out everywhere else, the end of the account; and the log tells its sockets in the same way.
The field leaves tokens alone when a password changes. Here a changed password often means that somebody
else had it, and who had it could have made a token.
"""

from dataclasses import dataclass

from server.actions import reauthentication, sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.domain.clock import DAY
from server.domain.errors import Invalid, NotFound
from server.domain.validation import Problems
from server.domain.viewer import Scope, Viewer
from server.store import audit, tokens
from server.store import sessions as session_rows
from server.store.database import Database
from server.store.sessions import NewSession

LIVES = {"30": 30 * DAY, "90": 90 * DAY, "365": 365 * DAY}  # milliseconds, by what is chosen
MOST = 20  # tokens of one member
MAX_NAME = 60  # characters
PREFIX = "fireside_"  # so that people, and programs that look for leaked secrets, know what they see

_NAMELESS = f"Please give it a name of at most {MAX_NAME} characters, so that you know it again in the list."
_TAKEN = "You have a token of this name already. Please choose another name, or end that one first."
_FULL = f"You have {MOST} tokens, which is the most. Please end one that is not used any more."


@dataclass(frozen=True, slots=True)
class TokenDraft:
    """What is asked for, as typed."""

    name: str
    scope: str
    days: str
    password: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new token. The secret exists here and on the page that shows it only."""

    id: int
    name: str
    secret: str


async def make_token(
    db: Database, passwords: Passwords, viewer: Viewer, draft: TokenDraft, *, now: int, limits: Limits
) -> Made:
    """A token of the viewer's, who shows by the password that it is him.

    Raises SignInRequired, Invalid (`name`, `scope`, `days`, `current`), TooManyRequests or Overloaded.
    """
    member_id = sessions.member_of(viewer)
    name = " ".join("".join(filter(lambda each: each.isprintable() or each.isspace(), draft.name)).split())
    problems = Problems()
    problems.add("name", None if 0 < len(name) <= MAX_NAME else _NAMELESS)
    problems.add("scope", _scope_problem(viewer, draft.scope))
    problems.add("days", None if draft.days in LIVES else "Please choose one of these.")
    if problems:
        raise Invalid(problems.fields)
    account = await reauthentication.confirm_password(
        db, passwords, viewer, draft.password, now=now, limits=limits
    )
    secret = PREFIX + sessions.new_token()
    async with db.begin() as writer:
        await reauthentication.hold(writer, account)
        others = await tokens.of_member(writer, member_id, now)
        if len(others) >= MOST:
            raise Invalid({"name": _FULL})
        if name.casefold() in (other.name.casefold() for other in others):
            raise Invalid({"name": _TAKEN})  # the form was sent twice, or the list could not be told apart
        ends_at = now + LIVES[draft.days]
        new = NewSession(
            token_hash=sessions.bearer_hash(secret),
            member_id=member_id,
            expires_at=ends_at,
            ends_at=ends_at,
            remember=False,
            device=name,
            scope=Scope(draft.scope),
        )
        token_id = await session_rows.add(writer, new, now)
        await audit.note(writer, member_id, "token_made", "session", token_id, draft.scope, now=now)
    return Made(token_id, name, secret)


async def end_token(db: Database, viewer: Viewer, token_id: int, *, now: int) -> None:
    """Ends one of the viewer's tokens and, by the log, the sockets it opened (S4).

    Raises SignInRequired, or NotFound when he has none of that number, whoever else may.
    """
    member_id = sessions.member_of(viewer)
    async with db.begin() as writer:
        if not await tokens.end(writer, member_id, token_id):
            raise NotFound
        writer.append(sessions.session_ended(token_id, member_id))
        await audit.note(writer, member_id, "token_ended", "session", token_id, now=now)


def _scope_problem(viewer: Viewer, scope: str) -> str | None:
    if scope not in Scope._value2member_map_:
        return "Please choose one of these."
    if scope == Scope.MODERATE and not viewer.is_moderating:
        return "Only moderators can make a token that moderates."
    return None
