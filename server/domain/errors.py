"""What can go wrong, in terms of the forum; `web/responses.py` turns each into an answer, in one place.

Every message is a sentence for people that says what to do next.
"""

from collections.abc import Mapping

from server.domain.standing import Term, banned_words, silenced_words


class ForumError(Exception):
    """Something a person can be told about. `code` is the stable name that programs see."""

    code = "failed"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(ForumError):
    """Absent, or not for this viewer: one answer (ASVS 8.2.2)."""

    code = "not_found"

    def __init__(self, message: str = "There is nothing here. It may have been moved or removed.") -> None:
        super().__init__(message)


class Forbidden(ForumError):
    """The viewer may see the thing, not do this with it."""

    code = "forbidden"


class Merged(Forbidden):
    """The topic's posts are in another one now, the number of which is `into`."""

    code = "merged"

    def __init__(self, into: int) -> None:
        super().__init__(
            "This topic was joined with another one while you were writing. Your text is kept: it goes there"
            " when you send it again."
        )
        self.into = into


class SignInRequired(ForumError):
    """Only members may do this; the answer offers a way to sign in and come back."""

    code = "sign_in"

    def __init__(self, message: str = "Please sign in first.") -> None:
        super().__init__(message)


class RulesChanged(ForumError):
    """The rules are others than those the viewer accepted; the answer shows them and asks."""

    code = "rules"

    def __init__(
        self, message: str = "The rules of the board have changed. Please read and accept them, then go on."
    ) -> None:
        super().__init__(message)


class WarningOwed(ForumError):
    """The moderators have warned the viewer, and he has not read it; the answer shows it and asks."""

    code = "warning"

    def __init__(self) -> None:
        super().__init__(
            "The moderators have written to you. Please read that first, at /settings/standing; then you can"
            " write again."
        )


class SecondFactorRequired(ForumError):
    """The password was right, and a code is asked for. `token` opens nothing but that second step."""

    code = "second_factor"

    def __init__(self, token: str) -> None:
        super().__init__(
            "One more step: the code of the authenticator app, or a recovery code. Send it as code together"
            " with login and password, or by itself to /login/code within ten minutes."
        )
        self.token = token


class SecondFactorDemanded(ForumError):
    """The board demands a second factor of its staff, and this one has none yet."""

    code = "second_factor_demanded"

    def __init__(self) -> None:
        super().__init__(
            "This board asks its moderators and administrators for two-step sign-in. Please set it up at"
            " /settings/two-step; until then you can do here what every member can."
        )


class TokenRefused(SignInRequired):
    """A program showed a token that is unknown, ended or over."""

    code = "token"

    def __init__(self) -> None:
        super().__init__(
            "This token is not valid, or not any more. Its owner can make another in the settings."
        )


class ScopeMissing(Forbidden):
    """A program's token is not for this. `needed` is the scope that would do, "" when none does."""

    code = "scope"

    def __init__(self, needed: str) -> None:
        super().__init__(
            f"This token is not for that. It needs the scope “{needed}”."
            if needed
            else "No token is for this: it belongs to the account itself. Please do it in a browser."
        )
        self.needed = needed


class Silenced(Forbidden):
    """The viewer may read everything, and write nothing for now."""

    code = "silenced"

    def __init__(self, term: Term) -> None:
        super().__init__(silenced_words(term))
        self.term = term


class Banned(Forbidden):
    """Whoever shows that the account is his is told until when it is banned, and why."""

    code = "banned"

    def __init__(self, term: Term) -> None:
        super().__init__(banned_words(term))
        self.term = term


class Invalid(ForumError):
    """Input that cannot be taken; `fields` maps a field's name to the sentence shown beside it."""

    code = "invalid"

    def __init__(self, fields: Mapping[str, str], message: str = "") -> None:
        super().__init__(message or " ".join(fields.values()))
        self.fields = dict(fields)


class EditConflict(ForumError):
    """Somebody else changed the text meanwhile; carries theirs so that both can be shown."""

    code = "conflict"

    def __init__(self, current_body: str, version: int) -> None:
        super().__init__("Somebody else changed this post while you were writing. Both texts are below.")
        self.current_body = current_body
        self.version = version


class TooManyRequests(ForumError):
    """A limit was reached. `retry_after` is in seconds."""

    code = "rate"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Overloaded(ForumError):
    """The server has too much to do right now; trying again in a moment helps."""

    code = "overloaded"
