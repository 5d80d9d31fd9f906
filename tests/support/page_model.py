"""What the live client does with patches and positions: the twin of client/live/{patches,lists,positions}.js.

Small on purpose, and without anything that only people notice: scrolling, focus, announcements.
"""

import re
from collections.abc import Iterable
from typing import Any, Literal

from tests.support.dom import LiveList, Page, Thing, page_of, thing_of

Message = dict[str, Any]  # as it comes from the socket
MEMORY = 500  # targets' versions that are remembered
BEATS_TO_ANSWER = 2
SUBJECT = re.compile(r"(topic|category-head|profile)-\d+\Z")  # what a page is about


class Positions:
    def __init__(self, channels: Iterable[str], position: int) -> None:
        self.seen = dict.fromkeys(channels, position)
        self.asked: dict[str, int] = {}  # with the heartbeats since

    def least(self) -> int:
        return min(self.seen.values(), default=0)

    def most(self) -> int:
        return max(self.seen.values(), default=0)

    def judge(self, channel: str, after: int, position: int) -> Literal["apply", "ignore", "gap"]:
        seen = self.seen.get(channel)
        if seen is None or position <= seen:
            return "ignore"
        return "gap" if after > seen else "apply"

    def advance(self, channel: str, position: int) -> None:
        self.asked.pop(channel, None)
        if channel in self.seen:
            self.seen[channel] = max(self.seen[channel], position)

    def advance_all(self, position: int) -> None:
        self.asked = {channel: beats + 1 for channel, beats in self.asked.items()}
        self.asked = {channel: beats for channel, beats in self.asked.items() if beats < BEATS_TO_ANSWER}
        if not self.asked:
            for channel in self.seen:
                self.advance(channel, position)

    def ask(self, channel: str) -> bool:
        if channel in self.asked:
            return False
        self.asked[channel] = 0
        return True

    def drop(self, channel: str) -> None:
        self.seen.pop(channel, None)
        self.asked.pop(channel, None)


class Patches:
    """The page's live part, changed by patches."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.incomplete = False  # a list lacks something only the server knows
        self.gone = False  # what the page is about was removed
        self._versions: dict[str, int] = {}
        self._moved: set[str] = set()

    @classmethod
    def of(cls, html: str) -> "Patches":
        return cls(page_of(html))

    def adopt(self, page: Page) -> None:
        """A fresh load takes the place of everything; versions are remembered within one epoch."""
        if page.epoch != self.page.epoch:
            self._versions.clear()
        self.page, self.incomplete, self.gone = page, False, False

    def purge(self) -> None:
        self.page.things.clear()
        self.page.lists.clear()
        self.page.frame = "What was here is not available any more."

    def apply(self, patches: Iterable[Message]) -> None:
        self._moved.clear()
        for patch in patches:
            existing = self.page.things.get(patch["target"])
            if not self.is_new(patch, existing):
                continue
            self._remember(patch["target"], patch["version"])
            if patch["op"] == "put":
                self._put(patch, existing)
            elif existing is not None:
                self._remove(existing)

    def is_new(self, patch: Message, existing: Thing | None) -> bool:
        """Whether nothing newer is known of the patch's target."""
        known = self._versions.get(patch["target"], 0)
        return max(known, existing.version if existing else 0) <= int(patch["version"])

    def _remember(self, target: str, version: int) -> None:
        self._versions.pop(target, None)
        self._versions[target] = version
        if len(self._versions) > MEMORY:
            del self._versions[next(iter(self._versions))]

    def _put(self, patch: Message, existing: Thing | None) -> None:
        thing = thing_of(patch["html"])
        if thing is None or thing.id != patch["target"]:
            return
        if existing is not None:
            self._replace(existing, thing)
        elif (found := self.page.lists.get(patch.get("list") or "")) is not None:
            self._insert(found, thing)

    def _replace(self, before: Thing, after: Thing) -> None:
        found = self.page.list_of(after.id)
        if found is not None and found.places is not None and after.place is not None:
            if after.place > found.places[1]:
                found.is_open = False
            if not found.places[0] <= after.place <= found.places[1]:
                self._remove(before)  # it is on another page now
                return
        self.page.things[after.id] = after
        if SUBJECT.match(after.id):
            pages, category = (self._about(before, after, name) for name in ("pages", "category"))
            merged = "data-merged" in after.html  # it leads on, and nobody is taken along
            elsewhere = category[0] != category[1] or int(pages[1] or 0) < int(pages[0] or 0)
            self.incomplete |= elsewhere and not merged
        keeps_order = found is not None and (found.is_open or found.places is not None)
        if found is not None and keeps_order and before.order != after.order:
            found.ids.remove(after.id)
            self._place(found, after)
            self._moved.add(after.id)
            self.incomplete |= self._lacks(found)

    @staticmethod
    def _about(before: Thing, after: Thing, name: str) -> list[str]:
        found = (re.search(rf' data-{name}="(\d+)"', one.html) for one in (before, after))
        return [match[1] if match else "" for match in found]

    def _insert(self, found: LiveList, thing: Thing) -> None:
        if found.places is None:
            if not found.is_open:
                return
        elif thing.place is None or thing.place > found.places[1]:
            found.is_open = False
            return
        elif thing.place < found.places[0]:
            return
        self.page.things[thing.id] = thing
        self._place(found, thing)
        self._trim(found)

    def _remove(self, thing: Thing) -> None:
        found = self.page.list_of(thing.id)
        del self.page.things[thing.id]
        if found is not None:
            found.ids.remove(thing.id)
            self.incomplete |= self._lacks(found)
        self.gone |= found is None and SUBJECT.match(thing.id) is not None

    def _place(self, found: LiveList, thing: Thing) -> None:
        order = thing.order or 0
        orders = [self.page.things[other].order or 0 for other in found.ids]
        after = (
            at for at, other in enumerate(orders) if (other < order if found.descends else other > order)
        )
        found.ids.insert(next(after, len(orders)), thing.id)

    def _trim(self, found: LiveList) -> None:
        while found.limit is not None and len(found.ids) > found.limit:
            del self.page.things[found.ids.pop()]
            found.has_more = True

    def _lacks(self, found: LiveList) -> bool:
        if not found.has_more or not found.is_open:
            return False
        return len(found.ids) < (found.limit or 0) or (bool(found.ids) and found.ids[-1] in self._moved)


def difference(shown: Page, fresh: Page) -> str:
    """What is not as a fresh load shows it; nothing when all is."""
    lines = []
    for name in sorted({*shown.lists, *fresh.lists}):
        mine, theirs = shown.lists.get(name), fresh.lists.get(name)
        if mine is None or theirs is None or _said(mine) != _said(theirs):
            lines.append(f"list {name}:\n  shown {mine}\n  fresh {theirs}")
        elif theirs.has_more and not mine.has_more and name in ("topics", "latest"):
            lines.append(f"list {name}: there are more, and the page does not know")
    shown_things, fresh_things = shown.things, fresh.things
    lines += [
        f"{thing_id}:\n  shown {shown_things.get(thing_id)}\n  fresh {fresh_things.get(thing_id)}"
        for thing_id in sorted({*shown_things, *fresh_things})
        if shown_things.get(thing_id) != fresh_things.get(thing_id)
    ]
    if shown.frame != fresh.frame:
        lines.append(f"around the live things:\n  shown {shown.frame}\n  fresh {fresh.frame}")
    return "\n".join(lines)


def _said(found: LiveList) -> tuple[object, ...]:
    # A list with places takes things by these. Whether a later page exists it may learn with the next thing
    # there: of one that came and went at once, only the removal is told.
    is_open = found.is_open if found.places is None else None
    return found.ids, is_open, found.descends, found.limit, found.places
