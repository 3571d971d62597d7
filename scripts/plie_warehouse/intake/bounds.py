"""What one delivery can hold at most: numbers of a cell, sums of a column, rows. The bounds are parameters: beyond them
a delivery is wrong by its unit or by its extent, and its sums would not fit the warehouse, which names no supplier."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from plie_warehouse.contract import PATTERNS, parameter
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.read import Reading, TableRows

# Column -> parameter of the largest number of a cell, and of the largest sum of a delivery ('' for none).
_NUMBERS = {
    "hours": ("intake_max_hours_of_month", "intake_max_hours_of_delivery"),
    "hours_committed": ("intake_max_hours_of_lot", "intake_max_hours_of_delivery"),
    "amount_eur": ("intake_max_amount", "intake_max_amount_of_delivery"),
    "headcount": ("intake_max_headcount", ""),
    "fte": ("intake_max_headcount", ""),
    "partner_companies": ("intake_max_companies", ""),
}
_READS = {name: re.compile(pattern).match for name, pattern in PATTERNS.items()}

# Tables with one row per person.
_PERSONS = ("participants", "beneficiaries")


def beyond_bounds(reading: Reading) -> Iterator[Finding]:
    """Findings STR-22 (numbers) and STR-23 (rows): at most two per column, one per table."""
    year = reading.delivery.year
    for rows in reading.tables.values():
        name = rows.table.name
        for column in rows.table.columns:
            if column.name in _NUMBERS:
                yield from _numbers(rows, column.name, column.header, column.type, year)
        most = parameter("intake_max_persons", year)
        if name in _PERSONS and len(rows.lines) > most:
            detail = f"« {rows.table.sheet} » : {_said(len(rows.lines))} lignes, au plus {_said(most)}."
            yield Finding("STR-23", rows.file, detail=detail, table=name)


def _numbers(rows: TableRows, name: str, header: str, type_: str, year: int) -> Iterator[Finding]:
    of_cell, of_sum = _NUMBERS[name]
    counts = Counter(rows.columns[name])
    reads = _READS[type_]
    # What is not read as a number is said by another check.
    bare = {cell: text for cell in counts if reads(text := cell.strip())}
    numbers = {cell: abs(float(text.replace(",", "."))) for cell, text in bare.items()}
    most = parameter(of_cell, year)
    beyond = {cell for cell, number in numbers.items() if number > most}
    if beyond:
        line, value = next(
            (line, cell) for line, cell in zip(rows.lines, rows.columns[name], strict=True) if cell in beyond
        )
        count = sum(counts[cell] for cell in beyond)
        detail = f"« {header} » : {count} ligne{'s' if count > 1 else ''} au-dessus de {_said(most)}."
        yield Finding("STR-22", rows.file, line, name, value, detail, table=rows.table.name)
    total = sum(number * counts[cell] for cell, number in numbers.items())
    if of_sum and not beyond and total > parameter(of_sum, year):
        detail = f"« {header} » : {_said(total)} au total de la livraison, au plus {_said(parameter(of_sum, year))}."
        yield Finding("STR-22", rows.file, None, name, "", detail, table=rows.table.name)


def _said(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ")
