"""Which audience may follow which channel, as far as somebody asked: known until an event touches it.

Only a yes is kept. Every right that is lost has its event, but not everything that comes to be has one.
"""

from collections.abc import Sequence

from server.domain.channels import Channel, Thing
from server.domain.events import Kind, LoggedEvent, channels_of
from server.domain.viewer import Audience, Viewer

MAX_KNOWN = 20_000  # of each kind; then everything is asked again

# What decides for a viewer: the group it belongs to, or on its private channel itself.
Key = tuple[Channel, Audience | int | None]


class KnownRights:
    """Answers of `may_join`, true as of the newest event that was taken in.

    An answer may be older than a commit that nobody has looked at yet. That is harmless: its event takes the
    channel away again, before anything that came after it is told.
    """

    def __init__(self) -> None:
        self._known: set[Key] = set()
        self._touched: dict[Channel, int] = {}
        self._all_touched = 0

    def has(self, viewer: Viewer, channel: Channel) -> bool:
        """Whether the viewer is known to be allowed to follow the channel; if not, that has to be asked.

        Who moderates some categories is always asked for, and so are administrators for what is theirs alone:
        they are few, and no audience.
        """
        return _is_of_an_audience(viewer, channel) and _key(viewer, channel) in self._known

    def remember(self, viewer: Viewer, channel: Channel, position: int) -> None:
        """Keeps a yes that was read at that position, unless something happened since."""
        if not _is_of_an_audience(viewer, channel):
            return
        if position >= max(self._all_touched, self._touched.get(channel, 0)):
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known.add(_key(viewer, channel))

    def forget(self, events: Sequence[LoggedEvent]) -> None:
        """Drops what the events may have changed. Posts change nobody's rights."""
        for logged in events:
            if logged.event.kind is Kind.CATEGORY:
                self.forget_all(logged.seq)  # its topics are not named
            elif logged.event.kind is not Kind.POST:
                for channel in channels_of(logged.event):
                    self._touch(channel, logged.seq)

    def forget_all(self, position: int) -> None:
        """Drops everything; answers from before that position are not kept any more."""
        self._known.clear()
        self._touched.clear()
        self._all_touched = position

    def _touch(self, channel: Channel, position: int) -> None:
        if len(self._touched) >= MAX_KNOWN:
            self.forget_all(position)
        self._touched[channel] = position
        for audience in Audience:
            self._known.discard((channel, audience))
        if channel.thing is Thing.MEMBER:
            self._known.discard((channel, channel.id))


def _key(viewer: Viewer, channel: Channel) -> Key:
    return (channel, viewer.id if channel.thing is Thing.MEMBER else viewer.audience)


def _is_of_an_audience(viewer: Viewer, channel: Channel) -> bool:
    return not viewer.moderated and channel.thing is not Thing.ADMINISTRATION
