"""How a member stands with the board: whether he may write now, and what he is told when he may not.

The one place that knows it. Whoever becomes a viewer brings it along (`Viewer.standing`), and actions ask it
through `permissions.may_write` and `actions/writers`. Who is banned is no viewer at all, so a viewer's
standing has no ban.
"""

from dataclasses import dataclass

from server.domain.times import exact

NO_REASON = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A silence or a ban that is in force: until when (milliseconds UTC; None: for good), and why."""

    until: int | None
    reason: str = NO_REASON

    def is_over(self, now: int) -> bool:
        """Whether its time has come."""
        return self.until is not None and self.until <= now

    @property
    def end_words(self) -> str:
        """`until 22 November 2026, 13:32 UTC`, or what is said of one without end."""
        return f"until {exact(self.until)}" if self.until is not None else "until the moderators end it"


@dataclass(frozen=True, slots=True)
class Standing:
    """What keeps a member from signing in (a ban), or from writing: a silence, a warning that he has not
    read, rules that changed."""

    ban: Term | None = None
    silence: Term | None = None
    owes_warning: bool = False
    owes_rules: bool = False

    @property
    def may_write(self) -> bool:
        """Whether nothing does."""
        return self.ban is None and self.silence is None and not self.owes_warning and not self.owes_rules


GOOD = Standing()


def silenced_words(term: Term) -> str:
    """What a silenced member is told."""
    return f"You can read everything, but not write or thank {term.end_words}.{_why(term)}"


def banned_words(term: Term) -> str:
    """What somebody is told who is banned, once he has shown that the account is his."""
    if term.until is None:
        return f"This account was banned by the moderators. What you wrote is not lost.{_why(term)}"
    return f"This account is banned {term.end_words}; then you can sign in again.{_why(term)}"


def _why(term: Term) -> str:
    return f" The moderators' reason: “{term.reason}”" if term.reason else ""
