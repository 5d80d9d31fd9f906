"""What the board announces at the top of its pages for a while."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from server.domain.clock import DAY, LATEST
from server.domain.preferences import DEVICE
from server.domain.validation import Problems
from server.domain.viewer import Audience
from server.domain.zones import UTC

MAX_TEXT = 300  # characters
MAX_SHOWN = 3  # at a time; more would push the page away
LONGEST = 366 * DAY  # milliseconds from begin to end
_FOR = {"everyone": Audience.PUBLIC, "members": Audience.MEMBERS}
_FORMAT = "%Y-%m-%dT%H:%M"  # as browsers send `datetime-local`


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement. Times are in milliseconds UTC; it stands from `begins_at` until before `ends_at`."""

    id: int
    text: str
    audience: Audience
    begins_at: int
    ends_at: int

    def stands(self, now: int) -> bool:
        """Whether it stands on the pages at that moment."""
        return self.begins_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class AnnouncementDraft:
    """An announcement as typed: times as `2026-11-23T18:00` in the zone of who typed them; no begin: now."""

    text: str
    audience: str
    begins: str
    ends: str


def checked_announcement(draft: AnnouncementDraft, zone: str, now: int, own_id: int = 0) -> Announcement:
    """What the draft says. Raises Invalid (`text`, `audience`, `begins`, `ends`)."""
    problems, text = Problems(), " ".join(draft.text.split())
    if not text:
        problems.add("text", "Please write what is to be announced.")
    if len(text) > MAX_TEXT:
        problems.add("text", f"Please keep this under {MAX_TEXT} characters; it has {len(text)}.")
    if draft.audience not in _FOR:
        problems.add("audience", "Please choose one of these.")
    begins = now if not draft.begins.strip() else _moment(draft.begins, zone)
    ends = _moment(draft.ends, zone)
    if begins is None:
        problems.add("begins", "Please give a day and a time, or leave it empty for now.")
    if ends is None:
        problems.add("ends", "Please give the day and the time when it goes.")
    elif ends <= max(now, begins or 0):
        problems.add("ends", "That is over already. Please give a time after the begin, and after now.")
    elif begins is not None and ends - begins > LONGEST:
        problems.add("ends", "An announcement stands for a year at most. Longer ones belong into the notice.")
    problems.refuse()
    assert begins is not None
    assert ends is not None
    return Announcement(own_id, text, _FOR[draft.audience], begins, ends)


def audience_word(audience: Audience) -> str:
    """The word of the form for whom it is."""
    return next(word for word, one in _FOR.items() if one is audience)


def local_time(ms: int, zone: str) -> str:
    """A moment as the form shows it."""
    return datetime.fromtimestamp(ms / 1000, _zone(zone)).strftime(_FORMAT)


def zone_of(preferred: str) -> str:
    """The zone in which times are typed: the one that was chosen, else UTC, for the device's is unknown."""
    return UTC if preferred == DEVICE else preferred


def _moment(typed: str, zone: str) -> int | None:
    try:
        at = datetime.strptime(typed.strip()[:16], _FORMAT).replace(tzinfo=_zone(zone))
        moment = round(at.timestamp()) * 1000
    except (ValueError, OverflowError):
        return None
    return moment if moment < LATEST else None


def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)
