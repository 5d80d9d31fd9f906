"""The audit log in words for people."""

from urllib.parse import quote

from server.domain.acts import act_called
from server.domain.leaving import NOBODY
from server.store.moderation_log import Line

_KINDS = {"board": "the board", "letter": "a letter", "invitation": "an invitation"}


def act_words(act: str) -> str:
    """`close_account` as "Account closed"; what has no words in the ones it is called by."""
    return act_called(act).title


def thing_url(line: Line) -> str:
    """Where staff find what the line is about; empty where that has no page, or nobody's any more."""
    if line.object_id is None:
        return ""
    if line.object_kind in ("post", "topic"):
        return f"/{line.object_kind}s/{line.object_id}"
    named = line.object_kind == "member" and line.name not in ("", NOBODY)
    return f"/members/{quote(line.name, safe='')}" if named else ""


def thing_words(line: Line) -> str:
    """What a line is about: `Bo’s post #65740`, `“Sleeping pills”`, `Bo`."""
    if line.object_kind == "post":
        return f"{line.name or 'Somebody'}’s post #{line.object_id}"
    if line.object_kind == "pending":
        return f"a post by {line.name or 'somebody'} that waited"
    if line.object_kind == "topic":
        return f"“{line.name}”" if line.name else f"topic {line.object_id}"
    if line.object_kind == "member":
        return line.name or "somebody unknown here"
    words = _KINDS.get(line.object_kind) or line.object_kind.replace("_", " ")
    return f"{words} {line.object_id}" if line.object_id else words
