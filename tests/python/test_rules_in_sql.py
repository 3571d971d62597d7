"""What dbt's unit tests cannot reach: exact rounding, and whether the checks would notice a rule that changed."""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from conftest import Built
from scenario import DELIVERED, Scenario

from plie_warehouse.paths import PROJECT


def sample(scenario: Scenario) -> Scenario:
    for table in DELIVERED:
        scenario.connection.execute(f"insert into raw.{table} select * from built.raw.{table}")
    return scenario


def test_rates_round_half_up_on_the_exact_quotient(warehouse: duckdb.DuckDBPyConnection, built: Built) -> None:
    """The SQL of the rate, as compiled in a mart, on pairs of small counts and on the ties of the seventh decimal."""
    sql = (built.target / "compiled/plie_warehouse/models/marts/plie/plie_outcomes.sql").read_text(encoding="utf-8")
    start = sql.index("case\n        when exits > 0")
    expression = sql[start : sql.index("as positive_rate_raw")]
    pairs = [(n, d) for d in range(0, 130) for n in range(0, d + 1)]
    pairs += [(n, d) for d in (640, 1280, 3200, 6400, 12800, 2_000_000) for n in (1, 3, 7, 9, d - 1, d)]
    with duckdb.connect() as connection:
        connection.execute("create table counts (positive_exits bigint, exits bigint)")
        connection.executemany("insert into counts values (?, ?)", pairs)
        found = connection.execute(f"select positive_exits, exits, {expression} from counts").fetchall()
    assert len(found) == len(pairs)
    for numerator, denominator, rate in found:
        if denominator == 0:
            assert rate is None
        else:
            exact = Decimal(numerator) / Decimal(denominator)
            assert rate == exact.quantize(Decimal("0.000001"), ROUND_HALF_UP), (numerator, denominator)


def test_every_level_and_scenario_agrees_with_the_build(scenario: Scenario) -> None:
    """The harness of these tests gives what dbt built: the same outcomes from the same rows."""
    sample(scenario).run()
    differences = scenario.rows(
        "(select * from marts.plie_outcomes except select * from built.marts.plie_outcomes) union all"
        " (select * from built.marts.plie_outcomes except select * from marts.plie_outcomes)"
    )
    assert differences == []


# model -> a piece of its SQL, and the same with the rule bent. The facts must move: the sample has rows there.
MUTATIONS = {
    "six months, strictly": ("int_plie__exit_evidence", ">= ", "> "),
    "entry on 31 December left out": ("int_plie__parcours_dated", "admitted.entry_date <= ", "admitted.entry_date < "),
    "exit on 1 January left out": ("int_plie__parcours_dated", "exit_links.exit_date >= ", "exit_links.exit_date > "),
    "re-entry on the day of exit forbidden": (
        "int_plie__parcours_overlaps",
        "several.entry_date >= walk",
        "several.entry_date > walk",
    ),
    "45 is not senior": ("int_plie__parcours", "age_at_entry >= ", "age_at_entry > "),
    "26 is young": ("int_plie__parcours", "age_at_entry < ", "age_at_entry <= "),
    "12 months are not long": ("int_plie__parcours", "jobseeker_months >= ", "jobseeker_months > "),
    "exit on 31 December is stock": ("int_plie__parcours", "exit_date > year_end", "exit_date >= year_end"),
    "step that starts on the day of exit left out": (
        "int_plie__steps",
        "families.start_date > parcours.exit_date",
        "families.start_date >= parcours.exit_date",
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_sample_notices_a_bent_boundary(name: str, scenario: Scenario) -> None:
    """Each boundary has rows on it in the sample: the golden case and Great Expectations see a rule that moves."""
    model, before, after = MUTATIONS[name]
    sample(scenario).run({model: (before, after)})
    moved = [
        table
        for table in ("fct_parcours", "fct_exits", "fct_steps")
        if scenario.rows(
            f"(select * from marts.{table} except select * from built.marts.{table}) union all"
            f" (select * from built.marts.{table} except select * from marts.{table}) limit 1"
        )
    ]
    assert moved


def test_parameters_are_read_from_the_list(scenario: Scenario) -> None:
    """Change a value in the reference list alone and the figures follow, from its year on."""
    scenario.connection.execute(
        "update reference.parameters set valid_to = date '2020-12-31' where name = 'senior_min_age';"
        "insert into reference.parameters (name, value, valid_from) values ('senior_min_age', 50, date '2021-01-01')"
    )
    sample(scenario).run()
    changed = scenario.rows(
        "select distinct n.reporting_year from marts.plie_entry_profile as n"
        " inner join built.marts.plie_entry_profile as b"
        " using (reporting_year, territory_kind, territory_code, profile)"
        " where n.entries_with <> b.entries_with and n.profile = 'senior'"
    )
    assert changed == [(2021,)]


def test_every_parameter_is_used() -> None:
    """A parameter that no model and no check of the intake reads would be a promise that the figures do not keep."""
    with (PROJECT / "seeds" / "reference" / "parameters.csv").open(encoding="utf-8", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (PROJECT / "models").rglob("*.sql")
        if path.name != "int_parameters_by_year.sql"
    )
    intake = [*(PROJECT / "scripts" / "plie_warehouse" / "intake").glob("*.py")]
    for path in [*intake, PROJECT / "seeds" / "reference" / "intake_checks.csv"]:
        text += path.read_text(encoding="utf-8")
    assert {name for name in names if name not in text} == set()
