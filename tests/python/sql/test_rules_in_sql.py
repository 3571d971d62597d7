"""What dbt's unit tests cannot reach: exact rounding, and whether the checks would notice a rule that changed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from scenario import Scenario
from shared import Compiled

from plie_warehouse.paths import PROJECT
from plie_warehouse.summary import number


def test_rates_round_half_up_on_the_exact_quotient(compiled: Compiled) -> None:
    """The SQL of the rate, as compiled in a mart, on pairs of small counts and on the ties of the seventh decimal."""
    sql = compiled.sql("models/marts/plie/plie_outcomes.sql")
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


def test_etp_rounds_half_up_and_shows_as_readers_expect(compiled: Compiled) -> None:
    """The SQL of the ETP, as compiled in the mart (D40), and what a reader sees of it (D55): 59 600 hours show as 37,
    and 799,99 hours, a hair less than half an ETP, as 0."""
    fte = expression_before(compiled.sql("models/marts/clause/clause_hours_etp.sql"), "as etp,")
    report = compiled.sql("analyses/activity_report_of_the_clause.sql")
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


# Each rule bent in the text of one model. Facts, or counts of the network, must move: the sample has rows there.
with (PROJECT / "tests" / "cases" / "bent_rules.csv").open(encoding="utf-8", newline="") as bends:
    MUTATIONS = {row["rule"]: (row["model"], row["text"], row["replacement"]) for row in csv.DictReader(bends)}


MOVED = (
    "fct_parcours",
    "fct_exits",
    "fct_steps",
    "fct_clause_hours",
    "plie_breakdowns",
    "plie_durations",
    "plie_main_step",
    "plie_outcomes",
    "network_coverage",
    "network_members",
    "survey_funding_mix",
    "survey_team_size",
)


@pytest.fixture
def bent(sample: Scenario) -> Iterator[Scenario]:
    """The sample, to be changed; its tables as they were are in schema sound."""
    with sample.undone():
        sample.connection.execute("create schema sound")
        for table in (*MOVED, "plie_entry_profile"):
            sample.connection.execute(f"create table sound.{table} as from marts.{table}")
        yield sample


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_sample_notices_a_bent_boundary(name: str, bent: Scenario) -> None:
    """Each boundary has rows on it in the sample: the golden case and Great Expectations see a rule that moves."""
    model, before, after = MUTATIONS[name]
    bent.run({model: (before, after)}, bent.between(model, MOVED))
    moved = [
        table
        for table in MOVED
        if bent.rows(
            f"(from marts.{table} except from sound.{table}) union all"
            f" (from sound.{table} except from marts.{table}) limit 1"
        )
    ]
    assert moved


def test_parameters_are_read_from_the_list(bent: Scenario) -> None:
    """Change a value in the reference list alone and the figures follow, from its year on."""
    bent.connection.execute(
        "update reference.parameters set valid_to = date '2020-12-31' where name = 'senior_min_age';"
        "insert into reference.parameters (name, value, valid_from) values ('senior_min_age', 50, date '2021-01-01')"
    )
    changed = bent.run().rows(
        "select distinct n.reporting_year from marts.plie_entry_profile as n"
        " inner join sound.plie_entry_profile as b"
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
        for folder in ("models", "macros")
        for path in (PROJECT / folder).rglob("*.sql")
        if not path.name.endswith("__years.sql")
    )
    scripts = PROJECT / "scripts" / "plie_warehouse"
    intake = [*(scripts / "intake").glob("*.py"), *(scripts / "disclosure").glob("*.py")]
    reference = PROJECT / "seeds" / "reference"
    # Lists whose cells name a parameter that SQL reads.
    lists = [reference / f"{name}.csv" for name in ("intake_checks", "age_bands", "activity_measures")]
    for path in [*intake, *lists]:
        text += path.read_text(encoding="utf-8")
    assert {name for name in names if name not in text} == set()
