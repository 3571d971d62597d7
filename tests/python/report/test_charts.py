"""Which figures a chart takes."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

from test_sentences import RATE

from plie_warehouse.report.charts import block, charts
from plie_warehouse.report.facts import Facts
from plie_warehouse.report.figures import Figure, Key
from plie_warehouse.report.provenance import Ledger

CHARTS = {chart.id: chart for chart in charts()}


def drawn(chart: str, values: dict[str, str]):
    """A chart of one breakdown with these shares, by value."""
    described = CHARTS[chart]
    [indicator, *_], [cut] = described.indicators, described.cuts
    figures = {}
    for value, share in values.items():
        key = Key(indicator, cut, value, "national", "FR", 2021)
        number = Fraction(share)
        figures[key] = Figure(key, replace(RATE, cut=cut), "Part", value, "France", number, None, None, None, "publie")
    published = SimpleNamespace(years=[2021], statuses={}, territories=[])
    return block(described, Facts(published, figures, {}), 2021, Ledger(published))


def test_a_population_is_named_by_the_beginning_of_the_values() -> None:
    made = drawn("levels", {"entries/1": "0.2", "entries/2": "0.3", "exits/1": "0.5"})
    assert [figure.key.value for figure in made.figures] == ["entries/1", "entries/2"] and not made.lack


def test_values_come_in_the_order_of_the_list() -> None:
    made = drawn("women_and_men", {"homme": "0.48", "femme": "0.52", "rsa": "0.4"})
    assert [figure.key.value for figure in made.figures] == ["femme", "homme"]
    assert [label for label, _ in made.rows] == ["Femme", "Homme"]


def test_a_chart_without_figures_says_what_it_needs() -> None:
    made = drawn("main_step", {})
    assert made.lack.startswith("Il y faut l'étape principale") and made.drawing is None


def declared(rows: list[dict]):
    published = SimpleNamespace(years=[2021], statuses={}, territories=[], declared=lambda year: rows)
    return block(CHARTS["declared_by_sheets"], Facts(published, {}, {}), 2021, Ledger(published))


def test_a_declared_figure_keeps_its_qualifier_and_its_unit() -> None:
    row = {"label_fr": "<b>", "scope": "PLIE d'Angers", "section": "3.2 Aller vers", "qualifier": "près de"}
    made = declared(
        [
            row | {"printed_value": Decimal("40.000000"), "unit": "nombre"},
            row | {"printed_value": Decimal("10.5"), "unit": "heures", "qualifier": None},
            row | {"printed_value": Decimal("80"), "unit": "pour cent", "qualifier": "plus de"},
        ]
    )
    texts = [re.sub(r"<[^>]*>", "", cells[0]) for _, cells in made.rows]
    assert texts == ["près de 40", "10,5\u00a0heures", "plus de 80\u00a0%"]
    assert "&lt;b&gt;" in made.rows[0][0] and not made.lack and not made.figures


def test_no_declared_figure_is_said_to_be_lacking() -> None:
    made = declared([])
    assert made.lack.startswith("Il y faut des fiches action") and not made.rows


def test_two_charts_that_show_the_same_ask_for_the_same() -> None:
    """So that a report whose two parts are of one year does not repeat a chart."""
    assert CHARTS["rh_tpe"].asks(2022) == CHARTS["rh_tpe_of_the_year"].asks(2022)
    assert CHARTS["rh_tpe"].asks(2022) != CHARTS["rh_tpe_of_the_year"].asks(2021)
    of_one_year = [chart.asks(2021) for chart in CHARTS.values()]
    assert len({*of_one_year}) == len(of_one_year) - 3
