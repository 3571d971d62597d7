"""The published tables as Parquet and CSV, and a data package descriptor (Frictionless) that explains them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from plie_warehouse.errors import ReleaseError
from plie_warehouse.release.release_manifest import file_entry
from plie_warehouse.release.released_tables import DESCRIPTION, Column, Table, demand, quick_of
from plie_warehouse.sql import text

DESCRIPTOR = "datapackage.json"
PARQUET, CSV = "parquet", "csv"
FOLDERS = (PARQUET, CSV)

# Type of DuckDB without its precision -> type of the descriptor.
TYPES = {
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DECIMAL": "number",
    "DOUBLE": "number",
    "INTEGER": "integer",
    "VARCHAR": "string",
}

# A text that a spreadsheet would run: it begins with a sign of a formula, full-width signs and blanks before included.
# The copy has an apostrophe before it, and before one that begins so behind apostrophes: what was added can be told.
_RUN = r"('*\s*[=+@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}-])"


def _path(folder: str, table: Table) -> str:
    return f"{folder}/{table.name}.{folder}"


def write(connection: duckdb.DuckDBPyConnection, draft: Path, tables: Sequence[Table]) -> None:
    """Write the copies of what is staged (catalog ``stage``), in its order."""
    names = [table.name for table in tables]
    if len(names) != len(set(names)):
        raise ReleaseError("two published tables have one name; their copies would be one file")
    for folder, options in ((PARQUET, "format parquet, compression zstd"), (CSV, "format csv, header")):
        (draft / folder).mkdir()
        for table in tables:
            rows = f"stage.{table.full_name}"
            if folder == CSV:
                rows = _rewritten(rows, table, f"^{_RUN}", r"'\1")
            connection.execute(f"copy (from {rows}) to {text(draft / _path(folder, table))} ({options})")


def _rewritten(rows: str, table: Table, pattern: str, by: str) -> str:
    """The same rows with the texts rewritten, as a query in brackets. ``rows``: what stands behind *from*."""
    texts = [f'"{column.name}"' for column in table.columns if column.type == "VARCHAR"]
    replaced = ", ".join(f"regexp_replace({name}, {text(pattern)}, {text(by)}) as {name}" for name in texts)
    return f"(select * replace ({replaced}) from {rows})" if texts else rows


def check(draft: Path, tables: Sequence[Table]) -> None:
    """Both copies of every table, read back, hold what was meant. Raises ``ReleaseError``."""
    with duckdb.connect() as connection:
        for table in tables:
            parquet, csv = (_path(folder, table) for folder in FOLDERS)
            types = ", ".join(f"{text(column.name)}: {text(column.type)}" for column in table.columns)
            # In the CSV an empty text is quoted, a null is not.
            read = (
                f"read_csv({text(draft / csv)}, columns = {{{types}}}, auto_detect = false, header = true,"
                " delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false)"
            )
            for path, rows in (
                (parquet, f"read_parquet({text(draft / parquet)})"),
                (csv, _rewritten(read, table, f"^'{_RUN}", r"\1")),
            ):
                demand(path, (table.rows, table.quick), quick_of(connection, rows))


def write_descriptor(draft: Path, tables: Sequence[Table], described: dict[str, Any]) -> None:
    """Name tables, columns, types, units and descriptions; the files that it names must be there."""
    descriptor = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "plie-marts",
        "title": "PLIE and social clause: published tables",
        "description": f"Build {described['build_id']}, extraction of {described['as_of_date']}; manifest.json says"
        " more. plie_marts.duckdb holds the same tables, by schema.",
        "version": described["published_id"],
        "resources": [_resource(draft, table) for table in tables],
    }
    (draft / DESCRIPTOR).write_text(json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _resource(draft: Path, table: Table) -> dict[str, Any]:
    csv = file_entry(draft / _path(CSV, table))
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    return {
        "name": table.name,
        "type": "table",
        "description": table.comment,
        "description_fr": table.french,
        "path": _path(CSV, table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "header": True},
        "bytes": csv["bytes"],
        "hash": f"sha256:{csv['sha256']}",
        # Beyond the standard: the same rows in the other forms.
        "parquet": _path(PARQUET, table),
        "duckdb": table.full_name,
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    field = {"name": column.name, "type": TYPES[column.type.split("(")[0]], "duckdbType": column.type}
    parts = DESCRIPTION.fullmatch(column.comment)
    described = parts.groupdict() if parts else {"description": column.comment}
    return field | described | {"description_fr": column.french}
