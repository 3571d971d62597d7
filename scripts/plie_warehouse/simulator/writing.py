"""The files of a delivery as real suppliers write them: every separator, encoding, header, date and code in a mix."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from plie_warehouse.contract import Column
from plie_warehouse.landing.landing_delivery import Format, Table, write_delivery
from plie_warehouse.landing.landing_files import csv_bytes, write_bytes, zip_bytes
from plie_warehouse.landing.landing_headers import contract_of, header_line

# Level of education -> its former name.
FORMER_LEVELS = {1: "VI", 2: "V bis", 3: "V", 4: "IV", 5: "III", 6: "II", 7: "I", 8: "I"}

EPOCH = datetime.date(1960, 1, 1)  # days are counted from here; 0 stands for no date
LAST_DAY = 2040

BOOLEANS = (("oui", "non"), ("OUI", "NON"), ("1", "0"), ("Vrai", "Faux"), ("o", "n"), ("true", "false"))
SEPARATORS = (";", ";", ",", "\t")
ENCODINGS = ("cp1252", "utf-8", "utf-8-sig", "cp1252", "utf-8")
WORKBOOK_ROWS = 600  # a supplier with more rows than that does not work with a spreadsheet

NUMBERS = ("hours", "etp", "decimal", "days")  # of which a table holds the hundredths
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


class Cells:
    """A table as text, each column in each way of writing it once, for all the suppliers in it.

    ``frame``: dates are days since ``EPOCH`` (0: none), yes and no are 1 and 0 (-1: unknown), hours, ETP, amounts and
    degrees are hundredths (-1: none), the rest is text; `place` is the supplier's place in its list, 0 without that
    column. A column that may be absent need not be there.
    """

    def __init__(self, name: str, frame: pd.DataFrame) -> None:
        self.contract = contract_of(name)
        place = frame["place"].to_numpy() if "place" in frame else np.zeros(len(frame), dtype=int)
        order = np.argsort(place, kind="stable")
        self._place = place[order]
        self.columns = [one for one in self.contract.columns if one.name in frame or not one.may_be_absent]
        self._values = {one.name: frame[one.name].to_numpy()[order] for one in self.columns}
        self._texts: dict[tuple, np.ndarray] = {}

    @property
    def places(self) -> list[int]:
        """The places of the suppliers that have rows."""
        return np.unique(self._place).tolist()

    def rows_of(self, place: int, style: Style) -> list[tuple[str, ...]]:
        """The rows of one supplier as its style has them."""
        first, last = np.searchsorted(self._place, [place, place + 1])
        columns = [self._text(column, style)[first:last].tolist() for column in self.columns]
        return list(zip(*columns, strict=True))

    def _text(self, column: Column, style: Style) -> np.ndarray:
        way = _way(column, style)
        key = (column.name, way)
        if key not in self._texts:
            self._texts[key] = _written(self._values[column.name], column.type, way)
        return self._texts[key]


def write_suppliers(
    folders: Mapping[int, Path], tables: Mapping[str, pd.DataFrame], styles: Mapping[int, Style]
) -> list[Path]:
    """Write the tables of one year of a kind, those of each place in its folder; returns the files. See ``Cells``."""
    cells = {name: Cells(name, frame) for name, frame in tables.items()}
    written = []
    for place, folder in folders.items():
        rows = {name: cell.rows_of(place, styles[place]) for name, cell in cells.items()}
        names = {name: [column.name for column in cell.columns] for name, cell in cells.items()}
        written += _write(folder, names, rows, styles[place])
    return written


def _write(
    folder: Path, names: Mapping[str, list[str]], tables: Mapping[str, list[tuple[str, ...]]], style: Style
) -> list[Path]:
    """``names``: table -> its columns; ``tables``: table -> its rows."""
    # A table that may be absent is, of a supplier without rows in it.
    tables = {name: rows for name, rows in tables.items() if rows or not contract_of(name).may_be_absent}
    headers = {name: header_line(name, names[name], style.spelling) for name in tables}
    if style.workbook and sum(len(rows) for rows in tables.values()) <= WORKBOOK_ROWS:
        sheets = {
            name: Table(name, contract_of(name).sheet, names[name], headers[name], [list(row) for row in rows])
            for name, rows in tables.items()
        }
        return write_delivery(folder, sheets, Format("xlsx"))
    files = {
        f"{name}.csv": csv_bytes(headers[name], rows, style.separator, style.encoding) for name, rows in tables.items()
    }
    if style.zipped:
        return [write_bytes(folder / "livraison.zip", zip_bytes(files, level=1))]
    return [write_bytes(folder / name, content) for name, content in files.items()]


def _way(column: Column, style: Style) -> object:
    """In which of the ways of writing its type a supplier writes a column."""
    if column.type == "date":
        return style.french_dates
    if column.type == "boolean":
        return style.booleans
    if column.type in NUMBERS:
        return style.decimal_point
    if column.type == "education_level":
        return style.former_levels
    return column.type == "code" and style.upper_codes


def _written(values: np.ndarray, kind: str, way: object) -> np.ndarray:
    """A column as text."""
    if kind == "date":
        return day_texts(bool(way))[values]
    if kind == "boolean":
        yes, no = way
        return np.array([no, yes, ""], dtype=object)[values.astype(int)]
    if kind in NUMBERS:
        numbers, place = np.unique(values.astype(int), return_inverse=True)
        return np.array(hundredths(numbers, str(way)), dtype=object)[place]
    if kind == "education_level" and way:
        former = {str(level): text for level, text in FORMER_LEVELS.items()}
        return np.array([former.get(value, value) for value in values], dtype=object)
    if kind == "code" and way:
        place, codes = pd.factorize(values)
        return np.array([code.upper() for code in codes], dtype=object)[place]
    return values.astype(object)


def hundredths(numbers: np.ndarray, point: str) -> list[str]:
    """Numbers with two decimals; -1 is none, and no other number is below 0 but a longitude."""

    def written(one: int) -> str:
        whole, part = divmod(abs(one), 100)
        return f"{'-' if one < 0 else ''}{whole}{point}{part:02d}"

    return ["" if one == -1 else written(one) for one in numbers.astype(int).tolist()]


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
