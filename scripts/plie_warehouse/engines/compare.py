"""Tables of another engine beside DuckDB's: every cell, and a checksum that does not depend on the order of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from plie_warehouse.engines import BUILT_SCHEMAS, EngineError
from plie_warehouse.sql import text

# What names a build, and not a figure.
NAMES_OF_A_BUILD = {"build_id"}
# Rows of a table that differ among which the two sides of one are looked for; tables that a message names.
ROWS_PAIRED, TABLES_SHOWN = 200, 10

Reader = Callable[[duckdb.DuckDBPyConnection, str, str], str]


@dataclass
class Comparison:
    """How many ``tables``, ``rows`` and ``cells`` are equal, their ``checksum``, and a sentence for each table that
    differs."""

    tables: int = 0
    rows: int = 0
    cells: int = 0
    checksum: int = 0
    differences: list[str] = field(default_factory=list)


def compare_tables(warehouse: Path, tables: Iterable[str], read: Reader) -> Comparison:
    """Compare each of ``tables`` (``schema.table``) of a DuckDB file with what ``read`` makes of the engine's.

    A cell of the engine is read as the type that DuckDB has for it. Raises ``EngineError`` when DuckDB has no such
    table: the two builds are not of the same project.
    """
    result = Comparison()
    duck = duckdb.connect()
    duck.execute(f"attach {text(warehouse)} as warehouse (read_only)")
    for table in sorted(tables):
        schema, name = table.split(".")
        columns = duck.execute(
            "select column_name, data_type from duckdb_columns() where database_name = 'warehouse'"
            f" and schema_name = {text(schema)} and table_name = {text(name)} order by column_index"
        ).fetchall()
        if not columns:
            raise EngineError(f"the warehouse {warehouse} has no table {table}: run plie build, then compare again")
        theirs = read(duck, schema, name)
        there = {row[0] for row in duck.execute(f"select column_name from (describe {theirs})").fetchall()}
        if there != {column for column, _ in columns}:
            apart = sorted(there ^ {column for column, _ in columns})
            result.differences.append(f"{table}: the columns differ: {', '.join(apart)}")
            continue
        kept = [(column, kind) for column, kind in columns if column not in NAMES_OF_A_BUILD]
        _compare(duck, table, kept, f'warehouse."{schema}"."{name}"', theirs, result)
    return result


def _compare(
    duck: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[tuple[str, str]],
    ours: str,
    theirs: str,
    result: Comparison,
) -> None:
    typed = ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in columns)
    sides = [f"(select {typed} from {relation})" for relation in (ours, theirs)]
    counted = [duck.execute(f"select count(*), bit_xor(hash(row)) from {side} as row").fetchone() for side in sides]
    apart = [
        duck.execute(f"from {one} except all from {other} order by all limit {ROWS_PAIRED}").fetchall()
        for one, other in (sides, sides[::-1])
    ]
    if not any(apart) and counted[0] == counted[1]:
        rows, checksum = counted[0]
        result.tables += 1
        result.rows += rows
        result.cells += rows * len(columns)
        result.checksum ^= checksum or 0
        return
    said = _first_difference([column for column, _ in columns], *apart)
    result.differences.append(f"{table}: {counted[0][0]} rows in DuckDB, {counted[1][0]} there; {said}")


def _first_difference(names: list[str], ours: list[tuple], theirs: list[tuple]) -> str:
    """The key and both values of the first row that differs: it is told from the row that is most like it."""
    if not ours or not theirs:
        side, row = ("DuckDB", ours[0]) if ours else ("the engine", theirs[0])
        return f"only {side} has {_said(zip(names, row, strict=True))}"
    row = ours[0]
    other = max(theirs, key=lambda candidate: sum(a == b for a, b in zip(row, candidate, strict=True)))
    pairs = list(zip(names, row, other, strict=True))
    key = _said((column, a) for column, a, b in pairs if a == b and a is not None)
    values = "; ".join(f"{column} is {a!s} in DuckDB, {b!s} there" for column, a, b in pairs if a != b)
    return f"where {key}: {values}"


def _said(cells: Iterable[tuple[str, object]], most: int = 6) -> str:
    return ", ".join(f"{column} = {value}" for column, value in list(cells)[:most])


def built_tables(run_results: dict, manifest: dict) -> list[str]:
    """``schema.table`` of the models that a run of dbt made."""
    made = [result["unique_id"] for result in run_results["results"] if result["unique_id"].startswith("model.")]
    nodes = [manifest["nodes"][one] for one in made]
    return [f"{node['schema']}.{node['alias']}" for node in nodes if node["schema"] in BUILT_SCHEMAS]
