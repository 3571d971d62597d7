"""The attack recovers what can be recovered by hand, and nothing when nothing leaks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from plie_warehouse import cli
from plie_warehouse.attack.attack import Outcome, attack
from plie_warehouse.attack.attack_report import RECOVERED, figures
from plie_warehouse.attack.components import Component
from plie_warehouse.attack.knowledge import SHAPES
from plie_warehouse.attack.protection_level import ProtectionLevel
from plie_warehouse.attack.published import FILE, AttackError
from plie_warehouse.attack.solver import Question, _Model, solve_component
from plie_warehouse.attack.suppliers import attack_as_suppliers

# Suppressed for itself, suppressed for another, on a small base, at another level only, not known.
P, S, B, W, N = "masque_primaire", "masque_secondaire", "base_insuffisante", "non_diffuse", "non_connu"

# Two PLIE in department 01, four in 02, one alone in 03, all of region 84; department 33 of region 75 has one more.
PLIE = {
    "01-01": ("01", "84"), "01-02": ("01", "84"), "02-01": ("02", "84"), "02-02": ("02", "84"), "02-03": ("02", "84"),
    "02-04": ("02", "84"), "03-01": ("03", "84"), "33-01": ("33", "75"),
}  # fmt: skip
STRUCTURES = {"CL-01": ("01", "84"), "CL-33": ("33", "75")}
KINDS = {2: "departement", 5: "plie"}

Rows = dict[tuple, dict[str, Any]]
Tables = dict[str, Rows]


def kind_of(code: str) -> str:
    if code == "FR":
        return "national"
    if code in STRUCTURES:
        return "structure"
    return "region" if code in ("84", "75") else KINDS[len(code)]


def write(path: Path, tables: Tables, outside: tuple[str, ...] = ()) -> Path:
    """A released file. ``tables``: table -> (year, territory, *cut) -> column -> figure, or the status in its place.
    ``outside``: suppliers that no register knows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema published; create schema reference")
        for table, code, suppliers in (
            ("dim_plie", "plie_code", PLIE),
            ("dim_clause_structure", "structure_code", STRUCTURES),
        ):
            connection.execute(
                f"create table published.{table} ({code} varchar, department_code varchar, region_code varchar,"
                " is_registered boolean)"
            )
            rows = [[name, *place, True] for name, place in suppliers.items()]
            rows += [[name, None, None, False] for name in outside]
            connection.executemany(f"insert into published.{table} values (?, ?, ?, ?)", rows)
        connection.execute(
            "create table reference.parameters as select 'max_monthly_hours' as name, '220' as value,"
            " date '1990-01-01' as valid_from"
        )
        for table, rows in tables.items():
            cuts = SHAPES[table].cuts
            columns = sorted({column for row in rows.values() for column in row})
            definition = ["reporting_year integer", "territory_kind varchar", "territory_code varchar"]
            definition += [f"{cut} varchar" for cut in cuts]
            definition += [f"{column} decimal(18, 6)" for column in columns]
            definition += [f"{column}_status varchar" for column in columns]
            connection.execute(f"create table published.{table} ({', '.join(definition)})")
            for (year, territory, *cut), row in rows.items():
                shown = [row.get(column, W) for column in columns]
                values = [None if isinstance(one, str) else one for one in shown]
                words = [one if isinstance(one, str) else "publie" for one in shown]
                marks = ", ".join("?" * len(definition))
                connection.execute(
                    f"insert into published.{table} values ({marks})",
                    [year, kind_of(territory), territory, *cut, *values, *words],
                )
    return path


def found(outcome: Outcome) -> dict[tuple[str, str], float]:
    """(territory, column) -> recovered figure."""
    return {
        (figure.territory_code, figure.column): figure.lowest
        for figure in figures(outcome)
        if figure.verdict == RECOVERED
    }


def entries(figures: dict[str, Any], year: int = 2021, column: str = "entries") -> Tables:
    return {"plie_outcomes": {(year, territory): {column: value} for territory, value in figures.items()}}


def esf(figures: dict[tuple, Any], column: str = "participants") -> Tables:
    """Of region 84 in 2021, unless a key says year and territory first."""
    return {
        "plie_esf_indicators": {
            (key if isinstance(key[0], int) else (2021, "84", *key)): value
            if isinstance(value, dict)
            else {column: value}
            for key, value in figures.items()
        }
    }


ALL = ("total", "total")
ESF = "EECO01"
JOBS = {"exits": 13, "exits_known": S}

# Each leak, what it gives, and the figures to change so that nothing leaks --------------------------------------------

LEAKS: dict[str, tuple[Tables, dict[tuple[str, str], float], Tables]] = {
    # 23 - 20.
    "subtraction": (
        entries({"01-01": P, "01-02": 20, "01": 23}),
        {("01-01", "entries"): 3},
        entries({"01-02": S}),
    ),
    # A department of one PLIE shows the count that is suppressed for the PLIE.
    "department of one PLIE": (
        entries({"03-01": S, "03": 7}),
        {("03-01", "entries"): 7},
        entries({"01-01": S, "01-02": S, "01": S, "03": S, "84": 30}),
    ),
    # Women and men are all whose sex is known: 40 - 37, from two tables.
    "two tables": (
        {
            "plie_entry_profile": {(2021, "01-01", "femme"): {"entries_known": 40}},
            "plie_outcomes_by_profile": {
                (2021, "01-01", "femme"): {"entries": 37},
                (2021, "01-01", "homme"): {"entries": P},
            },
        },
        {("01-01", "entries"): 3},
        {"plie_outcomes_by_profile": {(2021, "01-01", "femme"): {"entries": S}}},
    ),
    # Age is known for the young and for the senior, or for neither.
    "one attribute, two profiles": (
        {
            "plie_entry_profile": {
                (2021, "01-01", "jeune"): {"entries_known": S, "entries_unknown": P, "entries": 40},
                (2021, "01-01", "senior"): {"entries_known": 37, "entries_unknown": P, "entries": 40},
            }
        },
        {("01-01", "entries_known"): 37, ("01-01", "entries_unknown"): 3},
        {"plie_entry_profile": {(2021, "01-01", "senior"): {"entries_known": S}}},
    ),
    # Four PLIE with a row have somebody in parcours each; together they are no more than four.
    "words: four in four": (
        entries({"02-01": P, "02-02": P, "02-03": P, "02-04": P, "02": P}, column="parcours"),
        {("02-01", "parcours"): 1, ("02-02", "parcours"): 1, ("02-03", "parcours"): 1, ("02-04", "parcours"): 1}
        | {("02", "parcours"): 4},
        entries({"02": 11}, column="parcours"),
    ),
    # Suppressed for another, so five or more each; together twenty.
    "words: five each": (
        entries({"02-01": S, "02-02": S, "02-03": S, "02-04": S, "02": 20}),
        {("02-01", "entries"): 5, ("02-02", "entries"): 5, ("02-03", "entries"): 5, ("02-04", "entries"): 5},
        entries({"02": 23}),
    ),
    # 0.075 of 40.
    "rate": (
        {"plie_outcomes": {(2021, "01-01"): {"exits": 40, "positive_exits": P, "positive_rate_raw": 0.075}}},
        {("01-01", "positive_exits"): 3},
        entries({"01-01": P}, column="positive_rate_raw"),
    ),
    # 3 of 7: 6 of 14 is more than there are exits. No programme without whole numbers sees it.
    "rate of two suppressed counts, whole numbers only": (
        {
            "plie_exit_jobs": {
                (2021, "01", "naf_section", "A"): JOBS | {"exits_with": P, "share_of_known": 0.428571},
                (2021, "01", "naf_section", "B"): JOBS | {"share_of_known": S},
            }
        },
        {("01", "exits_known"): 7, ("01", "exits_with"): 3},
        {"plie_exit_jobs": {(2021, "01", "naf_section", "A"): {"share_of_known": P}}},
    ),
    # No rate, because there is nothing to divide by.
    "rate that is not known": (
        {"plie_outcomes": {(2021, "01-01"): {"exits": P, "positive_exits": P, "positive_rate_raw": N}}},
        {("01-01", "exits"): 0, ("01-01", "positive_exits"): 0},
        entries({"01-01": P}, column="positive_rate_raw"),
    ),
    # 0.9390 x 1600 = 1502.4, to within five minutes.
    "ETP": (
        {"clause_hours_etp": {(2021, "CL-01", *ALL): {"hours_counted": P, "etp": 0.9390, "hours_per_etp": 1600}}},
        {("CL-01", "hours_counted"): 1502.33},
        {"clause_hours_etp": {(2021, "CL-01", *ALL): {"etp": P}}},
    ),
    # Nobody works no hours, nobody who works has none.
    "no hours": (
        {"clause_hours_etp": {(2021, "CL-01", *ALL): {"hours_counted": 0, "beneficiaries": P}}},
        {("CL-01", "beneficiaries"): 0},
        {"clause_hours_etp": {(2021, "CL-01", *ALL): {"hours_counted": P}}},
    ),
    # A contract counts 2 640 hours a year at most: 7 000 hours are three contracts at least, and three there are.
    "hours beside suppressed contracts": (
        {
            "clause_hours_etp": {
                (2021, "01", *ALL): {"work_contracts": 3},
                (2021, "01", "nature", "travaux"): {"hours_counted": 7000, "work_contracts": P},
                (2021, "01", "nature", "services"): {"hours_counted": 1000},
            }
        },
        {("01", "work_contracts"): 3},
        {
            "clause_hours_etp": {
                (2021, "01", *ALL): {"work_contracts": 8},
                (2021, "01", "nature", "travaux"): {"hours_counted": P},
            }
        },
    ),
    # 1.5 for each of 2 full-time facilitators.
    "average per facilitator": (
        {
            "clause_facilitator_activity": {
                (2021, "84"): {"facilitators_etp": 2, "beneficiaries": P, "beneficiaries_per_facilitator_etp": 1.5}
            }
        },
        {("84", "beneficiaries"): 3},
        {"clause_facilitator_activity": {(2021, "84"): {"beneficiaries_per_facilitator_etp": P}}},
    ),
    # All structures have a known ETP: what the activity shows is what the hours hide.
    "same structures": (
        {
            "clause_facilitator_activity": {
                (2021, "84"): {"structures": 7, "structures_with_etp": 7, "beneficiaries": 4}
            },
            "clause_hours_etp": {(2021, "84", *ALL): {"beneficiaries": P}},
        },
        {("84", "beneficiaries"): 4},
        {"clause_facilitator_activity": {(2021, "84"): {"structures": 8, "beneficiaries": P}}},
    ),
    # A durable job is proven by its contract: 12 durable jobs are the 12 whose contract is known.
    "proof": (
        {
            "plie_outcomes": {(2021, "01"): {"positive_durable_job": 12}},
            "plie_exit_jobs": {
                (2021, "01", "contract_type", "cdi"): {"durable_exits_with": P, "durable_exits_known": S},
                (2021, "01", "contract_type", "cdd"): {"durable_exits_with": 9, "durable_exits_known": S},
            },
        },
        {("01", "durable_exits_known"): 12, ("01", "durable_exits_with"): 3},
        entries({"01": S}, column="positive_durable_job"),
    ),
    # 23 - 20 - 0: everybody is a woman, a man, or of no known sex.
    "ESF: sexes": (
        esf({(ESF, "total"): 23, (ESF, "femme"): P, (ESF, "homme"): 20, (ESF, "inconnu"): 0}),
        {("84", "participants"): 3},
        esf({(ESF, "homme"): S}),
    ),
    # The nation less the other region.
    "ESF: regions": (
        esf({(2021, "FR", ESF, "total"): 43, (2021, "75", ESF, "total"): 40, (ESF, "total"): P}),
        {("84", "participants"): 3},
        esf({(2021, "75", ESF, "total"): S}),
    ),
    # D84: whose status is known is unemployed, inactive or employed.
    "ESF: statuses": (
        esf({
            ("EECO02", "total"): {"participants": 30, "base_known": 40},
            ("EECO04", "total"): {"participants": P, "base_known": 40},
            ("EECO05", "total"): {"participants": 7, "base_known": 40},
        }),
        {("84", "participants"): 3},
        esf({("EECO05", "total"): {"participants": S}}),
    ),
    # What is asked of everybody is of all participants; what is known of the levels is one datum.
    "ESF: bases and data": (
        esf({
            (ESF, "femme"): P,
            ("EECO13", "femme"): {"participants": N, "base": 4},
            ("EECO09", "homme"): {"participants": 20, "base_known": S},
            ("EECO10", "homme"): {"participants": 9, "base_known": 31},
            ("EECO11", "homme"): {"participants": P, "base_known": S},
        }),
        {("84", "participants"): 2} | {("84", "base_known"): 31},
        esf({("EECO13", "femme"): {"base": P}, ("EECO10", "homme"): {"participants": S, "base_known": S}}),
    ),
    # 35 have a known situation; 32 have found a job or training: the inactive who search are 3 at most, and not 0 of 3.
    "ESF: one situation after leaving": (
        esf({
            ("EECR01", "total"): {"participants": S, "base_known": 12, "base": 12},
            ("EECR02", "total"): {"participants": 10, "base_known": 35, "base": 35},
            ("EECR04", "total"): {"participants": 20, "base_known": 30, "base": 30},
        }),
        {("84", "participants"): 5},
        esf({("EECR04", "total"): {"participants": 17}}),
    ),
    # Cumulated: 22 at the end of the year, 20 at the end of the year before.
    "ESF: two years": (
        esf({
            (2021, "FR", ESF, "total"): 50, (2021, "84", ESF, "total"): 20, (2021, "75", ESF, "total"): 30,
            (2022, "FR", ESF, "total"): 62, (2022, "84", ESF, "total"): 22, (2022, "75", ESF, "total"): 40,
            (2021, "84", ESF, "femme"): P,
        }),
        {("84", "esf_growth"): 2},
        esf({(2022, "84", ESF, "total"): S, (2022, "75", ESF, "total"): S}),
    ),
}  # fmt: skip


def changed(tables: Tables, changes: Tables) -> Tables:
    """The tables with other figures, and other rows, in place of those that ``changes`` names."""
    found = {table: dict(rows) for table, rows in tables.items()}
    for table, rows in changes.items():
        for key, row in rows.items():
            found[table][key] = found[table].get(key, {}) | row
    return found


@pytest.mark.parametrize("leak", LEAKS)
def test_it_recovers_what_a_leak_gives(leak: str, tmp_path: Path) -> None:
    leaking, expected, _ = LEAKS[leak]
    outcome = attack(write(tmp_path / FILE, leaking))
    recovered = found(outcome)
    assert recovered.keys() == expected.keys()
    assert recovered == pytest.approx(expected, abs=0.1)
    assert outcome.succeeded


@pytest.mark.parametrize("leak", LEAKS)
def test_it_recovers_nothing_without_the_leak(leak: str, tmp_path: Path) -> None:
    leaking, _, changes = LEAKS[leak]
    outcome = attack(write(tmp_path / FILE, changed(leaking, changes)))
    assert figures(outcome)
    assert found(outcome) == {}
    assert not outcome.succeeded


def test_a_figure_that_is_shown_anywhere_is_recovered(tmp_path: Path) -> None:
    """Suppressed in its own table, shown as the base of another one."""
    file = write(
        tmp_path / FILE,
        {
            "plie_outcomes": {(2021, "01-01"): {"positive_other": P}},
            "plie_exit_reasons": {(2021, "01-01", "autre_sortie_positive", "autre_positive"): {"exits_of_class": 3}},
        },
    )
    outcome = attack(file)
    assert found(outcome) == {("01-01", "positive_other"): 3}
    assert [figure.by for figure in figures(outcome)] == ["affiché ailleurs"]


def test_a_suppressed_value_that_is_not_removed_is_recovered(tmp_path: Path) -> None:
    file = write(tmp_path / FILE, entries({"01-01": 3, "01-02": 20, "01": 23}))
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"update published.plie_outcomes set entries_status = '{P}' where territory_code = '01-01'")
    assert found(attack(file)) == {("01-01", "entries"): 3}


# The registry of one indicator: the number of entries.
MEASURES = (
    "create table reference.measures as select 'entries' as indicator_code, 'total' as cut, 'plie-1' as method_version,"
    " 'plie_outcomes' as mart, 'entries' as measure, 'entries' as numerator, null as denominator,"
    " null as coverage_numerator, null as coverage_denominator"
)
KEY = (
    "2021 as reporting_year, 'plie' as territory_kind, '01-01' as territory_code, 'entries' as indicator_code,"
    " 'total' as cut, 'total' as cut_value, 'plie-1' as method_version"
)


@pytest.mark.parametrize("shown", [3, None])
def test_the_long_table_is_a_second_source(shown: int | None, tmp_path: Path) -> None:
    file = write(tmp_path / FILE, entries({"01-01": P, "01-02": S, "01": 23}))
    word = P if shown is None else "publie"
    with duckdb.connect(str(file)) as connection:
        connection.execute(MEASURES)
        connection.execute(
            f"create table published.indicators as select {KEY},"
            " cast(? as decimal(18, 6)) as numerator, null::decimal(18, 6) as denominator,"
            " cast(? as decimal(18, 6)) as value, null::decimal(9, 6) as coverage, ? as numerator_status,"
            f" '{N}' as denominator_status, ? as status, '{N}' as coverage_status",
            [shown, shown, word, word],
        )
    recovered = found(attack(file))
    assert recovered == ({} if shown is None else {("01-01", "entries"): 3, ("01-02", "entries"): 20})


@pytest.mark.parametrize(
    ("suppressed", "shown", "change"), [(2021, 3, None), (2020, 3, None), (2020, None, 15), (2021, None, -15)]
)
def test_a_change_shows_both_of_its_years(
    suppressed: int, shown: int | None, change: int | None, tmp_path: Path
) -> None:
    """Either year's figure in its own column, or as what the other one and the change leave."""
    years = {2020: "previous_value", 2021: "value"}
    outcomes = {(year, "01-01"): {"entries": P if year == suppressed else 18} for year in years}
    file = write(tmp_path / FILE, {"plie_outcomes": outcomes})
    values = {column: shown if year == suppressed else 18 for year, column in years.items()} | {"change": change}
    with duckdb.connect(str(file)) as connection:
        connection.execute(MEASURES)
        figures_shown = ", ".join(f"cast(? as decimal(18, 6)) as {name}" for name in values)
        connection.execute(
            f"create table published.indicator_changes as select {KEY}, {figures_shown}",
            [*values.values()],
        )
    assert found(attack(file)) == {("01-01", "entries"): 3}


# Kept versions, copies, years -------------------------------------------------------------------------------------

NOW = entries({"01-01": P, "01-02": S, "01": 23})


def both(arrivals: dict, departures: dict) -> Tables:
    rows = entries(arrivals)["plie_outcomes"]
    return {"plie_outcomes": {key: row | {"exits": departures[key[1]]} for key, row in rows.items()}}


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        # Nothing changed, and another figure was suppressed: 23 - 20.
        ({"01-01": P, "01-02": 20, "01": 23}, {("01-01", "entries"): 3, ("01-02", "entries"): 20}),
        ({"01-01": P, "01-02": S, "01": 23}, {}),
        # One PLIE delivered again since; the other one did not.
        ({"01-01": 6, "01-02": 20, "01": 26}, {("01-01", "entries"): 3, ("01-02", "entries"): 20}),
        # Both did: what was shown then says nothing of now.
        ({"01-01": 6, "01-02": 24, "01": 30}, {}),
    ],
)
def test_kept_versions_are_taken_together(kept: dict, expected: dict, tmp_path: Path) -> None:
    exits = {"01-01": 30, "01-02": 40, "01": 70}
    before = {
        23: exits,
        26: {"01-01": 31, "01-02": 40, "01": 71},
        30: {"01-01": 31, "01-02": 41, "01": 72},
    }[kept["01"]]

    now, then = both({"01-01": P, "01-02": S, "01": 23}, exits), both(kept, before)
    write(tmp_path / FILE, now)
    write(tmp_path / "versions" / "2021-01-01_a" / FILE, then)
    outcome = attack(tmp_path)
    assert found(outcome) == expected
    assert {figure.by for figure in figures(outcome) if figure.verdict == RECOVERED} == (
        {"versions conservées ou années"} if expected else set()
    )


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("leaks", [True, False])
def test_copies_are_read_too(kind: str, leaks: bool, tmp_path: Path) -> None:
    file = write(tmp_path / FILE, NOW)
    (tmp_path / kind).mkdir()
    with duckdb.connect(str(file)) as connection:
        rows = "published.plie_outcomes"
        if leaks:
            rows = "(select * replace (case territory_code when '01-01' then 3 else entries end as entries) from {})"
            rows = rows.format("published.plie_outcomes")
        options = "format csv, header" if kind == "csv" else "format parquet"
        connection.execute(f"copy (from {rows}) to '{tmp_path}/{kind}/plie_outcomes.{kind}' ({options})")
    outcome = attack(tmp_path)
    assert found(outcome) == ({("01-01", "entries"): 3, ("01-02", "entries"): 20} if leaks else {})


def two_years(stock_of_other: int) -> Tables:
    """Stock of 2020 = parcours of 2021 less entries of 2021: 30 - 27, as the other PLIE shows with a stock of 40."""
    stock = {"01-01": P, "01-02": stock_of_other, "01": S}
    parcours, arrivals = {"01-01": 30, "01-02": 50, "01": 80}, {"01-01": 27, "01-02": 10, "01": 37}
    rows: Rows = {(2020, territory): {"stock_31_dec": value} for territory, value in stock.items()}
    for territory in stock:
        rows[2021, territory] = {"parcours": parcours[territory], "entries": arrivals[territory]}
    return {"plie_outcomes": rows}


@pytest.mark.parametrize(
    ("other", "expected"),
    # The department has 3 + 40; its own years agree too, so that nothing is left suppressed.
    [(40, {("01-01", "stock_31_dec"): 3, ("01", "stock_31_dec"): 43}), (35, {})],
    ids=["the years agree", "the years do not agree"],
)
def test_years_are_linked_when_they_agree(other: int, expected: dict, tmp_path: Path) -> None:
    outcome = attack(write(tmp_path / FILE, two_years(other)))
    assert found(outcome) == expected
    assert any(note.startswith("stock + entrées") for note in outcome.notes)


@pytest.mark.parametrize(
    ("true_stock", "years", "expected"),
    # With the stock of the one that of the department is known too, since the other shows its own.
    [(3, 0.95, {("01-01", "stock_31_dec"): 3, ("01", "stock_31_dec"): 43}), (4, 0.95, {}), (3, 1.1, {})],
    ids=["the years agree", "what seems to follow is not so", "the years are attacked one by one"],
)
def test_the_private_file_says_where_years_agree(true_stock: int, years: float, expected: dict, tmp_path: Path) -> None:
    """Of the other PLIE and of the department they do not, whatever seems to follow."""
    private = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(private)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.plie_outcomes as select * from (values"
            f" (2020, 'plie', '01-01', {true_stock}, 0, 0), (2021, 'plie', '01-01', 0, 27, 30),"
            " (2020, 'plie', '01-02', 39, 0, 0), (2021, 'plie', '01-02', 0, 10, 50),"
            " (2019, 'departement', '01', 43, 0, 0), (2021, 'departement', '01', 0, 37, 80))"
            " as _ (reporting_year, territory_kind, territory_code, stock_31_dec, entries, parcours)"
        )
    outcome = attack(write(tmp_path / "serving" / FILE, two_years(40)), years=years, private=private)
    assert found(outcome) == expected


def test_a_private_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(AttackError, match=r"warehouse\.duckdb : illisible"):
        attack(write(tmp_path / FILE, two_years(40)), private=tmp_path / "warehouse.duckdb")


# Outside the territories ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regions", "outside", "expected"),
    [
        ({"84": 20, "75": 17}, ("99-01",), {("plie", "entries"): 3}),
        ({"84": S, "75": 17}, ("99-01",), {}),
        # Five and more are not suppressed.
        ({"84": 20, "75": 12}, ("99-01",), {}),
        # Every supplier is in a region.
        ({"84": 20, "75": 20}, (), {}),
    ],
)
def test_what_is_in_no_region_is_a_count_too(regions: dict, outside: tuple, expected: dict, tmp_path: Path) -> None:
    tables = entries({"FR": 40, **regions})
    tables["plie_outcomes"][2021, "01-01"] = {"entries": P}
    tables["plie_outcomes"][2021, "01-02"] = {"entries": S}
    assert found(attack(write(tmp_path / FILE, tables, outside))) == expected


def test_what_the_nation_gives_is_nobody_s_fault(tmp_path: Path) -> None:
    """Nobody in the nation is nobody anywhere; one in the nation is one at most."""
    tables = entries({"01-01": P, "01-02": P, "01": P, "84": P, "FR": 0})
    outcome = attack(write(tmp_path / "a" / FILE, tables))
    assert (found(outcome), outcome.succeeded, outcome.full_share) == ({}, False, 1.0)
    tables = entries({"01-01": P, "01-02": P, "01": P, "33-01": P, "33": P, "84": P, "75": P, "FR": 1})
    outcome = attack(write(tmp_path / "b" / FILE, tables))
    assert (found(outcome), outcome.succeeded) == ({}, False)


# What it cannot attack --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("create table published.plie_ages as select 1 as n", "published.plie_ages"),
        ("create schema marts; create table marts.fct_exits as select 1 as n", "marts.fct_exits"),
        ("create table reference.small as select '01' as territory_code, 3 as n", "reference.small"),
        ("alter table published.plie_outcomes add column ages bigint", "colonne publiée que l'attaque ne connaît pas"),
        ("alter table published.plie_outcomes drop column entries_status", "pas de colonne d'état"),
        ("update published.plie_outcomes set entries_status = 'secret'", "état inconnu"),
        ("update published.plie_outcomes set entries_status = 'publie'", "dits publiés sont vides"),
        ("update published.plie_outcomes set entries = 9, entries_status = 'publie'", "se contredisent"),
        (
            f"update published.plie_outcomes set entries_status = '{P}' where territory_code = '01-02'",
            "se contredisent",
        ),
    ],
)
def test_it_does_not_pass_over_what_it_does_not_know(statement: str, message: str, tmp_path: Path) -> None:
    file = write(tmp_path / FILE, NOW)
    with duckdb.connect(str(file)) as connection:
        connection.execute(statement)
    with pytest.raises(AttackError, match=message):
        attack(file)


def test_a_data_file_that_it_does_not_know_stops_it(tmp_path: Path) -> None:
    write(tmp_path / FILE, NOW)
    (tmp_path / "parquet").mkdir()
    shutil.copy(tmp_path / FILE, tmp_path / "parquet" / "details.duckdb")
    with pytest.raises(AttackError, match=r"parquet/details\.duckdb"):
        attack(tmp_path)


# Programmes -------------------------------------------------------------------------------------------------------


def component(low: list, high: list, rows: list[tuple[list[float], float]], grain: float = 1.0) -> Component:
    """Cells with bounds, and equations over all of them."""
    size = len(low)
    weight = np.array([weights for weights, _ in rows], float)
    total = np.array([value for _, value in rows], float)
    return Component(
        np.arange(size), np.array(low, float), np.array(high, float), np.full(size, grain),
        np.arange(0, weight.size + 1, size), np.tile(np.arange(size), len(rows)), weight.ravel(), total, total,
    )  # fmt: skip


def question(size: int) -> Question:
    return Question(np.arange(size), np.full(size, 2.0), np.ones(size, bool))


def test_whole_numbers_are_asked_for() -> None:
    """5 a + b = 13 with b from 0 to 4: a programme says any b, whole numbers say 3."""
    one = component([0, 0], [9, 4], [([5, 1], 13)])
    linear, whole = solve_component(one, question(2), whole=False), solve_component(one, question(2))
    assert (linear.least[1], linear.most[1]) == (0, 4)
    assert (whole.low[1], whole.high[1]) == (3, 3)
    assert (whole.low[0], whole.high[0]) == (2, 2)


def test_witnesses_are_solutions() -> None:
    """Every end that is claimed to be possible is: a table of three by three with its margins."""
    rows = []
    for line in range(3):
        rows.append(([1.0 if cell // 3 == line else 0.0 for cell in range(9)], [7, 5, 9][line]))
        rows.append(([1.0 if cell % 3 == line else 0.0 for cell in range(9)], [6, 8, 7][line]))
    answer = solve_component(component([0] * 9, [4] * 9, rows), question(9))
    possible = {
        cells for cells in np.ndindex(*(5,) * 4) for table in [np.array([cells[:2], cells[2:]])] if _completes(table)
    }
    for place, cell in ((0, 0), (1, 1), (2, 3), (3, 4)):
        values = {cells[place] for cells in possible}
        assert (answer.least[cell], answer.most[cell]) == (min(values), max(values))
        assert (answer.low[cell], answer.high[cell]) == (min(values), max(values))


def _completes(corner: np.ndarray) -> bool:
    """A table of 3 x 3 with these margins follows from four of its cells."""
    lines, columns = np.array([7, 5, 9]), np.array([6, 8, 7])
    table = np.zeros((3, 3), int)
    table[:2, :2] = corner
    table[:2, 2] = lines[:2] - corner.sum(axis=1)
    table[2] = columns - table[:2].sum(axis=0)
    return bool((table >= 0).all() and (table <= 4).all() and table[2].sum() == lines[2])


def test_each_search_has_a_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all lower ends are known, only the upper ones are looked for. 5 a + b + c = 13: of each the least is known
    by its bound."""
    costs, solve = [], _Model.solve

    def watched(model: _Model, cost: np.ndarray) -> tuple[str, np.ndarray | None]:
        costs.append(cost)
        return solve(model, cost)

    monkeypatch.setattr(_Model, "solve", watched)
    answer = solve_component(component([0, 0, 0], [9, 13, 13], [([5, 1, 1], 13)]), question(3))
    assert (answer.least.tolist(), answer.most.tolist()) == ([0, 0, 0], [2, 13, 13])
    assert costs and all(cost.any() for cost in costs)


def test_what_cannot_be_is_said() -> None:
    assert solve_component(component([0, 0], [4, 4], [([1, 1], 9)]), question(2)).infeasible


# Suppliers ----------------------------------------------------------------------------------------------------------


def write_private(path: Path, figures: dict[str, int]) -> Path:
    """A warehouse whose outcomes are the entries of some PLIE."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for table, shape in SHAPES.items():
            cuts = "".join(f", {cut} varchar" for cut in shape.cuts)
            column = ", entries integer" if table == "plie_outcomes" else ""
            connection.execute(
                f"create table marts.{table} (reporting_year integer, territory_kind varchar, territory_code varchar"
                f"{cuts}{column})"
            )
        rows = [[2021, kind_of(code), code, value] for code, value in figures.items()]
        connection.executemany("insert into marts.plie_outcomes values (?, ?, ?, ?)", rows)
    return path


@pytest.mark.parametrize(("total", "recovered"), [(23, {"plie": 1}), (S, {})])
def test_a_supplier_subtracts_its_own(total: object, recovered: dict[str, int], tmp_path: Path) -> None:
    """23 less its own 20 is the other's 3, which the public does not know."""
    published = write(tmp_path / "serving" / FILE, entries({"01-01": P, "01-02": S, "01": total}))
    warehouse = write_private(tmp_path / "warehouse.duckdb", {"01-01": 3, "01-02": 20})
    assert not found(attack(published))
    outcome = attack_as_suppliers(published, warehouse)
    assert (outcome.small, outcome.recovered) == ({"plie": 1}, recovered)
    assert outcome.by == {("plie", "01-01"): 0, ("plie", "01-02"): sum(recovered.values())}


def test_figures_of_another_build_are_no_supplier_s(tmp_path: Path) -> None:
    published = write(tmp_path / "serving" / FILE, entries({"01-01": P, "01-02": S, "01": 23}))
    warehouse = write_private(tmp_path / "warehouse.duckdb", {"01-01": 3, "01-02": 40})
    with pytest.raises(AttackError, match="ce que sait 01-02 contredit ce qui est publié"):
        attack_as_suppliers(published, warehouse)


# The command ------------------------------------------------------------------------------------------------------


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leaking = write(tmp_path / "a" / FILE, entries({"01-01": P, "01-02": 20, "01": 23}))
    whole = write(tmp_path / "b" / FILE, NOW)
    report = tmp_path / "report.json"
    assert cli.main(["attack", str(leaking), "--json", str(report)]) == 1
    printed = capsys.readouterr().out
    assert "plie_outcomes" in printed and "l'attaque réussit" in printed
    assert "2021 plie 01-01 : plie_outcomes.entries retrouvé" in printed
    assert report.stat().st_mode & 0o777 == 0o600
    written = json.loads(report.read_text(encoding="utf-8"))
    assert [(one["lowest"], one["highest"], one["verdict"]) for one in written["figures"]] == [(3, 3, RECOVERED)]

    assert cli.main(["attack", str(whole.parent)]) == 0
    assert "l'attaque échoue" in capsys.readouterr().out
    # What a reader kept of an earlier release, which is beside this one no more.
    exits = {"01-01": 30, "01-02": 40, "01": 70}
    alone = write(tmp_path / "c" / FILE, both({"01-01": P, "01-02": S, "01": 23}, exits)).parent
    kept = write(tmp_path / "kept" / "a" / FILE, both({"01-01": P, "01-02": 20, "01": 23}, exits)).parent
    assert cli.main(["attack", str(alone)]) == 0
    assert cli.main(["attack", str(alone), "--kept", str(kept)]) == 1
    assert "versions conservées" in capsys.readouterr().out
    assert cli.main(["attack", str(alone), "--kept", str(kept.parent)]) == 2
    assert "aucun fichier publié" in capsys.readouterr().err
    warehouse = write_private(tmp_path / "warehouse.duckdb", {"01-01": 3, "01-02": 20})
    assert cli.main(["attack", str(alone), "--as-suppliers", str(warehouse)]) == 0
    assert "1 fournisseurs sur 2 retrouvent" in capsys.readouterr().out
    assert cli.main(["attack", str(alone), "--as-suppliers", str(tmp_path / "nothing")]) == 2
    assert "illisible" in capsys.readouterr().err
    # A higher protection level than the release has.
    assert cli.main(["attack", str(whole), "--full", "1.01"]) == 1
    assert "promis : 101 %" in capsys.readouterr().out
    assert cli.main(["attack", str(tmp_path / "nothing")]) == 2
    assert "aucun fichier publié" in capsys.readouterr().err


def test_the_protection_level_is_measured(tmp_path: Path) -> None:
    """[2, 4] keeps three values, which is enough for one cell and not for most of them."""
    tables = entries({"01-01": P, "01-02": S, "01": 26})
    tables["plie_outcomes"][2021, "01-01"]["parcours"] = 22
    tables["plie_outcomes"][2021, "01-02"]["parcours"] = 24
    outcome = attack(write(tmp_path / FILE, tables))
    assert (outcome.findings.broken.any(), outcome.full_share, outcome.succeeded) == (False, 0.0, True)
    assert not attack(tmp_path / FILE, ProtectionLevel(full=0.0)).succeeded


@pytest.mark.parametrize(("total", "is_broken"), [(7, True), (23, False)])
def test_a_withheld_count_that_cannot_be_small_needs_one_other_value(
    total: int, is_broken: bool, tmp_path: Path
) -> None:
    """[3, 4] is too narrow for what may be a small count; [11, 12] is none, and has another value."""
    half = total // 2
    tables = entries({"01-01": W, "01-02": W, "01": total, "02-01": 30})
    for territory in ("01-01", "01-02"):
        tables["plie_outcomes"][2021, territory]["parcours"] = half + 1
    outcome = attack(write(tmp_path / FILE, tables), ProtectionLevel(full=0.0))
    assert outcome.findings.broken.any() == is_broken
