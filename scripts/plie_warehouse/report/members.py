"""The PLIE of an intermediate body, side by side, as they are published.

Nothing here adds them up: the total of a body is not published, because beside those of departments and regions it
would give suppressed figures back (D5A).
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from plie_warehouse.report import svg
from plie_warehouse.report.charts import Block, Chart
from plie_warehouse.report.facts import Facts
from plie_warehouse.report.figures import TOTAL, Measure
from plie_warehouse.report.places import Place
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.published import Published
from plie_warehouse.report.spread import NO_SPREAD, quarters, spreads

SHOWN_OF_EACH = ("persons_in_parcours", "entries", "exits", "positive_rate_raw", "positive_rate_neutralised")
DRAWN = "positive_rate_neutralised"
QUARTERS = ("Premier quart des autres PLIE", "Milieu des autres PLIE", "Troisième quart des autres PLIE")

Rows = list[tuple[str, list[Markup]]]


@dataclass(frozen=True)
class Members:
    """What a sheet shows of the PLIE of a body. ``beside``: a row per PLIE, then its region and the nation, then the
    spread of the other PLIE; ``over_years``: of each figure, a row per PLIE."""

    headers: list[str]
    beside: Rows
    over_years: list[tuple[str, list[int], Rows]]
    drawn: Block


def of_body(published: Published, place: Place, ledger: Ledger) -> Members:
    """The PLIE of a body, all from the published file."""
    codes = [one.code for one in place.members]
    facts = Facts.of(
        published,
        "cut = ? and list_contains(?, indicator_code) and reporting_year <= ?"
        " and list_contains(?, territory_kind || territory_code)",
        [TOTAL, SHOWN_OF_EACH, place.year, [one.kind + one.code for one in (*place.members, *place.around)]],
    )
    measures: dict[str, Measure] = {key.indicator: figure.measure for key, figure in facts.figures.items()}
    names = [name for name in SHOWN_OF_EACH if name in measures]
    beside = [
        (one.name, [ledger.link(facts.get(name, place.year, kind=one.kind, code=one.code)) for name in names])
        for one in (*place.members, *place.around)
    ]
    values = spreads(published, "plie", place.year)
    spread = [quarters(values.get(name, {}), {*codes}, measures[name], ledger)[: len(QUARTERS)] for name in names]
    if any(cells[0] != NO_SPREAD for cells in spread):
        beside += [(label, list(cells)) for label, cells in zip(QUARTERS, zip(*spread, strict=True), strict=True)]
    years = sorted({key.year for key in facts.figures if key.kind == "plie"})
    over_years = [
        (
            measures[name].label, years,
            [
                (one.name, [ledger.link(facts.get(name, year, kind=one.kind, code=one.code)) for year in years])
                for one in place.members
            ],
        )
        for name in names if len(years) > 1
    ]  # fmt: skip
    return Members([measures[name].label for name in names], beside, over_years, _drawn(place, facts, ledger))


def _drawn(place: Place, facts: Facts, ledger: Ledger) -> Block:
    """The rate of each PLIE as a bar, with the year before."""
    figures = [facts.get(DRAWN, place.year, kind=one.kind, code=one.code) for one in (*place.members, *place.around)]
    given = [figure for figure in figures if figure is not None and figure.is_shown]
    title = given[0].label if given else ""
    made = Block(Chart("taux_des_plie", "", title, "bars", (DRAWN,), (TOTAL,), (), False, (), "", ""), place.year)
    if not any(figure.key.kind == "plie" for figure in given):
        return made
    before = {figure: facts.past(figure.key).figure for figure in given}
    marks = [
        svg.Mark(
            figure.territory, float(figure.exact * figure.measure.factor), figure.shown, ledger.note(figure),
            float(old.exact * old.measure.factor) if (old := before[figure]) is not None and old.is_shown else None,
        )
        for figure in given
    ]  # fmt: skip
    made.figures = given
    made.description = " ; ".join(f"{mark.label} : {mark.text}" for mark in marks) + "."
    made.drawing = svg.described(svg.bars(marks), f"{made.chart.id}-svg", f"{title}, {place.year}", made.description)
    made.headers, made.rows = [str(place.year)], [(figure.territory, [ledger.link(figure)]) for figure in given]
    if any(mark.before is not None for mark in marks):
        made.headers.append(str(place.year - 1))
        made.rows = [
            (name, [*cells, ledger.link(before[one])]) for (name, cells), one in zip(made.rows, given, strict=True)
        ]
        made.notes.append(f"Le trait marque la valeur de {place.year - 1}.")
    if len(given) < len(figures):
        made.notes.append("Les valeurs qui ne sont pas données sont dans le tableau des PLIE seul.")
    return made
