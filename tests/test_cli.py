"""The command: what it does, what it prints, how it ends."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

FIRESIDE = Path(sys.executable).with_name("fireside")


def fireside(*arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PUBLIC_URL")}
    return subprocess.run(
        [FIRESIDE, *arguments], input=stdin, env=clean | env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "env", "status", "says"),
    [
        (["frobnicate"], {}, 2, "invalid choice"),
        (["check", "--data", "/nowhere"], {}, 2, "There is no database at /nowhere/fireside.db"),
        (["serve", "--port", "99999999"], {}, 2, "PORT must be a whole number"),
        (["serve", "--demo"], {"PUBLIC_URL": "https://forum.example.org"}, 2, "--demo has known passwords"),
        (
            ["serve", "--no-limits"],
            {"PUBLIC_URL": "https://forum.example.org"},
            2,
            "--no-limits invites floods",
        ),
        (["serve", "--demo", "--workers", "2"], {}, 2, "--demo runs in one process"),
        (["serve"], {"PUBLIC_URL": "forum"}, 2, "PUBLIC_URL must be an address"),
        (["migrate"], {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, 1, "cannot be reached"),
        (["serve", "--data", "/proc/x"], {}, 1, "/proc/x"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_a_status(
    arguments: list[str], env: dict[str, str], status: int, says: str
) -> None:
    done = fireside(*arguments, **env)
    assert done.returncode == status
    assert says in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_migrate_makes_a_database_that_check_finds_nothing_wrong_with(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    assert fireside("migrate", "--data", data).returncode == 0
    done = fireside("check", "--data", data)
    assert (done.returncode, done.stdout) == (0, "Everything agrees.\n")


def test_a_member_is_added_with_the_password_from_standard_input(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    arguments = ("member", "add", "Zoe", "--role", "moderator", "--password-stdin", "--data", data, "--email")
    done = fireside(*arguments, "zoe@example.org", stdin="seven quiet lanterns\n")
    assert (done.returncode, done.stdout) == (0, "Zoe can sign in now.\n")
    again = fireside(*arguments, "zoe2@example.org", stdin="seven quiet lanterns\n")
    assert again.returncode == 1
    assert "This name is taken" in again.stderr


def test_check_ends_with_a_list_and_status_1_when_something_is_wrong(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert fireside("migrate", "--data", str(data)).returncode == 0
    with sqlite3.connect(data / "fireside.db") as file:
        file.execute("UPDATE head SET seq = 7")
    file.close()
    done = fireside("check", "--data", str(data))
    assert done.returncode == 1
    assert "log: it should go from 1 to 7" in done.stdout


@pytest.fixture(scope="module")
def furnished_once(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a board of Ann, Bo and the administrator Ada, to be copied."""
    data = str(tmp_path_factory.mktemp("furnished") / "data")
    for name, role in (("Ada", "admin"), ("Ann", "member"), ("Bo", "member")):
        arguments = ("member", "add", name, "--role", role, "--password-stdin", "--data", data)
        done = fireside(*arguments, "--email", f"{name.lower()}@example.org", stdin="seven quiet lanterns\n")
        assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def furnished(tmp_path: Path, furnished_once: str) -> str:
    """A folder of one's own with that board."""
    return str(shutil.copytree(furnished_once, tmp_path / "data"))


def test_members_are_listed_and_searched(furnished: str) -> None:
    everybody = fireside("member", "list", "--data", furnished).stdout.splitlines()
    assert [line.split()[0] for line in everybody] == ["Bo", "Ann", "Ada"]
    admins = fireside("member", "list", "--role", "admin", "--data", furnished).stdout.splitlines()
    assert [line.split()[:2] for line in admins] == [["Ada", "admin"]]
    found = fireside("member", "list", "--search", "BO@", "--data", furnished).stdout.splitlines()
    assert [line.split()[0] for line in found] == ["Bo"]


def test_a_role_is_changed_but_never_that_of_the_only_administrator(furnished: str) -> None:
    done = fireside("member", "role", "ann", "moderator", "--data", furnished)
    assert (done.returncode, done.stdout) == (0, "ann is moderator now.\n")
    refused = fireside("member", "role", "Ada", "member", "--data", furnished)
    assert refused.returncode == 1
    assert "This is the only administrator." in refused.stderr
    missing = fireside("member", "role", "Zoe", "admin", "--data", furnished)
    assert (missing.returncode, missing.stderr) == (1, "fireside: There is no member called Zoe.\n")


def test_an_account_is_closed_and_opened_again(furnished: str) -> None:
    assert "is closed" in fireside("member", "disable", "Ann", "--data", furnished).stdout
    (line,) = fireside("member", "list", "--search", "ann", "--data", furnished).stdout.splitlines()
    assert line.endswith("closed")
    refused = fireside("member", "disable", "Ada", "--data", furnished)
    assert (refused.returncode, "only administrator" in refused.stderr) == (1, True)
    assert fireside("member", "reset-link", "Ann", "--data", furnished).returncode == 1
    assert fireside("member", "enable", "Ann", "--data", furnished).stdout == "Ann can sign in again.\n"


def test_a_reset_link_is_printed_and_only_its_hash_is_kept(furnished: str) -> None:
    import hashlib

    address = {"PUBLIC_URL": "https://forum.example.org"}
    done = fireside("member", "reset-link", "Bo", "--data", furnished, **address)
    start, _, token = done.stdout.strip().rpartition("/")
    assert start == "https://forum.example.org/reset"
    with sqlite3.connect(f"{furnished}/fireside.db") as file:
        (row,) = file.execute("SELECT token_hash, purpose, expires_at - created_at FROM links").fetchall()
    file.close()
    assert row == (hashlib.sha256(token.encode()).digest(), "reset", 24 * 3600 * 1000)


def test_a_member_gets_another_name_and_is_found_by_both(furnished: str) -> None:
    done = fireside("member", "rename", "Bo", "Bela", "--data", furnished)
    assert (done.returncode, done.stdout) == (0, "Bo is called Bela now. A letter says so.\n")
    taken = fireside("member", "rename", "Ann", "bo", "--data", furnished)
    assert (taken.returncode, "taken" in taken.stderr) == (1, True)
    assert "is moderator now" in fireside("member", "role", "bo", "moderator", "--data", furnished).stdout
    (line,) = fireside("member", "list", "--search", "bela", "--data", furnished).stdout.splitlines()
    assert line.split()[:2] == ["Bela", "moderator"]


def test_two_step_sign_in_is_switched_off_for_who_lost_everything(furnished: str) -> None:
    refused = fireside("member", "second-factor-off", "Ann", "--data", furnished)
    assert refused.returncode == 1
    assert refused.stderr == "fireside: Two-step sign-in is off for this account already.\n"
    with sqlite3.connect(f"{furnished}/fireside.db") as file:
        file.execute(
            "INSERT INTO second_factors (member_id, secret, recovery_salt, created_at, confirmed_at)"
            " SELECT id, 'JBSWY3DPEHPK3PXP', x'00', 1, 1 FROM members WHERE username = 'Ann'"
        )
    file.close()
    done = fireside("member", "second-factor-off", "Ann", "--data", furnished)
    assert (done.returncode, done.stdout.startswith("Ann is signed out everywhere")) == (0, True)


def test_the_command_runs_as_a_module_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "--help"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "fireside" in done.stdout) == (0, True)
