"""``plie explain`` on the built sample: every printed figure, every form of a name, the rows behind each measure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from shared import Built

from plie_warehouse.cli import main
from plie_warehouse.explain.documents import VALUES, national_values
from plie_warehouse.explain.figure import UnknownFigureError, Warehouse, find_figure
from plie_warehouse.explain.project import Project
from plie_warehouse.explain.report import PARTS, explain

PROJECT = Project()


@pytest.fixture(scope="module")
def opened(built: Built) -> Iterator[Warehouse]:
    with Warehouse(built.warehouse) as warehouse:
        yield warehouse


def test_every_printed_figure_is_explained(opened: Warehouse) -> None:
    """With its reason where nothing gives it, else with its rule; its rows add up to it."""
    for name, printed in PROJECT.printed_figures.items():
        text = "\n".join(explain(PROJECT, opened, find_figure(PROJECT, opened, name), 1))
        if printed["parameter_name"]:
            assert f"{printed['parameter_name']} (règle D73)" in text, name
        else:
            assert "\nRègle D" in text if printed["indicator_code"] else printed["not_computable_fr"] in text, name
        assert printed["qualifier"] in text, name
        assert "mais le chiffre dit" not in text, text


def test_the_rows_give_the_figure_below_the_national_level(opened: Warehouse) -> None:
    """One cell for each measure and level of territory; ``test_comparison`` takes the national ones."""
    cells = opened.fetch(
        "select distinct on (indicator_code, cut, territory_kind) * from {w}.marts.indicators"
        " where numerator > 0 and territory_kind <> 'national'"
        " order by indicator_code, cut, territory_kind, reporting_year desc, hash(territory_code || cut_value)"
    )
    checked = set()
    for cell in cells:
        name = "{indicator_code}/{cut}/{cut_value}/{territory_kind}:{territory_code}/{reporting_year}".format(**cell)
        figure = find_figure(PROJECT, opened, name)
        for part in PARTS:
            measure = PROJECT.part(figure.measure, part)
            key = measure and (measure["mart"], measure["measure"], figure.territory_kind)
            if measure and measure["rows_sql"] and key not in checked:
                rows = opened.rows(measure, figure, figure.years[0])
                assert (name, part, rows.total) == (name, part, cell[part])
                checked.add(key)
    assert {kind for _, _, kind in checked} == {"plie", "structure", "departement", "region", "oi"}


def test_rows_that_do_not_give_the_figure_are_told(opened: Warehouse) -> None:
    project = Project()
    measure = project.measures["plie_outcomes", "total", "positive_exits"]
    measure["rows_sql"] = measure["rows_sql"].replace("is_positive", "not is_positive")
    text = "\n".join(explain(project, opened, find_figure(project, opened, "c21_rate_positive_raw"), 1))
    assert "mais le chiffre dit" in text
    measure["rows_sql"] = ""
    text = "\n".join(explain(project, opened, find_figure(project, opened, "c21_rate_positive_raw"), 1))
    assert "remplir rows_sql dans seeds/reference/measures.csv" in text


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("positive_rate_raw/FR/2021", ("total", ("total",), "national", "FR")),
        ("positive_rate_raw/total/FR/2021", ("total", ("total",), "national", "FR")),
        ("positive_rate_raw/total/total/national:FR/2021", ("total", ("total",), "national", "FR")),
        ("positive_rate_raw/profile/femme/region:93/2021", ("profile", ("femme",), "region", "93")),
        ("positive_rate_raw/departement:13/2021", ("total", ("total",), "departement", "13")),
        ("positive_rate_raw/13-05/2021", ("total", ("total",), "plie", "13-05")),
        ("hours_counted/CL-13-01/2021", ("total", ("total",), "structure", "CL-13-01")),
        ("members/membership_type/pleine/mde/FR/2021", ("membership_type", ("pleine/mde",), "national", "FR")),
        ("steps/step_family/formation|autre|autre/FR/2021", ("step_family", ("formation", "autre"), "national", "FR")),
    ],
)
def test_forms_of_a_cell(name: str, cell: tuple, opened: Warehouse) -> None:
    figure = find_figure(PROJECT, opened, name)
    assert (figure.measure["cut"], figure.cut_values, figure.territory_kind, figure.territory_code) == cell
    assert len(opened.cells(figure)) > 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("positive_rate_raw/2021", "écrire indicateur/ventilation/valeur/territoire/année"),
        (
            "positive_rate_row/FR/2021",
            "L'indicateur 'positive_rate_row' n'existe pas ; noms proches : positive_rate_raw",
        ),
        ("positive_rate_raw/profil/femme/FR/2021", "la ventilation 'profil' n'existe pas ; noms proches : profile"),
        ("positive_rate_raw/profile/femmes/FR/2021", "la valeur 'femmes' n'existe pas ; noms proches : femme"),
        ("positive_rate_raw/93/2021", "ambigu : écrire departement:93 ou region:93"),
        ("positive_rate_raw/13-5/2021", "Le territoire '13-5' n'existe pas ; noms proches : 13-05"),
        ("positive_rate_raw/regio:93/2021", "Le territoire 'regio:93' n'existe pas ; noms proches : region:93"),
        ("positive_rate_raw/FR/1999", "l'année '1999' n'existe pas ; noms proches : 2020, 2021"),
    ],
)
def test_unknown_names(name: str, message: str, opened: Warehouse) -> None:
    with pytest.raises(UnknownFigureError) as error:
        find_figure(PROJECT, opened, name)
    assert message in str(error.value)


def test_the_command_prints_a_figure(
    built: Built, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLIE_DATA_DIR", str(built.data))
    assert main(["explain", "c21_rate_positive_raw", "--rows", "2"]) == 0
    printed = capsys.readouterr().out
    for text in (
        "44 pour cent",
        "Non comparable",
        "models/marts/plie/plie_outcomes.sql:",
        "Trois taux",
        "comme le chiffre",
    ):
        assert text in printed


def test_the_national_values_of_the_pages_are_those_of_the_sample(opened: Warehouse) -> None:
    current = (PROJECT.root / VALUES).read_text(encoding="utf-8")
    assert current == national_values(opened), f"run `plie docs --write --values` on a build of the sample: {VALUES}"
