"""`fireside bench` at a tiny size: everything is measured and said. How fast it was is not looked at."""

import subprocess
import sys
from pathlib import Path

import pytest

from server import cli

WITHIN = 180.0  # seconds, on a busy machine


@pytest.mark.slow
@pytest.mark.alone
def test_the_bench_command_prints_a_row_for_everything_it_measures_and_leaves_nothing(tmp_path: Path) -> None:
    fireside = Path(sys.executable).with_name("fireside")
    done = subprocess.run(
        [fireside, "bench", "--sockets", "20", "--seconds", "0.1"],
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
        env={"TMPDIR": str(tmp_path), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in done.stdout.splitlines()[3:]]
    assert [row[0] for row in rows] == [
        "processor time a delivery",
        "memory an idle reader",
        "post to receipt, p99",
        "processor time a delivery",
        "memory an idle reader",
        "post to receipt, p99",
        "receipts missing",
        "cached pages, 1 at once",
        "uncached pages, 1 at once",
        "cached pages, 32 at once",
        "uncached pages, 32 at once",
        "replies",
        "reply to answer, p99",
        "replies while they are read",
        "everybody back after a restart",
    ]
    assert {row[0]: row[2] for row in rows}["receipts missing"] == "0"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [["--sockets", "0"], ["--seconds", "soon"]])
def test_a_size_that_is_none_is_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["bench", *options])
    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err
