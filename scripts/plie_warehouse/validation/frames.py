"""Read what the validation needs out of the warehouse file, as typed pandas frames.

Only staged rows, reference lists, marts and quality tables are read: never an intermediate model, so that a
fault there cannot reach the second calculation of the rules.

Types are the same everywhere: text is ``object`` with ``None``, whole numbers ``Int64``, booleans
``boolean``, dates ``datetime64[us]`` with ``NaT``, decimals text exactly as DuckDB writes them (a binary
float would blur a rate).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from plie_warehouse.errors import PlieError
from plie_warehouse.validation.declared import declared

YEAR = "reporting_year"
TERRITORY_KEY = [YEAR, "territory_kind", "territory_code"]

PLIE = "plie_code"
PARCOURS_KEY = [YEAR, PLIE, "participant_id", "parcours_no"]
STEP_KEY = [YEAR, PLIE, "step_id"]

STRUCTURE = "structure_code"
LOT_KEY = [YEAR, STRUCTURE, "buyer_id", "procurement_id", "lot_no"]
BENEFICIARY_KEY = [YEAR, STRUCTURE, "beneficiary_id"]
CONTRACT_KEY = [YEAR, STRUCTURE, "work_contract_id"]
HOURS_KEY = [*CONTRACT_KEY, "buyer_id", "procurement_id", "lot_no", "month"]

PROVENANCE = ["source_file", "source_row", "supplier_code", "record_hash", "defect"]

# Kind of delivery -> table -> the columns that the rules read.
STAGED_COLUMNS: dict[str, dict[str, list[str]]] = {}
for _row in declared("staged_columns"):
    STAGED_COLUMNS.setdefault(_row["kind"], {})[_row["table"]] = [*PROVENANCE, *_row["columns"].split()]

REFERENCE_TABLES = (
    "parameters",
    "exit_reasons",
    "exit_classes",
    "step_types",
    "step_families",
    "contract_types",
    "employer_types",
    "code_lists",
    "code_groups",
    "job_step_groups",
    "profiles",
    "plie_register",
    "departments",
    "territory_kinds",
    "quality_reasons",
    "measures",
    "publication_statuses",
)

FACT_TABLES = ("fct_parcours", "fct_exits", "fct_steps", "fct_clause_hours")

DIMENSION_TABLES = ("dim_clause_structure", "dim_plie")

# The aggregates, of which readers get a copy in schema published, and the long table made of them.
PUBLISHED_TABLES = tuple(row["table"] for row in declared("tables") if row["subject"] in ("plie", "clause", "network"))
AGGREGATE_TABLES = (*PUBLISHED_TABLES, "indicators")

# The long tables that readers get, and those of what changed and moved: name here -> schema and table.
LONG_TABLES = {
    "indicator_changes": ("marts", "indicator_changes"),
    "published_indicators": ("published", "indicators"),
    "published_indicator_changes": ("published", "indicator_changes"),
    "revisions": ("quality", "revisions"),
}

QUALITY_TABLES = ("exclusions", "row_accounting", "clause_hours_accounting")


@dataclass(frozen=True)
class Part:
    """What of a warehouse is read, beside the reference lists: ``staged`` tables with their columns, see
    ``STAGED_COLUMNS``; ``facts``; and, when ``has_rest``, everything else."""

    staged: Mapping[str, Mapping[str, list[str]]]
    facts: tuple[str, ...]
    has_rest: bool = True


WHOLE = Part(STAGED_COLUMNS, FACT_TABLES)

# The rows that the rules of the clause read, most of all rows of a national year: a process of their own judges them.
CLAUSE_FACTS = ("fct_clause_hours",)
CLAUSE = Part(
    staged={
        "clause": STAGED_COLUMNS["clause"],
        "network": {table: STAGED_COLUMNS["network"][table] for table in ("clause_structures", "facilitators")},
    },
    facts=CLAUSE_FACTS,
    has_rest=False,
)
ALL_BUT_CLAUSE = Part(
    staged={kind: tables for kind, tables in STAGED_COLUMNS.items() if kind != "clause"},
    facts=tuple(table for table in FACT_TABLES if table not in CLAUSE_FACTS),
)


class WarehouseError(PlieError):
    """The warehouse cannot be read as the validation needs it; the message says what is missing."""


@dataclass(frozen=True)
class Warehouse:
    """What one warehouse file holds, as frames.

    ``staged``: kind of delivery (``plie``, ``clause``, ``network``, ``survey``) -> table -> one row per delivered row.
    ``reference``: code lists and parameters, one row per code or dated value.
    ``facts``: tables with one row per person, parcours or hours row, typed, one row per key of the table.
    ``dimensions`` and ``aggregates``: the other marts, every column as text (``None`` for null).
    ``published``: the published copies of the aggregates, every column as text.
    ``long``: see ``LONG_TABLES``, every column as text.
    ``quality``: ``exclusions``, ``row_accounting`` and ``clause_hours_accounting``, typed.
    """

    staged: Mapping[str, Mapping[str, pd.DataFrame]]
    reference: Mapping[str, pd.DataFrame]
    facts: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    dimensions: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    aggregates: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    quality: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    published: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    long: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def _series(values: np.ndarray, pool: dict[str, str]) -> pd.Series:
    """One column of DuckDB's numpy result (masked where null) as a series of the types named above.

    ``pool``: texts seen so far. A text that occurs many times, in one table or several, is kept once: a
    national year has millions of them, and comparing two that are the same object costs nothing.
    """
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else np.zeros(len(values), bool)
    data = np.ma.getdata(values)
    if data.dtype.kind in "iu":
        return pd.Series(pd.arrays.IntegerArray(data.astype("int64"), mask))
    if data.dtype.kind == "b":
        return pd.Series(pd.arrays.BooleanArray(data.astype(bool), mask))
    if data.dtype.kind == "M":
        data = data.astype("datetime64[us]")
        data[mask] = np.datetime64("NaT")
        return pd.Series(data)
    data = data.astype(object)
    data[mask] = None
    codes, texts = pd.factorize(data)
    if len(texts) <= len(data) / 2:
        kept = np.array([*(pool.setdefault(text, text) for text in texts), None], dtype=object)
        data = kept[codes]  # an empty value has the code -1: the last one
    return pd.Series(data, dtype=object)


def _read(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    pool: dict[str, str],
    *,
    text: bool = False,
    columns: list[str] | None = None,
) -> pd.DataFrame:
    """All rows of one table. ``text``: every column as DuckDB writes it. ``columns``: these only; one that is
    not there is an error, not an empty column. ``pool``: see ``_series``.
    """
    described = connection.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = ? and table_name = ? order by ordinal_position",
        [schema, table],
    ).fetchall()
    if not described:
        raise WarehouseError(f"table {schema}.{table} is not in the warehouse: build it before validating it")
    kinds = dict(described)
    missing = [column for column in columns or [] if column not in kinds]
    if missing:
        raise WarehouseError(f"table {schema}.{table} has no column {', '.join(missing)}")
    plain = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "BOOLEAN", "DATE", "VARCHAR")
    read = {}
    # One column at a time, by the one thread that read_warehouse allows: the order of the rows stays, and
    # only one column is held twice.
    for name in columns or kinds:
        value = f'cast("{name}" as varchar)' if text or kinds[name] not in plain else f'"{name}"'
        found = connection.execute(f'select {value} as found from "{schema}"."{table}"').fetchnumpy()
        read[name] = _series(found["found"], pool)
    return pd.DataFrame(read, copy=False)


def as_boolean(values: pd.Series) -> pd.Series:
    """A flag of a code list as ``boolean``, however the list was loaded (true booleans or the text
    true/false).
    """
    if isinstance(values.dtype, pd.BooleanDtype):
        return values
    spelled = values.astype("string").str.strip().str.lower()
    return spelled.map({"true": True, "false": False}).astype("boolean")


def read_warehouse(path: Path, part: Part = WHOLE) -> Warehouse:
    """Read one warehouse file, or a part of it, read-only.

    Raises ``WarehouseError`` when the file is not there, cannot be opened (another process writes to it, or
    it was written by a later DuckDB) or lacks a table or a column.
    """
    if not path.is_file():
        raise WarehouseError(f"no warehouse at {path}: build it first, or give its path with --warehouse")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise WarehouseError(f"{path} cannot be opened as a DuckDB file: {error}") from error
    try:
        connection.execute("set threads to 1")
        pool: dict[str, str] = {}

        def read(schema: str, tables: Iterable[str], *, text: bool = False) -> dict[str, pd.DataFrame]:
            return {table: _read(connection, schema, table, pool, text=text) for table in tables}

        warehouse = Warehouse(
            staged={
                kind: {
                    table: _read(connection, "staging", f"stg_{kind}__{table}", pool, columns=columns)
                    for table, columns in tables.items()
                }
                for kind, tables in part.staged.items()
            },
            reference=read("reference", REFERENCE_TABLES),
            facts=read("marts", part.facts),
        )
        if not part.has_rest:
            return warehouse
        return replace(
            warehouse,
            dimensions=read("marts", DIMENSION_TABLES, text=True),
            aggregates=read("marts", AGGREGATE_TABLES, text=True),
            quality=read("quality", QUALITY_TABLES),
            published=read("published", PUBLISHED_TABLES, text=True),
            long={name: _read(connection, *place, pool, text=True) for name, place in LONG_TABLES.items()},
        )
    finally:
        connection.close()
