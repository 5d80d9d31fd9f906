"""Which posts wait for a moderator before anybody else reads them, and what becomes of them."""

from enum import StrEnum

from server.domain.board_limits import BoardLimits
from server.domain.clock import DAY

MOST_PENDING = 20  # posts of one member that may wait at once
KEPT_FOR = 30 * DAY  # milliseconds that an answered post's text stays with its author


class Why(StrEnum):
    """What makes a post wait."""

    FIRST = "first"
    LINKS = "links"
    WORDS = "words"

    @property
    def words(self) -> str:
        """As moderators read it."""
        return _WORDS[self]


class Answer(StrEnum):
    """What a moderator made of a post that waited."""

    APPROVED = "approved"
    DECLINED = "declined"


_WORDS = {
    Why.FIRST: "One of the first posts of a new member",
    Why.LINKS: "Many links",
    Why.WORDS: "A word that the board watches for",
}


def is_trusted(most: BoardLimits, *, approved: int, joined_at: int, now: int) -> bool:
    """Whether a member posts freely who has so many posts on the board and joined then (ms UTC)."""
    return approved >= most.trust_posts and now - joined_at >= most.trust_days * DAY


def has_many_links(most: BoardLimits, links: int) -> bool:
    """Whether a post with so many links waits, whoever writes it."""
    return 0 < most.pending_links <= links
