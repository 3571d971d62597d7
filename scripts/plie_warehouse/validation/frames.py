"""Read what the validation needs out of the warehouse file, as typed pandas frames.

Only staged rows, reference lists, marts and quality tables are read: never an intermediate model, so that a
fault there cannot reach the second calculation of the rules.

Types are the same everywhere: text is ``object`` with ``None``, whole numbers ``Int64``, booleans
``boolean``, dates ``datetime64[us]`` with ``NaT``, decimals text exactly as DuckDB writes them (a binary
float would blur a rate).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

YEAR = "reporting_year"
PLIE = "plie_code"
PARCOURS_KEY = [YEAR, PLIE, "participant_id", "parcours_no"]
STEP_KEY = [YEAR, PLIE, "step_id"]
TERRITORY_KEY = [YEAR, "territory_kind", "territory_code"]

PROVENANCE = ["source_file", "source_row", "supplier_code", "record_hash", "defect"]

STAGED_COLUMNS: Mapping[str, list[str]] = {
    "participants": [
        *PROVENANCE, *PARCOURS_KEY, "entry_date", "sex", "birth_year", "education_level", "jobseeker_months",
        "is_rsa", "is_other_minimum_income", "is_disabled_worker", "is_qpv_resident", "referent_id",
    ],
    "steps": [
        *PROVENANCE, *PARCOURS_KEY, "step_id", "step_type", "start_date", "end_date", "contract_type",
        "employer_type",
    ],
    "exits": [
        *PROVENANCE, *PARCOURS_KEY, "exit_date", "exit_reason", "contract_type", "contract_start_date",
        "contract_end_date", "validated_on", "employer_category", "naf_section", "training_start_date",
        "training_end_date", "is_certifying",
    ],
}  # fmt: skip

REFERENCE_TABLES = (
    "parameters",
    "exit_reasons",
    "exit_classes",
    "step_types",
    "step_families",
    "contract_types",
    "employer_types",
    "code_lists",
    "profiles",
    "plie_register",
    "departments",
    "territory_kinds",
    "quality_reasons",
    "indicator_definitions",
)

FACT_TABLES = ("fct_parcours", "fct_exits", "fct_steps")

AGGREGATE_TABLES = (
    "plie_outcomes",
    "plie_outcomes_by_profile",
    "plie_entry_profile",
    "plie_step_mix",
    "plie_exit_reasons",
    "plie_exit_jobs",
    "indicators",
)

QUALITY_TABLES = ("exclusions", "row_accounting")


class WarehouseError(Exception):
    """The warehouse cannot be read as the validation needs it; the message says what is missing."""


@dataclass(frozen=True)
class Warehouse:
    """What one warehouse file holds, as frames.

    ``staged``: delivered rows (``participants``, ``steps``, ``exits``), one row per delivered row.
    ``reference``: code lists and parameters, one row per code or dated value.
    ``facts``: ``fct_parcours``, ``fct_exits``, ``fct_steps``, typed, one row per key of the table.
    ``aggregates``: aggregate marts and ``indicators``, every column as text (``None`` for null).
    ``quality``: ``exclusions`` and ``row_accounting``, typed.
    """

    staged: Mapping[str, pd.DataFrame]
    reference: Mapping[str, pd.DataFrame]
    facts: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    aggregates: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    quality: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def _series(values: np.ndarray) -> pd.Series:
    """One column of DuckDB's numpy result (masked where null) as a series of the types named above."""
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
    return pd.Series(data, dtype=object)


def _read(connection: duckdb.DuckDBPyConnection, schema: str, table: str, *, text: bool = False) -> pd.DataFrame:
    """All rows of one table; with ``text``, every column as DuckDB writes it."""
    described = connection.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = ? and table_name = ? order by ordinal_position",
        [schema, table],
    ).fetchall()
    if not described:
        raise WarehouseError(f"table {schema}.{table} is not in the warehouse: build it before validating it")
    plain = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "BOOLEAN", "DATE", "VARCHAR")
    columns = ", ".join(
        f'cast("{name}" as varchar) as "{name}"' if text or kind not in plain else f'"{name}"'
        for name, kind in described
    )
    found = connection.execute(f'select {columns} from "{schema}"."{table}"').fetchnumpy()
    return pd.DataFrame({name: _series(values) for name, values in found.items()})


def _require(frame: pd.DataFrame, table: str, columns: list[str]) -> pd.DataFrame:
    """The frame cut down to these columns; a column that is not there is an error, not an empty column."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise WarehouseError(f"table {table} has no column {', '.join(missing)}")
    return frame[columns]


def as_boolean(values: pd.Series) -> pd.Series:
    """A flag of a code list as ``boolean``, however the list was loaded (true booleans or the text
    true/false).
    """
    if isinstance(values.dtype, pd.BooleanDtype):
        return values
    spelled = values.astype("string").str.strip().str.lower()
    return spelled.map({"true": True, "false": False}).astype("boolean")


def read_warehouse(path: Path) -> Warehouse:
    """Read one warehouse file, read-only.

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
        return Warehouse(
            staged={
                table: _require(
                    _read(connection, "staging", f"stg_plie__{table}"), f"staging.stg_plie__{table}", columns
                )
                for table, columns in STAGED_COLUMNS.items()
            },
            reference={table: _read(connection, "reference", table) for table in REFERENCE_TABLES},
            facts={table: _read(connection, "marts", table) for table in FACT_TABLES},
            aggregates={table: _read(connection, "marts", table, text=True) for table in AGGREGATE_TABLES},
            quality={table: _read(connection, "quality", table) for table in QUALITY_TABLES},
        )
    finally:
        connection.close()
