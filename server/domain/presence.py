"""Who is where: the people of one place as numbers and names, added up over processes, made coarse.

Guests are counted, never named; whoever chose to be invisible is neither. Numbers have two significant
digits, so that in a crowd one more or less is no news.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SIGNIFICANT = 2  # digits: up to 99 are exact, then tens, from 1,000 on hundreds


class Showing(StrEnum):
    """What a member chose in the settings."""

    SHOWN = "shown"
    INVISIBLE = "invisible"


@dataclass(frozen=True, slots=True)
class Person:
    """A visible member who is there."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Company:
    """The people of one place. A member is there once, however many tabs are open; a guest once a tab.

    `more` are members beyond those listed in `members`.
    """

    members: tuple[Person, ...] = ()
    more: int = 0
    guests: int = 0
    typing: tuple[Person, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nobody is there."""
        return not (self.members or self.more or self.guests)


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a place: at most so many names, and coarse numbers of the others."""

    names: tuple[str, ...]
    unnamed: int
    guests: int


def together(parts: Iterable[Company]) -> Company:
    """The company of several processes. Who is in several of them counts once."""
    members: dict[int, Person] = {}
    typing: dict[int, Person] = {}
    more = guests = 0
    for part in parts:
        members |= {person.id: person for person in part.members if person.id not in members}
        typing |= {person.id: person for person in part.typing}
        more += part.more
        guests += part.guests
    return Company(tuple(members.values()), more, guests, tuple(typing.values()))


def lingering(now: Company, before: Company) -> Company:
    """Everyone who is there, or was a moment ago: who reloads a page has not left."""
    members = {person.id: person for person in (*before.members, *now.members)}
    return Company(
        tuple(members.values()), max(now.more, before.more), max(now.guests, before.guests), now.typing
    )


def told_of(company: Company, most: int, before: Told | None = None) -> Told:
    """What to tell of it with at most that many names, in alphabetical order.

    What was told `before` stays as long as it is about right: who was named goes on being named while he is
    there, and numbers wait until they are wrong by a step. So a crowd is calm.
    """
    there = dict.fromkeys(person.username for person in company.members)
    stay = dict.fromkeys(name for name in before.names if name in there) if before else {}
    names = list(stay | there)[:most]
    unnamed = len(there) - len(names) + company.more
    crowd = len(there) + company.more + company.guests
    return Told(
        tuple(sorted(names, key=str.casefold)),
        coarse(unnamed, before.unnamed if before else None, crowd),
        coarse(company.guests, before.guests if before else None, crowd),
    )


def coarse(number: int, before: int | None = None, crowd: int = 0) -> int:
    """The number in SIGNIFICANT digits, in a crowd in one less for what is small beside it.

    What was said `before` stays if it is not wrong by a whole step.
    """
    digits = max(len(str(number)), len(str(crowd)) - 1)
    step: int = 10 ** max(0, digits - SIGNIFICANT)
    if before is not None and before % step == 0 and abs(number - before) < step:
        return before
    return round(number / step) * step
