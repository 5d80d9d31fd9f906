"""What stands beside what a member wrote, and where it is shown."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.viewer import Audience


class Step(StrEnum):
    """Things that show something of a member, each found in its own way."""

    POSTS = "posts"  # his own, the posts that quote them, the topics in which they are the newest
    OWN = "own"  # his own posts alone
    THANKS = "thanks"  # posts that he thanked for
    EDITS = "edits"  # posts that he edited or removed
    TOPICS = "topics"  # topics that he began or removed


class Byline(StrEnum):
    """Which part of what is shown of a member changed."""

    CARD = "card"  # his picture or his personal text
    ROLE = "role"
    NAME = "name"

    @property
    def steps(self) -> tuple[Step, ...]:
        """What shows it, in the order in which it is told."""
        return _STEPS[self]

    def joined(self, other: "Byline") -> "Byline":
        """What covers both."""
        return self if self is other else Byline.NAME


_STEPS = {
    Byline.CARD: (Step.OWN,),
    Byline.ROLE: (Step.OWN, Step.TOPICS),
    Byline.NAME: (Step.POSTS, Step.THANKS, Step.EDITS, Step.TOPICS),
}


@dataclass(frozen=True, slots=True)
class Retelling:
    """A byline that is being told: which step, and below which number of a post or topic it goes on."""

    member_id: int
    byline: Byline
    step: Step
    below: int

    @property
    def next_step(self) -> "Step | None":
        """The step after this one; None when it is the last."""
        steps = self.byline.steps
        later = steps[steps.index(self.step) + 1 :] if self.step in steps else steps
        return later[0] if later else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A post or a topic that shows something of a member, and where it stands."""

    id: int
    topic_id: int
    category_id: int
    visibility: Audience
    author_id: int | None = None
