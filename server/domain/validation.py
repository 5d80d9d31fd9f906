"""Input from people: what a title, a body, an address may be, said in sentences that tell what to do next."""

import re
import unicodedata
from collections.abc import Iterator

from server.domain.errors import Invalid
from server.domain.markup import MAX_BODY, MAX_QUOTES, body_length, quote_count
from server.domain.markup_text import clean_source, without_forbidden

MAX_TITLE = 150
MAX_EMAIL = 254
"""RFC 5321 section 4.5.3.1.3: 256 octets for the path, two of them angle brackets (erratum 1690)."""
MAX_EMAIL_LOCAL = 64
"""RFC 5321 section 4.5.3.1.1."""
MAX_SLUG = 60
MAX_PERSONAL_TEXT = 200
MAX_ABOUT = 5_000
"""All in characters, e-mail addresses also in octets of UTF-8."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\\\]]+")
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_WRITTEN_OUT = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "'": "",
        "’": "",
    }
)


class Problems:
    """Collects what is wrong with a form: at most one sentence a field, the first one said about it."""

    def __init__(self) -> None:
        self._sentences: dict[str, str] = {}

    def add(self, field: str, sentence: str | None) -> None:
        """Notes a problem; None means there is none."""
        if sentence is not None:
            self._sentences.setdefault(field, sentence)

    def of(self, field: str) -> str | None:
        """The sentence to show beside the field, if it has a problem."""
        return self._sentences.get(field)

    def refuse(self) -> None:
        """Raises Invalid with all that was noted, if anything was."""
        if self._sentences:
            raise Invalid(self._sentences)

    @property
    def fields(self) -> dict[str, str]:
        """A copy of field and sentence, in the order they were noted, as `errors.Invalid` takes it."""
        return dict(self._sentences)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._sentences.items())

    def __bool__(self) -> bool:
        return bool(self._sentences)


def clean_title(raw: str) -> str:
    """The title as it is stored: NFC, trimmed, each inner run of white space one space."""
    return " ".join(unicodedata.normalize("NFC", raw).split())


def title_problem(title: str) -> str | None:
    """Why this cannot be a topic's title, or None. Titles are plain text: markup shows as typed (S18)."""
    cleaned = clean_title(title)
    if not _shows_something(cleaned):
        return "Please give your topic a title, so that others can see what it is about."
    if len(cleaned) > MAX_TITLE:
        return f"{_too_long('title', len(cleaned), MAX_TITLE)} Please shorten it; details fit into the post."
    if without_forbidden(cleaned) != cleaned:
        return "The title contains invisible control characters. Please type it anew instead of pasting it."
    return None


def body_problem(body: str) -> str | None:
    """Why this cannot be the body of a post, or None. A body without a problem can be rendered."""
    if not _shows_something(clean_source(body)):
        return "There is nothing in your post yet. Please write something first."
    if (length := body_length(body)) > MAX_BODY:
        return f"{_too_long('post', length, MAX_BODY)} Please shorten it, or split it into two posts."
    if (quotes := quote_count(body)) > MAX_QUOTES:
        return f"Your post quotes {quotes} times; at most {MAX_QUOTES} quotes fit. Please leave some out."
    return None


def email_problem(email: str) -> str | None:
    """Why this cannot be an e-mail address, or None: what mail servers take, not all that RFC 5322 allows.

    Bounds are RFC 5321's, in characters and octets; names in other scripts are fine (RFC 6531). Quoted local
    parts and address literals are refused, and so is what could end a mail header (S13, ASVS 1.3.11).
    """
    address = email.strip(" ")
    if not address:
        return "Please enter your e-mail address, like name@example.org."
    if max(len(address), len(address.encode("utf-8", "replace"))) > MAX_EMAIL:
        return f"An e-mail address has at most {MAX_EMAIL} characters. Please check what you entered."
    local, _at, domain = address.rpartition("@")
    if not local or not domain or "@" in local:
        return "An e-mail address has one @, like name@example.org. Please check what you entered."
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for char in address):
        return "This e-mail address contains invisible characters. Please type it anew instead of pasting it."
    if len(local.encode()) > MAX_EMAIL_LOCAL:
        return (
            f"The part before the @ has at most {MAX_EMAIL_LOCAL} characters. Please check what you entered."
        )
    if not _LOCAL.fullmatch(local) or local[0] == "." or local[-1] == "." or ".." in local:
        return "The part before the @ does not look right. Please check it for spaces, commas and stray dots."
    if not _is_domain(domain):
        return "The part after the @ does not look right; it should be like example.org. Please check it."
    return None


def email_key(email: str) -> str:
    """The address for looking members up: trimmed, NFC, lower case.

    Different addresses can share a key (the Kelvin sign and k), so mail always goes to the stored address,
    never to the one that was typed.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email.strip()).lower())


def slug(title: str) -> str:
    """The readable end of a topic's URL: a-z, 0-9, hyphens, at most MAX_SLUG, "topic" if nothing is left."""
    folded = title.casefold().translate(_WRITTEN_OUT)
    ascii_only = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_only)
    whole = "-".join(words)
    if len(whole) > MAX_SLUG:
        head = whole[: MAX_SLUG + 1]
        whole = head.rpartition("-")[0] or head[:MAX_SLUG]
    return whole or "topic"


def clean_personal_text(raw: str) -> str:
    """The line under a member's name: plain text on one line, at most MAX_PERSONAL_TEXT characters."""
    text = without_forbidden(" ".join(unicodedata.normalize("NFC", raw).split()))
    return " ".join(text.split())[:MAX_PERSONAL_TEXT].rstrip()


def personal_text_problem(raw: str) -> str | None:
    """Why this cannot be the line under a name, or None; it may be empty."""
    length = len(" ".join(raw.split()))
    return None if length <= MAX_PERSONAL_TEXT else _too_long("personal text", length, MAX_PERSONAL_TEXT)


def about_problem(about: str) -> str | None:
    """Why this cannot be what a member says about himself, or None. What has no problem can be rendered."""
    length = body_length(about)
    return None if length <= MAX_ABOUT else _too_long("text", length, MAX_ABOUT)


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) and "_" not in label for label in labels):
        return False
    try:
        encoded = domain.encode("idna")
    except UnicodeError:
        return False
    return len(encoded) <= 253 and not labels[-1].isdigit()


def _shows_something(text: str) -> bool:
    return bool(_INVISIBLE.sub("", without_forbidden(text)).strip())


def _too_long(thing: str, length: int, limit: int) -> str:
    over = length - limit
    characters = "character" if over == 1 else "characters"
    return f"Your {thing} is {over:,} {characters} too long; {limit:,} fit."
