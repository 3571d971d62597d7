"""The embedded sample as twelve suppliers would send it: every accepted format, and three deliveries that are bad.

What is bad, for 2021, and mended by the supplier alone:
  02-04  a required column of its exits has a header that nobody knows
  36-01  one parcours stands twice, with two contents under one key; the later row is wrong
  59-14  its workbook has a column of names
Its 2020 has one more: 02-04 delivers two contents under one key in the sample itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from plie_warehouse.landing.files import csv_bytes, workbook_bytes, write_bytes, zip_bytes
from plie_warehouse.landing.headers import header_line
from plie_warehouse.sample.build import build_sample
from plie_warehouse.sample.spellings import COLUMNS

SHEETS = {"participants": "Participants", "steps": "Étapes", "exits": "Sorties"}
FRENCH_FILES = {"participants": "participants", "steps": "etapes", "exits": "sorties"}
KEYS = {
    "participants": ("participant_id", "parcours_no"),
    "steps": ("step_id",),
    "exits": ("participant_id", "parcours_no"),
}
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
FRENCH_DATE = re.compile(r"\d{2}/\d{2}/\d{4}")


@dataclass
class Table:
    """One file before it is written: header cells and rows of text, in the order of the columns."""

    name: str
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


FORMATS = {
    "02-02": Format(separator="\t", encoding="cp1252"),
    "02-04": Format(encoding="cp1252"),
    "13-05": Format(container="xlsx"),
    "33-01": Format(separator=",", spelling=None, line_end="\n"),
    "36-01": Format(spelling=1),
    "59-09": Format(encoding="cp1252"),
    "59-14": Format(container="xlsx", spelling=1),
    "62-03": Format(encoding="utf-8-sig"),
    "64-04": Format(encoding="cp1252", spelling=1, line_end="\n", french_names=True),
    "77-01": Format(container="zip", separator=",", encoding="utf-8-sig"),
    "93-02": Format(container="zip", encoding="cp1252"),
    "974-01": Format(separator="\t", spelling=None),
}


def hide_a_column(tables: dict[str, Table]) -> None:
    """The reason of the exits stands under a header that is not in the contract."""
    exits = tables["exits"]
    exits.header[COLUMNS["exits"].index("exit_reason")] = "Issue"


def contradict_a_row(tables: dict[str, Table]) -> None:
    """The first parcours once more, last, with another year of birth: two contents under one key."""
    rows = tables["participants"].rows
    again = list(rows[0])
    column = COLUMNS["participants"].index("birth_year")
    again[column] = str(int(again[column]) - 30)
    rows.append(again)


def name_the_persons(tables: dict[str, Table]) -> None:
    """A column of names, as in the export meant for the PLIE itself."""
    participants = tables["participants"]
    participants.header.insert(3, "Nom")
    for number, row in enumerate(participants.rows):
        row.insert(3, f"{('MARTIN', 'BERNARD', 'PETIT', 'DURAND')[number % 4]} {('Léa', 'Hugo', 'Zoé')[number % 3]}")


DAMAGES: dict[str, Callable[[dict[str, Table]], None]] = {
    "02-04": hide_a_column,
    "36-01": contradict_a_row,
    "59-14": name_the_persons,
}


def write_sample(output: Path, years: Sequence[int], seed: int) -> list[Path]:
    """Write the deliveries of ``years`` under ``output`` and return the files.

    A row whose year is not one of a delivery (the sample has two), or whose key is not complete, is left out: the
    warehouse excludes it, and the intake would refuse the delivery for it. So it would for a year of birth of five
    digits, which may be the day number of a spreadsheet: it gets a sixth, and stays a year that nobody can read.
    """
    rows = build_sample(seed)
    written = []
    for year in years:
        for supplier, form in FORMATS.items():
            tables = {}
            for name, columns in COLUMNS.items():
                own = [
                    [
                        f"{cells[column]}0" if _is_day_number(column, cells[column]) else cells[column]
                        for column in columns
                    ]
                    for cells in rows[name]
                    if (cells["reporting_year"].strip(), cells["plie_code"].strip()) == (str(year), supplier)
                    and all(cells[column].strip() for column in KEYS[name])
                ]
                tables[name] = Table(name, header_line(name, columns, form.spelling), own)
            if not any(table.rows for table in tables.values()):
                continue
            if year == 2021 and supplier in DAMAGES:
                DAMAGES[supplier](tables)
            written += write_delivery(output / "plie" / supplier / str(year), tables, form)
    return written


def _is_day_number(column: str, cell: str) -> bool:
    return column == "birth_year" and bool(re.fullmatch(r"\d{5}", cell.strip()))


def write_delivery(folder: Path, tables: dict[str, Table], form: Format) -> list[Path]:
    """Write the files of one delivery and return them. A table without rows is a file with its header."""
    if form.container == "xlsx":
        sheets = {SHEETS[name]: (table.header, [_typed(row) for row in table.rows]) for name, table in tables.items()}
        return [write_bytes(folder / "livraison.xlsx", workbook_bytes(sheets))]
    files = {
        f"{FRENCH_FILES[name] if form.french_names else name}.csv": csv_bytes(
            table.header, table.rows, form.separator, form.encoding, form.line_end
        )
        for name, table in tables.items()
    }
    if form.container == "zip":
        return [write_bytes(folder / "livraison.zip", zip_bytes(files))]
    return [write_bytes(folder / name, content) for name, content in files.items()]


def _typed(row: Sequence[str]) -> list[object]:
    """Cells as a spreadsheet holds them: a date that exists is a date, a whole number a number, the rest is text."""
    return [_typed_cell(cell) for cell in row]


def _typed_cell(cell: str) -> object:
    for pattern, form in ((ISO_DATE, "%Y-%m-%d"), (FRENCH_DATE, "%d/%m/%Y")):
        if pattern.fullmatch(cell):
            try:
                return _day(cell, form)
            except ValueError:
                return cell
    return int(cell) if re.fullmatch(r"0|[1-9]\d{0,8}", cell) else cell


def _day(cell: str, form: str) -> date:
    return datetime.strptime(cell, form).date()
