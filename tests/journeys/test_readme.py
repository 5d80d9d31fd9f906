"""The commands in the README's part "Run" work for somebody who has just cloned the project.

The part "Test" has one, `tests/run`, which is what runs this. `test_deployment.py` tries the part about the
internet.
"""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.plain_http import plain_client
from tests.support.rules import ROOT
from tests.support.servers import answers, free_port, stop

INSTALLS_WITHIN = 600.0  # seconds, over a slow network
BLOCK = re.compile(r"^```(?:sh|bash|shell|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_commands_are_read_line_by_line_from_the_blocks() -> None:
    readme = "# F\n```sh\npip install -e . && fireside\n```\n\n```text\nno\n```\n```sh\n# two\nls\n```\n"
    assert commands(readme) == ["pip install -e . && fireside", "ls"]


@pytest.mark.slow
async def test_a_fresh_clone_starts_as_the_readme_says(tmp_path: Path) -> None:
    run, demo = commands(part("Run"))
    assert commands(part("Test")) == ["tests/run"]
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    assert "Fireside" in await front_page(run, clone, tmp_path)
    assert "Living with it" in await front_page(demo, clone, tmp_path)


async def front_page(command: str, folder: Path, tmp_path: Path) -> str:
    """What the server that the command starts shows first; it is ended afterwards."""
    *before, serve = command.split(" && ")
    port, log = free_port(), tmp_path / "log"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "VIRTUAL_ENV", "COVERAGE", "DATABASE_URL", "PUBLIC_URL"))
    } | {"PATH": path_without_venv(), "PORT": str(port), "DATA_DIR": str(tmp_path / "data")}
    script = "\n".join(["set -e", *before, f"exec {serve}"])
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", script, cwd=folder, env=environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        await answers(f"http://127.0.0.1:{port}", process, log, within=INSTALLS_WITHIN)
        async with plain_client() as client:
            return (await client.get(f"http://127.0.0.1:{port}/")).text
    finally:
        await stop(process)


def part(heading: str) -> str:
    """What the README says under that heading."""
    readme = (ROOT / "README.md").read_text()
    (found,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    return str(found)


def commands(readme: str) -> list[str]:
    """The lines of the shell blocks, without comments."""
    lines = (line.strip() for block in BLOCK.findall(readme) for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def path_without_venv() -> str:
    """Where a Python is found that is not the tests' own."""
    path = os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if ".venv" not in folder)
    assert shutil.which("python3", path=path), "no python3 outside of the tests' environment"
    return path
