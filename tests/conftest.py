"""Fixtures for all tests come from tests/support; here is only what pytest itself has to be told."""

from collections.abc import Generator

import hypothesis
import pytest

from tests.support import missing

pytest_plugins = (
    "tests.support.alone",
    "tests.support.order",
    "tests.support.plain_http",
    "tests.support.chromium",
    "tests.support.databases",
    "tests.support.valkey",
    "tests.support.mail_server",
    "tests.support.letter_scene",
    "tests.support.whole_board",
    "tests.support.people_in_browsers",
)

# A shared machine may stall for longer than Hypothesis's 200 ms: a slow example is not a failure.
hypothesis.settings.register_profile("fireside", deadline=None, print_blob=True)
hypothesis.settings.load_profile("fireside")

MARKER_OF_FIXTURE = {
    "browser": "browser",
    "postgresql_server": "postgres",
    "valkey_server": "valkey",
    "own_valkey": "valkey",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKER_OF_FIXTURE:
                item.add_marker(MARKER_OF_FIXTURE[fixture])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    needs_more = any(item.get_closest_marker(name) for name in missing.NEEDS)
    needs_more = needs_more and not item.get_closest_marker(missing.OPTIONAL)
    if missing.REQUIRE_ALL and needs_more and report.skipped and not hasattr(report, "wasxfail"):
        missing.refuse_skip(report)
    return report
