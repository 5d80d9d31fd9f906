"""What may be chosen, and what comes back when it is not on offer."""

import zoneinfo

import pytest

from server.domain.errors import Invalid
from server.domain.preferences import Hours, Preferences, TextSize, Theme, preferences_from
from server.domain.viewer import GUEST, Role, Viewer
from server.domain.zones import REGIONS, is_zone

CHOSEN = {"theme": "dark", "text_size": "large", "zone": "Europe/Berlin", "hours": "12"}


def test_what_is_on_offer_is_taken() -> None:
    chosen = preferences_from(**CHOSEN, calm=True)
    assert chosen == Preferences(Theme.DARK, TextSize.LARGE, "Europe/Berlin", Hours.TWELVE, calm=True)
    by_device = preferences_from(
        theme="device", text_size="normal", zone="device", hours="device", calm=False
    )
    assert by_device == Preferences()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("theme", ""),
        ("theme", "sepia"),
        ("text_size", "150%"),
        ("zone", ""),
        ("zone", "Europe"),
        ("zone", "europe/berlin"),
        ("zone", "Europe/Entenhausen"),
        ("zone", "../../etc/passwd"),
        ("zone", "/usr/share/zoneinfo/Europe/Berlin"),
        ("zone", "localtime"),
        ("zone", "Europe/Berlin\n"),
        ("hours", "13"),
    ],
)
def test_what_is_not_comes_back_with_a_sentence_beside_its_field(field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        preferences_from(**(CHOSEN | {field: value}), calm=False)
    assert set(refused.value.fields) == {field}
    assert refused.value.fields[field].startswith("Please choose")


def test_every_zone_on_offer_is_one_and_has_a_name_that_people_know() -> None:
    offered = {zone.name: zone.label for region in REGIONS for zone in region.zones}
    assert len(offered) > 300
    assert offered["America/New_York"] == "New York"
    assert offered["America/Argentina/Buenos_Aires"] == "Argentina, Buenos Aires"
    assert all(is_zone(name) and zoneinfo.ZoneInfo(name) for name in offered)
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata"} <= offered.keys()
    assert not {"CET", "Factory", "localtime"} & offered.keys()


def test_how_somebody_reads_is_no_part_of_who_it_is() -> None:
    ann = Viewer(7, "Ann", Role.MEMBER)
    assert ann == Viewer(7, "Ann", Role.MEMBER, preferences=Preferences(Theme.DARK))
    assert GUEST.preferences == Preferences()
