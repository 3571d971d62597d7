"""The sheet of one PLIE, clause structure, region or intermediate body: its results over the years, beside the wider
territories and the spread of the others, its profiles, steps and exits.

A *public* sheet is written from the published file alone. An *own* sheet is for its supplier: its own figures come
unsuppressed from the private warehouse, those of all others as they are published.
"""

from __future__ import annotations

import statistics
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import duckdb
from markupsafe import Markup

from plie_warehouse.report.charts import block, charts
from plie_warehouse.report.facts import Facts, listed
from plie_warehouse.report.figures import SHOWN, TOTAL, Change, Figure, Key, Measure
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.published import FRANCE, NATIONAL, Published, Territory
from plie_warehouse.report.typography import SPACE, rounded

KINDS = ("plie", "structure", "region")
# An intermediate body delivers nothing; of it the warehouse alone has figures (D5A).
OWN_KINDS = ("plie", "structure", "oi")
SUPPLIER_KINDS = {"plie": "plie", "structure": "clause"}
KIND_LABELS = {
    "plie": "PLIE", "structure": "Structure de la clause", "region": "Région", "oi": "Organisme intermédiaire",
}  # fmt: skip
# What is shown of each PLIE of an intermediate body.
OF_MEMBERS = ("persons_in_parcours", "entries", "exits", "positive_rate_raw", "positive_rate_neutralised")
# Of fewer others nothing is said of their spread.
FEWEST_OTHERS = 8
# Rows of a delivery that are named for each finding.
MOST_ROWS = 5


class Place(NamedTuple):
    """A territory and those around it: department and region, where it has them."""

    territory: Territory
    year: int
    around: tuple[Territory, ...]
    town: str = ""


def places(published: Published, year: int) -> list[Place]:
    """All that get a sheet: the PLIE and regions that have figures in the year, and the structures, each in its last
    year with a figure that is given."""
    years = {
        (kind, code): given or last if kind == "structure" else last
        for kind, code, last, given in published.connection.execute(
            "select territory_kind, territory_code, max(reporting_year), max(reporting_year) filter (status = ?)"
            " from published.indicators where reporting_year <= ? group by territory_kind, territory_code",
            [SHOWN, year],
        ).fetchall()
    }
    found = []
    for territory in published.territories:
        last = years.get((territory.kind, territory.code))
        if territory.kind in KINDS and (last == year or (last and territory.kind == "structure")):
            found.append(_place(published, territory, last))
    return sorted(found, key=lambda place: (KINDS.index(place.territory.kind), place.territory.code))


def own_places(published: Published, year: int, warehouse: duckdb.DuckDBPyConnection) -> list[Place]:
    """All that get a sheet of their own: the suppliers, and the intermediate bodies that have figures in the year."""
    bodies = warehouse.execute(
        "select territory_code, territory_name from marts.dim_territory where territory_kind = 'oi'"
        " and territory_code in (select territory_code from marts.indicators where territory_kind = 'oi'"
        "  and reporting_year = ?) order by 1",
        [year],
    ).fetchall()
    return [
        *(place for place in places(published, year) if place.territory.kind in OWN_KINDS),
        *(Place(Territory("oi", code, name), year, (Territory(NATIONAL, FRANCE, "France"),)) for code, name in bodies),
    ]


def _place(published: Published, territory: Territory, year: int) -> Place:
    around, town = [], ""
    if territory.kind != "region":
        table, key = {"plie": ("dim_plie", "plie_code"), "structure": ("dim_clause_structure", "structure_code")}[
            territory.kind
        ]
        for row in published.rows(f"select * from published.{table} where {key} = ?", [territory.code]):
            town = row.get("town") or ""
            around = [
                Territory(kind, row[f"{name}_code"], row[f"{name}_name"])
                for kind, name in (("departement", "department"), ("region", "region"))
                if row[f"{name}_code"]
            ]
    return Place(territory, year, (*around, Territory(NATIONAL, FRANCE, "France")), town)


def contents(published: Published, place: Place, warehouse: duckdb.DuckDBPyConnection | None = None) -> dict[str, Any]:
    """All that the template of a sheet needs. ``warehouse``: the private one, for the supplier's own sheet."""
    territory, year = place.territory, place.year
    ledger = Ledger(published)
    indicators = [row["indicator"] for row in listed("sheet_figures.csv") if row["kind"] == territory.kind]
    facts = Facts.of(published, "territory_kind = ? and territory_code = ?", [territory.kind, territory.code])
    wider = Facts.of(
        published,
        "cut = ? and reporting_year = ? and list_contains(?, indicator_code) and list_contains(?, territory_kind ||"
        " territory_code)",
        [TOTAL, year, indicators, [around.kind + around.code for around in place.around]],
    )
    if warehouse is not None:
        facts = own_facts(published, warehouse, territory)
    by_id = {chart.id: chart for chart in charts()}
    blocks = [
        block(by_id[row["chart_id"]], facts, year, ledger, territory.kind, territory.code)
        for row in listed("sheet_charts.csv") if row["kind"] == territory.kind
    ]  # fmt: skip
    years = [
        one
        for one in published.years
        if any(facts.get(name, one, kind=territory.kind, code=territory.code) for name in indicators)
    ]
    rows, beside = [], []
    # Of intermediate bodies nothing is published.
    spread, has_spread = spreads(published, territory.kind, year), territory.kind in KINDS
    for name in indicators:
        of_years = [facts.get(name, one, kind=territory.kind, code=territory.code) for one in years]
        figure = facts.get(name, year, kind=territory.kind, code=territory.code)
        if not any(of_years):
            continue
        label = next(one.label for one in of_years if one)
        rows.append((label, [ledger.link(one) for one in of_years]))
        cells = [ledger.link(figure)]
        cells += [ledger.link(wider.get(name, year, kind=one.kind, code=one.code)) for one in place.around]
        if has_spread:
            cells += quarters(spread.get(name, {}), territory.code, figure, ledger)
        beside.append((label, cells))
    return {
        "title": f"{KIND_LABELS[territory.kind]} : {territory.name}, {year}",
        "kind_label": KIND_LABELS[territory.kind],
        "place": place,
        "territory": territory,
        "year": year,
        "years": years,
        "published": published,
        "ledger": ledger,
        "rows": rows,
        "beside": beside,
        "has_spread": has_spread,
        "blocks": [made for made in blocks if not (made.lack and made.chart.kind == "curve")],
        "statuses": [status for status in published.statuses.values() if not status.is_shown],
        "is_own": warehouse is not None,
        "ranks": ranks(territory, year, facts, ledger),
        "targets": targets(warehouse, territory, year, facts, ledger) if warehouse is not None else [],
        "members": members(warehouse, territory, year, published, ledger) if warehouse is not None else [],
        "member_headers": [
            next(one.label for key, one in published.measures.items() if key[:2] == (name, TOTAL))
            for name in OF_MEMBERS
        ],
        "quality": quality(warehouse, territory, year) if warehouse is not None else None,
        "credit": "",
    }


@cache
def _values(published: Published, kind: str, year: int) -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = {}
    indicators = [row["indicator"] for row in listed("sheet_figures.csv") if row["kind"] == kind]
    for figure in published.figures(
        "territory_kind = ? and reporting_year = ? and cut = ? and status = ? and list_contains(?, indicator_code)",
        [kind, year, TOTAL, SHOWN, indicators],
    ).values():
        found.setdefault(figure.key.indicator, {})[figure.key.territory] = figure.exact
    return found


def spreads(published: Published, kind: str, year: int) -> dict[str, dict[str, Fraction]]:
    """Indicator -> territory -> published value, of all territories of a kind."""
    return _values(published, kind, year)


def quarters(values: dict[str, Fraction], code: str, figure: Figure | None, ledger: Ledger) -> list[Markup]:
    """First quarter, middle and third quarter of the published values of the others, and how many they are."""
    others = sorted(value for other, value in values.items() if other != code)
    if figure is None or len(others) < FEWEST_OTHERS:
        return [Markup("–")] * 4
    measure = figure.measure
    cells = [
        ledger.other(
            rounded(value * measure.factor, measure.decimals),
            "répartition des valeurs publiées des autres",
            measure.decimals,
        )
        + measure.unit_shown
        for value in statistics.quantiles(others, n=4, method="inclusive")
    ]
    return [*cells, ledger.other(len(others), "autres dont la valeur est publiée")]


def own_facts(published: Published, warehouse: duckdb.DuckDBPyConnection, territory: Territory) -> Facts:
    """The figures of a supplier as the private warehouse has them: none is suppressed."""
    found = warehouse.execute(
        "select * from marts.indicators where territory_kind = ? and territory_code = ?"
        " order by method_version, indicator_code, cut, cut_value, reporting_year",
        [territory.kind, territory.code],
    )
    names = [column[0] for column in found.description]
    figures: dict[Key, Figure] = {}
    for row in found.fetchall():
        named = dict(zip(names, row, strict=True))
        figure = Figure.read(named | {"status": "non_connu" if named["value"] is None else SHOWN}, published)
        figures[figure.key] = figure
    rows = _dicts(
        warehouse, "select * from marts.indicator_changes where territory_kind = ? and territory_code = ?", territory
    )
    changes = {Key.read(row): Change.read(row) for row in rows}
    return Facts(published, figures, changes)


def ranks(territory: Territory, year: int, facts: Facts, ledger: Ledger) -> list[tuple[str, list[Markup]]]:
    """The headline figures of a PLIE that are published, each with its interval and its rank among the published ones:
    of an own sheet too, because a rank among all would tell of those that are suppressed (D60, D62)."""
    if territory.kind != "plie" or not facts.published.has("plie_scorecard"):
        return []
    found = []
    for card in facts.published.rows(
        "select * from published.plie_scorecard where plie_code = ? and reporting_year = ? order by display_order",
        [territory.code, year],
    ):
        figure = facts.get(card["indicator_code"], year, card["cut"], card["cut_value"], territory.kind, territory.code)
        if figure is None or figure.measure.method != card["method_version"]:
            continue
        interval = Markup("–")
        if card["interval_low"] is not None:
            interval = Markup(" à ").join(
                _shown(ledger, Fraction(card[bound]), figure.measure, "borne de l'intervalle de Wilson")
                for bound in ("interval_low", "interval_high")
            )
        rank = ledger.other(card["value_rank"], "rang parmi les valeurs publiées")
        of = ledger.other(card["ranked_plie"], "PLIE dont la valeur est publiée")
        label = figure.label if card["cut"] == TOTAL else f"{figure.label} : {figure.cut_label}"
        found.append((label, [ledger.link(figure), interval, rank, of]))
    return found


def targets(
    warehouse: duckdb.DuckDBPyConnection, territory: Territory, year: int, facts: Facts, ledger: Ledger
) -> list[tuple[str, list[Markup]]]:
    """What a PLIE promised, what it did, and the difference: one row per objective and year, the last year first."""
    if territory.kind != "plie":
        return []
    rows = []
    for row in _dicts(
        warehouse,
        "select * from marts.plie_target_results where 'plie' = ? and plie_code = ? and reporting_year <= ?"
        " order by label_fr, method_version, reporting_year desc",
        territory, year,
    ):  # fmt: skip
        measure = facts.published.measures[row["indicator_code"], TOTAL, row["method_version"]]
        done = facts.get(row["indicator_code"], row["reporting_year"], kind=territory.kind, code=territory.code)
        if done is not None and done.measure.method != row["method_version"]:
            continue
        target = Fraction(row["target_value"])
        cells = [_shown(ledger, target, measure, "objectif du protocole d'accord"), ledger.link(done)]
        if done is None or done.exact is None:
            cells.append(Markup("–"))
        else:
            unit = f"{SPACE}points" if measure.is_rate else measure.unit_shown
            difference = (done.exact - target) * measure.factor
            cells.append(ledger.other(difference, "écart à l'objectif", measure.decimals) + unit)
        rows.append((f"{row['label_fr']}, {row['reporting_year']}", cells))
    return rows


def _shown(ledger: Ledger, value: Fraction, measure: Measure, meaning: str) -> Markup:
    return ledger.other(value * measure.factor, meaning, measure.decimals) + measure.unit_shown


def members(
    warehouse: duckdb.DuckDBPyConnection, territory: Territory, year: int, published: Published, ledger: Ledger
) -> list[tuple[str, list[Markup]]]:
    """The PLIE of an intermediate body, as the last register says, each with its published figures."""
    if territory.kind != "oi":
        return []
    codes = [
        code
        for (code,) in warehouse.execute(
            "select plie_code from intermediate.int_plie__territories"
            " where territory_kind = 'oi' and territory_code = ? order by 1",
            [territory.code],
        ).fetchall()
    ]
    names = {one.code: one.name for one in published.territories if one.kind == "plie"}
    facts = Facts.of(
        published,
        "territory_kind = 'plie' and cut = ? and reporting_year = ? and list_contains(?, territory_code)",
        [TOTAL, year, codes],
    )
    return [
        (names.get(code, code), [ledger.link(facts.get(one, year, kind="plie", code=code)) for one in OF_MEMBERS])
        for code in codes
    ]


def _dicts(warehouse: duckdb.DuckDBPyConnection, sql: str, territory: Territory, *more: Any) -> list[dict[str, Any]]:
    found = warehouse.execute(sql, [*territory[:2], *more])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def quality(warehouse: duckdb.DuckDBPyConnection, territory: Territory, year: int) -> dict[str, Any] | None:
    """Of the supplier's delivery of the year: rows delivered, kept and excluded by table, and what to mend."""
    kind = SUPPLIER_KINDS.get(territory.kind)
    if kind is None:
        return None
    supplier = Territory(kind, territory.code, territory.name)
    tables = _dicts(
        warehouse,
        "select source_table, sum(rows_delivered)::bigint as delivered, sum(rows_kept)::bigint as kept,"
        " sum(rows_excluded)::bigint as excluded from quality.row_accounting where supplier_kind = ? and"
        " supplier_code = ?"
        " and reporting_year = ? group by source_table order by source_table",
        supplier, year,
    )  # fmt: skip
    to_mend = _dicts(
        warehouse,
        "select message_fr, remedy_fr, source_table, count(*) as found,"
        " list(source_file || ', ligne ' || source_row order by source_file, source_row)[:?] as places from ("
        " select supplier_kind, supplier_code, reporting_year, source_table, message_fr, remedy_fr, source_file,"
        " source_row"
        " from quality.exclusions union all by name"
        " select supplier_kind, supplier_code, reporting_year, source_table, message_fr, remedy_fr, source_file,"
        " source_row"
        " from quality.rejected_rows where not is_row_excluded union all by name"
        " select 'plie' as supplier_kind, supplier_code, reporting_year, 'exits' as source_table, message_fr,"
        " remedy_fr,"
        " source_file, source_row from quality.exit_reclassifications"
        ") where supplier_kind = ? and supplier_code = ? and reporting_year = ? group by all order by found desc,"
        " message_fr".replace(
            "[:?]", f"[:{MOST_ROWS}]"
        ),
        supplier, year,
    )  # fmt: skip
    return {"tables": tables, "to_mend": to_mend}
