"""Suppression patterns: which cells are suppressed (D60), as the status columns say. The pattern is checked against the
values and condensed into a checksum by year, so that releases can be compared.

Two releases with different suppression patterns may reveal each other's suppressed cells: one shows the cell, or others
of its sum. Readers may not have both, see ``conflict``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from plie_warehouse.errors import ReleaseError
from plie_warehouse.release.released_tables import (
    BUILD_INFO,
    CHANGES,
    INDICATORS,
    PUBLISHED,
    SCORECARD,
    Table,
    encoded,
)
from plie_warehouse.sql import text

# Status of a value that is shown, and of one that nobody delivered. Any other status is of a suppressed value.
SHOWN, UNKNOWN = "publie", "non_connu"

YEAR = "reporting_year"
# Where the seat of an organisation is: a public address, and no figure of anybody.
PLACE = ("latitude", "longitude")
# Tables without figures of ours: none of them, or what was printed before there were rows.
WITHOUT = (BUILD_INFO, "dim_date", "historical_results")


def measures(table: Table) -> dict[str, str]:
    """Column of a value -> column of its status: ``<value>_status``, in the list of indicators ``status`` too."""
    names = set(table.names)
    found = {name: f"{name}_status" for name in table.names if f"{name}_status" in names}
    return found | ({"value": "status"} if {"value", "status"} <= names else {})


def check(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    """Raises ``ReleaseError`` unless in the staged tables every value has its status, suppressed values are null, and
    tables with values have a primary key. Changes between years, and the figures of a PLIE beside those of others, have
    no status: they are of figures that are shown."""
    for table in tables:
        if table.schema != PUBLISHED or table.name in WITHOUT:
            continue
        if table.name == CHANGES:
            _check_changes(connection, table)
            continue
        if table.name == SCORECARD:
            _check_scorecard(connection, table)
            continue
        found = measures(table)
        without = [
            column.name
            for column in table.columns
            if column.name not in (*table.key, *found, *PLACE)
            and column.type.startswith(("BIGINT", "DECIMAL", "DOUBLE"))
        ]
        if without:
            raise ReleaseError(f"{table.full_name}: values without a status: {', '.join(without)}")
        if found and not table.key:
            raise ReleaseError(f"{table.full_name}: no primary key, so its suppression patterns cannot be compared")
        counts = [
            f'count(*) filter ("{status}" is null or ("{status}" <> {text(SHOWN)} and "{value}" is not null))'
            for value, status in found.items()
        ]
        wrong = (
            connection.execute(f"select {', '.join(counts)} from stage.{table.full_name}").fetchone() if found else ()
        )
        for value, count in zip(found, wrong, strict=True):
            if count:
                raise ReleaseError(f"{table.full_name}.{value}: {count} values are there that their status hides")


def _check_changes(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Raises ``ReleaseError`` unless the staged indicators show both figures of each change, with their counts."""
    figure = ", ".join(f'"{name}"' for name in table.key if name != YEAR)
    shown = (
        f"select * from stage.{PUBLISHED}.{INDICATORS} where status = {text(SHOWN)}"
        f" and numerator_status = {text(SHOWN)} and denominator_status in ({text(SHOWN)}, {text(UNKNOWN)})"
    )
    (count,) = connection.execute(
        f"select count(*) from stage.{table.full_name} as changes"
        f" left join ({shown}) as now using ({YEAR}, {figure})"
        f" left join (select * replace ({YEAR} + 1 as {YEAR}) from ({shown})) as before using ({YEAR}, {figure})"
        " where now.value is distinct from changes.value or before.value is distinct from changes.previous_value"
    ).fetchone()
    if count:
        raise ReleaseError(f"{table.full_name}: {count} changes of figures that {INDICATORS} does not show")


def _check_scorecard(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Raises ``ReleaseError`` unless the staged indicators show each figure of a PLIE, its region and the country, and
    both counts of what has an interval."""
    shown = (
        "select reporting_year, territory_kind, territory_code, indicator_code, cut, cut_value, method_version,"
        f" value, numerator, denominator from stage.{PUBLISHED}.{INDICATORS} where status = {text(SHOWN)}"
    )
    figure = f"{YEAR}, indicator_code, cut, cut_value, method_version"
    joined = " ".join(
        f"left join (from ({shown}) where territory_kind = {text(kind)}) as {kind}"
        f" on row({', '.join(f'{kind}.{name}' for name in figure.split(', '))})"
        f" = row({', '.join(f'cards.{name}' for name in figure.split(', '))}) and {kind}.territory_code = {code}"
        for kind, code in (("plie", "cards.plie_code"), ("region", "cards.region_code"), ("national", "'FR'"))
    )
    (count,) = connection.execute(
        f"select count(*) from stage.{table.full_name} as cards {joined}"
        " where plie.value is distinct from cards.value or region.value is distinct from cards.region_value"
        " or plie.numerator is distinct from cards.numerator or plie.denominator is distinct from cards.denominator"
        " or national.value is distinct from cards.national_value"
        " or (cards.interval_low is not null and (cards.numerator is null or cards.denominator is null))"
    ).fetchone()
    if count:
        raise ReleaseError(f"{table.full_name}: {count} rows of figures that {INDICATORS} does not show")


def figures(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Status -> number of indicators with it."""
    return dict(
        connection.execute(
            f"select status, count(*) from stage.{PUBLISHED}.{INDICATORS} group by status order by status"
        ).fetchall()
    )


def hidden_cells(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> dict[str, dict[str, Any]]:
    """Year of the staged tables -> number of suppressed cells and checksum of their set. A cell: table, key of the row,
    column of the value; the kind of suppression does not count."""
    queries = []
    for table in tables:
        if table.schema != PUBLISHED or not measures(table):
            continue
        suppressed = {
            value: f'"{status}" not in ({text(SHOWN)}, {text(UNKNOWN)})' for value, status in measures(table).items()
        }
        year = f"coalesce(\"{YEAR}\"::varchar, '')" if YEAR in table.names else "''"
        columns = " || ".join(
            f"if({is_suppressed}, {text(value + ' ')}, '')" for value, is_suppressed in suppressed.items()
        )
        cells = " + ".join(f"({is_suppressed})::bigint" for is_suppressed in suppressed.values())
        queries.append(
            f"select {year} as year, {cells} as cells, case when {cells} > 0 then"
            f" sha256(concat({text(table.name)}, ' ', {encoded(table.key)}, ' ', {columns})) end as digest"
            f" from stage.{table.full_name}"
        )
    rows = connection.execute(
        "select year, sum(cells)::bigint, sha256(coalesce(string_agg(digest, '' order by digest), ''))"
        f" from ({' union all '.join(queries)}) group by year order by year"
    ).fetchall()
    return {year: {"cells": cells, "checksum": checksum} for year, cells, checksum in rows}


def conflict(new: dict[str, Any], other: dict[str, Any]) -> str | None:
    """Why readers may not have a release (``other``, its manifest) with a new one, in French. None when they may:
    tables, columns, and the suppressed cells of each year that both hold are the same."""
    name = new["published_id"]
    if _columns(new) != _columns(other):
        return (
            f"ses tables ou leurs colonnes ne sont pas celles de la publication {name} : rien ne garantit qu'elle ne"
            " redonne pas ce que celle-ci masque"
        )
    years = sorted(new["hidden_cells"].keys() & other["hidden_cells"].keys())
    differing = [year for year in years if new["hidden_cells"][year] != other["hidden_cells"][year]]
    if differing:
        return (
            f"pour {', '.join(differing)}, elle ne masque pas les mêmes cellules que la publication {name} : l'une"
            " redonnerait ce que l'autre masque"
        )
    return None


def _columns(manifest: dict[str, Any]) -> dict[str, Any]:
    """Published tables with their columns."""
    tables = manifest["tables"].items()
    return {name: table["columns"] for name, table in tables if name.startswith(f"{PUBLISHED}.")}
