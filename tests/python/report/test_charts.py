"""Which figures a chart takes."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from markupsafe import Markup
from test_sentences import COUNT, RATE

from plie_warehouse.report import svg
from plie_warehouse.report.charts import Block, block, charts, label_of, label_under, without_breakdown
from plie_warehouse.report.facts import Facts
from plie_warehouse.report.figures import Figure, Key, Measure
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.yearly_report import Told, scope_of

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


def curve_of(measure: Measure, deliveries: dict[int, str]):
    """A curve of the figure 1, 2, 3 … of these years, of which so much of the PLIE delivered."""
    described = replace(CHARTS["positive_curve"], indicators=("x",))
    figures = {}
    for number, (year, share) in enumerate(deliveries.items(), 1):
        for name, value, of in (("x", str(number), measure), ("plie_participation_rate", share, RATE)):
            key = Key(name, "total", "total", "national", "FR", year)
            figures[key] = Figure(
                key, of, name, "Total", "France", Fraction(value), None, None, None, "publie"
            )  # fmt: skip
    published = SimpleNamespace(
        years=[*deliveries], statuses={}, territories=[], parameter=lambda name, year: Fraction(1, 2)
    )  # fmt: skip
    return block(described, Facts(published, figures, {}), max(deliveries), Ledger(published))


def test_a_curve_of_counts_leaves_out_the_years_of_few() -> None:
    """Half of the PLIE is enough (D75); a rate is drawn, and said to be of few."""
    made = curve_of(COUNT, {2018: "0.5", 2019: "0.49", 2020: "0.9", 2021: "0.88"})
    assert [year for year, _ in made.rows] == ["2018", "2020", "2021"]
    assert made.notes == ["Peu de PLIE ont livré pour 2019 (D75)."]
    made = curve_of(RATE, {2019: "0.49", 2020: "0.04", 2021: "0.88"})
    assert [year for year, _ in made.rows] == ["2019", "2020", "2021"]
    assert made.notes == ["Peu de PLIE ont livré pour 2019, 2020 (D75)."]
    made = curve_of(COUNT, {2020: "0.04", 2021: "0.88"})
    assert made.lack.startswith("Il y faut au moins deux années") and not made.rows
    assert not curve_of(COUNT, {2020: "0.5", 2021: "0.88"}).notes


def scopes(now: tuple[int, str], before: tuple[int, str] | None, sections: tuple[str, ...]) -> list[str]:
    """What sections say of the PLIE that delivered 2021 and 2020: how many, and the share of those that exist."""
    figures = {}
    for year, given in ((2021, now), (2020, before)):
        for name, value in zip(("plie_participating", "plie_participation_rate"), given or (), strict=False):
            key = Key(name, "total", "total", "national", "FR", year)
            of = RATE if name.endswith("rate") else COUNT
            figures[key] = Figure(key, of, name, "Total", "France", Fraction(value), None, None, None, "publie")
    facts = Facts(SimpleNamespace(years=[2020, 2021], parameter=lambda name, year: Fraction(1, 2)), figures, {})
    told, ledger = Told(), Ledger(facts.published)
    return [re.sub(r"<[^>]*>", "", scope_of(facts, ledger, section, 2021, told)) for section in sections]


def test_a_section_says_of_how_many_plie_the_two_years_are() -> None:
    full, again = scopes((128, "0.88"), (6, "0.04"), ("entries", "steps"))
    assert full.startswith("128 PLIE ont livré pour 2021, 6 seulement pour 2020 : les effectifs des deux années ne se")
    assert again == "Pour 2020, 6 PLIE ont livré : la réserve faite plus haut vaut ici aussi."
    [enough] = scopes((128, "0.88"), (73, "0.5"), ("exits",))
    assert enough.endswith("73 pour 2020 : l’écart d’un effectif tient aussi à celui des PLIE qui livrent.")
    assert scopes((6, "0.04"), (6, "0.04"), ("entries",)) == scopes((6, "0.04"), None, ("entries",)) == [""]
    assert scopes((128, "0.88"), (6, "0.04"), ("network", "means")) == ["", ""]


def test_a_caption_says_the_numbers_of_its_rule() -> None:
    described, key = CHARTS["members_growth"], Key("members_growth", "membership", "pleine", "national", "FR", 2022)
    figure = Figure(key, RATE, "Hausse", "Pleine", "France", Fraction(1, 5), None, None, None, "publie")
    published = SimpleNamespace(years=[2022], parameter=lambda name, year: Fraction(3))
    ledger = Ledger(published)
    made = block(described, Facts(published, {key: figure}, {}), 2022, ledger)
    assert "La hausse est prise sur 3 ans." in re.sub(r"<[^>]*>", "", "".join(made.notes))
    assert ledger.others == {"3": "membership_growth_years"}


@pytest.mark.parametrize(
    ("cut", "value", "cut_label", "expected"),
    [
        ("total", "total", "Total", "Sorties"),
        ("sex", "exits/femme", "Sorties / Femme", "Femme"),
        ("population_class", "exits/total", "Sorties de l'année / Total", "Sorties de l'année"),
        ("exit_reason_class", "abandon/abandon", "Abandon / Abandon", "Abandon"),
        ("exit_reason_class", "deces/neutralisee", "Décès / Sortie neutralisée (décès)", "Décès / Sortie neutralisée"),
        ("exit_class", "neutralisee", "Sortie neutralisée (décès)", "Sortie neutralisée (décès)"),
        ("profile", "jeune", "jeunes", "Jeunes"),
    ],
)
def test_the_name_of_a_row(cut: str, value: str, cut_label: str, expected: str) -> None:
    key = Key("exits", cut, value, "national", "FR", 2021)
    assert label_of(Figure(key, COUNT, "Sorties", cut_label, "France", *[None] * 4, "publie")) == expected


def test_a_column_does_not_repeat_the_breakdown_of_its_rows() -> None:
    assert without_breakdown("Part des sorties, par type de contrat") == "Part des sorties"
    assert without_breakdown("Étapes par personne en parcours") == "Étapes par personne en parcours"
    assert drawn("women_and_men", {"femme": "0.52"}).headers == ["Part"]


@pytest.mark.parametrize(
    ("title", "label", "expected"),
    [
        ("Par facilitateur", "Par facilitateur : heures", "Heures"),
        ("Les sorties positives", "Part de l'emploi durable dans les sorties positives", "Part de l'emploi durable"),
        ("Causes des sorties sans suite", "Part des abandons dans les sorties sans suite", "Part des abandons"),
        ("Les sorties, par classe", "Part des abandons dans les sorties", "Part des abandons dans les sorties"),
        ("Contrats durables", "Part des CDD dans les contrats connus", "Part des CDD dans les contrats connus"),
    ],
)
def test_a_row_does_not_repeat_the_title(title: str, label: str, expected: str) -> None:
    key = Key("exits", "total", "total", "national", "FR", 2021)
    assert label_under(title, Figure(key, COUNT, label, "Total", "France", *[None] * 4, "publie")) == expected


@pytest.mark.parametrize(
    ("headers", "chart", "is_side"),
    [
        (["Part des financements", "Financements", "En 2020"], "women_and_men", True),
        (["Part", "Durée des parcours", "Parcours", "En 2020"], "women_and_men", True),
        (["Part des financements", "Financements", "PLIE : financements", "En 2020"], "women_and_men", False),
        (["Part", "Part", "Part", "Part", "Part"], "women_and_men", False),
        (["Part"], "map_rate", True),
        (["Part", "Part"], "map_rate", False),
    ],
)
def test_a_table_stands_beside_its_drawing_where_it_has_room(headers: list[str], chart: str, is_side: bool) -> None:
    """On paper: by its columns and by their words; a map leaves room for one column."""
    described = next(one for one in CHARTS.values() if chart in (one.id, one.kind))
    made = Block(described, 2021, drawing=Markup("<svg></svg>"), headers=headers, rows=[("Femme", [])])
    assert made.is_side == is_side == ("side" in made.pair_classes)


def test_there_is_room_for_the_figure_after_each_bar() -> None:
    """Whatever bar is the longest, and where the year before was more; a drawing of zeros alone has a width."""
    long = svg.Mark("Commune", 10, "1\u202f234\u202f567\u202f890 €", "#a")
    for marks in ([long, svg.Mark("État", 90, "9", "#a")], [replace(long, before=300)], [replace(long, value=0)]):
        low, high = svg._domain(marks, 7)
        width = svg.WIDTH - svg.SIGN * 7 - svg.GAP
        for mark in marks:
            end = (max(mark.value, mark.before or 0) - low) / (high - low) * width
            assert end + svg.BOLD_SIGN * len(mark.text) <= width, mark
    low, high = svg._domain([replace(long, text="1" * 60)], 30)
    assert (low, high) == (0, 40), "a figure that has no room leaves a quarter to its bar"


def test_the_catalogue_says_what_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet without a PLIE is of several bodies; a name is text, and no tag."""
    sheet = {"title": "<b>", "theme_label_fr": "Freins", "plie_name": None, "partners": None}
    monkeypatch.setattr(
        "plie_warehouse.report.actions.of_year", lambda published, year: [sheet] if year == 2021 else []
    )
    published = SimpleNamespace(years=[2021], statuses={}, territories=[])
    [(title, cells)] = block(CHARTS["action_sheets"], Facts(published, {}, {}), 2021, Ledger(published)).rows
    assert "&lt;b&gt;" in title
    assert [re.sub(r"<[^>]*>", "", cell) for cell in cells] == ["Freins", "plusieurs organismes", "non connus"]
    made = block(CHARTS["action_sheets"], Facts(published, {}, {}), 2020, Ledger(published))
    assert made.lack.startswith("Il y faut le registre des fiches action") and not made.rows


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
    texts = [[re.sub(r"<[^>]*>", "", cell) for cell in cells[:2]] for _, cells in made.rows]
    assert texts == [["près de", "40"], ["", "10,5\u00a0heures"], ["plus de", "80\u00a0%"]]
    assert "&lt;b&gt;" in made.rows[0][0] and not made.lack and not made.figures


def test_no_declared_figure_is_said_to_be_lacking() -> None:
    made = declared([])
    assert made.lack.startswith("Il y faut des fiches action") and not made.rows


def test_two_charts_that_show_the_same_ask_for_the_same() -> None:
    """So that a report whose two parts are of one year does not repeat a chart."""
    assert CHARTS["rh_tpe"].asks(2022) == CHARTS["rh_tpe_of_the_year"].asks(2022)
    assert CHARTS["rh_tpe"].asks(2022) != CHARTS["rh_tpe_of_the_year"].asks(2021)
    of_one_year = [chart.asks(2021) for chart in CHARTS.values()]
    assert len({*of_one_year}) == len(of_one_year) - 2
