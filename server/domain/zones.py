"""Time zones that can be chosen: those places of the IANA database that this machine knows.

They are read once, when this module is imported, from the machine's own files by `zoneinfo`, or from the
package `tzdata`. Where there is neither, nothing but UTC can be chosen. Abbreviations and old names without a
region (`CET`, `Navajo`) are left out.
"""

import zoneinfo
from dataclasses import dataclass

UTC = "UTC"
_REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia",
    "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone by its IANA name, and what people call it: `America/New_York` is `New York`."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the world, and its zones by their names."""

    label: str
    zones: tuple[Zone, ...]


def is_zone(name: str) -> bool:
    """Whether it can be chosen."""
    return name in _NAMES


def _regions() -> tuple[Region, ...]:
    found: dict[str, list[Zone]] = {region: [] for region in _REGIONS}
    for name in sorted(zoneinfo.available_timezones()):
        region, _, place = name.partition("/")
        if place and region in found:
            found[region].append(Zone(name, place.replace("_", " ").replace("/", ", ")))
    known = [Region(region, tuple(zones)) for region, zones in found.items() if zones]
    return (*known, Region("Anywhere", (Zone(UTC, "UTC, the time that all others are counted from"),)))


REGIONS = _regions()
"""All there is to choose from."""

_NAMES = frozenset(zone.name for region in REGIONS for zone in region.zones)
