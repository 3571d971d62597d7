"""What dbt's unit tests cannot reach: exact rounding, and whether the checks would notice a rule that changed."""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import Built
from scenario import Scenario

from plie_warehouse.paths import PROJECT
from plie_warehouse.summary import number


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
    scenario.deliver_sample().run()
    for table in ("plie_outcomes", "clause_hours_etp", "network_coverage", "network_members", "survey_funding_mix"):
        differences = scenario.rows(
            f"(select * from marts.{table} except select * from built.marts.{table}) union all"
            f" (select * from built.marts.{table} except select * from marts.{table})"
        )
        assert differences == []


# (hours, divisor) -> ETP. 59 600 h are the report's 37 ETP; the third and fourth lie on a tie of the fifth decimal.
ETP = {
    ("59600.00", "1600"): ("37.2500", "37"),
    ("25124684.00", "1600"): ("15702.9275", "15\u202f703"),
    ("0.08", "1600"): ("0.0001", "0"),
    ("0.24", "1600"): ("0.0002", "0"),
    ("800.00", "1600"): ("0.5000", "1"),
    ("799.99", "1600"): ("0.5000", "0"),
    ("0.00", "1600"): ("0.0000", "0"),
    ("1607.00", "1607"): ("1.0000", "1"),
}


def expression_before(sql: str, end: str) -> str:
    """The last `case` expression of compiled SQL that comes before ``end``."""
    cut = sql.index(end)
    return sql[sql.rindex("case\n", 0, cut) : cut]


def test_etp_rounds_half_up_and_shows_as_readers_expect(built: Built, compiled_analyses: Path) -> None:
    """The SQL of the ETP, as compiled in the mart (D40), and what a reader sees of it (D55): 59 600 hours show as 37,
    and 799,99 hours, a hair less than half an ETP, as 0."""
    mart = built.target / "compiled/plie_warehouse/models/marts/clause/clause_hours_etp.sql"
    fte = expression_before(mart.read_text(encoding="utf-8"), "as etp,")
    report = (compiled_analyses / "activity_report_of_the_clause.sql").read_text(encoding="utf-8")
    shown_sql = expression_before(report, "as displayed_value").replace("indicators.", "")
    with duckdb.connect() as connection:
        connection.execute("create table sums (hours_counted decimal(14, 2), hours_per_etp decimal(14, 2))")
        connection.execute(
            "create view figures as select hours_counted as numerator, hours_per_etp as denominator from sums"
        )
        for (hours, divisor), (etp, shown) in ETP.items():
            connection.execute("delete from sums")
            connection.execute("insert into sums values (?, ?)", [hours, divisor])
            assert connection.execute(f"select {fte} from sums").fetchone() == (Decimal(etp),), hours
            (displayed,) = connection.execute(f"select {shown_sql} from figures").fetchone()
            assert displayed == Decimal(shown.replace("\u202f", "")), hours
            assert number(Decimal(hours) / Decimal(divisor)) == shown, hours


# model -> a piece of its SQL, and the same with the rule bent. Facts, or counts of the network, must move: the sample
# has rows there.
MUTATIONS = {
    "six months, strictly": ("int_plie__job_evidence", ">= ", "> "),
    "entry on 31 December left out": ("int_plie__parcours_dated", "accepted.entry_date <= ", "accepted.entry_date < "),
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
    "eligibility on the contract's first day is late": (
        "int_clause__hours",
        "eligibility_validated_on > contract_start_date",
        "eligibility_validated_on >= contract_start_date",
    ),
    "the month 24 months after the eligibility counts": (
        "int_clause__hours",
        "month >= eligibility_ends_on",
        "month > eligibility_ends_on",
    ),
    "220 hours are too many": (
        "int_clause__implausible_hours",
        "hours_of_month > years.max_monthly_hours",
        "hours_of_month >= years.max_monthly_hours",
    ),
    "0 hours are plausible": ("int_clause__implausible_hours", "with_month.hours <= 0", "with_month.hours < 0"),
    "220 hours for each lot apart": (
        "int_clause__implausible_hours",
        "or with_month.hours_of_month > years",
        "or with_month.hours > years",
    ),
    "the month of the contract's last day does not count": (
        "int_clause__hours",
        "contract_end_date < greatest(month, contract_start_date)",
        "contract_end_date < next_month",
    ),
    "the month of the contract's first day does not count": (
        "int_clause__hours",
        "greatest(month, contract_start_date) >= next_month",
        "contract_start_date > month",
    ),
    "hours of the neighbouring years count": (
        "int_clause__hours",
        "extract(year from month) <> reporting_year",
        "extract(year from month) > reporting_year + 1",
    ),
    "who opens on the day does not exist on it": (
        "int_network__structures",
        "registers.opened_on <= register_years.year_end",
        "registers.opened_on < register_years.year_end",
    ),
    "who closes on the day exists on it": (
        "int_network__structures",
        "registers.closed_on > register_years.year_end",
        "registers.closed_on >= register_years.year_end",
    ),
    "who closes on 1 January exists in the year": (
        "int_network__structures",
        "registers.closed_on > greatest(",
        "registers.closed_on >= greatest(",
    ),
    "who joins on 31 December is no member": (
        "int_network__members",
        "members.joined_on <= member_years.year_end",
        "members.joined_on < member_years.year_end",
    ),
    "who leaves on 31 December is a member": (
        "int_network__members",
        "members.left_on > member_years.year_end",
        "members.left_on >= member_years.year_end",
    ),
    "coverage counts who was a member the year before": (
        "int_network__covered_structures",
        "members.is_member",
        "members.was_member",
    ),
    "up to date without being a member on 31 December": (
        "int_network__member_counts",
        "is_member and is_employer_member",
        "is_employer_member",
    ),
    "a seat of nobody's is an orphan": (
        "int_network__row_dispositions",
        "and board_seats.member_code is not null",
        "",
    ),
    "a seat of no known member counts": (
        "int_network__row_dispositions",
        "and board_seats.member_code is not null",
        "and false",
    ),
    "a team of which nobody said who employs it has none": (
        "survey_team_size",
        "where employer_type is not null",
        "where true",
    ),
    "a PLIE without an accepted row takes part": ("int_network__structure_years", "where is_accepted", "where true"),
    "an amount below zero counts": (
        "int_survey__row_dispositions",
        "amounts.amount_eur < 0",
        "amounts.amount_eur < -9999",
    ),
    "an unknown funder has a share": ("survey_funding_mix", "filter (where cut_value is not null)", ""),
    "averages over all who answered the survey": (
        "survey_team_size",
        "cast(teams.headcount is not null as integer)",
        "1",
    ),
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
    scenario.deliver_sample().run({model: (before, after)})
    moved = [
        table
        for table in (
            "fct_parcours",
            "fct_exits",
            "fct_steps",
            "fct_clause_hours",
            "network_coverage",
            "network_members",
            "survey_funding_mix",
            "survey_team_size",
        )
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
    scenario.deliver_sample().run()
    changed = scenario.rows(
        "select distinct n.reporting_year from marts.plie_entry_profile as n"
        " inner join built.marts.plie_entry_profile as b"
        " using (reporting_year, territory_kind, territory_code, profile)"
        " where n.entries_with <> b.entries_with and n.profile = 'senior'"
    )
    assert changed == [(2021,)]


def test_every_parameter_is_used() -> None:
    """A parameter that nothing reads would be a promise that the figures do not keep."""
    with (PROJECT / "seeds" / "reference" / "parameters.csv").open(encoding="utf-8", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (PROJECT / "models").rglob("*.sql")
        if not path.name.endswith("__years.sql")
    )
    scripts = PROJECT / "scripts" / "plie_warehouse"
    intake = [*(scripts / "intake").glob("*.py"), *(scripts / "disclosure").glob("*.py")]
    for path in [*intake, PROJECT / "seeds" / "reference" / "intake_checks.csv"]:
        text += path.read_text(encoding="utf-8")
    assert {name for name in names if name not in text} == set()
