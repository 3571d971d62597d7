"""Coordinates of a seat as the intake reads them: in France or a finding (STR-26)."""

from __future__ import annotations

import pytest

from plie_warehouse.contract import read_seed
from plie_warehouse.intake.coordinates import in_france

SEATS = {
    "metropole": ("50,6292", "3.0573"),
    "guadeloupe": ("16.2411", "-61,5331"),
    "martinique": ("14.6104", "-61.0800"),
    "guyane": ("4.9372", "-52.3260"),
    "reunion": ("-20.8789", "55.4481"),
    "mayotte": ("-12.7806", "45.2278"),
    "saint_pierre": ("46.7811", "-56.1764"),
    "saint_martin": ("18.0708", "-63.0822"),
    "nouvelle_caledonie": ("-22.2758", "166.4580"),
    "polynesie": ("-17.5516", "-149.5585"),
    "wallis": ("-13.2825", "-176.1736"),
}


def test_every_part_of_france_has_a_seat() -> None:
    assert {box["area"] for box in read_seed("coordinate_boxes")} == SEATS.keys()


@pytest.mark.parametrize("seat", SEATS.values(), ids=SEATS)
def test_a_seat_in_france(seat: tuple[str, str]) -> None:
    assert in_france(*seat)


@pytest.mark.parametrize(
    "seat",
    [
        ("3.0573", "50.6292"),
        ("52.5200", "13.4050"),
        ("45,5017", "-73,5673"),
        ("50.6292", ""),
        ("", "3.0573"),
        ("5e1", "3"),
    ],
    ids=["swapped", "Berlin", "Montreal", "one alone", "the other alone", "no number"],
)
def test_a_seat_elsewhere(seat: tuple[str, str]) -> None:
    assert not in_france(*seat)
