"""Names of members: what they may look like, and when two of them are the same to the eye.

`name_key` is a skeleton in the sense of Unicode TR39 over a small map (data/confusables.txt). Compatibility
forms (NFKC), case, accents, separators and digits of other scripts are folded; look-alike Cyrillic, Greek,
Armenian and phonetic letters become the Latin letter they imitate, 0 becomes o. Because case is folded,
capital I and small l must meet in one letter, so i, l and 1 are one. "rn" is not read as "m": Marnie and
Mamie are two real names. The key is compared and stored, never shown.
"""

import re
import unicodedata
from importlib.resources import files

MIN_NAME = 2
MAX_NAME = 30
"""Characters in a name."""

_DATA = files("server.domain") / "data"
_PUNCTUATION = frozenset(" ._-'")
_MAX_MARKS = 2  # combining marks on one letter: Vietnamese needs two, "zalgo" text more
_EAST_ASIAN = frozenset(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"))  # one name may mix these
# Letters and marks that show nothing: fillers, joiners, selectors (Unicode: Default_Ignorable_Code_Point).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Mail programs link `evil.com` by themselves, and any word may be a top-level domain tomorrow, so there is no
# list: two letters directly behind a dot are enough ("J.R.R. Tolkien" is fine).
_LINK = re.compile(r"[^\W_]\.[^\W\d_]{2}|^www[.\s]|@|:/|^[a-z]+:", re.IGNORECASE)


def clean_name(raw: str) -> str:
    """The name as it is stored and shown: NFC, trimmed, each inner run of white space one space."""
    return " ".join(unicodedata.normalize("NFC", raw).split())


def name_key(name: str) -> str:
    """What makes a name unique: equal for names that differ only in what people overlook."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    letters = unicodedata.normalize("NFKD", folded)
    return "".join(_LOOKS_LIKE.get(char, char) for char in map(_digit, letters) if not _overlooked(char))


def folded_words(text: str) -> list[str]:
    """The words of a text, folded as `name_key` folds names: case, accents and look-alikes are overlooked.

    Apostrophes and what shows nothing are left out; other punctuation ends a word. Takes time in proportion
    to the text's length.
    """
    return folded_text(text).split()


def folded_text(text: str) -> str:
    """The text with its letters folded as in `folded_words`, and a space for whatever ends a word."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKD", folded).translate(_FOLDING)


def name_problem(name: str, forum_name: str = "") -> str | None:
    """A sentence saying why this cannot be a member's name and what to do, or None (S13, ASVS 1.3.11).

    With `forum_name`, the board's own name is nobody's either.
    """
    cleaned = clean_name(name)
    if not MIN_NAME <= len(cleaned) <= MAX_NAME:
        return f"Please choose a name of {MIN_NAME} to {MAX_NAME} characters; this one has {len(cleaned)}."
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for char in name):
        return "This name contains invisible characters. Please type it anew instead of pasting it."
    if _INVISIBLE.search(cleaned):
        return "This name contains invisible characters. Please type it anew instead of pasting it."
    if _LINK.search(cleaned):
        return (
            "This name looks like a web or mail address, and names are never links here. "
            "Please choose one without @ or :, with a space after each dot."
        )
    return _letters_problem(cleaned) or _reserved_problem(cleaned, forum_name)


def _letters_problem(name: str) -> str | None:
    if not name[0].isalpha() and unicodedata.category(name[0]) != "Nd":
        return "Please begin your name with a letter or a digit."
    marks = 0
    for char in name:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Mc") else 0
        if marks > _MAX_MARKS:
            return "This name stacks too many accents on one letter. Please use at most two."
        allowed = category[0] == "L" or category in ("Nd", "Mn", "Mc") or char in _PUNCTUATION
        if not allowed or unicodedata.normalize("NFKC", char) != unicodedata.normalize("NFC", char):
            return (
                "Please use only ordinary letters, digits, spaces and . _ - ' in your name; "
                f"{char} is something else."
            )
    if len(_scripts(name)) > 1:
        return (
            "This name mixes letters of different alphabets, which can make it look like someone else's. "
            "Please keep to one alphabet."
        )
    return None


def _reserved_problem(name: str, forum_name: str) -> str | None:
    own = name_key(forum_name)
    if any(_is_reserved(reading, own) for reading in _readings(name)):
        return "This name is kept for the forum itself, so that nobody can pose as it. Please choose another."
    return None


def _is_reserved(name: str, own: str) -> bool:
    """Whether it poses as the forum: as a whole, or because each of its words does ("The Admin Team")."""
    words = [name_key(word) for word in re.split(r"[\s._'-]+", name)]
    reserved = _RESERVED | ({own} - {""})
    if not {name_key(name), name_key(name.rstrip("0123456789"))}.isdisjoint(reserved):
        return True
    spoken = [word for word in words if word and word not in _LITTLE_WORDS and not word.isdigit()]
    return bool(spoken) and all(word in reserved for word in spoken)


def _readings(name: str) -> set[str]:
    """The name as it is, and as it is read with digits for letters ("5t4ff") or rn for m ("adrnin").

    Only where somebody may pose as the forum: between members, Marnie and Mamie are two names.
    """
    folded = name.casefold()
    return {name, folded.translate(_DIGITS_FOR_LETTERS), folded.replace("rn", "m").replace("vv", "w")}


def _scripts(name: str) -> set[str]:
    """The scripts of a name's letters, by their Unicode names; the East Asian ones count as one."""
    words = {unicodedata.name(char, "?").split()[0].split("-")[0] for char in name if char.isalpha()}
    return {"EAST ASIAN" if word in _EAST_ASIAN else word for word in words}


def _overlooked(char: str) -> bool:
    # Accents have combining classes from 200 on; below are marks that spell, as in Hindi, Arabic or Japanese.
    return unicodedata.combining(char) >= 200 or char in _PUNCTUATION or char.isspace()


def _digit(char: str) -> str:
    return str(unicodedata.digit(char)) if unicodedata.category(char) == "Nd" else char


class _Folding(dict[int, str]):
    """What each character of a text becomes, found out when it is first met; Unicode bounds its size."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in "'\u2019" or unicodedata.category(char) == "Cf" or unicodedata.combining(char) >= 200:
            found = ""
        elif unicodedata.category(char)[0] in "LNM" and not _INVISIBLE.match(char):
            found = _LOOKS_LIKE.get(_digit(char), _digit(char))
        else:
            found = "" if _INVISIBLE.match(char) else " "
        self[code] = found
        return found


def _confusables() -> dict[str, str]:
    """Lines `U+0430 a CYRILLIC SMALL LETTER A`."""
    lines = (_DATA / "confusables.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.split(" ", 2) for line in lines]
    return {chr(int(code.replace("U+", "0x"), 16)): latin for code, latin, _name in entries}


_DIGITS_FOR_LETTERS = str.maketrans("34578", "eastb")
_LOOKS_LIKE = _confusables()
_FOLDING = _Folding()
_ARTICLES = (
    "a an and by das de dein dr der des die el ein eine euer for frau from herr il l la las le les lo los"
    " mein mr mrs ms of our team the to und unser von your"
)
_LITTLE_WORDS = frozenset(map(name_key, _ARTICLES.split()))
_RESERVED = frozenset(map(name_key, (_DATA / "reserved_names.txt").read_text(encoding="utf-8").split()))
