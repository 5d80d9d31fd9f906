"""Passwords: long enough, not one that everybody tries first, and otherwise anything (S6, ASVS 6.2.1-6.2.12).

No composition rules, no expiry, no trimming: the password is taken as typed. data/common_passwords.txt holds
passwords that meet the minimum length, in the patterns that lead every published list: favourite words and
names with the usual endings, keyboard walks, runs of digits, dates.
"""

from importlib.resources import files
from itertools import pairwise

MIN_PASSWORD = 8
SUGGESTED_PASSWORD = 15
MAX_PASSWORD = 128
"""Characters (code points). The maximum only bounds the work of hashing (ASVS 6.2.9 asks for at least 64)."""

_SITE_WORDS = ("fireside", "forum")
_MIN_WORD = 3  # shorter pieces of a name or address occur in honest passwords by chance
_MAX_UNIT = 4  # "abcabcabc" and "1212121212" are one short piece again and again

_COMMON = frozenset(
    (files("server.domain") / "data" / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
)


def password_problem(password: str, *, username: str, email: str, forum_name: str) -> str | None:
    """A sentence saying why this password is refused and what to do instead, or None.

    Words of the site and of the person may occur in a password, but do not count: what is left without them
    must be long enough on its own (ASVS 6.2.11).
    """
    length = len(password)
    if length < MIN_PASSWORD:
        return (
            f"Please use at least {MIN_PASSWORD} characters for your password; {SUGGESTED_PASSWORD} or more "
            "are better, and a few unrelated words are easy to remember."
        )
    if length > MAX_PASSWORD:
        return f"Please use at most {MAX_PASSWORD} characters for your password; this one has {length}."
    if any("\ud800" <= char <= "\udfff" for char in password):
        return "This password contains half a character that cannot be stored. Please type it anew."
    folded = password.casefold()
    if folded in _COMMON or folded.strip() in _COMMON or _is_monotonous(folded):
        return (
            "This password is one of the first that a stranger would try. "
            "Please choose another; a few unrelated words are safe and easy to remember."
        )
    rest = _without_words(folded, _words(username, email, forum_name))
    if rest != folded and len(rest) < MIN_PASSWORD:
        return (
            "This password is mostly your name, your address or this forum's name, and those are guessed "
            "first. Please choose another; a few unrelated words are safe and easy to remember."
        )
    return None


def _is_monotonous(password: str) -> bool:
    """One short piece repeated, or a run in steps of one: nothing that a list could hold completely."""
    for size in range(1, _MAX_UNIT + 1):
        if (password[:size] * (len(password) // size + 1))[: len(password)] == password:
            return True
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    return steps in ({1}, {-1})


def _words(*sources: str) -> list[str]:
    """The sources and their pieces, longest first."""
    words: set[str] = set(_SITE_WORDS)
    for source in sources:
        folded = source.casefold().strip()
        pieces = "".join(char if char.isalnum() else " " for char in folded).split()
        words.update((folded, "".join(pieces), folded.partition("@")[0], *pieces))
    return sorted((word for word in words if len(word) >= _MIN_WORD), key=lambda word: (-len(word), word))


def _without_words(password: str, words: list[str]) -> str:
    for word in words:
        password = password.replace(word, "")
    return password
