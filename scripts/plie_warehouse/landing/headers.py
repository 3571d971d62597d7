"""The header line of a supplier: canonical names, or one of the French headers that the contract accepts."""

from __future__ import annotations

from collections.abc import Sequence

from plie_warehouse.contract import load_kind


def header_line(table: str, columns: Sequence[str], spelling: int | None) -> list[str]:
    """The header cells of a PLIE's file. ``spelling``: None for the canonical names, else which of the French headers
    of each column, counted round. Raises ``StopIteration`` for a column that is not in the contract."""
    contract = load_kind("plie").table(table)
    return [_header(column, contract.column(column).aliases, spelling) for column in columns]


def _header(column: str, aliases: Sequence[str], spelling: int | None) -> str:
    return column if spelling is None or not aliases else aliases[spelling % len(aliases)]
