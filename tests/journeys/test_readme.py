"""The commands at the top of the README work for somebody who has just cloned the project."""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.support.rules import ROOT
from tests.support.servers import answers, free_port, stop

INSTALLS_WITHIN = 600.0  # seconds, over a slow network
BLOCK = re.compile(r"^```(?:sh|bash|shell|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_commands_are_read_without_prompts_comments_and_cloning() -> None:
    readme = "# F\n```sh\ngit clone here\n$ cd fireside\n$ pip install -e .   # once\n$ fireside\n```\n"
    assert first_commands(readme) == ["pip install -e .", "fireside"]


@pytest.mark.slow
async def test_a_fresh_clone_starts_as_the_readme_says(tmp_path: Path) -> None:
    *install, serve = first_commands((ROOT / "README.md").read_text())
    assert serve.split()[0] == "fireside", f"the last command should start the server, it is: {serve}"
    clone, port, log = tmp_path / "clone", free_port(), tmp_path / "log"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    subprocess.run([find_python(), "-m", "venv", tmp_path / "venv"], check=True)

    script = "\n".join(["set -e", *install, f"exec {serve}"])
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "VIRTUAL_ENV", "COVERAGE"))
    } | {
        "PATH": f"{tmp_path / 'venv/bin'}:{os.environ['PATH']}",
        "PORT": str(port),
        "DATA_DIR": str(tmp_path / "data"),
    }
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", script, cwd=clone, env=environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        await answers(f"http://127.0.0.1:{port}", process, log, within=INSTALLS_WITHIN)
        async with httpx.AsyncClient(trust_env=False) as client:
            page = await client.get(f"http://127.0.0.1:{port}/")
        assert "Fireside" in page.text
    finally:
        await stop(process)


def first_commands(readme: str) -> list[str]:
    """The first shell block's commands, without prompts, comments, and getting the project itself."""
    block = BLOCK.search(readme)
    assert block, "README.md has no block of shell commands"
    lines = (re.sub(r"\s+#\s.*$", "", line.removeprefix("$ ")).strip() for line in block[1].splitlines())
    return [line for line in lines if line and not line.startswith(("#", "git clone", "cd "))]


def find_python() -> str:
    """A Python outside the tests' own environment."""
    path = os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if ".venv" not in folder)
    return shutil.which("python3", path=path) or "python3"
