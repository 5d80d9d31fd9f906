"""Which of the letters that one can do without a member wants."""

from dataclasses import dataclass, replace

from server.domain.letters import Letter


@dataclass(frozen=True, slots=True)
class MailChoices:
    """What a member wants to get by mail, and what holds for who chose nothing.

    `texts`: the beginning of a post may stand in a letter. What people write here is about their health, and
    a mailbox is read by employers, families and companies; so it stays out of mail unless it is asked for.
    """

    answers: bool = True
    texts: bool = False
    notices: bool = True
    reports: bool = True  # for moderators, those of a category too, and administrators

    def wants(self, letter: Letter) -> bool:
        """Whether such a letter is wanted; what is about the account is not a matter of choice."""
        chosen = {
            Letter.ANSWERS: self.answers,
            Letter.NOTICES: self.notices,
            Letter.REPORTS: self.reports,
        }
        return chosen.get(letter, True)

    def turned(self, letter: Letter, *, on: bool) -> "MailChoices":
        """The same with letters of that kind on or off. Raises ValueError for those that always come."""
        if letter is Letter.ANSWERS:
            return replace(self, answers=on)
        if letter is Letter.NOTICES:
            return replace(self, notices=on)
        if letter is Letter.REPORTS:
            return replace(self, reports=on)
        raise ValueError(f"expected a letter that can be done without, got {letter}")
