"""S43: what is installed is pinned with hashes, and what is known to be vulnerable stops CI."""

import json
import re
from pathlib import Path

from tests.support import audit

ROOT = Path(__file__).parents[2]


def test_every_pinned_package_has_hashes_and_no_download_address() -> None:
    text = (ROOT / ".ci" / "constraints.txt").read_text()
    packages = re.findall(r"^([a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?)==\S+", text, re.MULTILINE)
    assert len(packages) > 50
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.search(r"://|--(?:extra-)?index-url|--find-links", text) is None


def test_a_vulnerable_package_is_a_problem_and_an_unknown_one_is_told() -> None:
    report = {
        "dependencies": [
            {
                "name": "starlette",
                "version": "1.2.0",
                "vulns": [{"id": "PYSEC-2026-248", "fix_versions": ["1.3.0"]}],
            },
            {"name": "jinja2", "version": "3.1.6", "vulns": []},
            {"name": "fireside", "skip_reason": "not found"},
        ]
    }
    found = audit.read(json.dumps(report))
    assert found == audit.Audited(("starlette 1.2.0: PYSEC-2026-248, fixed in 1.3.0",), known=2, all=3)


def test_ci_runs_the_audit() -> None:
    assert "FIRESIDE_AUDIT=1" in (ROOT / ".ci" / "run").read_text()
    assert "-m tests.support.audit" in (ROOT / "tests" / "run").read_text()
