"""What the documentation shows for systemd, containers and several machines is what those programs take."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from server.config import Config
from tests.support.proxies import blocks, check_configuration, front, installed

FIRESIDE = Path(sys.executable).with_name("fireside")
VARIABLES = {"ini": r"^Environment=(\w+)=(.*)$", "yaml": r"^      ([A-Z_]+): (\S+)"}
COMMANDS = {"ini": r"^ExecStart=\S+/fireside (.*)$", "yaml": r"^    command: fireside (.*)$"}


class Asked(Mapping[str, str]):
    """An environment that notes which variables are looked at."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def shown(language: str) -> str:
    """The systemd unit, or what the compose file says of Fireside itself."""
    (found,) = blocks(language)
    return found.partition("\n  postgres:\n")[0]


@pytest.mark.parametrize("language", VARIABLES)
def test_every_variable_is_a_setting_of_a_board_on_the_internet(language: str) -> None:
    variables = re.findall(VARIABLES[language], shown(language), re.MULTILINE)
    assert len(variables) >= 3
    asked = Asked(dict(variables))
    config = Config.from_environment(asked)
    assert set(asked) <= asked.names
    assert config.secure
    assert not config.is_local
    assert config.trusted_proxies
    assert config.data_dir.is_absolute()


@pytest.mark.parametrize("language", COMMANDS)
def test_the_command_is_one_of_firesides(language: str) -> None:
    """`--help` at its end makes argparse read it all and start nothing."""
    (line,) = re.findall(COMMANDS[language], shown(language), re.MULTILINE)
    told = subprocess.run([FIRESIDE, *line.split(), "--help"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "--workers" in told.stdout


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    analyze = installed("systemd-analyze")
    file = tmp_path / "fireside.service"
    file.write_text(shown("ini").replace("/opt/fireside/.venv/bin/fireside", str(FIRESIDE)))
    told = subprocess.run([analyze, "verify", file], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_two_servers_can_stand_behind_one_proxy(tmp_path: Path, kind: str) -> None:
    check_configuration(kind, front(tmp_path), "127.0.0.1:8001", "127.0.0.1:8002")
