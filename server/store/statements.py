"""SQL with `:names` as asyncpg wants it, with `$1`, `$2`, … and the names in that order.

SQLite takes `:name` as it is. Only what is outside of quotes and comments is a parameter, and `::` is a cast.
A name that stands twice is one parameter.
"""

import re
from functools import lru_cache

CACHED = 2048  # texts; in_list makes one for each length

_PIECE = re.compile(
    r"""
      '(?:[^']|'')*'            # text
    | "(?:[^"]|"")*"            # an identifier
    | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$  # text in dollar quotes
    | --[^\n]*                  # comments
    | /\*.*?\*/
    | ::                        # a cast
    | (?<![\w:]):(?P<name>[A-Za-z_]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)


@lru_cache(CACHED)
def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """`"a = :x AND b = :y OR c = :x"` gives `("a = $1 AND b = $2 OR c = $1", ("x", "y"))`."""
    names: list[str] = []

    def place(piece: re.Match[str]) -> str:
        name = piece["name"]
        if name is None:
            return piece[0]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _PIECE.sub(place, sql), tuple(names)
