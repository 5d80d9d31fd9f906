"""Who is where: the people of one place as numbers and names, added up over processes, made coarse.

Guests are counted, never named; whoever chose to be invisible is neither. Numbers have two significant
digits, so that in a large room one more or less is no news.
"""

from collections.abc import Iterable, Sequence
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


def told_of(company: Company, most: int, named: Sequence[str] = ()) -> Told:
    """What to tell of it with at most that many names, in alphabetical order.

    Those `named` before stay named while they are there, so that a long list is calm.
    """
    there = dict.fromkeys(person.username for person in company.members)
    stay = dict.fromkeys(name for name in named if name in there)
    names = list(stay | there)[:most]
    unnamed = len(there) - len(names) + company.more
    return Told(tuple(sorted(names, key=str.casefold)), coarse(unnamed), coarse(company.guests))


def coarse(number: int) -> int:
    """The number, rounded to SIGNIFICANT digits."""
    return round(number, min(0, SIGNIFICANT - len(str(number))))
