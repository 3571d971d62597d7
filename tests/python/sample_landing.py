"""The embedded sample as twelve PLIE, eight clause structures and the network head would send it, in every accepted
format, four deliveries being bad.

What is bad for 2021, until the supplier corrects it:
  02-04     a required column of its exits has a header that nobody knows
  36-01     one parcours stands twice, with two contents under one key; the later row is wrong
  59-14     its workbook has a column of names
  CL-59-01  the months of its hours are written as in French, 03/2021
Its 2020 has two more: 02-04 and CL-33-01 deliver two contents under one key in the sample itself.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from plie_warehouse.contract import KINDS, load_kind
from plie_warehouse.landing.landing_delivery import Format, Table, write_delivery
from plie_warehouse.landing.landing_headers import header_line
from plie_warehouse.paths import PROJECT

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

CLAUSE_FORMATS = {
    "CL-13-01": Format(encoding="cp1252", spelling=1),
    "CL-33-01": Format(container="xlsx"),
    "CL-36-01": Format(container="zip", encoding="utf-8-sig"),
    "CL-59-01": Format(separator="\t"),
    "CL-59-02": Format(container="xlsx", spelling=1),
    "CL-62-90": Format(spelling=None, line_end="\n"),
    "CL-69-01": Format(separator=",", french_names=True),
    "CL-75-99": Format(container="zip", encoding="cp1252", french_names=True),
}
NETWORK_FORMAT = Format(encoding="cp1252")


def hide_a_column(tables: dict[str, Table]) -> None:
    """The reason of the exits stands under a header that is not in the contract."""
    exits = tables["exits"]
    exits.header[exits.columns.index("exit_reason")] = "Issue"


def contradict_a_row(tables: dict[str, Table]) -> None:
    """The first parcours once more, last, with another year of birth: two contents under one key."""
    participants = tables["participants"]
    again = list(participants.rows[0])
    column = participants.columns.index("birth_year")
    again[column] = str(int(again[column]) - 30)
    participants.rows.append(again)


def name_the_persons(tables: dict[str, Table]) -> None:
    """A column of names, as in the export meant for the PLIE itself."""
    participants = tables["participants"]
    participants.header.insert(3, "Nom")
    participants.columns.insert(3, "")
    for number, row in enumerate(participants.rows):
        row.insert(3, f"{('MARTIN', 'BERNARD', 'PETIT', 'DURAND')[number % 4]} {('Léa', 'Hugo', 'Zoé')[number % 3]}")


def turn_months(tables: dict[str, Table]) -> None:
    """The months of the hours as people write them: 03/2021."""
    hours = tables["hours"]
    column = hours.columns.index("month")
    for row in hours.rows:
        row[column] = re.sub(r"^(\d{4})-(\d{2})$", r"\2/\1", row[column])


DAMAGES: dict[str, Callable[[dict[str, Table]], None]] = {
    "02-04": hide_a_column,
    "36-01": contradict_a_row,
    "59-14": name_the_persons,
    "CL-59-01": turn_months,
}


def sample_rows(kind: str) -> dict[str, list[dict[str, str]]]:
    """The rows of the embedded sample as delivered: table -> rows of text. A table without a row is left out: the head
    of the network does not deliver it."""
    tables = {}
    for table in load_kind(kind).tables:
        path = PROJECT / "seeds" / "raw" / kind / f"{table.name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            if rows := list(csv.DictReader(file)):
                tables[table.name] = rows
    return tables


def write_sample(output: Path, years: Sequence[int]) -> list[Path]:
    """Write the deliveries of ``years`` under ``output`` and return the files.

    A row whose year is not one of a delivery (the sample has two), or whose key is not complete, is left out: the
    warehouse excludes it, and the intake would refuse the delivery for it. So it would for a year of birth of five
    digits, which may be the day number of a spreadsheet: it gets a sixth, and stays a year that nobody can read.
    """
    rows = {kind: sample_rows(kind) for kind in KINDS}
    written = []
    for year in years:
        for kind, forms in (("plie", FORMATS), ("clause", CLAUSE_FORMATS)):
            for supplier, form in forms.items():
                tables = tables_of(kind, rows[kind], year, supplier, form)
                if not any(table.rows for table in tables.values()):
                    continue
                if year == 2021 and supplier in DAMAGES:
                    DAMAGES[supplier](tables)
                written += write_delivery(output / kind / supplier / str(year), tables, form)
        for kind in ("network", "survey"):
            tables = tables_of(kind, rows[kind], year, "", NETWORK_FORMAT)
            written += write_delivery(output / kind / str(year), tables, NETWORK_FORMAT)
    return written


def tables_of(
    kind: str, rows: Mapping[str, Sequence[Mapping[str, str]]], year: int, supplier: str, form: Format
) -> dict[str, Table]:
    """The tables of one delivery, of those that ``rows`` has. A register names no year: it is that of every year."""
    tables = {}
    for contract in load_kind(kind).tables:
        if contract.name not in rows:
            continue
        names_its_year = "reporting_year" in contract.names and not contract.is_of_other_years
        mine = {"reporting_year": str(year)} if names_its_year else {}
        if contract.supplier_column:
            mine[contract.supplier_column] = supplier
        own = [
            [f"{cells[name]}0" if _is_day_number(name, cells[name]) else cells[name] for name in contract.names]
            for cells in rows[contract.name]
            if all(cells[name].strip() == value for name, value in mine.items())
            and all(cells[name].strip() for name in contract.key)
        ]
        header = header_line(contract.name, contract.names, form.spelling)
        tables[contract.name] = Table(contract.name, contract.sheet, contract.names, header, own)
    return tables


def _is_day_number(column: str, cell: str) -> bool:
    return column == "birth_year" and bool(re.fullmatch(r"\d{5}", cell.strip()))
