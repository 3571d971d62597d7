"""How the published values of the other territories spread."""

from __future__ import annotations

import statistics
from collections.abc import Set
from fractions import Fraction
from functools import cache

from markupsafe import Markup

from plie_warehouse.report.facts import listed
from plie_warehouse.report.figures import SHOWN, TOTAL, Measure
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.published import Published
from plie_warehouse.report.typography import rounded

# Of fewer others nothing is said of their spread.
FEWEST_OTHERS = 8
NO_SPREAD = Markup("–")


@cache
def spreads(published: Published, kind: str, year: int) -> dict[str, dict[str, Fraction]]:
    """Indicator -> territory -> published value, of all territories of a kind."""
    found: dict[str, dict[str, Fraction]] = {}
    indicators = [row["indicator"] for row in listed("sheet_figures.csv") if row["kind"] == kind]
    for figure in published.figures(
        "territory_kind = ? and reporting_year = ? and cut = ? and status = ? and list_contains(?, indicator_code)",
        [kind, year, TOTAL, SHOWN, indicators],
    ).values():
        found.setdefault(figure.key.indicator, {})[figure.key.territory] = figure.exact
    return found


def quarters(values: dict[str, Fraction], own: Set[str], measure: Measure | None, ledger: Ledger) -> list[Markup]:
    """First quarter, middle and third quarter of the published values of the others, and how many they are.
    ``own``: codes of those that are no others."""
    others = sorted(value for other, value in values.items() if other not in own)
    if measure is None or len(others) < FEWEST_OTHERS:
        return [NO_SPREAD] * 4
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
