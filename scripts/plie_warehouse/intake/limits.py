"""What one delivery may cost to read: bytes, rows, seconds, memory (seeds/reference/parameters.csv)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from plie_warehouse.contract import parameter

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """``file_bytes``, ``delivery_bytes``: as they lie there; ``unpacked_bytes``, ``ratio``: of all archives and
    workbooks of a delivery, unpacked; ``ratio_from``: unpacked bytes from which the ratio matters."""

    file_bytes: int
    delivery_bytes: int
    line_bytes: int
    unpacked_bytes: int
    ratio: int
    ratio_from: int
    files: int
    sheets: int
    rows: int
    columns: int
    seconds: int
    memory_bytes: int


@cache
def limits(year: int) -> Limits:
    """The limits for a delivery of a year. Raises ``KeyError`` when a parameter has no value then."""

    def of(name: str) -> int:
        return int(parameter(f"intake_max_{name}", year))

    return Limits(
        file_bytes=of("file_megabytes") * MEGABYTE,
        delivery_bytes=of("delivery_megabytes") * MEGABYTE,
        line_bytes=of("line_kilobytes") << 10,
        unpacked_bytes=of("unpacked_megabytes") * MEGABYTE,
        ratio=of("unpacked_ratio"),
        ratio_from=int(parameter("intake_unpacked_ratio_from_megabytes", year)) * MEGABYTE,
        files=of("files"),
        sheets=of("sheets"),
        rows=of("rows"),
        columns=of("columns"),
        seconds=of("seconds"),
        memory_bytes=of("memory_megabytes") * MEGABYTE,
    )
