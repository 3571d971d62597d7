"""The sheet of one PLIE, clause structure, region or intermediate body: its results over the years, beside the wider
territories and the spread of the others, its profiles, steps and exits.

A *public* sheet is written from the published file alone. An *own* sheet is for its supplier: its own figures come
unsuppressed from the private warehouse, those of all others as they are published. Of an intermediate body nothing is
published (D5A): its public sheet has the published figures of its PLIE side by side, and no sum of them.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import duckdb
from markupsafe import Markup

from plie_warehouse.contract import load_kind
from plie_warehouse.report.actions import of_place, with_declared
from plie_warehouse.report.charts import IN_TABLE_ALONE, Block, block, charts
from plie_warehouse.report.facts import Facts, listed
from plie_warehouse.report.figures import SHOWN, TOTAL, Change, Figure, Key, Measure
from plie_warehouse.report.members import of_body
from plie_warehouse.report.places import BODY, KIND_LABELS, Place
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.published import Published, Territory
from plie_warehouse.report.spread import quarters, spreads
from plie_warehouse.report.typography import SPACE, exact

SUPPLIER_KINDS = {"plie": "plie", "structure": "clause"}
# What a signal of the registers is about.
SIGNALLED = SUPPLIER_KINDS | {BODY: BODY}
SIGNALLED_MEASURES = {"headcount": "personnes", "etp": "ETP", "plie": "PLIE"}
# Rows without a number that a note names instead of the table.
FEWEST_APART = 3
# Charts of the section of the clause, whose last year may be another than that of the PLIE.
CLAUSE = "clause"
NO_FIGURE = Markup('<span class="none">–</span>')
# Rows of a delivery that are named for each finding.
MOST_ROWS = 5


def contents(published: Published, place: Place, warehouse: duckdb.DuckDBPyConnection | None = None) -> dict[str, Any]:
    """All that the template of a sheet needs. ``warehouse``: the private one, for the supplier's own sheet."""
    territory, year = place.territory, place.year
    ledger = Ledger(published)
    indicators = [row["indicator"] for row in listed("sheet_figures.csv") if row["kind"] == territory.kind]
    facts = (
        Facts.of(published, "territory_kind = ? and territory_code = ?", [territory.kind, territory.code])
        if warehouse is None else own_facts(published, warehouse, territory)
    )  # fmt: skip
    wider = Facts.of(
        published,
        "cut = ? and reporting_year <= ? and list_contains(?, indicator_code) and list_contains(?, territory_kind ||"
        " territory_code)",
        [TOTAL, year, indicators, [around.kind + around.code for around in place.around]],
    )
    blocks = _blocks(facts, place, ledger)
    drawn = [_shortened(made) for made in blocks if made.drawing is not None]
    # What the sheets of other PLIE declare is theirs (D72).
    actions, is_plie = of_place(published, place), territory.kind == "plie"
    by_year = {
        name: {
            one: figure
            for one in published.years
            if one <= year and (figure := facts.get(name, one, kind=territory.kind, code=territory.code))
        }
        for name in indicators
    }
    years = sorted({one for of_years in by_year.values() for one in of_years})
    rows, beside = [], []
    # Of intermediate bodies nothing is published.
    has_spread = territory.kind != BODY
    for name, of_years in by_year.items():
        if not of_years:
            continue
        last = max(of_years)
        figure = of_years[last]
        rows.append((figure.label, [_link(ledger, of_years.get(one)) for one in years]))
        cells = [ledger.link(figure)]
        cells += [_link(ledger, wider.get(name, last, kind=one.kind, code=one.code)) for one in place.around]
        if has_spread:
            spread = spreads(published, territory.kind, last).get(name, {})
            cells += quarters(spread, {territory.code}, figure.measure, ledger)
        # Of the clause the last year may be another than that of the sheet.
        beside.append((figure.label if last == year else f"{figure.label}, {last}", cells))
    used = {figure.status for figure in (*ledger.used.values(), *(one for made in blocks for one in made.figures))}
    return {
        "title": f"{KIND_LABELS[territory.kind]} : {territory.name}, {year}",
        "kind_label": KIND_LABELS[territory.kind],
        "place": place,
        "territory": territory,
        "year": year,
        "years": years,
        "published": published,
        "ledger": ledger,
        # Of one year alone the comparison says it all.
        "rows": rows if len(years) > 1 else [],
        "beside": beside,
        "has_spread": has_spread,
        "blocks": drawn,
        "lacking": _lacking(blocks, published),
        "statuses": [status for name, status in published.statuses.items() if name in used and not status.is_shown],
        "is_own": warehouse is not None,
        "ranks": ranks(territory, year, facts, ledger),
        "targets": targets(warehouse, territory, year, facts, ledger) if warehouse is not None else [],
        "members": of_body(published, place, ledger) if territory.kind == BODY else None,
        "actions": with_declared(actions, warehouse, ledger) if warehouse is not None and is_plie else actions,
        "quality": quality(warehouse, territory, year) if warehouse is not None else None,
        "signals": signals(warehouse, territory, year) if warehouse is not None else [],
        "credit": "",
    }


def _link(ledger: Ledger, figure: Figure | None) -> Markup:
    """The figure, or a dash where there is none."""
    return NO_FIGURE if figure is None else ledger.link(figure)


def _blocks(facts: Facts, place: Place, ledger: Ledger) -> list[Block]:
    """The charts of the kind of territory, those of the clause in their last year; none of who has no figure at all."""
    kind, code = place.territory.kind, place.territory.code
    if not facts.figures:
        return []
    by_id = {chart.id: chart for chart in charts()}
    found = []
    for row in listed("sheet_charts.csv"):
        if row["kind"] == kind:
            chart, year = by_id[row["chart_id"]], place.year
            if chart.section == CLAUSE:
                of = [key.year for key in facts.figures if key.indicator in chart.indicators and key.year <= year]
                year = max(of, default=year)
            made = block(chart, facts, year, ledger, kind, code)
            found.append(made)
    return found


def _shortened(made: Block) -> Block:
    """A chart whose table leaves out the rows that give no number: a note names them instead."""
    kept, apart = [], {}
    for label, cells in made.rows:
        texts = [re.sub(r"<[^>]*>", "", cell) for cell in cells]
        if any(re.search(r"[1-9]", text) for text in texts):
            kept.append((label, cells))
        else:
            apart.setdefault(texts[0], []).append(label)
    if sum(map(len, apart.values())) >= FEWEST_APART:
        made.rows = kept
        made.notes = [note for note in made.notes if note != IN_TABLE_ALONE]
        made.notes += [f"{text[:1].upper()}{text[1:]} : {' ; '.join(labels)}." for text, labels in apart.items()]
    return made


def _lacking(blocks: list[Block], published: Published) -> list[tuple[str, list[str]]]:
    """The charts that are not drawn, by the reason; those of which the release has no figure together. Of a curve
    nothing is said: one year is no course."""
    found: dict[str, list[str]] = {}
    for made in blocks:
        if made.drawing is None and made.chart.kind != "curve":
            statuses = {figure.status for figure in made.figures if not figure.is_shown}
            reasons = [status.label_fr.lower() for name, status in published.statuses.items() if name in statuses]
            why = ", ".join(reasons) or "aucune valeur n'est supérieure à zéro"
            if not made.figures:
                why = f"la publication n'en a pas pour {made.year}"
            found.setdefault(why, []).append(made.chart.title)
    return list(found.items())


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
    if territory.kind != "plie":
        return []
    found = []
    for card in facts.published.optional_rows(
        "published.plie_scorecard",
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
    sheets = {table.name: table.sheet for table in load_kind(kind).tables}
    for row in (*tables, *to_mend):
        row["sheet"] = sheets[row["source_table"]]
    return {"tables": tables, "to_mend": to_mend}


def signals(warehouse: duckdb.DuckDBPyConnection, territory: Territory, year: int) -> list[dict[str, Any]]:
    """What is worth a second look and counts as it is (D1D, D59): exits of the year whose dates do not go together, and
    what the survey and the registers of the year, or of the year after, say of the supplier beyond its limit. Each with
    its remedy, how often it was found, and where or how much."""
    subject = Territory(SIGNALLED[territory.kind], territory.code, territory.name)
    of_exits = _dicts(
        warehouse,
        "select message_fr, remedy_fr, count(*) as found,"
        " list(source_file || ', ligne ' || source_row order by source_file, source_row)[:?] as places"
        " from quality.exit_signals where 'plie' = ? and supplier_code = ? and reporting_year = ?"
        " group by message_fr, remedy_fr order by found desc, message_fr".replace("[:?]", f"[:{MOST_ROWS}]"),
        subject, year,
    )  # fmt: skip
    of_registers = _dicts(
        warehouse,
        "select message_fr, remedy_fr, reporting_year, measure, found_value, limit_value from quality.network_signals"
        " where subject_kind = ? and subject_code = ? and reporting_year between ? and ?"
        " order by reporting_year, network_signal, measure",
        subject, year, year + 1,
    )  # fmt: skip
    for row in of_registers:
        found, limit = (exact(Fraction(row[name])) for name in ("found_value", "limit_value"))
        unit = SIGNALLED_MEASURES[row["measure"]]
        row |= {"found": 1, "places": [f"{row['reporting_year']} : {found} {unit}, pour une limite de {limit}"]}
    return [*of_exits, *of_registers]
