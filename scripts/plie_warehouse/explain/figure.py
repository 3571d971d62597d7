"""A figure by its name, what the private warehouse says of it, and the rows behind its numerator and denominator."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from plie_warehouse.errors import PlieError
from plie_warehouse.explain.project import Project, Row
from plie_warehouse.sql import text as as_literal

TOTAL = "total"

# What fits a terminal; the query beside them gives the others.
COLUMNS_SHOWN = 7


class UnknownFigureError(PlieError):
    """No figure has the name; the message says which names come near."""

    exit_code = 1


class NoWarehouseError(PlieError):
    """There is no warehouse to look at."""


@dataclass(frozen=True)
class Figure:
    """One figure: a printed one, or a cell of ``marts.indicators``. ``measure`` is None for a printed figure that no
    indicator gives. ``years`` has the year before too where the figure is a change."""

    name: str
    printed: Row | None
    measure: Row | None
    years: tuple[int, ...] = ()
    territory_kind: str = ""
    territory_code: str = ""
    cut_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """The rows behind one part of a figure. ``total`` is their number or, where amounts are summed, their sum."""

    sql: str
    relation: duckdb.DuckDBPyRelation
    total: Decimal

    def first(self, count: int) -> str:
        """The first rows in a box, in a fixed order. Columns: those that the query names, and codes, while they fit."""
        columns = self.relation.columns
        named = [name for name in columns if name == "amount" or re.search(rf"\b{name}\b", self.sql)]
        codes = [name for name in columns if name.endswith(("_code", "_id")) and name not in named]
        columns = sorted((named + codes)[:COLUMNS_SHOWN] or columns[:COLUMNS_SHOWN], key=columns.index)
        return str(self.relation.project(", ".join(columns)).order("all").limit(count)).rstrip()


def unknown(what: str, name: str, names: Iterable[str]) -> UnknownFigureError:
    """An error that names what comes near: by spelling, else all where there are few."""
    names = sorted(set(names))
    near = difflib.get_close_matches(name, names, n=5, cutoff=0.5) or (names if len(names) <= 15 else [])
    hint = f" ; noms proches : {', '.join(near)}" if near else ""
    return UnknownFigureError(f"{what} {name!r} n'existe pas{hint}.")


class Warehouse:
    """The private warehouse, read-only, with the rows of one territory in view at a time."""

    def __init__(self, path: Path) -> None:
        """Raises ``NoWarehouseError`` when the file is missing or cannot be opened."""
        if not path.exists():
            raise NoWarehouseError(f"{path} is missing; run make build first")
        self.connection = duckdb.connect()
        try:
            # The catalogue has the name of the file, by which the views in it name each other.
            self.connection.execute(f"attach {as_literal(str(path))} as {path.stem} (read_only)")
        except duckdb.Error as error:
            raise NoWarehouseError(f"{path} cannot be read ({error}); run make build again") from error
        self.catalogue = path.stem
        # Table -> the territory whose rows it stands for.
        self._in_view: dict[str, tuple[str, str]] = {}

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *exception: object) -> None:
        self.connection.close()

    def fetch(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """The rows of a query on the whole warehouse, as dictionaries; ``{w}`` stands for its catalogue."""
        answer = self.connection.execute(sql.format(w=self.catalogue), values)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def cells(self, figure: Figure) -> list[dict[str, Any]]:
        """The cells of ``marts.indicators`` of a figure by year, all its values of the breakdown together: numerators
        are summed, their base is one."""
        return self.fetch(
            "select reporting_year, sum(numerator) as numerator, max(denominator) as denominator,"
            " case when count(*) = 1 then max(value) end as value, max(coverage) as coverage"
            " from {w}.marts.indicators where indicator_code = ? and cut = ? and method_version = ?"
            " and territory_kind = ? and territory_code = ? and list_contains(?, cut_value)"
            " group by reporting_year having count(numerator) = len(?) order by reporting_year",
            *(figure.measure[name] for name in ("indicator_code", "cut", "method_version")),
            figure.territory_kind,
            figure.territory_code,
            list(figure.cut_values),
            list(figure.cut_values),
        )

    def rows(self, measure: Row, figure: Figure, year: int) -> Rows:
        """The rows behind a measure, for the year, territory and values of a figure."""
        values = {
            "year": str(year),
            "territory_kind": figure.territory_kind,
            "territory_code": figure.territory_code,
            "cut": figure.measure["cut"],
            "cut_values": ", ".join(as_literal(value) for value in figure.cut_values),
        }
        sql = re.sub(r"\{(\w+)\}", lambda match: values[match.group(1)], measure["rows_sql"])
        for schema, table in set(re.findall(r"\b(?:from|join)\s+(\w+)\.(\w+)", sql)):
            self._narrow(schema, table, figure)
        relation = self.connection.sql(sql)
        total = "coalesce(sum(amount), 0)" if measure["is_summed"] == "true" else "count(*)"
        return Rows(sql, relation, Decimal(relation.aggregate(total).fetchone()[0]))

    def _narrow(self, schema: str, table: str, figure: Figure) -> None:
        """Let ``schema.table`` stand for the rows of the territory. A table that names no supplier stays whole. So does
        the bridge of members, because the structures that it leads to are narrowed."""
        territory = (figure.territory_kind, figure.territory_code)
        if self._in_view.get(f"{schema}.{table}") == territory:
            return
        self._in_view[f"{schema}.{table}"] = territory
        columns = [column["name"] for column in self.fetch(f"pragma table_info('{{w}}.{schema}.{table}')")]
        kind, code = figure.territory_kind, as_literal(figure.territory_code)
        level = {"departement": "department_code", "region": "region_code"}.get(kind)
        dimensions = {"plie_code": "dim_plie", "structure_code": "dim_clause_structure"}
        supplier = next((name for name in dimensions if name in columns and "member_code" not in columns), None)
        condition = ""
        if level in columns:
            condition = f" where {level} = {code}"
        elif level and supplier:
            dimension = f"{self.catalogue}.marts.{dimensions[supplier]}"
            condition = f" where {supplier} in (select {supplier} from {dimension} where {level} = {code})"
        elif kind == "oi" and supplier == "plie_code":
            # The PLIE that an intermediate body manages are no attribute of theirs: a bridge says which.
            bridge = f"{self.catalogue}.intermediate.int_plie__territories"
            members = f"select plie_code from {bridge} where territory_kind = 'oi' and territory_code = {code}"
            condition = f" where plie_code in ({members})"
        elif kind != "national" and supplier:
            condition = f" where {supplier} = {code}"
        self.connection.execute(f"create schema if not exists {schema}")
        self.connection.execute(
            f"create or replace view {schema}.{table} as select * from {self.catalogue}.{schema}.{table}{condition}"
        )


def find_figure(project: Project, warehouse: Warehouse | None, name: str) -> Figure:
    """The figure of a name: a printed figure's id, or indicator/breakdown/value/territory/year, where the value may be
    left out with the breakdown total, and the breakdown with it. ``warehouse`` is needed for the second form only.
    Raises ``UnknownFigureError``."""
    if "/" in name:
        return _cell(project, warehouse, name)
    printed = project.printed_figures.get(name)
    if printed is None:
        if any(measure["indicator_code"] == name for measure in project.indicators):
            raise UnknownFigureError(f"{name} est un indicateur : ajouter le territoire et l'année, {name}/FR/2021.")
        raise unknown("Le chiffre", name, project.printed_figures)
    if not printed["indicator_code"]:
        return Figure(name, printed, None)
    year = int(printed["reporting_year"])
    return Figure(
        name,
        printed,
        _measure(project, printed["indicator_code"], printed["cut"], printed["method_version"]),
        (year, year - 1) if printed["part"] == "change" else (year,),
        printed["territory_kind"],
        printed["territory_code"],
        tuple(printed["cut_values"].split("|")),
    )


def _cell(project: Project, warehouse: Warehouse, name: str) -> Figure:
    indicator, *middle, territory, year = name.split("/") if name.count("/") >= 2 else ("", "", "")
    if not indicator:
        raise UnknownFigureError(f"{name!r} : écrire indicateur/ventilation/valeur/territoire/année.")
    cut, values = (middle[0], "/".join(middle[1:]) or TOTAL) if middle else (TOTAL, TOTAL)
    measure = _measure(project, indicator, cut)
    kind, code = _territory(warehouse, territory)
    known = warehouse.fetch(
        "select distinct cut_value, territory_kind = ? and territory_code = ? as is_here, reporting_year"
        " from {w}.marts.indicators where indicator_code = ? and cut = ? and method_version = ?",
        kind, code, indicator, cut, measure["method_version"],
    )  # fmt: skip
    wanted = tuple(dict.fromkeys(values.split("|")))
    for value in wanted:
        if value not in {row["cut_value"] for row in known}:
            raise unknown(f"De {indicator} par {cut}, la valeur", value, (row["cut_value"] for row in known))
    here = [
        {str(row["reporting_year"]) for row in known if row["is_here"] and row["cut_value"] == value}
        for value in wanted
    ]
    years = set.intersection(*here)
    if year not in years:
        raise unknown(f"De {indicator} pour {kind}:{code}, l'année", year, years)
    return Figure(name, None, measure, (int(year),), kind, code, wanted)


def _measure(project: Project, indicator: str, cut: str, method_version: str | None = None) -> Row:
    """The measure of an indicator; of several method versions the last of the registry."""
    rows = [row for row in project.indicators if row["indicator_code"] == indicator]
    if not rows:
        raise unknown("L'indicateur", indicator, (row["indicator_code"] for row in project.indicators))
    found = [row for row in rows if row["cut"] == cut and method_version in (None, row["method_version"])]
    if not found:
        raise unknown(f"De {indicator}, la ventilation", cut, (row["cut"] for row in rows))
    return found[-1]


def _territory(warehouse: Warehouse, text: str) -> tuple[str, str]:
    """Kind and code of a territory, from its code or ``kind:code``."""
    kind, _, code = text.rpartition(":")
    rows = warehouse.fetch("select territory_kind, territory_code from {w}.marts.dim_territory")
    known = [(row["territory_kind"], row["territory_code"]) for row in rows]
    found = [place for place in known if place[1] == code and kind in ("", place[0])]
    if not found:
        names = {code for _, code in known} | ({f"{kind}:{code}" for kind, code in known} if kind else set())
        raise unknown("Le territoire", text, names)
    if len(found) > 1:
        choices = " ou ".join(sorted(f"{kind}:{code}" for kind, code in found))
        raise UnknownFigureError(f"Le territoire {code!r} est ambigu : écrire {choices}.")
    return found[0]
