"""Leaving the board: what becomes of a member's name and words, and how long he can change his mind."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.clock import DAY

COOLING_OFF = 7 * DAY
"""Milliseconds between asking to leave and being gone."""
NOBODY = "Former member"
"""What stands where the name was."""
ERASED_TITLE = "Erased by its author"
ERASED_BODY = "_This post was erased by its author._"
"""What stands at the head of a topic in which others have answered."""


class Leaving(StrEnum):
    """What becomes of the posts of somebody who leaves."""

    ANONYMISE = "anonymise"  # they stay, and nobody can see that one person wrote them
    ERASE = "erase"  # they go, with all copies that this board has


@dataclass(frozen=True, slots=True)
class Departure:
    """A member who is to leave at `at`, in milliseconds UTC. `begun`: his name is gone already."""

    member_id: int
    how: Leaving
    at: int
    begun: bool = False
