"""Coordinates of a seat: both or none, and in France, overseas included (seed ``coordinate_boxes``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plie_warehouse.contract import PATTERNS, read_seed
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.read import Reading

LATITUDE, LONGITUDE = "latitude", "longitude"


def coordinates_elsewhere(reading: Reading) -> Iterator[Finding]:
    """Findings STR-26, one per row. A cell that is no number is another check's."""
    for rows in reading.tables.values():
        if not {LATITUDE, LONGITUDE} <= set(rows.table.names):
            continue
        for line, *cells in zip(rows.lines, rows.columns[LATITUDE], rows.columns[LONGITUDE], strict=True):
            latitude, longitude = (cell.strip() for cell in cells)
            if (latitude or longitude) and not in_france(latitude, longitude):
                value = f"{latitude or '?'} / {longitude or '?'}"
                yield Finding("STR-26", rows.file, line, LATITUDE, value, table=rows.table.name)


def in_france(latitude: str, longitude: str) -> bool:
    """Whether two delivered cells are a point of France, the edges of its boxes included."""
    if not all(re.match(PATTERNS["decimal"], cell) for cell in (latitude, longitude)):
        return False
    north, east = (float(cell.replace(",", ".")) for cell in (latitude, longitude))
    return any(
        float(box["latitude_min"]) <= north <= float(box["latitude_max"])
        and float(box["longitude_min"]) <= east <= float(box["longitude_max"])
        for box in read_seed("coordinate_boxes")
    )
