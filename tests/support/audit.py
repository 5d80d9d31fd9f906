"""Ends with status 1 when a pinned package has a known vulnerability (S43, ASVS 15.1.2).

`.ci/run` lets tests/run run it. Where no index tells of vulnerabilities, as on a machine that installs from a
mirror of its own, it says so: then whoever looks after that machine runs `.ci/run` where there is one.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PINNED = Path(__file__).parents[2] / ".ci" / "constraints.txt"
WITHIN = 300  # seconds


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found: sentences about vulnerable packages, and how many could be looked up of how many."""

    problems: tuple[str, ...]
    known: int
    all: int


def read(report: str) -> Audited:
    """What pip-audit's report in JSON says."""
    packages = json.loads(report)["dependencies"]
    problems = tuple(
        f"{package['name']} {package['version']}: {flaw['id']},"
        f" fixed in {', '.join(flaw['fix_versions']) or 'no release yet'}"
        for package in packages
        for flaw in package.get("vulns", ())
    )
    known = sum("vulns" in package for package in packages)
    return Audited(problems, known, len(packages))


def ask() -> str:
    """pip-audit's report about what is pinned. Raises OSError or subprocess.SubprocessError without one."""
    options = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(PINNED), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN, check=False)
    if not done.stdout.startswith("{"):
        raise OSError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no answer")
    return done.stdout


def main() -> int:
    """The status to end with."""
    try:
        found = read(ask())
    except (OSError, subprocess.SubprocessError) as error:
        print(f"audit: nobody could be asked about vulnerabilities: {error}", file=sys.stderr)
        return 0
    unknown = found.all - found.known
    if unknown:
        print(f"audit: the index knows nothing of {unknown} of {found.all} pinned packages", file=sys.stderr)
    print(*found.problems, sep="\n", file=sys.stderr)
    return 1 if found.problems else 0


if __name__ == "__main__":
    sys.exit(main())
