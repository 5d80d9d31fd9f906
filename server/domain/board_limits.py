"""How much members may do, as administrators set it: defaults, bounds, and what they are asked in.

The bounds are the board's own: no setting lets through what would harm it, and none locks everybody out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from server.domain.clock import HOUR
from server.domain.markup import MAX_BODY
from server.domain.validation import Problems


@dataclass(frozen=True, slots=True)
class BoardLimits:
    """What holds now. Posts in characters, pictures in MB, how long somebody is new in hours.

    A member posts freely with `trust_posts` posts on the board and `trust_days` days after joining; what he
    writes before waits for a moderator. So does every post with `pending_links` links or more; 0 is never.
    """

    posts_a_minute: int = 10
    topics_an_hour: int = 10
    longest_post: int = MAX_BODY
    picture_size: int = 10
    new_for_hours: int = 24
    new_links: int = 2  # advertisers come for the links (S28)
    trust_posts: int = 0
    trust_days: int = 0
    pending_links: int = 0

    @property
    def new_for(self) -> int:
        """Milliseconds after joining in which somebody is new."""
        return self.new_for_hours * HOUR

    def longest_problem(self, length: int) -> str | None:
        """What is wrong with a text of that many characters; MAX_BODY holds anyway."""
        if length <= self.longest_post:
            return None
        return (
            f"Your post has {length:,} characters; on this board {self.longest_post:,} fit."
            " Please shorten it, or split it into two posts."
        )


BOUNDS = {  # the least and the most that can be set
    "posts_a_minute": (1, 60),
    "topics_an_hour": (1, 100),
    "longest_post": (500, MAX_BODY),
    "picture_size": (1, 10),
    "new_for_hours": (0, 24 * 30),
    "new_links": (0, 50),
    "trust_posts": (0, 50),
    "trust_days": (0, 365),
    "pending_links": (0, 50),
}
DEFAULTS = {name: str(value) for name, value in asdict(BoardLimits()).items()}


def checked_limits(typed: Mapping[str, str]) -> BoardLimits:
    """What was typed. Raises Invalid with a sentence beside each field that is out of bounds."""
    problems, found = Problems(), {}
    for one in fields(BoardLimits):
        least, most = BOUNDS[one.name]
        text = typed.get(one.name, "").strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
        if not least <= number <= most:
            problems.add(one.name, f"Please give a whole number from {least:,} to {most:,}.")
        found[one.name] = number
    problems.refuse()
    return BoardLimits(**found)


def stored_limits(stored: Mapping[str, str]) -> BoardLimits:
    """What is stored, by name; what is not, is as it is by default."""
    return BoardLimits(**{name: int(value) for name, value in (DEFAULTS | dict(stored)).items()})
