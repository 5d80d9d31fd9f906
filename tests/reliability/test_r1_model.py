"""R1: whatever people, the network and the server do, every page ends as a fresh load shows it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from server.views import filters, page_models, pages
from tests.reliability.r1_machine import Machine
from tests.reliability.r1_play import Play
from tests.reliability.r1_stories import STORIES, Story
from tests.reliability.r1_template import Template
from tests.reliability.r1_variants import Break

EXAMPLES = 100_000 if os.environ.get("FIRESIDE_LONG") else 2_000  # of up to STEPS steps
STEPS = 25
SMALL = {"POSTS_A_PAGE": 3, "TOPICS_A_PAGE": 3, "NEWEST_TOPICS": 2, "PROFILE_POSTS": 3}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Template]:
    file = tmp_path_factory.mktemp("r1") / "template.db"
    file.write_bytes(sqlite_template.read_bytes())
    found = Template(file)
    yield found
    found.loop.close()


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three things, so that their ends are met often."""
    for module in (page_models, pages, filters):
        for name, size in SMALL.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, size)


def explore(machine: type[Machine]) -> None:
    """Runs the machine; always the same way, unless it is told to go on for long."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=not os.environ.get("FIRESIDE_LONG"),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )


@pytest.mark.slow
@pytest.mark.usefixtures("small_pages")
def test_every_page_ends_as_a_fresh_one(template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Machine, "template", template, raising=False)
    explore(Machine)


@pytest.mark.parametrize(("variant", "story"), STORIES, ids=lambda one: one.__name__.replace("_", " "))
@pytest.mark.usefixtures("small_pages")
def test_a_broken_variant_is_caught(
    template: Template, monkeypatch: pytest.MonkeyPatch, variant: Break, story: Story
) -> None:
    tell(template, story)
    variant(monkeypatch)
    with pytest.raises(AssertionError):
        tell(template, story)


def tell(template: Template, story: Story) -> None:
    """Plays the story to three visitors of a topic."""
    play = Play(template)
    try:
        play.begin(0, 0, 0)
        play.deliver(0, 3)
        story(play)
    finally:
        play.end()
