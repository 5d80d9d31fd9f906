"""What a rule of the house is: where it holds, how a breach is found, and a good and a bad example."""

import ast
import io
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
ROOMS = ("server", "client", "tests")

Breach = tuple[int, str]  # line, what is wrong


@dataclass(frozen=True)
class Rule:
    sentence: str
    holds_in: Callable[[PurePosixPath], bool]  # of a path from the project's root
    breaches: Callable[[str], Iterator[Breach]]  # of a file's text
    good: str
    bad: str

    def __str__(self) -> str:
        return self.sentence


@cache
def tree() -> tuple[PurePosixPath, ...]:
    """Every text file of ours, as a path from the project's root."""
    files = (file for room in ROOMS for file in (ROOT / room).rglob("*") if file.is_file())
    paths = (PurePosixPath(file.relative_to(ROOT)) for file in files)
    return tuple(sorted(path for path in paths if is_ours(path)))


def is_ours(path: PurePosixPath) -> bool:
    made = {"__pycache__", "node_modules", "artifacts"}
    return not made.intersection(path.parts) and not any(part.startswith(".") for part in path.parts)


def text_of(path: PurePosixPath) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def under(path: PurePosixPath, *folders: str) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def is_python(path: PurePosixPath) -> bool:
    return path.suffix == ".py"


def nodes(source: str, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds))


def calls(source: str | ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the dotted name of what is called: `db.begin()` gives "db.begin"."""
    parsed = ast.parse(source) if isinstance(source, str) else source
    for node in ast.walk(parsed):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression; parts that are no names are "?"."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported: `from a import b` gives "a.b"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
