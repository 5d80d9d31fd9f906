"""Quotes of posts: references that follow their source, never copies of it.

A member writes, at the beginning of a line and outside fenced code,

    [quote=65812]
    By three in the afternoon I could sleep on the kitchen floor.
    [/quote]

and what is stored is one line, `[quote=65812 12-80]`: character offsets into the quoted post's plain text,
or `[quote=65812]` for all of it. The passage is thrown away, so a removed post does not live on in the posts
that quoted it, and nobody can put words into another member's mouth: a passage that is not in the post
becomes a reference to the whole post.

Reading is one pass over the lines and depends on nothing but the lines, so that reading a stored body again
finds the same quotes. Two consequences: a `[/quote]` that closes nothing is dropped, and a `[quote=ID]` line
takes the lines after it only if a `[/quote]` comes before the next quote.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.domain.markup_text import cut

MAX_QUOTES = 20
"""Quote blocks in one post; a post shows up to this many passages at every reading."""

PASSAGE_LENGTH = 600
"""Characters of a quoted post that are shown."""

_CLOSE = "[/quote]"
# Nine digits fit the integer of every database; offsets are below MAX_BODY's order of magnitude.
_OPEN = re.compile(r"\[quote=([1-9][0-9]{0,8})(?: ([0-9]{1,6})-([0-9]{1,6}))?\]")
_MARKER = re.compile("\ue000([0-9]+)(?: ([0-9]+)-([0-9]+))?\ue001")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*\Z)|~{3,})")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class QuoteRef:
    """A quote of a post: characters `start` to `stop` (excluded) of its plain text, or all of it (None)."""

    post_id: int
    start: int | None = None
    stop: int | None = None

    @property
    def line(self) -> str:
        """The canonical line of a stored body."""
        return f"[quote={self}]"

    @property
    def marker(self) -> str:
        """The place of the quote in stored HTML, in characters that no author can write."""
        return f"\ue000{self}\ue001"

    def __str__(self) -> str:
        return f"{self.post_id}" if self.start is None else f"{self.post_id} {self.start}-{self.stop}"


@dataclass(frozen=True, slots=True)
class QuoteBlock:
    """A quote as it was written; `length` is what it counts in characters, offsets not included."""

    ref: QuoteRef
    passage: str
    length: int


def read(source: str) -> Iterator[str | QuoteBlock]:
    """The cleaned source's lines, with a block in place of the lines of each quote.

    Time is linear: the search for a closing line ends at the next opening line, so no line is searched twice.
    """
    lines = source.split("\n")
    fence = ""
    at = 0
    while at < len(lines):
        line = lines[at]
        was_fenced, fence = fence, _fence_after(line, fence)
        if was_fenced or fence:
            yield line
            at += 1
        elif found := _block_at(lines, at):
            block, at = found
            yield block
        else:
            yield _without_close(line)
            at += 1


def counted_length(source: str) -> int:
    """Characters a cleaned source counts against the limit of a body.

    The offsets of stored quotes are free: storing a short passage as offsets must not make a body too long.
    """
    return sum(1 + (len(part) if isinstance(part, str) else part.length) for part in read(source)) - 1


def _block_at(lines: list[str], at: int) -> tuple[QuoteBlock, int] | None:
    opening = _OPEN.match(lines[at])
    if opening is None:
        return None
    rest = lines[at][opening.end() :]
    ref = _ref(opening)
    if ref.start is not None:  # stored form: it never has a passage
        alone = not _without_close(rest).strip()
        return (QuoteBlock(ref, "", len(QuoteRef(ref.post_id).line)), at + 1) if alone else None
    end = _closing_line(lines, at, rest)
    if end is None:
        return (QuoteBlock(ref, "", len(ref.line)), at + 1) if not rest.strip() else None
    block = [rest, *lines[at + 1 : end + 1]]
    passage = "\n".join((*block[:-1], _without_close(block[-1])))
    return QuoteBlock(ref, passage.strip(), opening.end() + sum(map(len, block)) + len(block) - 1), end + 1


def _closing_line(lines: list[str], at: int, rest: str) -> int | None:
    if rest.rstrip().endswith(_CLOSE):
        return at
    fence = ""
    for number in range(at + 1, len(lines)):
        line = lines[number]
        was_fenced, fence = fence, _fence_after(line, fence)
        if was_fenced or fence:
            continue
        if _OPEN.match(line):
            return None
        if line.rstrip().endswith(_CLOSE):
            return number
    return None


def _fence_after(line: str, fence: str) -> str:
    """The open code fence after this line (CommonMark 0.31, section 4.5), "" if none is."""
    found = _FENCE.match(line)
    if not fence:
        return found[1] if found else ""
    closes = found and found[1].startswith(fence) and not line[found.end() :].strip()
    return "" if closes else fence


def _without_close(line: str) -> str:
    end = len(line.rstrip())
    if not line.endswith(_CLOSE, 0, end):
        return line
    while line.endswith(_CLOSE, 0, end):
        end -= len(_CLOSE)
        while end and line[end - 1].isspace():
            end -= 1
    return line[:end]


def _ref(found: re.Match[str]) -> QuoteRef:
    post_id, start, stop = found.groups()
    return QuoteRef(int(post_id)) if start is None else QuoteRef(int(post_id), int(start), int(stop))


def resolve(block: QuoteBlock, texts: Mapping[int, str]) -> QuoteRef:
    """What a written quote refers to: offsets if its passage is in the post, else the whole post."""
    text = texts.get(block.ref.post_id)
    whole = QuoteRef(block.ref.post_id)
    if text is None:
        return whole
    if block.ref.start is None:
        return _locate(whole, text, block.passage, 0) if block.passage else whole
    if (inside := _slice(text, block.ref)) is None or not (words := inside.strip()):
        return whole
    start = block.ref.start + len(inside) - len(inside.lstrip())
    return QuoteRef(block.ref.post_id, start, start + len(words))


def written(ref: QuoteRef, texts: Mapping[int, str], room: int) -> str:
    """The quote as a member edits it, if that is at most `room` characters longer than its stored line.

    The stored line is used for a passage that would not be read back as the same reference: a second
    occurrence of the same words, or words that look like a quote or a code fence themselves.
    """
    text = texts.get(ref.post_id)
    whole = QuoteRef(ref.post_id)
    inside = None if text is None else _slice(text, ref)
    if inside is None:
        return whole.line
    block = f"{whole.line}\n{inside}\n{_CLOSE}"
    again = list(read(block))
    same = len(again) == 1 and isinstance(again[0], QuoteBlock) and resolve(again[0], texts) == ref
    return block if same and len(block) - len(whole.line) <= room else ref.line


def relocate(ref: QuoteRef, old_text: str, new_text: str) -> QuoteRef:
    """The reference after the quoted post was edited from `old_text` to `new_text`.

    It stays if the edit was elsewhere, follows its words if they moved (to the nearest place where they are),
    and becomes the whole post if they are gone.
    """
    inside = _slice(old_text, ref)
    if ref.start is None or ref.stop is None or inside is None:
        return QuoteRef(ref.post_id)
    shift = len(new_text) - len(old_text)
    same_before = _common_start(old_text, new_text)
    if ref.stop <= same_before:
        return ref
    same_after = _common_start(old_text[same_before:][::-1], new_text[same_before:][::-1])
    if ref.start >= len(old_text) - same_after:
        return QuoteRef(ref.post_id, ref.start + shift, ref.stop + shift)
    return _locate(QuoteRef(ref.post_id), new_text, inside, ref.start)


def repoint(body: str, refs: Sequence[QuoteRef]) -> str:
    """A stored body whose quotes refer to `refs`, in order: where their passages stand today."""
    today = iter(refs)
    return "\n".join(
        next(today, part.ref).line if isinstance(part, QuoteBlock) else part for part in read(body)
    )


def joined(one: str, other: str) -> str:
    """Two stored bodies as one, an empty line between; a code fence that the first leaves open is closed."""
    fence = ""
    for line in one.split("\n"):
        fence = _fence_after(line, fence)
    return "\n".join((one, *([fence] if fence else []), "", other))


def passage(text: str, ref: QuoteRef, limit: int = PASSAGE_LENGTH) -> str:
    """What to show of the quoted post: at most `limit` characters, cut at a word with an ellipsis.

    Lines are kept. A reference that does not fit the text shows the beginning of the post.
    """
    inside = _slice(text, ref)
    return cut(text if inside is None else inside, limit)


def has_quotes(html: str) -> bool:
    """Whether stored HTML has places for quotes in it."""
    return "\ue000" in html


def split_quotes(html: str) -> list[str | QuoteRef]:
    """Stored HTML cut at its quotes, in order, for the view to fill with what the reader may see today."""
    pieces: list[str | QuoteRef] = []
    done = 0
    for found in _MARKER.finditer(html):
        pieces += [html[done : found.start()], _ref(found)]
        done = found.end()
    pieces.append(html[done:])
    return [piece for piece in pieces if piece != ""]


def _slice(text: str, ref: QuoteRef) -> str | None:
    if ref.start is None or ref.stop is None or not 0 <= ref.start < ref.stop <= len(text):
        return None
    return text[ref.start : ref.stop]


def _locate(whole: QuoteRef, text: str, words: str, near: int) -> QuoteRef:
    """Where `words` are in `text`, however either is broken into lines; the occurrence nearest to `near`."""
    starts = [found.start() for found in _WORD.finditer(text)]
    folded = " ".join(text.split())
    needle = " ".join(words.split())
    places: list[int] = []  # where each word begins in the folded text
    length = 0
    for word in text.split():
        places.append(length)
        length += len(word) + 1

    def folded_at(offset: int) -> int:
        word = max(bisect_right(starts, offset) - 1, 0)
        return places[word] + max(offset - starts[word], 0) if starts else 0

    def offset_at(place: int) -> int:
        word = bisect_right(places, place) - 1
        return starts[word] + place - places[word]

    aim = folded_at(near)
    found = _nearest(folded, needle, aim) if needle else None
    if found is None:
        return whole
    place = found
    return QuoteRef(whole.post_id, offset_at(place), offset_at(place + len(needle) - 1) + 1)


def _nearest(text: str, words: str, aim: int) -> int | None:
    after = text.find(words, aim)
    window = text[: aim + len(words)]
    back = window[::-1].find(words[::-1])  # not rfind: that one is quadratic on repetitive text
    before = len(window) - back - len(words) if back >= 0 else -1
    places = [place for place in (before, after) if place >= 0]
    return min(places, key=lambda place: abs(place - aim), default=None)


def _common_start(one: str, other: str) -> int:
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))
