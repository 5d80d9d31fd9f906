"""The rules of the house, checked on the whole tree; each is first shown to know good from bad."""

import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from tests.support import client_rules, python_rules
from tests.support.rules import ROOT, Rule, text_of, tree

RULES = [*python_rules.RULES, *client_rules.RULES]
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service"}


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_rule_passes_a_good_line_and_finds_a_bad_one(rule: Rule) -> None:
    assert list(rule.breaches(rule.good)) == []
    assert list(rule.breaches(rule.bad)) != []


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    paths = [path for path in tree() if rule.holds_in(path)]
    breaches = [f"{path}:{line}: {what}" for path in paths for line, what in rule.breaches(text_of(path))]
    assert not breaches, "\n".join(breaches)


def test_names_that_say_nothing_are_found() -> None:
    assert vague_parts(PurePosixPath("server/web/posts.py")) == set()
    assert vague_parts(PurePosixPath("server/web/utils.py")) == {"utils"}
    assert vague_parts(PurePosixPath("client/helpers/time.js")) == {"helpers"}


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in tree() if vague_parts(path)] == []


def vague_parts(path: PurePosixPath) -> set[str]:
    return VAGUE.intersection(part.partition(".")[0] for part in path.parts)


def test_rooms_import_inward_only() -> None:
    contract = lint_imports(ROOT)
    assert contract.returncode == 0, contract.stdout


@pytest.mark.parametrize(
    ("file", "line", "kept"),
    [
        ("web.py", "import server.domain", True),
        ("domain.py", "import server.web", False),
        ("live.py", "import server.web", False),
        ("views.py", "import server.actions", False),
        ("gadgets.py", "import server.domain", False),
    ],
    ids=["inward", "outward", "sideways", "sideways below", "a room that the contract does not know"],
)
def test_the_contract_knows_good_from_bad(tmp_path: Path, file: str, line: str, kept: bool) -> None:
    for room in ("web", "live", "actions", "views", "domain"):
        (tmp_path / "server").mkdir(exist_ok=True)
        (tmp_path / "server" / f"{room}.py").touch()
    (tmp_path / "server" / "__init__.py").touch()
    (tmp_path / "server" / file).write_text(line)
    contract = lint_imports(tmp_path)
    assert (contract.returncode == 0) == kept, contract.stdout


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the import contract on `folder`'s package `server`."""
    command: list[str | Path] = [
        Path(sys.executable).with_name("lint-imports"),
        "--no-cache",
        "--config",
        ROOT / "pyproject.toml",
    ]
    return subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
