"""The published file of a release, opened for a report: checked against its manifest, read-only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from plie_warehouse.release.build_attestation import checksum
from plie_warehouse.report import ReportError
from plie_warehouse.report.figures import Change, Figure, Key, Measure, Status
from plie_warehouse.report.typography import alphabetical

NATIONAL, FRANCE = "national", "FR"

# What the pages read of a release: what they cannot do without, and what a release may lack because it was made before
# the table was.
DEMANDED = (
    "published.build_info", "published.dim_clause_structure", "published.dim_plie", "published.dim_territory",
    "published.indicator_changes", "published.indicators", "published.plie_outcomes", "published.printed_comparison",
    "published.publication", "reference.comparison_statuses", "reference.glossary", "reference.measures",
    "reference.parameters", "reference.publication_statuses", "reference.reader_comments", "reference.rules",
)  # fmt: skip
OPTIONAL = (
    "published.action_sheets", "published.historical_results", "published.oi_plie", "published.plie_scorecard",
)  # fmt: skip


class Territory(NamedTuple):
    """A territory of the published file."""

    kind: str
    code: str
    name: str


class Seat(NamedTuple):
    """Where a PLIE has its seat, in degrees; null where the register does not say."""

    name: str
    department: str
    region: str
    region_name: str
    latitude: Decimal | None
    longitude: Decimal | None
    took_part: bool


class Published:
    """The released tables, as far as a report reads them. Raises ``ReportError`` where one of ``DEMANDED`` is not
    there."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._tables = {
            f"{schema}.{table}"
            for schema, table in connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
        }
        if lacking := [table for table in DEMANDED if table not in self._tables]:
            raise ReportError(
                f"the release has no table {', '.join(lacking)}: it was made by another version; run make build"
            )
        [(self.release, self.build, self.as_of)] = connection.execute(
            "select published_id, build_id, as_of_date from published.publication, published.build_info"
        ).fetchall()
        self.statuses = {
            row["status"]: Status(**{name: row[name] for name in ("status", "is_shown", "label_fr", "explanation_fr")})
            for row in self.rows("from reference.publication_statuses")
        }
        self.measures = {
            (row["indicator_code"], row["cut"], row["method_version"]): Measure.read(row)
            for row in self.rows("from reference.measures where indicator_code is not null")
        }
        self._part_labels = {
            (row["mart"], row["cut"], row["measure"]): row["label_fr"]
            for row in self.rows("from reference.measures where label_fr is not null")
        }
        self._comments = {
            (row["table_name"], row["column_name"]): row["comment_fr"]
            for row in self.rows("from reference.reader_comments")
        }
        self.years = [
            year for (year,) in connection.execute(
                "select distinct reporting_year from published.indicators order by 1"
            ).fetchall()
        ]  # fmt: skip
        found = connection.execute(
            "select territory_kind, territory_code, territory_name from published.dim_territory"
        ).fetchall()
        # By kind, then by name, as readers look for them.
        self.territories = sorted(
            map(Territory._make, found), key=lambda one: (one.kind, alphabetical(one.name), one.code)
        )

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        found = self.connection.execute(sql, parameters or [])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def seats(self, year: int) -> list[Seat]:
        """Of each PLIE of the register that exists in the year, where its seat is, and whether it took part. The last
        register says where."""
        return [
            Seat(**row)
            for row in self.rows(
                "select coalesce(name, plie_code) as name, department_code as department, region_code as region,"
                " region_name, latitude, longitude, plie_code in ("
                "  select territory_code from published.plie_outcomes"
                "  where territory_kind = 'plie' and reporting_year = ?"
                " ) as took_part from published.dim_plie where is_registered and region_code is not null"
                " and coalesce(opened_on <= make_date(?, 12, 31), true)"
                " and coalesce(closed_on >= make_date(?, 1, 1), true) order by plie_code",
                [year, year, year],
            )
        ]

    def part_label(self, mart: str, cut: str, measure: str) -> str:
        """How a reader calls a part of a rate: its label, else what the column is said to be, else its name."""
        comment = self._comments.get((f"published.{mart}", measure)) or self._comments.get((None, measure))
        return self._part_labels.get((mart, cut, measure)) or (comment or f"{mart}.{measure}").removesuffix(".")

    def parameter(self, name: str, year: int) -> Fraction | None:
        """A number of the rules as it is in force at the end of a year; none before its first day."""
        found = self.rows(
            "select value from reference.parameters where name = ? and (valid_from is null or valid_from <="
            " make_date(?, 12, 31)) and (valid_to is null or valid_to >= make_date(?, 12, 31))",
            [name, year, year],
        )
        return Fraction(found[0]["value"]) if found else None

    def declared(self, year: int) -> list[dict[str, Any]]:
        """The figures that action sheets of a year declare and that were printed, sheet by sheet."""
        return self.rows(
            "select label_fr, printed_value, qualifier, unit, scope, section from published.printed_comparison"
            " where status = 'declared' and reporting_year = ? order by section, cut, cast(cut_values as integer)",
            [year],
        )

    def optional_rows(self, table: str, sql: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
        """The rows of a query of one of ``OPTIONAL``; none where the release has no such table."""
        return self.rows(sql, parameters) if table in self._tables else []

    def figures(self, where: str, parameters: list[Any]) -> dict[Key, Figure]:
        """Figures by key, in the order of their lists; of several methods the last one."""
        found: dict[Key, Figure] = {}
        for row in self.rows(
            "select * from published.indicators where " + where + " order by method_version, indicator_code, cut,"
            " cut_value,"
            " territory_kind, territory_code, reporting_year",
            parameters,
        ):  # fmt: skip
            figure = Figure.read(row, self)
            found[figure.key] = figure
        return found

    def changes(self, where: str, parameters: list[Any]) -> dict[Key, Change]:
        """Changes from the year before, by the key of the figure."""
        return {
            Key.read(row): Change.read(row)
            for row in self.rows(
                "select * from published.indicator_changes where " + where + " order by method_version", parameters
            )
        }  # fmt: skip

    def demand_year(self, year: int) -> None:
        """Raises ``ReportError`` for a year in which no PLIE has a figure."""
        with_plie = [
            found for (found,) in self.connection.execute(
                "select distinct reporting_year from published.indicators where territory_kind = ? and"
                " indicator_code = ?"
                " and cut = 'total' and status = 'publie' order by 1", [NATIONAL, "persons_in_parcours"],
            ).fetchall()
        ]  # fmt: skip
        if year not in with_plie:
            listed = ", ".join(map(str, with_plie)) or "none"
            raise ReportError(f"the release has no figures of the PLIE for {year}; years that it has: {listed}")


@contextmanager
def opened(serving: Path) -> Iterator[Published]:
    """The release in the folder of ``serving``. Raises ``ReportError`` when there is none, or when the file is not the
    one that its manifest describes."""
    manifest = serving.with_name("manifest.json")
    if not serving.exists() or not manifest.exists():
        raise ReportError(f"there is no release in {serving.parent}: run make build first")
    with serving.open("rb") as content:
        found = checksum(content)
    try:
        expected = json.loads(manifest.read_text(encoding="utf-8"))["files"][serving.name]["sha256"]
    except (ValueError, KeyError, TypeError):
        raise ReportError(f"{manifest} is no manifest of a release: run make publish to put the release back") from None
    if found != expected:
        raise ReportError(f"{serving} is not the file that its manifest describes: run make publish to put it back")
    with duckdb.connect(str(serving), read_only=True) as connection:
        yield Published(connection)
