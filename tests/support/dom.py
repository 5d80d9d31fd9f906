"""A served page as the live client sees it: lists, live things, and the frame around them.

No browser: our templates write well-formed HTML, so an element ends where its tag is closed as often as it
was opened. What differs between two loads of an unchanged page is taken out first: ages ("2 hours ago") and
the tokens of forms.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_ATTRIBUTES = r"(?P<attributes>(?:[^<>\"]|\"[^\"]*\")*)"
_TAG = re.compile(rf"<(?P<name>[a-z][a-z0-9-]*)(?=[\s>]){_ATTRIBUTES}>")
_ROOT = re.compile(rf"<(?P<name>main) id=\"live\"{_ATTRIBUTES}>")
_ATTRIBUTE = re.compile(r"([a-z][a-z0-9-]*)(?:=\"([^\"]*)\")?")
_AGE = re.compile(r"(<time [^>]*>)[^<]*(</time>)")
_TOKEN = re.compile(r"(name=\"form_token\" value=\")[^\"]*")
# The client fills these in by other means, or they only show while a list is empty.
_BESIDE = re.compile(
    r"<(fire-pager|fire-arrivals|fire-moved|fire-slow)\b.*?</\1>|<p class=\"empty\">.*?</p>", re.DOTALL
)


@dataclass(frozen=True)
class Thing:
    """A live thing. `order` and `place` are None where it has none."""

    id: str
    version: int
    order: int | None
    place: int | None
    html: str


@dataclass
class LiveList:
    """A list that takes new things; `places` are the first and the last one it has room for."""

    name: str
    is_open: bool
    has_more: bool
    descends: bool
    limit: int | None
    places: tuple[int, int] | None
    ids: list[str] = field(default_factory=list)


@dataclass
class Page:
    """What is inside the root element, and what the root says about itself."""

    epoch: str
    position: int
    channels: tuple[str, ...]
    things: dict[str, Thing]
    lists: dict[str, LiveList]
    frame: str

    def list_of(self, thing_id: str) -> LiveList | None:
        """The list that the thing stands in."""
        return next((one for one in self.lists.values() if thing_id in one.ids), None)

    def words(self) -> str:
        """Everything that can be read on the page."""
        return "\n".join([self.frame, *(thing.html for thing in self.things.values())])


def page_of(text: str) -> Page:
    """The page in a served document. Raises ValueError when it has no live root."""
    text = settled(text)
    main = _ROOT.search(text)
    if main is None:
        raise ValueError("expected a page with a live root, got one without")
    root = _element(text, main)
    things: dict[str, Thing] = {}
    lists: dict[str, LiveList] = {}
    frame, rest = [], 0
    for part in _elements(root.inner, "data-list", "data-version"):
        found = [_thing(part)] if "data-version" in part.attributes else []
        if "data-list" in part.attributes:
            found = [_thing(element) for element in _elements(part.inner, "data-version")]
            lists[part.attributes["data-list"]] = _list_of(part.attributes, [thing.id for thing in found])
        things |= {thing.id: thing for thing in found}
        frame += [root.inner[rest : part.start], part.attributes.get("id", "[list]")]
        rest = part.end
    frame.append(root.inner[rest:])
    beside = " ".join(_BESIDE.sub("", "".join(frame)).split())
    channels = tuple(root.attributes["data-channels"].split())
    epoch, position = root.attributes["data-epoch"], int(root.attributes["data-position"])
    return Page(epoch, position, channels, things, lists, beside)


def thing_of(text: str) -> Thing | None:
    """The live thing that a patch brings; None when there is none in it."""
    text = settled(text)
    tag = _TAG.search(text)
    return _thing(_element(text, tag)) if tag and "id" in _attributes(tag["attributes"]) else None


def settled(text: str) -> str:
    """The HTML without what differs from one load to the next."""
    return _TOKEN.sub(r"\1", _AGE.sub(r"\1\2", text))


@dataclass(frozen=True)
class _Element:
    start: int
    end: int
    attributes: dict[str, str]
    inner: str
    outer: str


def _elements(text: str, *having: str) -> Iterator[_Element]:
    """The outermost elements with one of these attributes."""
    at = 0
    while (tag := _TAG.search(text, at)) is not None:
        at = tag.end()
        if any(name in tag["attributes"] for name in having):
            element = _element(text, tag)
            yield element
            at = element.end


def _element(text: str, tag: re.Match[str]) -> _Element:
    inner_end, end = _ends(text, tag["name"], tag.end())
    attributes = _attributes(tag["attributes"])
    return _Element(tag.start(), end, attributes, text[tag.end() : inner_end], text[tag.start() : end])


def _ends(text: str, name: str, at: int) -> tuple[int, int]:
    depth = 1
    for tag in re.compile(rf"<(/?){name}(?=[\s>])[^>]*>").finditer(text, at):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.start(), tag.end()
    raise ValueError(f"expected </{name}>, the document ended")


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def _list_of(attributes: dict[str, str], ids: list[str]) -> LiveList:
    places = attributes.get("data-places")
    first, _, last = (places or "").partition("-")
    limit = attributes.get("data-limit")
    return LiveList(
        attributes["data-list"],
        is_open="data-open" in attributes,
        has_more="data-more" in attributes,
        descends="data-descending" in attributes,
        limit=int(limit) if limit else None,
        places=(int(first), int(last)) if places else None,
        ids=ids,
    )


def _thing(element: _Element) -> Thing:
    named = element.attributes
    order, place = named.get("data-order"), named.get("data-place")
    return Thing(
        named["id"],
        int(named["data-version"]),
        int(order) if order else None,
        int(place) if place else None,
        " ".join(element.outer.split()),
    )
