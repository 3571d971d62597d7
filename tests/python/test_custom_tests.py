"""Each custom generic test of dbt catches the case that it is for and lets a sound one pass; so does each invariant."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from conftest import Built

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
def rendered(built: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of each case, rendered by dbt on a table called cases.rows."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    inline = "\n".join(
        f"{MARK}{name}\n{{{{ test_{macro}(model='cases.rows', {arguments}) }}}}"
        for name, (macro, arguments, _, _) in CASES.items()
    )
    target = tmp_path_factory.mktemp("inline")
    os.environ["PLIE_WAREHOUSE"] = str(target / "warehouse.duckdb")
    try:
        command = ["compile", "--inline", inline, "--quiet", "--target-path", str(target), "--log-path", str(target)]
        result = dbtRunner().invoke([*command, "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)])
    finally:
        DuckDBConnectionManager.close_all_connections()
        del os.environ["PLIE_WAREHOUSE"]
    assert result.success, result.exception
    sections = result.result.results[0].node.compiled_code.split(MARK)[1:]
    return dict(section.split("\n", 1) for section in sections)


@pytest.mark.parametrize("name", CASES)
def test_generic_test_catches_its_case_and_lets_a_sound_one_pass(
    name: str, rendered: dict[str, str], corrupt: Callable[..., Path]
) -> None:
    _, _, sound, broken = CASES[name]
    copy = corrupt("create schema cases")
    with duckdb.connect(str(copy)) as connection:
        for rows, is_caught in ((sound, False), (broken, True)):
            connection.execute(f"create or replace table cases.rows as {rows}")
            assert bool(connection.execute(rendered[name]).fetchall()) is is_caught, rows


def test_every_generic_test_has_a_case() -> None:
    written = {path.stem for path in (PROJECT / "tests" / "generic").glob("*.sql")}
    assert written == {macro for macro, _, _, _ in CASES.values()}


# invariant -> what to break in a copy of the warehouse
INVARIANTS = {
    "nothing_is_lost": "delete from quality.exclusions where source_table = 'steps' and source_row ="
    " (select min(source_row) from quality.exclusions where source_table = 'steps')",
    "nothing_is_lost_by_supplier": "delete from marts.fct_steps where step_id ="
    " (select min(step_id) from marts.fct_steps)",
    "outcomes_match_facts": "delete from marts.fct_exits where participant_id ="
    " (select min(participant_id) from marts.fct_exits where is_positive)",
    "parts_add_up_to_outcomes": "update marts.plie_step_mix set steps = steps - 1"
    " where territory_kind = 'region' and steps > 1",
    "hours_are_conserved": "update quality.clause_hours_accounting set hours = hours + 0.01"
    " where supplier_code = 'CL-36-01' and outcome_code = 'comptees' and reporting_year = 2021",
    "clause_totals_match_facts": "update marts.clause_hours_etp set procurements = procurements + 1"
    " where territory_kind = 'national' and cut = 'total' and reporting_year = 2021",
    "network_and_survey_match_rows": "update marts.survey_team_size set headcount = headcount + 1"
    " where territory_kind = 'national' and team = 'interne' and reporting_year = 2021",
    "parameters_are_complete": "insert into reference.parameters (name, value, valid_from)"
    " values ('senior_min_age', 50, date '2021-01-01')",
    "code_maps_hold_at_both_ends": "insert into reference.code_maps (supplier_code, field, local_code, national_code)"
    " values ('59-09', 'sex', 'jamais livré', 'femme')",
    "check_results_are_listed": "delete from reference.quality_checks where check_id = 'PAR-01'",
    "published_figures_are_those_of_the_marts": "update published.indicators set value = value + 1"
    " where indicator_code = 'exits' and cut = 'total' and territory_kind = 'national' and reporting_year = 2021",
    "changes_follow_both_years": "update published.indicators set status = 'masque_secondaire', value = null"
    " where indicator_code = 'exits' and cut = 'total' and territory_kind = 'national' and reporting_year = 2020",
    "revisions_lead_to_the_figures": "insert into quality.revisions by name select 1 as revision_no, * exclude (unit,"
    " coverage, label_fr, cut_value_label_fr, territory_name) replace (value + 1 as value), value as previous_value,"
    " 1 as difference, 'b' as previous_build_id, date '2022-06-30' as previous_as_of_date,"
    " date '2022-06-30' as as_of_date, 'livraison corrigée' as cause_fr from marts.indicators"
    " where indicator_code = 'exits' and cut = 'total' and territory_kind = 'national' and reporting_year = 2021",
    "no_small_count_is_published": "update intermediate.int_disclosure__statuses set status = 'publie'"
    " where status = 'masque_primaire'",
    "measures_are_whole": "update reference.measures set label_fr = null where indicator_code = 'exits'",
    "marts_and_measures_agree": "alter table marts.plie_outcomes add column exits_by_car bigint",
}


@pytest.mark.parametrize("name", INVARIANTS)
def test_invariant_notices(name: str, built: Built, corrupt: Callable[..., Path]) -> None:
    sql = (built.target / "compiled" / "plie_warehouse" / "tests" / f"{name}.sql").read_text(encoding="utf-8")
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        assert connection.execute(sql).fetchall() == []
    with duckdb.connect(str(corrupt(INVARIANTS[name]))) as connection:
        assert connection.execute(sql).fetchall() != []


def test_every_invariant_is_tested() -> None:
    assert {path.stem for path in (PROJECT / "tests").glob("*.sql")} == set(INVARIANTS)
