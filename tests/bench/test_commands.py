"""The pages of benchmarks and of proofs name commands that are there."""

import re
from importlib.util import find_spec

import pytest

from tests.support.rules import ROOT


@pytest.mark.parametrize("page", ["tests/bench/README.md", "tests/reliability/README.md"])
def test_each_command_that_the_page_names_is_there(page: str) -> None:
    named = set(re.findall(r"python -m (tests\.[\w.]+)", (ROOT / page).read_text()))
    assert len(named) > 5
    assert [name for name in sorted(named) if find_spec(name) is None] == []
