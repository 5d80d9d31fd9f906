"""Names: what may be one, and which two are the same to the eye."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.names import clean_name, name_key, name_problem


@pytest.mark.parametrize(
    "name",
    [
        "Ann", "bo", "Ann Lee", "J.R.R. Tolkien", "O'Brien", "Jean-Luc", "zoë_92", "7of9", "Łukasz",
        "Анна", "Ελένη",
        "中村 さくら", "김철수", "निशा", "Nguyễn", "Melo", "Marnie", "x" * 30, "  Ann   Lee  ", "Dr. Smith",
    ],
)  # fmt: skip
def test_names_people_have_are_fine(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "evil.com", "see evil.com now", "EVIL.Com", "a.co", "www.x", "www x", "a@b", "ann@evil",
        "http:", "http:x",
        "https://evil", "mailto:a", "evil.xn--p1ai", "evil.рф", "evil\u3002com", "javascript:x",
        "Ann evil.link",
    ],
)  # fmt: skip
def test_s13_no_name_can_be_a_link_or_an_address(name: str) -> None:
    assert name_problem(name) is not None


@pytest.mark.parametrize("char", ["\r", "\n", "\x00", "\x7f", "\x85", "\u202e", "\u2066", "\u200b",
    "\u200d", "\u2028",
                                  "\ufeff", "\u3164", "\u115f", "\ufe0f", "\ue000", "\ud800",
                                  "\U000e0041"])  # fmt: skip
def test_s13_no_name_carries_control_bidi_or_invisible_characters(char: str) -> None:
    assert name_problem("Ann Lee") is None
    assert "invisible" in (name_problem(f"Ann{char}Lee") or "")


@pytest.mark.parametrize("name", ["", " ", "a", "x" * 31, ".ann", "-ann", "_ann", "'ann", "ann<b>",
    "ann/lee", "ann🔥", "ａｎｎ", "ﬁona", "x\u0301\u0301\u0301"])  # fmt: skip
def test_other_characters_and_lengths_are_refused_with_a_sentence(name: str) -> None:
    assert (name_problem(name) or "").endswith(".")


@pytest.mark.parametrize("name", ["Аnn", "Annа", "pαul", "Ann Анна", "ann\u0585"])
def test_mixed_alphabets_are_refused(name: str) -> None:
    assert "alphabet" in (name_problem(name) or "")


@pytest.mark.parametrize("name", ["admin", "Admin", "ADM1N", "a.d.m.i.n", "àdmin", "Mod", "System_",
    "r00t", "Fires1de",
                                  "deleted", "Anonymous", "null", "admin 2", "Moderator99"])  # fmt: skip
def test_reserved_names_are_refused_however_they_are_dressed(name: str) -> None:
    assert "kept for the forum" in (name_problem(name) or "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "ann"), ("ann", "ａｎｎ"), ("Zoë", "zoe"), ("Bill", "BiII"), ("Bill", "B1ll"), ("bob",
        "b0b"), ("Paul", "Раul"),
        ("Anna", "ΑΝΝΑ"), ("Ann Lee", "ann_lee"), ("Łukasz", "lukasz"), ("Straße", "strasse"),
        ("Boris", "Воrіѕ"),
    ],
)  # fmt: skip
def test_names_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ann", "Anne"), ("Marnie", "Mamie"), ("か", "が"), ("कि", "की"), ("Anna2", "Anna3")]
)
def test_names_that_look_different_have_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text(max_size=40))
def test_a_name_without_a_problem_is_clean_and_has_a_stable_key(raw: str) -> None:
    name = clean_name(raw)
    assert clean_name(name) == name
    assert name_key(name) == name_key(name.upper().lower()) or not name.isascii()
    if name_problem(raw) is None:
        assert 2 <= len(name) <= 30
        assert name_problem(name) is None
        assert name_key(name)
        assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize("name", [
    "Moderatorin", "Gelöscht", "geloescht", "Der Vorstand", "The Admin Team", "Frau Moderatorin",
    "Forum-Support 2",
    "Modérateur", "Utilisateur", "Eliminado", "Beheerder", "Админ", "ПОДДЕРЖКА", "管理员", "5t4ff", "adrnin",
    "rnoderator", "M0D3RAT0R",
])  # fmt: skip
def test_nobody_poses_as_the_forum_in_any_language_or_dress(name: str) -> None:
    assert "kept for the forum" in (name_problem(name) or "")


@pytest.mark.parametrize("name", ["Marnie", "Stefan 34", "Anna Hilfe", "Vera", "Ernst Gastmann", "Rosa Rot"])
def test_names_that_only_have_such_a_word_in_them_are_peoples(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    "name", ["Patient Circle", "patientcircle", "PATIENT-CIRCLE 2", "Pаtient Circle Team"]
)
def test_the_boards_own_name_is_nobodys(name: str) -> None:
    assert name_problem(name, "Patient Circle") is not None
    assert name_problem("Ann", "Patient Circle") is None
    assert name_problem("Ann", "") is None
