"""Which acts the code writes down: the names that it gives to `audit.note`, found without running it."""

import ast
from collections.abc import Iterator
from pathlib import Path

PLACE = 2  # of the name among the arguments of `note`


def noted_in(path: Path) -> Iterator[tuple[int, str | None]]:
    """Line and name of every act that the file writes down; None where the name cannot be found out."""
    module = ast.parse(path.read_text())
    for call in _calls(module, "note"):
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "audit":
            yield from ((call.lineno, name) for name in _names(module, call.args[PLACE]))


def _names(module: ast.Module, given: ast.expr) -> Iterator[str | None]:
    if isinstance(given, ast.Constant):
        yield given.value if isinstance(given.value, str) else None
    elif isinstance(given, ast.IfExp):
        yield from _names(module, given.body)
        yield from _names(module, given.orelse)
    elif isinstance(given, ast.Name):
        sources = [*_assigned(module, given.id), *_handed(module, given.id)]
        for source in sources:
            yield from _names(module, source)
        if not sources:
            yield None
    else:
        yield None


def _assigned(module: ast.Module, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == name for target in node.targets):
            yield node.value


def _handed(module: ast.Module, name: str) -> Iterator[ast.expr]:
    """What the module's own calls hand to a parameter of that name."""
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        positional = [argument.arg for argument in function.args.args]
        if name not in (*positional, *(argument.arg for argument in function.args.kwonlyargs)):
            continue
        for call in _calls(module, function.name):
            yield from (one.value for one in call.keywords if one.arg == name)
            if name in positional and len(call.args) > positional.index(name):
                yield call.args[positional.index(name)]


def _calls(module: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
            yield node
