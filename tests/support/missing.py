"""What to do when a machine lacks a server or a browser: say so, and fail where nothing may be missing."""

import os
from typing import NoReturn

import pytest

NEEDS = ("browser", "postgres", "valkey")  # markers of tests that need more than Python
OPTIONAL = "proxy"  # marker of tests that may be skipped anyway: they need a service of the machine
REQUIRE_ALL = os.environ.get("FIRESIDE_REQUIRE_ALL") == "1"


def missing(what: str, reason: object) -> NoReturn:
    """Skips the test, or fails it with FIRESIDE_REQUIRE_ALL=1."""
    if REQUIRE_ALL:
        pytest.fail(f"{what} is missing and FIRESIDE_REQUIRE_ALL=1: {reason}", pytrace=False)
    pytest.skip(f"{what} is missing: {reason}")


def refuse_skip(report: pytest.TestReport) -> None:
    """Turns a skip into a failure: for tests that carry one of NEEDS when nothing may be missing."""
    report.outcome = "failed"
    report.longrepr = f"skipped although FIRESIDE_REQUIRE_ALL=1: {report.longrepr}"
