"""How a member likes to read: the theme, the size of text, the clock, and whether pages are calm.

These are chosen once and hold on every device. They change what a page looks like and never what is on it:
what is pushed, and what is kept for guests, is the same for everybody of an audience.
"""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.errors import Invalid
from server.domain.zones import is_zone

DEVICE = "device"
"""As the member's browser and operating system have it, whichever that is."""


class Theme(StrEnum):
    """Colours. CONTRAST is light or dark as the device is."""

    DEVICE = DEVICE
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class TextSize(StrEnum):
    """Of all text, against what the browser is set to; `client/styles/tokens.css` says how large each is."""

    SMALL = "small"
    NORMAL = "normal"
    LARGE = "large"
    LARGEST = "largest"


class Hours(StrEnum):
    """How the time of day is written."""

    DEVICE = DEVICE
    TWENTY_FOUR = "24"
    TWELVE = "12"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a member chose. `zone` is an IANA name such as `Europe/Berlin`, or DEVICE."""

    theme: Theme = Theme.DEVICE
    text_size: TextSize = TextSize.NORMAL
    zone: str = DEVICE
    hours: Hours = Hours.DEVICE
    calm: bool = False


def preferences_from(*, theme: str, text_size: str, zone: str, hours: str, calm: bool) -> Preferences:
    """What was filled in, checked. Raises Invalid with a sentence for each field that names no choice."""
    problems = {}
    if theme not in Theme._value2member_map_:
        problems["theme"] = "Please choose one of the themes."
    if text_size not in TextSize._value2member_map_:
        problems["text_size"] = "Please choose one of the sizes."
    if zone != DEVICE and not is_zone(zone):
        problems["zone"] = "Please choose a time zone from the list."
    if hours not in Hours._value2member_map_:
        problems["hours"] = "Please choose how times are written."
    if problems:
        raise Invalid(problems)
    return Preferences(Theme(theme), TextSize(text_size), zone, Hours(hours), calm)
