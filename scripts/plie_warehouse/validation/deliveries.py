"""The delivered rows, read a second time from the files that the warehouse reads: the sample's CSV files, or the
Parquet files of the store that a manifest puts in force. All is text; ``cells`` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from plie_warehouse.files import digest_of
from plie_warehouse.intake.plain import no_pattern
from plie_warehouse.paths import PROJECT, SAMPLE, DataFolder
from plie_warehouse.validation.cells import BLANK, Cells, Codes, Values, Years
from plie_warehouse.validation.declared import declared
from plie_warehouse.validation.frames import YEAR
from plie_warehouse.validation.joined import Texts, pooled

# What the intake adds to the delivered columns.
STORED = ("source_file", "source_row", "delivery_id")


def columns_of(kind: str) -> dict[str, list[dict[str, str]]]:
    """Table of a kind of delivery -> its columns, see ``declared.delivered_columns``."""
    tables: dict[str, list[dict[str, str]]] = {}
    for row in declared("delivered_columns"):
        if row["kind"] == kind:
            tables.setdefault(row["table"], []).append(row)
    return tables


@dataclass(frozen=True)
class Part:
    """Deliveries of a kind that are read together, since no row of them has to do with one of another part: those of a
    year, so that memory does not grow with the number of years.

    ``delivery_years``: of their folders, ``None`` for all; ``years``: the reporting years that their rows speak of;
    ``of_others``: those of the other parts, for the first part.
    """

    delivery_years: frozenset[int] | None
    years: frozenset[int]
    of_others: frozenset[int] | None = None

    @property
    def condition(self) -> str:
        """Which rows of the warehouse are of the part, in SQL; the first has those of years that nobody delivered."""
        if self.of_others is None:
            return f"{YEAR} in ({', '.join(map(str, sorted(self.years)))})" if self.years else "false"
        others = ", ".join(map(str, sorted(self.of_others)))
        return f"{YEAR} is null or {YEAR} not in ({others})" if others else "true"


@dataclass(frozen=True)
class Deliveries:
    """Where delivered rows come from. ``source``: ``sample`` or ``store``; ``accepted``: the folder of the store;
    ``as_of_date``: the extraction date, YYYY-MM-DD, whose year is that of a register of the sample, which lies in no
    folder of a year; ``codes``: how codes are read.

    What reads raises ``OSError`` or ``duckdb.Error`` when a file cannot be read.
    """

    source: str
    accepted: Path
    as_of_date: str
    codes: Codes

    @classmethod
    def of_environment(cls, source: str, as_of_date: str, codes: Codes) -> Deliveries:
        return cls(source, DataFolder.from_environment().accepted, as_of_date, codes)

    def parts(self, kind: str) -> list[Part]:
        """The parts of a kind of delivery whose rows name their year. One part when a row names another year than that
        of its delivery: it may have to do with the rows of that year."""
        said: dict[int, set[int]] = {}
        for table in columns_of(kind):
            delivered = self._delivered(kind, table, None, [YEAR])
            read = delivered.column(YEAR).read("year")
            pairs = {*zip(delivered.year_places.tolist(), read.places.tolist(), strict=True)}
            for delivery, year in pairs:
                years = said.setdefault(delivered.years[delivery], set())
                if year != BLANK and read.values[year] is not None:
                    years.add(read.values[year])
        everything = frozenset[int]().union(*said.values())
        if self.source == SAMPLE or not said or any(years - {delivery} for delivery, years in said.items()):
            return [Part(None, everything, frozenset())]
        parts = [Part(frozenset({delivery}), frozenset(years)) for delivery, years in sorted(said.items())]
        return [replace(part, of_others=everything - part.years) if part is parts[0] else part for part in parts]

    def read(self, kind: str, part: Part | None = None) -> dict[str, pd.DataFrame]:
        """The tables of a kind of delivery, one row per delivered row, each with the columns that the rules read and
        ``source_file``, ``source_row``, ``supplier_code``, ``record_hash``, ``defect``, ``delivery_year``. ``part``: of
        these deliveries only."""
        years = part.delivery_years if part else None
        return {
            table: self._typed(self._delivered(kind, table, years), columns)
            for table, columns in columns_of(kind).items()
        }

    def _delivered(
        self, kind: str, table: str, years: Collection[int] | None, columns: Sequence[str] | None = None
    ) -> _Delivered:
        if self.source == SAMPLE:
            return self._sample(kind, table)
        return self._store(kind, table, years, columns)

    def _sample(self, kind: str, table: str) -> _Delivered:
        path = _sample_file(kind, table)
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        cells = {}
        for name in rows.columns:
            places, texts = pd.factorize(rows[name].to_numpy(dtype=object))
            cells[name] = Cells.of(texts.tolist(), places)
        # The header is line 1.
        lines = np.arange(len(rows)) + 2
        everywhere = np.zeros(len(rows), dtype="int32")
        return _Delivered(
            cells, Cells([path.name], everywhere), lines, [int(self.as_of_date[:4])], everywhere, len(rows)
        )

    def _store(self, kind: str, table: str, years: Collection[int] | None, columns: Sequence[str] | None) -> _Delivered:
        in_force, files = {}, []
        for identity, year, file in _in_force(self.accepted, kind, table):
            if years is None or year in years:
                files.append(no_pattern(file))
                in_force[identity] = year
        if not files:
            nothing = np.zeros(0, dtype="int32")
            return _Delivered({}, Cells([], nothing), nothing, [], nothing, 0)
        rows = _read_parquet(files, columns)
        files_of, line, identity = (rows[name] for name in STORED)
        lines = np.array([*map(int, line.texts)])[line.places]
        years_of = [in_force[one] for one in identity.texts]
        cells = {name: Cells.of(column.texts, column.places) for name, column in rows.items() if name not in STORED}
        return _Delivered(cells, Cells(files_of.texts, files_of.places), lines, years_of, identity.places, len(lines))

    def _typed(self, delivered: _Delivered, columns: list[dict[str, str]]) -> pd.DataFrame:
        cells = {row["column"]: delivered.column(row["column"]) for row in columns}
        # In a register, the first code says whose row it is; in a list of results, what they are results of.
        named = [row["column"] for row in columns if row["reading"] == "supplier"]
        supplier = cells[next(iter([*named, *(row["column"] for row in columns if row["code_list"])]))]
        if YEAR in cells:
            read = cells[YEAR].read("year")
            years = Years.of(read.values, read.places)
        else:
            years = Years.of(delivered.years, delivered.year_places)
        values = {}
        for row in columns:
            name, reading = row["column"], row["reading"]
            if row["code_list"]:
                values[name] = self.codes.read(cells[name], name, row["code_list"], reading, supplier, years)
            else:
                values[name] = cells[name].read(reading)
        frame = {
            "source_file": delivered.files.as_text(),
            "source_row": pd.Series(delivered.lines, dtype="Int64"),
            "supplier_code": supplier.as_text(),
            "record_hash": pd.Series(_contents(cells, values, delivered.rows)),
            "defect": _defects(columns, cells, values, delivered.rows),
            "delivery_year": Values("year", delivered.years, delivered.year_places).as_series(),
        }
        for row in columns:
            name = row["column"]
            if row["is_read"]:
                frame[name] = values[name].as_series()
                if row["code_list"] and row["is_required"]:
                    frame[f"delivered_{name}"] = cells[name].as_text()
        return pd.DataFrame(frame, copy=False)


@dataclass(frozen=True)
class _Delivered:
    """The rows of a delivered table: ``cells`` by column, ``files`` and ``lines`` in which they stand, ``years`` of
    their deliveries with the place of each row among them, and how many ``rows`` there are."""

    cells: Mapping[str, Cells]
    files: Cells
    lines: np.ndarray
    years: list[int]
    year_places: np.ndarray
    rows: int

    def column(self, name: str) -> Cells:
        """A column; blank throughout where the files do not have it."""
        return self.cells.get(name) or Cells([], np.full(self.rows, BLANK, dtype="int32"))


def _sample_file(kind: str, table: str) -> Path:
    return PROJECT / "seeds" / "raw" / kind / f"{table}.csv"


def _in_force(accepted: Path, kind: str, table: str) -> Iterator[tuple[str, int, Path]]:
    """The deliveries in force that have rows of a table: name, year, file."""
    for path in sorted((accepted / "deliveries" / kind).glob("*/*.json")):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        supplier, year, identity = (manifest[name] for name in ("supplier_code", YEAR, "in_force"))
        file = accepted / table / f"supplier_code={supplier}" / f"{YEAR}={year}" / f"{identity}.parquet"
        if identity and file.exists():
            yield identity, year, file


def content_in_force(source: str, accepted: Path) -> list[list[object]]:
    """What ``Deliveries`` reads, by content: kind, table, delivery and year, SHA-256 of each file. Raises ``OSError``
    when a file cannot be read."""
    found: list[list[object]] = []
    for kind in sorted({row["kind"] for row in declared("delivered_columns")}):
        for table in sorted(columns_of(kind)):
            if source == SAMPLE:
                found.append([kind, table, None, None, digest_of(_sample_file(kind, table))])
                continue
            for identity, year, file in _in_force(accepted, kind, table):
                found.append([kind, table, identity, year, digest_of(file)])
    return found


def _read_parquet(files: list[str], columns: Sequence[str] | None) -> dict[str, Texts]:
    """The columns of some files, all of them text; ``columns``: these only, with those of ``STORED``."""
    wanted = ", ".join((*columns, *STORED)) if columns else "*"
    with duckdb.connect(config={"threads": 1, "memory_limit": "256MB"}) as connection:
        query = f"select {wanted} from read_parquet(?, union_by_name = true, hive_partitioning = false)"
        return pooled(connection.execute(query, [files]))


def _contents(cells: Mapping[str, Cells], values: Mapping[str, Values], rows: int) -> np.ndarray:
    """A number for what each row says, whatever its format: the same for two rows that say the same (D1B). A cell that
    cannot be read says its text."""
    content = np.zeros(rows, dtype="int64")
    for name, read in values.items():
        known = pd.factorize(np.array([str(value) for value in read.values] + [""], dtype=object))[0]
        said = np.where(read.is_unknown, -1, known[read.places])
        # Where nothing was read, the text, told from all values.
        said = np.where(said < 0, len(known) + 1 + cells[name].places, said)
        width = len(known) + 2 + len(cells[name].texts)
        content = pd.factorize(content * width + said)[0]
    return content


def _defects(
    columns: list[dict[str, str]], cells: Mapping[str, Cells], values: Mapping[str, Values], rows: int
) -> pd.Series:
    """Why a row cannot be used, ``None`` = it can: a required cell is blank, else one cannot be read; a code of no list
    can be, as unknown (D1B)."""
    blank, unreadable = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
    for row in columns:
        if row["is_required"]:
            blank |= cells[row["column"]].is_blank
            if not row["code_list"]:
                unreadable |= values[row["column"]].is_unknown
    found = np.select([blank, unreadable], ["valeur_obligatoire_absente", "valeur_illisible"], default="")
    return pd.Series(np.where(found == "", None, found), dtype=object)
