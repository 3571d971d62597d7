"""Read what the validation needs out of the warehouse, and the names that every part of it shares.

Only reference lists, marts, quality and published tables are read: neither a staged row nor an intermediate model, so
that no fault there can reach the second calculation of the rules.

The reference lists are typed: text is ``object`` with ``None``, whole numbers ``Int64``, booleans ``boolean``, dates
``datetime64[us]`` with ``NaT``, decimals text exactly as DuckDB writes them (a binary float would blur a rate). Every
other table is read as text, see ``joined.Texts``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import duckdb
import numpy as np
import pandas as pd

from plie_warehouse.errors import PlieError
from plie_warehouse.validation.declared import declared
from plie_warehouse.validation.joined import Columns, Texts, pooled

YEAR = "reporting_year"
TERRITORY_KEY = [YEAR, "territory_kind", "territory_code"]

PLIE = "plie_code"
PARCOURS_KEY = [YEAR, PLIE, "participant_id", "parcours_no"]
FOLLOWUP_KEY = [*PARCOURS_KEY, "observed_on"]
STEP_KEY = [YEAR, PLIE, "step_id"]

STRUCTURE = "structure_code"
LOT_KEY = [YEAR, STRUCTURE, "buyer_id", "procurement_id", "lot_no"]
BENEFICIARY_KEY = [YEAR, STRUCTURE, "beneficiary_id"]
CONTRACT_KEY = [YEAR, STRUCTURE, "work_contract_id"]
HOURS_KEY = [*CONTRACT_KEY, "buyer_id", "procurement_id", "lot_no", "month"]

PROVENANCE = ["source_file", "source_row", "supplier_code", "record_hash", "defect", "delivery_year"]

REFERENCE_TABLES = (
    "parameters",
    "exit_reasons",
    "exit_classes",
    "step_types",
    "step_families",
    "contract_types",
    "employer_types",
    "labour_statuses",
    "esf_programmes",
    "esf_codes",
    "esf_indicator_list",
    "esf_region_categories",
    "esf_bridge_lines",
    "education_levels",
    "boolean_spellings",
    "code_lists",
    "code_maps",
    "code_groups",
    "job_step_groups",
    "profiles",
    "age_bands",
    "plie_register",
    "departments",
    "regions",
    "territory_kinds",
    "quality_reasons",
    "measures",
    "publication_statuses",
    "coordinate_boxes",
    "headline_figures",
    "calendar_names",
)

# The aggregates, of which readers get a copy in schema published.
PUBLISHED_TABLES = tuple(
    row["table"] for row in declared("tables") if row["subject"] in ("plie", "esf", "clause", "network", "activity")
)


# A table of no more values is read by one query: each query has its price, and there are hundreds of small tables.
FEW_VALUES = 500_000


class WarehouseError(PlieError):
    """The warehouse cannot be read as the validation needs it; the message says what is missing."""


def staged_columns(table: str) -> list[str]:
    """The columns of a delivered table that the rules read, as ``deliveries`` gives them."""
    columns = [*PROVENANCE]
    for row in declared("delivered_columns"):
        if row["table"] == table and row["is_read"]:
            columns.append(row["column"])
            if row["code_list"] and row["is_required"]:
                columns.append(f"delivered_{row['column']}")
    return columns


def content_of(connection: duckdb.DuckDBPyConnection, rows: str, columns: Iterable[str]) -> list[object]:
    """Number of rows, and a checksum of every value in some columns, the same whatever the order of the rows: MD5 of
    each row, summed, upper half and lower half. ``rows``: what stands behind *from*.

    A row is encoded by its sort key: two rows have the same one when all their values are the same, and only then.
    """
    order = ", ".join(f"\"{name}\", 'ASC NULLS LAST'" for name in columns)
    return [
        *connection.execute(
            "select count(*), coalesce(sum((digest >> 64)::ubigint), 0)::varchar,"
            " coalesce(sum((digest & 18446744073709551615::uhugeint)::ubigint), 0)::varchar"
            f" from (select md5_number(create_sort_key({order})) as digest from {rows})"
        ).fetchone()
    ]


@dataclass(frozen=True)
class Warehouse:
    """The tables of a warehouse, read from an open connection when they are asked for. ``tables_read``: schema and name
    of all that were.

    Raises ``WarehouseError`` when a table or a column is not there.
    """

    connection: duckdb.DuckDBPyConnection
    tables_read: set[tuple[str, str]] = field(default_factory=set, compare=False)

    def _columns(self, schema: str, table: str) -> dict[str, str]:
        """Column -> type."""
        try:
            described = self.connection.execute(f'describe "{schema}"."{table}"').fetchall()
        except duckdb.CatalogException as error:
            message = f"table {schema}.{table} is not in the warehouse: build it before validating it"
            raise WarehouseError(message) from error
        self.tables_read.add((schema, table))
        return {name: kind for name, kind, *_ in described}

    def texts(self, schema: str, table: str, columns: Iterable[str] | None = None, condition: str = "true") -> Columns:
        """A table as text, in the order of the rows that DuckDB keeps: all at once when it has few values, else each
        column whenever it is asked for. ``columns``: these only, of those that the table has; ``condition``: in SQL,
        which rows."""
        there = self._columns(schema, table)
        names = [name for name in columns or there if name in there]
        [rows] = self.connection.execute(f'select count(*) from "{schema}"."{table}" where {condition}').fetchone()

        def read(*some: str) -> dict[str, Texts]:
            written = ", ".join(f'cast("{name}" as varchar) as "{name}"' for name in some)
            return pooled(self.connection.execute(f'select {written} from "{schema}"."{table}" where {condition}'))

        if rows * len(names) > FEW_VALUES:
            return Columns({name: lambda name=name: read(name)[name] for name in names})
        whole = cache(lambda: read(*names))
        return Columns({name: lambda name=name: whole()[name] for name in names})

    def rows(self, schema: str, table: str) -> pd.DataFrame:
        """A table of a few rows, every column as text, ``None`` for null."""
        return pd.DataFrame({name: column.as_series() for name, column in self.texts(schema, table).items()})

    def reference(self) -> dict[str, pd.DataFrame]:
        """The reference lists, typed."""
        return {table: self._typed("reference", table) for table in REFERENCE_TABLES}

    def value(self, expression: str, schema: str, table: str) -> object:
        """An expression in SQL over a table: that of its first row, or an aggregate. Raises ``WarehouseError`` when
        there is none."""
        self._columns(schema, table)
        query = f'select {expression} from "{schema}"."{table}"'
        try:
            found = self.connection.execute(query).fetchone()
        except duckdb.Error as error:
            raise WarehouseError(f"the warehouse cannot say {query}: build it again ({error})") from error
        if found is None:
            raise WarehouseError(f"the warehouse has no row for {query}: build it again")
        return found[0]

    def content(self, schema: str, table: str) -> list[object]:
        """The columns of a table with their types, its number of rows and its checksum: see ``content_of``."""
        columns = self._columns(schema, table)
        return [[*map(list, columns.items())], *content_of(self.connection, f'"{schema}"."{table}"', columns)]

    def _typed(self, schema: str, table: str) -> pd.DataFrame:
        plain = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "BOOLEAN", "DATE", "VARCHAR")
        names = ", ".join(
            f'"{name}"' if kind in plain else f'cast("{name}" as varchar) as "{name}"'
            for name, kind in self._columns(schema, table).items()
        )
        found = self.connection.execute(f'select {names} from "{schema}"."{table}"').fetchnumpy()
        return pd.DataFrame({name: _series(values) for name, values in found.items()})


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


def as_boolean(values: pd.Series) -> pd.Series:
    """A flag of a code list as ``boolean``, however the list was loaded (true booleans or the text
    true/false).
    """
    if isinstance(values.dtype, pd.BooleanDtype):
        return values
    spelled = values.astype("string").str.strip().str.lower()
    return spelled.map({"true": True, "false": False}).astype("boolean")
