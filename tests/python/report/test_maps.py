"""Where the maps put a place."""

from __future__ import annotations

import itertools
import math
import re
from decimal import Decimal

import pytest

from plie_warehouse.report import maps
from plie_warehouse.report.published import Seat
from plie_warehouse.simulator.targets import load_targets


def is_inside(department: str, point: tuple[float, float]) -> bool:
    """Whether a line to the right of the point crosses the outline an odd number of times."""
    x, y = point
    crossed = 0
    for ring in maps.outlines()[0][department].rings:
        for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
            crossed += (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
    return crossed % 2 == 1


# Towns all around, a few kilometres from sea and borders of departments.
TOWNS = {
    "Lille": ("59", 50.633, 3.058), "Dunkerque": ("59", 51.0, 2.40), "Strasbourg": ("67", 48.573, 7.72),
    "Belfort": ("90", 47.64, 6.86), "Marseille": ("13", 43.296, 5.42), "Perpignan": ("66", 42.69, 2.89),
    "Bayonne": ("64", 43.47, -1.45), "Brest": ("29", 48.40, -4.45), "Cherbourg": ("50", 49.60, -1.62),
    "Paris": ("75", 48.857, 2.352), "Nanterre": ("92", 48.89, 2.20), "Bastia": ("2B", 42.65, 9.40),
    "Ajaccio": ("2A", 41.95, 8.80),
}  # fmt: skip


@pytest.mark.parametrize("town", TOWNS)
def test_a_town_is_drawn_in_its_department(town: str) -> None:
    department, latitude, longitude = TOWNS[town]
    assert is_inside(department, maps.projected(latitude, longitude))
    assert not is_inside(department, maps.projected(latitude + 3, longitude))


def test_a_simulated_seat_is_in_its_department() -> None:
    """The middle of the box of each department of the mainland and Corsica."""
    places = load_targets("network")["places"]
    assert places.keys() == maps.outlines()[0].keys()
    for department, box in places.items():
        if not department.startswith("97"):
            middle = [sum(box[name]) / 2 for name in ("latitude", "longitude")]
            assert is_inside(department, maps.projected(*middle)), department


def test_circles_leave_each_other() -> None:
    """Two in one place, and one beside them: none hides another's number; one that is alone stays where it is."""
    middles, radii = [(50.0, 50.0), (50.0, 50.0), (55.0, 52.0), (200.0, 80.0)], [10.5, 10.5, 8.2, 10.5]
    moved = maps._apart(middles, radii)
    for (one, r1), (other, r2) in itertools.combinations(zip(moved, radii, strict=True), 2):
        assert math.dist(one, other) > r1 + r2 + 1, (one, other)
    assert moved[3] == middles[3]
    assert all(math.dist(old, new) < 25 for old, new in zip(middles, moved, strict=True))


def seat(name: str, department: str, region: str, *at: float, took_part: bool = True) -> Seat:
    latitude, longitude = map(lambda one: Decimal(str(one)), at) if at else (None, None)
    return Seat(name, department, region, region, latitude, longitude, took_part)


def test_seats_are_points_and_departments_squares() -> None:
    """One without coordinates, or overseas, is a square; two squares of a department stand side by side; a seat of
    Île-de-France is drawn twice; one that did not take part is empty."""
    elsewhere = maps.seats([seat("Ailleurs", "75", "11", 43.3, 5.4)])
    assert elsewhere.count(">Ailleurs<") == 1, "not in the enlargement of a region where it is not"
    drawn = maps.seats([
        seat("Lille <1>", "59", "32", 50.633, 3.058), seat("Sans siège", "59", "32"), seat("Autre", "59", "32"),
        seat("Outre-mer", "974", "04", -21.1, 55.5), seat("Paris", "75", "11", 48.857, 2.352, took_part=False),
    ])  # fmt: skip
    legend = drawn[drawn.index('<g transform="translate(8') :]
    marks = [*re.findall(r"<(circle|rect) [^>]*fill=\"([^\"]+)\"[^>]*><title[^>]*>([^<]+)</title>", drawn)]
    assert sorted(marks) == sorted([
        ("circle", maps.DOT, "Lille &lt;1&gt;"), ("circle", "#ffffff", "Paris"), ("circle", "#ffffff", "Paris"),
        ("rect", maps.DOT, "Sans siège"), ("rect", maps.DOT, "Autre"), ("rect", maps.DOT, "Outre-mer"),
    ])  # fmt: skip
    lefts = re.findall(r'<rect x="([\d.]+)"[^>]*><title[^>]*>(?:Sans siège|Autre)', drawn)
    assert len({*lefts}) == 2
    for text in ("a participé", "n’a pas participé", "à son département"):
        assert text in legend
