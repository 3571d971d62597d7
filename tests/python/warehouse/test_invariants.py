"""Each invariant that dbt checks on every build notices what it is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from shared import Built

from plie_warehouse.paths import PROJECT

# invariant -> what to break in a copy of the warehouse
INVARIANTS = {
    "nothing_is_lost": "delete from quality.exclusions where source_table = 'steps' and source_row ="
    " (select min(source_row) from quality.exclusions where source_table = 'steps')",
    "nothing_is_lost_by_supplier": "delete from marts.fct_steps where step_id ="
    " (select min(step_id) from marts.fct_steps)",
    "parts_add_up_to_outcomes": "update marts.plie_step_mix set steps = steps - 1"
    " where territory_kind = 'region' and steps > 1",
    "hours_are_conserved": "update quality.clause_hours_accounting set hours = hours + 0.01"
    " where supplier_code = 'CL-36-01' and outcome_code = 'comptees' and reporting_year = 2021",
    "parameters_are_complete": "insert into reference.parameters (name, value, valid_from)"
    " values ('senior_min_age', 50, date '2021-01-01')",
    "code_maps_hold_at_both_ends": "insert into reference.code_maps (supplier_code, field, local_code, national_code)"
    " values ('59-09', 'sex', 'jamais livré', 'femme')",
    "code_groups_are_complete": "delete from reference.code_groups"
    " where rowid = (select min(rowid) from reference.code_groups)",
    "check_results_are_listed": "delete from reference.quality_checks where check_id = 'PAR-01'",
    "published_figures_are_those_of_the_marts": "update published.indicators set value = value + 1"
    " where indicator_code = 'exits' and cut = 'total' and territory_kind = 'national' and reporting_year = 2021",
    "revisions_lead_to_the_figures": "insert into quality.revisions by name select 1 as revision_no, * exclude (unit,"
    " coverage, label_fr, cut_value_label_fr, territory_name) replace (value + 1 as value), value as previous_value,"
    " 1 as difference, 'b' as previous_build_id, date '2022-06-30' as previous_as_of_date,"
    " date '2022-06-30' as as_of_date, 'livraison corrigée' as cause_fr from marts.indicators"
    " where indicator_code = 'exits' and cut = 'total' and territory_kind = 'national' and reporting_year = 2021",
    "no_small_count_is_published": "update intermediate.int_disclosure__statuses set status = 'publie'"
    " where status = 'masque_primaire'",
    # The history is that of this build: what it did not suppress is suppressed now.
    "what_was_shown_stays_shown": "insert into intermediate.int_disclosure__suppressed by name select reporting_year,"
    " territory_kind, territory_code, mart, cut, if(is_repeated, '', cut_value) as cut_value, measure"
    " from intermediate.int_disclosure__figures where mart = 'plie_outcomes' and measure = 'exits' and is_protected",
    "labels_do_not_mislead": "update reference.measures set label_fr = 'Taux de retour à l''emploi'"
    " where measure = 'positive_rate_neutralised'",
    "measures_are_whole": "update reference.measures set label_fr = null where indicator_code = 'exits'",
    "every_rule_holds": "update quality.validation_results set success = false, unexpected_count = 1"
    " where rowid = (select min(rowid) from quality.validation_results)",
    "every_published_rule_holds": "update quality.published_validation_results set success = false,"
    " unexpected_count = 1 where rowid = (select min(rowid) from quality.published_validation_results)",
    "esf_bridge_adds_up": "update marts.esf_bridge set line_value = line_value - 1"
    " where plie_code = '36-01' and subject = 'leavers' and line_code = 'neutralised'",
    "esf_identities_hold": "update marts.esf_indicators set numerator = numerator - 1"
    " where territory_code = 'OI-36' and indicator_code = 'EECO04' and numerator > 0",
    "marts_and_measures_agree": "alter table marts.plie_outcomes add column exits_by_car bigint",
}


@pytest.mark.parametrize("name", INVARIANTS)
def test_invariant_notices(name: str, built: Built, corrupt: Callable[..., Path]) -> None:
    sql = (built.target / "compiled" / "plie_warehouse" / "tests" / f"{name}.sql").read_text(encoding="utf-8")
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        assert connection.execute(sql).fetchall() == []
    with duckdb.connect(str(corrupt(INVARIANTS[name]))) as connection:
        assert connection.execute(sql).fetchall() != []


# It reads no table: its words are bent in tests/python/engines.
OF_WORDS = {"dialect_says_the_same"}


def test_every_invariant_is_tested() -> None:
    assert {path.stem for path in (PROJECT / "tests").glob("*.sql")} == INVARIANTS.keys() | OF_WORDS
