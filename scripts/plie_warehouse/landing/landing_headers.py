"""The header line of a supplier: canonical names, or one of the French headers that the contract accepts."""

from __future__ import annotations

from collections.abc import Sequence

from plie_warehouse.contract import Table, load_contract


def header_line(table: str, columns: Sequence[str], spelling: int | None) -> list[str]:
    """The header cells of a file of any kind. ``spelling``: None for the canonical names, else which of the French
    headers of each column, counted round. Raises ``StopIteration`` for a table or column not in the contract."""
    contract = contract_of(table)
    return [_header(column, contract.column(column).aliases, spelling) for column in columns]


def contract_of(name: str) -> Table:
    """The contract of a table of any kind. Raises ``StopIteration`` when there is none of that name."""
    return next(table for kind in load_contract().values() for table in kind.tables if table.name == name)


def _header(column: str, aliases: Sequence[str], spelling: int | None) -> str:
    return column if spelling is None or not aliases else aliases[spelling % len(aliases)]
