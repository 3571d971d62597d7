"""The files of a delivery as real suppliers write them: every separator, encoding, header, date and code in a mix."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from plie_warehouse.landing.files import write_bytes, zip_bytes
from plie_warehouse.landing.headers import contract_of, header_line
from plie_warehouse.landing.sample import Format, Table, write_delivery
from plie_warehouse.sample.spellings import FORMER_LEVELS

EPOCH = datetime.date(1960, 1, 1)  # days are counted from here; 0 stands for no date
LAST_DAY = 2040

BOOLEANS = (("oui", "non"), ("OUI", "NON"), ("1", "0"), ("Vrai", "Faux"), ("o", "n"), ("true", "false"))
SEPARATORS = (";", ";", ",", "\t")
ENCODINGS = ("cp1252", "utf-8", "utf-8-sig", "cp1252", "utf-8")
WORKBOOK_ROWS = 900  # a supplier with more rows than that does not work with a spreadsheet

YES_NO = {"oui": 1, "non": 0, "inconnu": -1, "": -1}


@dataclass(frozen=True)
class Style:
    """How one supplier writes; drawn from its place in the list, so that all the formats are mixed."""

    separator: str
    encoding: str
    spelling: int | None
    french_dates: bool
    booleans: tuple[str, str]
    former_levels: bool
    upper_codes: bool
    zipped: bool
    workbook: bool

    @classmethod
    def of(cls, place: int) -> Style:
        return cls(
            separator=SEPARATORS[place % 4],
            encoding=ENCODINGS[place % 5],
            spelling=None if place % 7 == 0 else place % 3,
            french_dates=place % 3 != 0,
            booleans=BOOLEANS[place % 6],
            former_levels=place % 4 == 1,
            upper_codes=place % 5 == 2,
            zipped=place % 16 == 15,
            workbook=place % 11 == 6,
        )

    @property
    def decimal_point(self) -> str:
        return "," if self.french_dates else "."


def write_supplier(folder: Path, tables: Mapping[str, pd.DataFrame], style: Style) -> list[Path]:
    """Write the tables of one delivery as its style has it; returns the files.

    In a table dates are days since ``EPOCH`` (0: none), yes and no are 1 and 0 (-1: unknown), hours, FTE and amounts are
    hundredths (-1: none), the rest is text.
    """
    cells = {name: cells_of(name, frame, style) for name, frame in tables.items()}
    if style.workbook and sum(len(frame) for frame in cells.values()) <= WORKBOOK_ROWS:
        return write_delivery(folder, {name: _sheet(name, frame, style) for name, frame in cells.items()}, Format("xlsx"))
    files = {f"{name}.csv": _csv(name, frame, style) for name, frame in cells.items()}
    if style.zipped:
        return [write_bytes(folder / "livraison.zip", zip_bytes(files, level=1))]
    return [write_bytes(folder / name, content) for name, content in files.items()]


def cells_of(table: str, frame: pd.DataFrame, style: Style) -> pd.DataFrame:
    """The rows as text; the type of a column tells how its values are drawn."""
    columns = contract_of(table).columns
    cells = frame[[column.name for column in columns]].copy()
    for column in columns:
        name = column.name
        if column.type == "date":
            cells[name] = day_texts(style.french_dates)[cells[name].to_numpy()]
        elif column.type == "boolean":
            yes, no = style.booleans
            cells[name] = np.array([no, yes, ""], dtype=object)[cells[name].to_numpy()]
        elif column.type in ("hours", "fte", "decimal"):
            cells[name] = hundredths(cells[name].to_numpy(), style.decimal_point)
        elif column.type == "education_level" and style.former_levels:
            cells[name] = cells[name].replace({str(level): former for level, former in FORMER_LEVELS.items()})
        elif column.type == "code" and style.upper_codes:
            cells[name] = cells[name].str.upper()
    return cells


def _csv(table: str, cells: pd.DataFrame, style: Style) -> bytes:
    header = header_line(table, list(cells.columns), style.spelling)
    text = cells.to_csv(sep=style.separator, header=header, index=False, lineterminator="\r\n")
    return text.encode(style.encoding)


def _sheet(table: str, cells: pd.DataFrame, style: Style) -> Table:
    contract = contract_of(table)
    names = list(cells.columns)
    rows = cells.astype(str).to_numpy().tolist()
    return Table(table, contract.sheet, names, header_line(table, names, style.spelling), rows)


def hundredths(numbers: np.ndarray, point: str) -> list[str]:
    """Numbers with two decimals; a negative one is none."""
    return ["" if one < 0 else f"{one // 100}{point}{one % 100:02d}" for one in numbers.astype(int).tolist()]


@cache
def day_texts(french: bool) -> np.ndarray:
    """The text of every day since ``EPOCH``; position 0 is empty."""
    form = "%d/%m/%Y" if french else "%Y-%m-%d"
    count = (datetime.date(LAST_DAY, 12, 31) - EPOCH).days + 1
    days = [EPOCH + datetime.timedelta(days=number) for number in range(count)]
    return np.array(["", *(day.strftime(form) for day in days[1:])], dtype=object)


@cache
def days_since(year: int, month: int, day: int) -> int:
    """Days since ``EPOCH``."""
    return (datetime.date(year, month, day) - EPOCH).days
