"""What a delivered cell says (D1B, D31, D40): its text trimmed, read by the type of its column, its code looked up in
the lists and in the supplier's own map. A second reading, written from the text of the format.

A column is held as its different texts and, for each row, the place of its own among them: each text is read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plie_warehouse.validation.declared import declared

# Blanks that a cell may be full of: space, tab, ends of line, no-break spaces, the mark at the beginning of a file.
_BLANKS = re.compile("[ \t\n\r\f\u00a0\u202f\ufeff]+")

BLANK = -1


def trimmed(text: str) -> str | None:
    """The text without the blanks around it, those inside as one space each; ``None`` when nothing is left."""
    return _BLANKS.sub(" ", text).strip(" ") or None


@dataclass(frozen=True)
class Cells:
    """One delivered column. ``texts``: its different texts, trimmed; ``places``: of each row, the place of its text
    among them, ``BLANK`` for an empty cell."""

    texts: list[str]
    places: np.ndarray

    @classmethod
    def of(cls, delivered: Sequence[str | None], places: np.ndarray) -> Cells:
        """``delivered``: different texts as they stand in the files, ``places``: of each row, ``BLANK`` for none."""
        known: dict[str, int] = {}
        moved = [
            BLANK if (text := trimmed(one or "")) is None else known.setdefault(text, len(known)) for one in delivered
        ]
        return cls([*known], np.array([*moved, BLANK], dtype="int32")[places])

    def read(self, reading: str) -> Values:
        """Each text as a value of the type ``reading``, ``None`` where it cannot be read."""
        read, _ = READINGS[reading]
        return Values(reading, [read(text) for text in self.texts], self.places)

    def as_text(self) -> pd.Series:
        return self.read("text").as_series()

    @property
    def is_blank(self) -> np.ndarray:
        return self.places == BLANK


@dataclass(frozen=True)
class Values:
    """A column that was read: its different values, ``None`` = unknown, and the place of each row among them."""

    reading: str
    values: list[object]
    places: np.ndarray

    def as_series(self) -> pd.Series:
        """One value a row: text ``object``, whole numbers ``Int64``, flags ``boolean``, days ``datetime64[us]``; what
        is unknown is ``None``, ``NA`` or ``NaT``."""
        kind = READINGS[self.reading][1]
        if kind == "object":
            return pd.Series(np.array([*self.values, None], dtype=object)[self.places], dtype=object)
        if kind == "datetime64[us]":
            days = [np.datetime64("NaT", "us") if value is None else value for value in self.values]
            return pd.Series(np.array([*days, np.datetime64("NaT", "us")], dtype=kind)[self.places])
        unknown = np.array([*(value is None for value in self.values), True])[self.places]
        numbers = np.array([*(value or 0 for value in self.values), 0], dtype=bool if kind == "boolean" else "int64")
        array = pd.arrays.BooleanArray if kind == "boolean" else pd.arrays.IntegerArray
        return pd.Series(array(numbers[self.places], unknown))

    @property
    def is_unknown(self) -> np.ndarray:
        return np.array([*(value is None for value in self.values), True])[self.places]


# ------------------------------------------------------------------------------------------- types


def _number(pattern: str) -> Callable[[str], int | None]:
    matches = re.compile(pattern).fullmatch
    return lambda text: int(text) if matches(text) else None


def _decimal(whole: int, places: int, sign: str = "-?") -> Callable[[str], str | None]:
    """A decimal, with a comma or a point, as text with ``places`` decimals; one that has more is not rounded (D40)."""
    matches = re.compile(rf"({sign})([0-9]{{1,{whole}}})(?:[.,]([0-9]{{1,{places}}}))?").fullmatch

    def read(text: str) -> str | None:
        found = matches(text)
        if found is None:
            return None
        minus, units, part = found.groups(default="")
        written = f"{int(units)}.{part:0<{places}}"
        return written if written.strip("0.") == "" else f"{minus}{written}"

    return read


def _quarters(text: str) -> str | None:
    """Days to the quarter, as text with two decimals; another part of a day is not read (D71)."""
    written = _decimal(4, 2, sign="")(text)
    return written if written and int(written.replace(".", "")) % 25 == 0 else None


def _day(text: str) -> np.datetime64 | None:
    """A day that exists, YYYY-MM-DD or DD/MM/YYYY."""
    if re.fullmatch(r"[0-9]{2}/[0-9]{2}/[0-9]{4}", text):
        text = "-".join(reversed(text.split("/")))
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return np.datetime64(text, "us")
    except ValueError:
        return None


def _month(text: str) -> np.datetime64 | None:
    """A month, YYYY-MM, as its first day."""
    return _day(f"{text}-01") if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) else None


# Type of a delivered column -> how a text is read, and the type of the series. Codes are looked up: see ``Codes``.
READINGS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "text": (lambda text: text, "object"),
    "supplier": (str.upper, "object"),
    "siret": (lambda text: text if re.fullmatch("[0-9]{14}", text) else None, "object"),
    "year": (_number("[0-9]{4}"), "Int64"),
    "integer": (_number("[0-9]{1,9}"), "Int64"),
    "date": (_day, "datetime64[us]"),
    "month": (_month, "datetime64[us]"),
    "hours": (_decimal(9, 2), "object"),
    "etp": (_decimal(9, 4, sign=""), "object"),
    "days": (_quarters, "object"),
    "decimal": (_decimal(12, 6), "object"),
    "code": (lambda code: code, "object"),
    "education_level": (int, "Int64"),
    "boolean": (lambda code: code == "true", "boolean"),
}


# ------------------------------------------------------------------------------------------- codes

# A code with the days from and to which it is in force, as YYYY-MM-DD, "" = without end.
_Dated = tuple[str, str, str]


class Codes:
    """The national lists and the suppliers' own codes, each in force on 31 December of the year of a row.

    ``reference``: the reference lists, see ``frames.Warehouse``. Raises ``KeyError`` when one is missing.
    """

    def __init__(self, reference: Mapping[str, pd.DataFrame]) -> None:
        self._lists: dict[str, dict[str, list[_Dated]]] = {}
        lists = reference["code_lists"]
        for name, rows in lists.groupby("code_list"):
            self._lists[str(name)] = _dated(rows, rows["code"], rows["code"])
        for row in declared("code_lists"):
            rows = reference[row["reference_table"]].dropna(subset=[row["spelling_column"]])
            if "valid_from" not in rows:
                rows = rows.assign(valid_from=None, valid_to=None)
            self._lists[row["code_list"]] = _dated(rows, rows[row["spelling_column"]], rows[row["code_column"]])
        self._own: dict[tuple[str, str], dict[str, list[_Dated]]] = {}
        for (supplier, field), rows in reference["code_maps"].groupby(["supplier_code", "field"]):
            self._own[str(supplier), str(field)] = _dated(rows, rows["local_code"], rows["national_code"])

    def read(self, cells: Cells, column: str, code_list: str, reading: str, suppliers: Cells, years: Years) -> Values:
        """The code of each row: that of the national list, else what the supplier's map says; ``None`` = no such code.

        ``suppliers``: the column that says whose row it is; ``years``: those of the rows.
        """
        owners = [text.upper() for text in suppliers.texts]
        with_map = [place for place, owner in enumerate(owners) if (owner, column) in self._own]
        whose = np.full(len(owners) + 1, BLANK, dtype="int64")
        whose[with_map] = with_map
        # Each combination of text, owner of a map and year is looked up once.
        combined = (cells.places.astype("int64") + 1) * (len(owners) + 1) + whose[suppliers.places] + 1
        combined = combined * (len(years.last_days) + 1) + years.places + 1
        places, different = pd.factorize(combined)
        rest, year = np.divmod(different, len(years.last_days) + 1)
        text, owner = np.divmod(rest, len(owners) + 1)
        read, _ = READINGS[reading]
        values: list[object] = []
        for one, whom, when in zip((text - 1).tolist(), (owner - 1).tolist(), (year - 1).tolist(), strict=True):
            code = None
            if one != BLANK:
                own = self._own.get((owners[whom], column), {}) if whom != BLANK else {}
                code = self._code(code_list, cells.texts[one], own, years.last_days[when] if when != BLANK else None)
            values.append(None if code is None else read(code))
        return Values(reading, values, places)

    def _code(self, code_list: str, text: str, own: Mapping[str, list[_Dated]], day: str | None) -> str | None:
        national = self._lists.get(code_list, {})
        code = _in_force(national.get(text.lower(), ()), day)
        if code is None and (mapped := _in_force(own.get(text.lower(), ()), day)) is not None:
            # A map leads to a code of the list, whenever that is in force.
            code = next((one for one, *_ in national.get(mapped.lower(), ())), None)
        return code


@dataclass(frozen=True)
class Years:
    """The years of some rows: ``last_days``, 31 December of the different ones as YYYY-MM-DD, and of each row its
    place among them, ``BLANK`` where the year cannot be read."""

    last_days: list[str]
    places: np.ndarray

    @classmethod
    def of(cls, years: Iterable[int | None], places: np.ndarray) -> Years:
        """``years``: the different ones, ``None`` for one that cannot be read."""
        years = list(years)
        known = [BLANK if year is None else place for place, year in enumerate(years)]
        return cls([f"{year or 0:04d}-12-31" for year in years], np.array([*known, BLANK])[places])


def _dated(rows: pd.DataFrame, spellings: pd.Series, codes: pd.Series) -> dict[str, list[_Dated]]:
    """Spelling, in lower case -> its codes with their days."""
    found: dict[str, list[_Dated]] = {}
    dates = zip(_days(rows["valid_from"]), _days(rows["valid_to"]), strict=True)
    for spelling, code, (since, until) in zip(spellings, codes, dates, strict=True):
        text = str(code).lower() if isinstance(code, bool | np.bool_) else str(code)
        found.setdefault(str(spelling).lower(), []).append((text, since, until))
    return found


def _days(dates: pd.Series) -> list[str]:
    return pd.to_datetime(dates).dt.strftime("%Y-%m-%d").fillna("").tolist()


def _in_force(dated: Iterable[_Dated], day: str | None) -> str | None:
    for code, since, until in dated:
        if (not since or (day is not None and since <= day)) and (not until or (day is not None and until >= day)):
            return code
    return None
