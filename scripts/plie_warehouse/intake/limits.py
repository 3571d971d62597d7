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
        return int(parameter(name, year))

    return Limits(
        file_bytes=of("intake_max_file_megabytes") * MEGABYTE,
        delivery_bytes=of("intake_max_delivery_megabytes") * MEGABYTE,
        line_bytes=of("intake_max_line_kilobytes") << 10,
        unpacked_bytes=of("intake_max_unpacked_megabytes") * MEGABYTE,
        ratio=of("intake_max_unpacked_ratio"),
        ratio_from=of("intake_unpacked_ratio_from_megabytes") * MEGABYTE,
        files=of("intake_max_files"),
        sheets=of("intake_max_sheets"),
        rows=of("intake_max_rows"),
        columns=of("intake_max_columns"),
        seconds=of("intake_max_seconds"),
        memory_bytes=of("intake_max_memory_megabytes") * MEGABYTE,
    )
