"""What administrators see while others change it: members, invitations, fields and letters, as they are now.

The pages and what is pushed to them are read by the same functions. `version` is the position of the log that
it was read at, because much of it has no version of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.channels import ADMINISTRATION
from server.domain.profile_fields import FieldKind, ProfileField
from server.store import (
    audit,
    event_log,
    former_names,
    invitations,
    member_list,
    outbox,
    profile_fields,
    sessions,
)
from server.store.audit import History
from server.store.database import Reader
from server.store.former_names import FormerName
from server.store.invitations import Invitation
from server.store.member_list import ListedMember
from server.store.outbox import Outbox, Stuck
from server.store.sessions import SignedInDevice
from server.views.page_models import Form, LiveRoot

HISTORY = 50  # lines, the newest
MAX_INVITATIONS = 200  # the newest
ROLES = (
    ("member", "Member", "Reads, writes, and takes back what is his own."),
    ("moderator", "Moderator", "Removes and restores, locks and pins, and lets new members in."),
    ("admin", "Administrator", "Does all of that, and everything on these pages."),
)
KINDS = (
    (FieldKind.SHORT.value, "A short text"),
    (FieldKind.LONG.value, "A longer text"),
    (FieldKind.CHOICE.value, "One of a list"),
    (FieldKind.YEAR.value, "A year"),
)
THE_ONLY = 1  # the number of what there is one of


@dataclass(frozen=True, slots=True)
class LivePage:
    """A page that follows what other administrators do."""

    live: LiveRoot


async def live_page(reader: Reader) -> LivePage:
    """To be read before anything that is on the page."""
    head = await event_log.head(reader)
    return LivePage(LiveRoot(head.epoch, head.seq, (str(ADMINISTRATION),)))


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A member in the list."""

    member: ListedMember
    version: int

    @property
    def id(self) -> int:
        """The member's number."""
        return self.member.id


@dataclass(frozen=True, slots=True)
class MemberFile:
    """All that a member's page says of him."""

    member: ListedMember
    formerly: tuple[FormerName, ...]
    devices: tuple[SignedInDevice, ...]
    history: tuple[History, ...]
    version: int

    @property
    def id(self) -> int:
        """The member's number."""
        return self.member.id

    @property
    def roles(self) -> tuple[tuple[str, str, str], ...]:
        """What he can be made: value, name, and what that means."""
        return ROLES

    @property
    def form(self) -> Form:
        """What the forms about him say before anybody touches them."""
        return Form({"role": self.member.role.value})


@dataclass(frozen=True, slots=True)
class Invited:
    """The invitations made last; `now`, in milliseconds UTC, says which of them are over."""

    invitations: tuple[Invitation, ...]
    now: int
    version: int
    id: int = THE_ONLY


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What profiles ask for, in its order."""

    active: tuple[ProfileField, ...]
    archived: tuple[ProfileField, ...]
    version: int
    id: int = THE_ONLY

    @property
    def kinds(self) -> dict[str, str]:
        """What each kind of field is called."""
        return dict(KINDS)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How the outbox is, and the letters that are stuck."""

    outbox: Outbox
    stuck: tuple[Stuck, ...]
    version: int
    id: int = THE_ONLY


async def member_file(reader: Reader, member_id: int, version: int, *, now: int) -> MemberFile | None:
    """A member's page; None when there is no such member."""
    member = await member_list.one(reader, member_id)
    if member is None:
        return None
    return MemberFile(
        member,
        tuple(await former_names.of_member(reader, member_id)),
        tuple(await sessions.of_member(reader, member_id, now)),
        tuple(await audit.of_thing(reader, "member", member_id, HISTORY)),
        version,
    )


def listed_rows(found: Sequence[ListedMember], version: int) -> tuple[ListedRow, ...]:
    """The members as they stand in the list."""
    return tuple(ListedRow(one, version) for one in found)


async def invited(reader: Reader, version: int, *, now: int) -> Invited:
    """The list of invitations."""
    return Invited(tuple(await invitations.newest(reader, MAX_INVITATIONS)), now, version)


async def asked_for(reader: Reader, version: int) -> AskedFor:
    """The lists of fields."""
    found = await profile_fields.every(reader)
    active, archived = ([one for one in found if one.archived is put_away] for put_away in (False, True))
    return AskedFor(tuple(active), tuple(archived), version)


async def letterbox(reader: Reader, version: int, *, now: int) -> Letterbox:
    """The mail."""
    return Letterbox(await outbox.state(reader, now), tuple(await outbox.stuck(reader)), version)
