"""Every act that is written down has words, so that the log can say it."""

from pathlib import Path

import pytest

from server.domain.acts import ACTS, Act, Family, act_called, names_of
from tests.support.noted_acts import noted_in
from tests.support.rules import ROOT

GOOD = """
async def lock(locked):
    await moderate("lock" if locked else "unlock")
async def moderate(act_name):
    await audit.note(writer, 1, act_name, "topic", 2)
    done = "sign_in"
    await audit.note(writer, 1, done, "member", 2)
"""


def test_names_are_found_wherever_they_come_from(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(GOOD)
    assert {name for _, name in noted_in(code)} == {"lock", "unlock", "sign_in"}
    code.write_text('async def f(acts):\n    await audit.note(writer, 1, acts["lock"], "topic", 2)\n')
    assert [name for _, name in noted_in(code)] == [None]


def test_every_act_that_is_written_down_has_words() -> None:
    """Who adds an act adds its line to `server/domain/acts.py`, and gives its name to `note` as it is."""
    files = sorted((ROOT / "server").rglob("*.py"))
    noted = [(path, line, name) for path in files for line, name in noted_in(path)]
    assert len(noted) > 50
    unknown = [f"{path}:{line}: {name}" for path, line, name in noted if name not in ACTS]
    assert unknown == []


def test_every_act_that_has_words_is_written_down_somewhere() -> None:
    noted = {name for path in (ROOT / "server").rglob("*.py") for _, name in noted_in(path)}
    assert ACTS.keys() - noted == set()


@pytest.mark.parametrize("act", ACTS.values(), ids=lambda act: act.name)
def test_an_act_is_a_sentence_and_its_opposite_is_known(act: Act) -> None:
    assert act.title[0].isupper()
    assert act.sentence[0].islower()
    assert act.sentence.count("{}") <= 1
    assert not act.undo or act.undo in ACTS


def test_what_another_version_wrote_down_is_worded_too_and_is_not_for_moderators() -> None:
    strange = act_called("teleport_member")
    assert (strange.title, strange.sentence) == ("Teleport member", "teleport member: {}")
    assert strange.family is Family.ACCOUNTS
    assert "sign_in" in names_of([Family.ACCOUNTS])
    assert "sign_in" not in names_of([Family.MODERATION, Family.BOARD])
