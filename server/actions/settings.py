"""What an administrator sets for the whole board."""

from collections.abc import Mapping

from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid
from server.domain.events import Event, Kind
from server.domain.joining import MAX_SIGN_UPS, SignUp
from server.domain.permissions import may_administer
from server.domain.settings import DEFAULTS, LONGEST, MAY_BE_EMPTY, SWITCHES
from server.domain.validation import Problems
from server.domain.viewer import Audience, Viewer
from server.store import audit, event_log, members, post_numbers, second_factors, settings
from server.store.database import Database

_DEMAND = "staff_second_factor"
_YOURS_FIRST = (
    "Please set up two-step sign-in for yourself first, in your settings, or you would lock yourself out."
)
HIGHEST_POST_NUMBER = 10**15  # below what JavaScript counts exactly, with room above

_NOT_ADMIN = "Only administrators can change the board's settings."


async def change_settings(
    db: Database, viewer: Viewer, values: Mapping[str, str], next_post: str, *, accept_again: bool = False
) -> None:
    """Set the board's texts and the number of the next post.

    With `accept_again` everybody but the viewer is asked to accept the rules before he next writes.

    Raises Forbidden, or Invalid with a sentence for each field that is wrong; then nothing is changed.
    """
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    values = {name: _given(name, values) for name in DEFAULTS}
    problems = {name: problem for name in DEFAULTS if (problem := _problem(name, values[name]))}
    async with db.begin() as writer:
        upcoming = await post_numbers.upcoming(writer)
        least = await post_numbers.highest(writer) + 1
        number = int(next_post) if next_post.isascii() and next_post.isdigit() and len(next_post) < 17 else 0
        if number != upcoming and not least <= number <= HIGHEST_POST_NUMBER:
            problems["next_post_number"] = (
                f"Numbers below {least} are taken. Please give a whole number from there on."
            )
        demands = values[_DEMAND] != await settings.text(writer, _DEMAND)
        if values[_DEMAND] and demands and not await second_factors.is_on(writer, viewer.id or 0):
            problems[_DEMAND] = _YOURS_FIRST
        if problems:
            raise Invalid(problems)
        for name in DEFAULTS:
            await settings.put(writer, name, values[name])
        for member_id in await second_factors.staff_without(writer) if demands else ():
            writer.append(Event(Kind.MEMBER, member_id, Audience.PUBLIC, member_id=member_id))
        if number != upcoming:
            await post_numbers.start_at(writer, number)
        if accept_again:
            version = await settings.rules_version(writer) + 1
            await settings.put(writer, "rules_version", str(version))
            if viewer.id is not None:
                await members.accept_rules(writer, viewer.id, version, now_ms())
            await audit.note(
                writer, viewer.id, "new_rules", "board", None, f"version {version}", now=now_ms()
            )
        writer.append(Event(Kind.SETTINGS, 0, Audience.PUBLIC))
        await event_log.turn_page(writer)  # its name and its notice stand on every page
        await audit.note(writer, viewer.id, "settings", "board", None, "", now=now_ms())


async def change_joining(
    db: Database, viewer: Viewer, policy: str, sign_ups: str, *, confirm_first: bool = True, now: int
) -> None:
    """Set how one becomes a member: whether he confirms his address before he writes, and after how many
    sign-ups within an hour new ones wait for a moderator.

    Raises Forbidden or Invalid (`sign_up`, `sign_ups_an_hour`).
    """
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    problems = Problems()
    if policy not in tuple(SignUp):
        problems.add("sign_up", "Please choose one of these.")
    number = int(sign_ups) if sign_ups.isascii() and sign_ups.isdigit() and len(sign_ups) < 9 else 0
    if not 1 <= number <= MAX_SIGN_UPS:
        problems.add("sign_ups_an_hour", f"Please give a whole number from 1 to {MAX_SIGN_UPS:,}.")
    problems.refuse()
    async with db.begin() as writer:
        await settings.put(writer, "sign_up", policy)
        await settings.put(writer, "sign_ups_an_hour", str(number))
        await settings.put(writer, "confirm_first", "on" if confirm_first else "")
        await audit.note(writer, viewer.id, "sign_up_policy", "board", None, policy, now=now)


def _given(name: str, values: Mapping[str, str]) -> str:
    value = values.get(name, "").strip()
    return ("on" if value else "") if name in SWITCHES else value


def _problem(name: str, value: str) -> str:
    if not value and name not in MAY_BE_EMPTY:
        return "Please write something here."
    if len(value) > LONGEST[name]:
        return f"Please keep this under {LONGEST[name]:,} characters; it has {len(value):,}."
    return ""
