"""Ends with status 1 when an installed package is not what pyproject.toml asks for, extras included.

tests/run runs it after installing the pinned packages: they are listed in another file than the ranges.
"""

import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement


def unmet(pyproject: Path) -> list[str]:
    project = tomllib.loads(pyproject.read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    return [problem for line in wanted if (problem := unmet_requirement(Requirement(line)))]


def unmet_requirement(requirement: Requirement) -> str | None:
    if requirement.marker and not requirement.marker.evaluate():
        return None
    try:
        installed = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        installed = "nothing"
    if installed != "nothing" and requirement.specifier.contains(installed, prereleases=True):
        return None
    return f"pyproject.toml asks for {requirement}, installed is {installed}: update .ci/constraints.txt"


if __name__ == "__main__":
    problems = unmet(Path(__file__).parents[2] / "pyproject.toml")
    print(*problems, sep="\n", file=sys.stderr)
    sys.exit(bool(problems))
