"""Banning somebody and removing everything of his: what goes, how far it is, and how it comes back."""

from dataclasses import dataclass
from enum import StrEnum


class SweepState(StrEnum):
    """How far a sweep is. What is going on goes on by itself, also after the server was restarted."""

    REMOVING = "removing"
    REMOVED = "removed"
    RESTORING = "restoring"
    RESTORED = "restored"

    @property
    def is_busy(self) -> bool:
        """Whether something is left to do."""
        return self in (SweepState.REMOVING, SweepState.RESTORING)


@dataclass(frozen=True, slots=True)
class Extent:
    """What a sweep would take away. `answered` are those of the topics in which others have written,
    `answers` what they wrote there, and `replies` posts in topics that stay."""

    topics: int
    answered: int
    answers: int
    replies: int
    thanks: int
    has_profile: bool
    pending: int = 0  # posts that wait for a moderator

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to remove."""
        return not (self.topics or self.replies or self.thanks or self.has_profile or self.pending)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is: `done` of `total` posts, thank-yous and texts."""

    state: SweepState
    total: int
    done: int
