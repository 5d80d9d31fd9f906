"""Parser rule: words that the board links or replaces, in what a reader reads as text.

Never in code, and never in an address that is shown as itself. Inside a link that the author set words are
replaced, and not linked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from server.domain.markup_links import SHOWN_ADDRESS, board_link
from server.domain.substitutions import Substitution, Substitutions
from server.domain.watched_words import Action

KEY = "words"
"""Where the rule finds the `Substitutions` of the post in the parser's environment."""

_BREAKS = ("softbreak", "hardbreak")


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbours among the parts of a paragraph. `words` is False where nothing is to be changed."""

    tokens: list[Token]
    in_link: bool = False
    words: bool = True


def substitute(state: StateCore) -> None:
    """The rule. Has to come after those that find links."""
    substitutions = state.env.get(KEY)
    if not isinstance(substitutions, Substitutions) or not substitutions:
        return
    inline = [token for token in state.tokens if token.type == "inline" and token.children]
    present = substitutions.within("\n".join("".join(map(_shown, token.children or ())) for token in inline))
    if not present:
        return
    for token in inline:
        token.children = [
            written
            for run in _runs(token.children or [])
            for written in (_written(run, present) if run.words else run.tokens)
        ]


def _runs(children: Sequence[Token]) -> Iterator[_Run]:
    """The children, cut where a phrase ends: at code, and where a link begins or ends."""
    run: list[Token] = []
    in_link = is_address = False
    for token in children:
        if token.type not in ("link_open", "link_close", "code_inline"):
            run.append(token)
            continue
        yield _Run(run, in_link, words=not is_address)
        yield _Run([token], words=False)
        run = []
        if token.type != "code_inline":
            in_link = token.type == "link_open"
            is_address = in_link and token.info == SHOWN_ADDRESS
    yield _Run(run, in_link, words=not is_address)


def _written(run: _Run, present: Substitutions) -> Iterator[Token]:
    found = present.take([_shown(token) for token in run.tokens], may_link=not run.in_link)
    end = at = 0
    for token in run.tokens:
        begin, end = end, end + len(_shown(token))
        here: list[Substitution] = []
        while at < len(found) and found[at].start < end:
            here.append(found[at])
            if found[at].stop > end:
                break
            at += 1
        yield from _cut(token, begin, here) if here and token.type == "text" else (token,)


def _cut(token: Token, begin: int, found: Sequence[Substitution]) -> Iterator[Token]:
    """A text that begins at `begin` of its run, in pieces.

    What a phrase that goes on from text to text is replaced by stands in the first.
    """
    text, done = token.content, begin
    for one in found:
        yield _text(text[done - begin : max(one.start, begin) - begin])
        done = min(one.stop, begin + len(text))
        if one.word.action is Action.LINK:
            yield Token("link_open", "a", 1, attrs={"href": board_link(one.word.instead) or ""})
            yield _text(text[one.start - begin : done - begin])
            yield Token("link_close", "a", -1)
        elif one.start >= begin:
            yield _text(one.word.instead)
    yield _text(text[done - begin :])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _shown(token: Token) -> str:
    if token.type in _BREAKS:
        return "\n"
    return token.content if token.type == "text" else ""
