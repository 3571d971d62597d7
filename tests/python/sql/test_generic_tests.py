"""Each custom generic test of dbt catches the case that it is for and lets a sound one pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import dbt
from scenario import Scenario

from plie_warehouse.paths import PROJECT

# name -> (macro, arguments, rows that pass, rows that it must catch)
CASES = {
    "unique_key": (
        "unique_key",
        "columns=['a', 'b']",
        "select * from (values (1, 'x'), (1, 'y')) as t(a, b)",
        "select * from (values (1, 'x'), (1, 'x')) as t(a, b)",
    ),
    "unique_key with a null": (
        "unique_key",
        "columns=['a', 'b']",
        "select * from (values (1, 'x'), (2, 'x')) as t(a, b)",
        "select * from (values (1, 'x'), (2, null)) as t(a, b)",
    ),
    "codes_in_lists, list": (
        "codes_in_lists",
        "lists={'sex': 'sex'}",
        "select * from (values ('femme'), (null)) as t(sex)",
        "select * from (values ('femme'), ('Femme')) as t(sex)",
    ),
    "codes_in_lists, seed": (
        "codes_in_lists",
        "seeds={'exit_class': 'exit_classes'}",
        "select * from (values ('abandon'), (null)) as t(exit_class)",
        "select * from (values ('abandon'), ('autre')) as t(exit_class)",
    ),
    "rows_exist_in": (
        "rows_exist_in",
        "to=ref('plie_register'), columns=['plie_code', 'department_code']",
        "select * from (values ('59-09', '59')) as t(plie_code, department_code)",
        "select * from (values ('59-09', '62')) as t(plie_code, department_code)",
    ),
    "territories_add_up, structures": (
        "territories_add_up",
        "measures=['n'], facts='fct_clause_hours', dimension='dim_clause_structure', supplier='structure_code',"
        " supplier_kind='structure'",
        "select * from (values (1999, 'structure', 3), (1999, 'departement', 3), (1999, 'region', 3),"
        " (1999, 'national', 3)) as t(reporting_year, territory_kind, n)",
        "select * from (values (1999, 'structure', 3), (1999, 'departement', 3), (1999, 'region', 2),"
        " (1999, 'national', 3)) as t(reporting_year, territory_kind, n)",
    ),
    "territories_add_up": (
        "territories_add_up",
        "measures=['n'], cuts=['profile']",
        "select * from (values (2021, 'plie', 'rsa', 1), (2021, 'plie', 'rsa', 2), (2021, 'departement', 'rsa', 3),"
        " (2021, 'region', 'rsa', 3), (2021, 'national', 'rsa', 3)) as t(reporting_year, territory_kind, profile, n)",
        "select * from (values (2021, 'plie', 'rsa', 1), (2021, 'plie', 'rsa', 2), (2021, 'departement', 'rsa', 3),"
        " (2021, 'region', 'rsa', 2), (2021, 'national', 'rsa', 3)) as t(reporting_year, territory_kind, profile, n)",
    ),
    "territories_add_up, a level is missing": (
        "territories_add_up",
        "measures=['n']",
        "select * from (values (2021, 'plie', 3), (2021, 'departement', 3), (2021, 'region', 3),"
        " (2021, 'national', 3)) as t(reporting_year, territory_kind, n)",
        "select * from (values (2021, 'plie', 3), (2021, 'departement', 3),"
        " (2021, 'national', 3)) as t(reporting_year, territory_kind, n)",
    ),
}

MARK = "-- case "


@pytest.fixture(scope="module")
def rendered(project_as_read: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of each case, rendered by dbt on a table called cases.rows."""
    inline = "\n".join(
        f"{MARK}{name}\n{{{{ test_{macro}(model='cases.rows', {arguments}) }}}}"
        for name, (macro, arguments, _, _) in CASES.items()
    )
    folder = tmp_path_factory.mktemp("inline")
    dbt(folder, ["compile", "--inline", inline], read=project_as_read)
    [file] = (folder / "target" / "compiled").rglob("inline_query*")
    sections = file.read_text(encoding="utf-8").split(MARK)[1:]
    return dict(section.split("\n", 1) for section in sections)


@pytest.mark.parametrize("name", CASES)
def test_generic_test_catches_its_case_and_lets_a_sound_one_pass(
    name: str, rendered: dict[str, str], sample: Scenario
) -> None:
    _, _, sound, broken = CASES[name]
    sample.connection.execute("create schema if not exists cases")
    for rows, is_caught in ((sound, False), (broken, True)):
        sample.connection.execute(f"create or replace table cases.rows as {rows}")
        assert bool(sample.rows(rendered[name])) is is_caught, rows


def test_every_generic_test_has_a_case() -> None:
    written = {path.stem for path in (PROJECT / "tests" / "generic").glob("*.sql")}
    assert written == {macro for macro, _, _, _ in CASES.values()}
