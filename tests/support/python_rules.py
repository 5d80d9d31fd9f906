"""The rules of the house for Python files, each beside a good and a bad line."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.support.rules import Breach, Rule, calls, comments, dotted, imports, is_python, nodes, under

SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+[^.]*\bAS\s*\()"
)
SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep", "sleep"}
SQL_PARTS = {"names", "for_update"}  # parameters' names, never values; the driver's row lock
REASON = 8  # characters that a reason has at least
BEFORE_TRANSACTIONS = ("server/store",)  # defines begin(); Alembic has one of its own
MAY_IMPORT_DATABASES = {"server/store/pools.py", "server/store/sqlite_backend.py"}


def in_server(path: PurePosixPath) -> bool:
    return is_python(path) and under(path, "server")


def begins(source: str | ast.AST) -> Iterator[ast.Call]:
    return (call for call, name in calls(source) if name.split(".")[-1] in ("begin", "transact"))


def begin_called(source: str) -> Iterator[Breach]:
    for call in begins(source):
        yield call.lineno, "begin() is for actions only: call an action"


def begin_nested(source: str) -> Iterator[Breach]:
    for block in nodes(source, ast.With, ast.AsyncWith):
        assert isinstance(block, ast.With | ast.AsyncWith)
        opening = [call for item in block.items for call in begins(item.context_expr)]
        inner = [call for statement in block.body for call in begins(statement)]
        for call in opening[1:] + (inner if opening else []):
            yield call.lineno, "begin() inside begin(): one action, one transaction"


def sql_outside_store(source: str) -> Iterator[Breach]:
    for node in nodes(source, ast.Constant):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield node.lineno, "SQL belongs to server/store"


def sql_with_values(source: str) -> Iterator[Breach]:
    """A heuristic: what is put into SQL text is a CONSTANT, named `..._sql`, or one of SQL_PARTS."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr) and starts_sql(node.values[0] if node.values else node):
            inserted = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add) and starts_sql(node.left):
            inserted = [node.right]
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and starts_sql(node.func.value)
        ):
            inserted = [*node.args, *(keyword.value for keyword in node.keywords)]
        else:
            continue
        if any(not is_sql(value) for value in inserted):
            yield node.lineno, "a value in SQL text: bind it as a parameter"


def starts_sql(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SQL.match(node.value))


def is_sql(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant | ast.JoinedStr):
        return True
    if isinstance(node, ast.BinOp):
        return is_sql(node.left) and is_sql(node.right)
    parts = dotted(node.func if isinstance(node, ast.Call) else node).split(".")
    if parts[-1] in {"format", "join"}:  # of a CONSTANT
        parts.pop()
    return parts[-1].isupper() or parts[-1].endswith("_sql") or parts[-1] in SQL_PARTS


def unwanted_middleware(source: str) -> Iterator[Breach]:
    for line, name in imports(source):
        if name.endswith(".BaseHTTPMiddleware"):
            yield line, "BaseHTTPMiddleware runs the endpoint in another task: write pure ASGI middleware"
        if name.endswith(".SessionMiddleware"):
            yield line, "SessionMiddleware's cookie cannot be revoked: sessions are rows"


def imports_databases(source: str) -> Iterator[Breach]:
    for line, name in imports(source):
        if name.split(".")[0] == "databases":
            yield line, "only store/pools.py and store/sqlite_backend.py know `databases`"


def imports_config(source: str) -> Iterator[Breach]:
    for line, name in imports(source):
        if name == "server.config" or name.startswith("server.config."):
            yield (
                line,
                "only app.py, asgi.py and cli read the configuration: take the value as an argument",
            )


def reads_environment(source: str) -> Iterator[Breach]:
    read = [
        (node.lineno, dotted(node))
        for node in nodes(source, ast.Attribute)
        if isinstance(node, ast.Attribute)
    ]
    for line, name in [*read, *imports(source)]:
        if name in {"os.environ", "os.getenv", "os.environb"}:
            yield line, "only config.py reads the environment"


def sleeps(source: str) -> Iterator[Breach]:
    for call, name in calls(source):
        gives_way = len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
        if (name in SLEEPS and not gives_way) or name.endswith(".wait_for_timeout"):
            yield call.lineno, "tests wait for a state: tests.support.waiting.eventually"


def no_docstring(source: str) -> Iterator[Breach]:
    if not ast.get_docstring(ast.parse(source)):
        yield 1, "a module says in its docstring what it is for"


def silent_ignore(source: str) -> Iterator[Breach]:
    for line, comment in comments(source):
        directive = re.search(
            r"#\s*(type:\s*ignore(\[[^\]]*\])?|noqa(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?)", comment
        )
        if directive and len(comment[directive.end() :].strip(" #-:")) < REASON:
            yield line, "an ignored complaint says why, after a second #"


RULES = [
    Rule(
        "begin() is called in actions only",
        lambda path: in_server(path) and not under(path, "server/actions", *BEFORE_TRANSACTIONS),
        begin_called,
        good="async def show(db): return await pages.topic(db)",
        bad="async def show(db):\n    async with db.begin() as writer: ...",
    ),
    Rule(
        "begin() never nests",
        in_server,
        begin_nested,
        good="async with begin(db) as writer: ...\nasync with begin(db) as writer: ...",
        bad="async with begin(db) as outer:\n    async with begin(db) as inner: ...",
    ),
    Rule(
        "every SQL statement is in store",
        lambda path: in_server(path) and not under(path, "server/store"),
        sql_outside_store,
        good='explain = "DELETE or UPDATE: both are logged"',
        bad='await db.execute("UPDATE posts SET body = NULL")',
    ),
    Rule(
        "no value is written into SQL text",
        in_server,
        sql_with_values,
        good='query = f"SELECT {COLUMNS} FROM posts WHERE {visible_sql(viewer)} AND id = :id"',
        bad="query = f\"SELECT id FROM members WHERE name = '{name}'\"",
    ),
    Rule(
        "no BaseHTTPMiddleware, no SessionMiddleware",
        in_server,
        unwanted_middleware,
        good="from starlette.middleware import Middleware",
        bad="from starlette.middleware.sessions import SessionMiddleware",
    ),
    Rule(
        "only two files of store know `databases`",
        lambda path: in_server(path) and str(path) not in MAY_IMPORT_DATABASES,
        imports_databases,
        good="from server.store.database import Database",
        bad="from databases import Database",
    ),
    Rule(
        "only app, asgi and cli read the configuration",
        lambda path: (
            in_server(path)
            and str(path) not in {"server/app.py", "server/asgi.py"}
            and not under(path, "server/cli")
        ),
        imports_config,
        good="from server.domain.viewer import Viewer",
        bad="from server.config import Config",
    ),
    Rule(
        "only config.py reads the environment",
        lambda path: in_server(path) and str(path) != "server/config.py",
        reads_environment,
        good="import os\nsize = os.cpu_count()",
        bad='import os\nurl = os.environ["DATABASE_URL"]',
    ),
    Rule(
        "tests wait for a state and never sleep",
        lambda path: is_python(path) and under(path, "tests") and not under(path, "tests/support"),
        sleeps,
        good="await asyncio.sleep(0)\nawait eventually(look)",
        bad="await asyncio.sleep(0.1)",
    ),
    Rule(
        "every module of the server has a docstring",
        in_server,
        no_docstring,
        good='"""What the forum means."""',
        bad="import os",
    ),
    Rule(
        "every ignored complaint says why",
        is_python,
        silent_ignore,
        good="x = load()  # type: ignore[no-any-return]  # it ships no types",
        bad="x = load()  # type: ignore[no-any-return]",
    ),
]
