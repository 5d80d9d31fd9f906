"""Languages as labels: tags (BCP 47), and the names by which people know the commonest."""

import re

LANGUAGES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "hr": "Croatian",
    "hu": "Hungarian",
    "it": "Italian",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
}
LONGEST_TAG = 35  # characters (RFC 5646, section 4.4.1)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_BY_NAME = {name.casefold(): tag for tag, name in LANGUAGES.items()}


def language_tag(typed: str) -> str | None:
    """The tag of a language that was typed as a tag or as its English name; "" for none, None for no tag."""
    typed = typed.strip()
    if typed.casefold() in _BY_NAME or not typed:
        return _BY_NAME.get(typed.casefold(), "")
    if not _TAG.fullmatch(typed) or len(typed) > LONGEST_TAG:
        return None
    first, *rest = typed.split("-")
    return "-".join([first.lower(), *map(_subtag, rest)])


def language_name(tag: str) -> str:
    """What people call the language of a tag; "Portuguese (pt-BR)" for a part of one."""
    name = LANGUAGES.get(tag.split("-", 1)[0])
    if name is None:
        return tag
    return name if "-" not in tag else f"{name} ({tag})"


def _subtag(part: str) -> str:
    """As tags are written (RFC 5646, section 2.1.1): Latn, BR, everything else small."""
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 else part.lower()
