"""Write the files of one delivery in the way in which a supplier sends them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from plie_warehouse.landing.landing_files import csv_bytes, workbook_bytes, write_bytes, zip_bytes

FRENCH_FILES = {
    "steps": "etapes", "exits": "sorties", "procurements": "marches", "beneficiaries": "beneficiaires",
    "work_contracts": "contrats de travail", "hours": "heures", "procurement_companies": "entreprises",
    "followups": "suivis",
}  # fmt: skip
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
FRENCH_DATE = re.compile(r"\d{2}/\d{2}/\d{4}")


@dataclass
class Table:
    """One file before it is written: header cells and rows of text, in the order of the columns ('': none of the
    contract's)."""

    name: str
    sheet: str
    columns: list[str]
    header: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Format:
    """How a supplier sends its files. ``container``: csv, zip or xlsx; ``spelling``: see ``headers.header``;
    ``french_names``: files named etapes.csv and sorties.csv."""

    container: str = "csv"
    separator: str = ";"
    encoding: str = "utf-8"
    spelling: int | None = 0
    line_end: str = "\r\n"
    french_names: bool = False


def write_delivery(folder: Path, tables: dict[str, Table], form: Format) -> list[Path]:
    """Write the files of one delivery and return them. A table without rows is a file with its header."""
    if form.container == "xlsx":
        sheets = {
            table.sheet: (table.header, [_typed(table.columns, row) for row in table.rows]) for table in tables.values()
        }
        return [write_bytes(folder / "livraison.xlsx", workbook_bytes(sheets))]
    files = {
        f"{FRENCH_FILES.get(name, name) if form.french_names else name}.csv": csv_bytes(
            table.header, table.rows, form.separator, form.encoding, form.line_end
        )
        for name, table in tables.items()
    }
    if form.container == "zip":
        return [write_bytes(folder / "livraison.zip", zip_bytes(files))]
    return [write_bytes(folder / name, content) for name, content in files.items()]


def _typed(columns: Sequence[str], row: Sequence[str]) -> list[object]:
    """Cells as a spreadsheet holds them: a date or a month that exists is a date, a number a number, the rest text."""
    return [_typed_cell(column, cell) for column, cell in zip(columns, row, strict=True)]


def _typed_cell(column: str, cell: str) -> object:
    for pattern, form in ((ISO_DATE, "%Y-%m-%d"), (FRENCH_DATE, "%d/%m/%Y")):
        if pattern.fullmatch(cell):
            try:
                return _day(cell, form)
            except ValueError:
                return cell
    if column == "month" and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", cell):
        return _day(f"{cell}-01", "%Y-%m-%d")
    if column.startswith("hours") and re.fullmatch(r"-?\d{1,9}[.,]\d{1,2}", cell):
        return float(cell.replace(",", "."))
    return int(cell) if re.fullmatch(r"0|[1-9]\d{0,8}", cell) else cell


def _day(cell: str, form: str) -> date:
    return datetime.strptime(cell, form).date()
