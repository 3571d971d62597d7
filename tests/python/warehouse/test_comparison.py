"""Every printed figure against ours (D55): the list is whole, contradictions follow from what is printed, numerators
lead to their rows, and no figure is reproduced by copying it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from conftest import make_again, number_of_rows, parts_and_rows
from printed import CHAINS, CONTRADICTIONS, DECLARED, FALSE_LABELS, FIGURES, INDICATORS, READINGS, RULES, seed
from shared import Built

from plie_warehouse import national
from plie_warehouse.paths import PROJECT


def test_every_printed_figure_is_there_with_an_indicator_a_parameter_or_a_reason() -> None:
    assert (len(FIGURES), len(INDICATORS), len(RULES), len(DECLARED)) == (393, 293, 6, 71)
    assert not INDICATORS & RULES and not (INDICATORS | RULES) & DECLARED
    assert {figure for figure in FIGURES if not FIGURES[figure]["not_computable_fr"]} == INDICATORS | RULES | DECLARED
    assert {figure for figure, row in FIGURES.items() if row["derivable_from"]} == INDICATORS | RULES | DECLARED


def test_a_qualifier_stands_beside_its_value() -> None:
    """As many as the reports print, in words and never in the value."""
    qualifiers = [row["qualifier"] for row in FIGURES.values() if row["qualifier"]]
    assert len(qualifiers) == 25
    assert all(re.fullmatch(r"[a-zéè' ]+", word) for word in qualifiers)


def test_a_rule_names_a_parameter_that_is_in_force() -> None:
    values = {row["name"]: row for row in seed("parameters") if not row["valid_to"]}
    for figure in RULES:
        assert FIGURES[figure]["parameter_name"] in values, figure


def test_a_reading_names_another_indicator_of_the_registry() -> None:
    """Of a figure of the nation: its other value is published with it."""
    indicators = {(row["indicator_code"], row["cut"], row["method_version"]) for row in seed("measures")}
    asked = ("indicator_code", "cut", "cut_values", "method_version")
    for figure, row in READINGS.items():
        assert (row["indicator_code"], row["cut"], row["method_version"]) in indicators, figure
        assert [row[name] for name in asked] != [FIGURES[figure][name] for name in asked], figure
        assert row["reading_fr"] and row["other_reading_fr"] and row["reading_fr"] != row["other_reading_fr"]
        assert (FIGURES[figure]["territory_kind"], FIGURES[figure]["part"]) == ("national", "value"), figure


def test_every_printed_figure_with_an_indicator_names_one_of_the_registry() -> None:
    indicators = {(row["indicator_code"], row["cut"], row["method_version"]) for row in seed("measures")}
    for figure, row in FIGURES.items():
        if row["indicator_code"]:
            assert (row["indicator_code"], row["cut"], row["method_version"]) in indicators, figure


def test_the_simulated_figures_and_the_printed_ones_are_the_same_list() -> None:
    targets = PROJECT / "scripts" / "plie_warehouse" / "simulator" / "targets" / "printed_figures.csv"
    with targets.open(encoding="utf-8", newline="") as file:
        simulated = {row["figure_id"]: row for row in csv.DictReader(file)}
    for figure, row in simulated.items():
        assert Fraction(FIGURES[figure]["printed_value"]) == Fraction(row["value"])
        assert FIGURES[figure]["indicator_code"]
    assert simulated.keys() == INDICATORS
    assert {figure for figure, row in simulated.items() if row["outcome"] != "met"} == CONTRADICTIONS.keys()
    assert {figure for figure, row in simulated.items() if row["outcome"] == "false label"} == FALSE_LABELS


def implied(formula: str) -> Fraction:
    """What a formula over printed figures gives, exactly."""
    named = re.sub(r"\{(\w+)\}", lambda match: f"({FIGURES[match.group(1)]['printed_value']})", formula)
    assert re.fullmatch(r"[\d\s.+*/()-]+", named), named
    exact = re.sub(r"\d+(?:\.\d+)?", lambda match: f"Fraction('{match.group()}')", named)
    return eval(exact, {"Fraction": Fraction})


@pytest.mark.parametrize("figure", sorted(CONTRADICTIONS))
def test_a_contradiction_follows_from_other_printed_figures(figure: str) -> None:
    row = CONTRADICTIONS[figure]
    low, high = implied(row["formula_low"]), implied(row["formula_high"])
    assert abs(low - Fraction(row["implied_low"])) < Fraction(1, 10**6)
    assert abs(high - Fraction(row["implied_high"])) < Fraction(1, 10**6)
    half = Fraction(1, 2) / 10 ** int(FIGURES[figure]["rounding"])
    printed = Fraction(FIGURES[figure]["printed_value"])
    assert printed + half <= low or printed - half >= high
    assert f"{{{figure}}}" not in row["formula_low"] + row["formula_high"]


def test_only_the_comparison_reads_what_was_printed(built: Built) -> None:
    names = ("printed_figures", "printed_contradictions", "printed_readings")
    printed = {f"seed.plie_warehouse.{name}" for name in names}
    readers = {
        name
        for name, node in built.manifest["nodes"].items()
        if printed & set(node.get("depends_on", {}).get("nodes", ())) and node["resource_type"] == "model"
    }
    assert readers == {"model.plie_warehouse.printed_comparison"}
    # And nothing goes around dbt.
    for path in [*(PROJECT / "models").rglob("*"), *(PROJECT / "macros").rglob("*.sql")]:
        if path.suffix in (".sql", ".py") and path.stem != "printed_comparison":
            assert "printed_figures" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(("part", "queries_at_least"), [("numerator", 90), ("denominator", 25)])
def test_each_part_of_a_printed_figure_leads_to_its_rows(
    part: str, queries_at_least: int, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """As many rows as the part says, or as much as it says, for every printed figure that the sample gives."""
    queries, wrong = parts_and_rows(warehouse, part)
    assert len(set(queries.values())) > queries_at_least
    assert wrong == []


@pytest.mark.parametrize("part", ["numerator", "denominator"])
def test_each_part_of_an_indicator_leads_to_its_rows(part: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Every national figure of every indicator, and those of regions where the query asks for a territory."""
    figures = warehouse.execute(
        "select indicators.reporting_year, indicators.territory_kind, indicators.territory_code, indicators.cut,"
        f" indicators.cut_value, indicators.{part}, parts.is_summed, parts.rows_sql, parts.mart, parts.measure"
        " from marts.indicators"
        " inner join reference.measures as definitions using (indicator_code, cut, method_version)"
        " inner join reference.measures as parts on definitions.mart = parts.mart and definitions.cut = parts.cut"
        f" and definitions.{part} = parts.measure where indicators.{part} is not null"
        " and (territory_kind = 'national' or contains(parts.rows_sql, '{territory_kind}'))"
    ).fetchall()
    needed = warehouse.execute(
        f"select count(distinct (mart, cut, {part})) from reference.measures where indicator_code is not null"
        f" and {part} is not null"
    ).fetchone()
    assert len({(row[8], row[3], row[9]) for row in figures}) == needed[0]
    found, wrong = {}, []
    for year, kind, code, cut, value, number, is_summed, rows, mart, measure in figures:
        named = {"year": year, "territory_kind": kind, "territory_code": code, "cut": cut, "cut_values": f"'{value}'"}
        for name, said in named.items():
            rows = rows.replace(f"{{{name}}}", str(said))
        if rows not in found:
            found[rows] = number_of_rows(warehouse, rows, is_summed)
        if found[rows] != number:
            wrong.append((mart, cut, measure, year, code, value, number, found[rows]))
    assert wrong == []


@pytest.fixture
def made_again(built: Built, corrupt: Callable[..., Path]) -> Callable[..., duckdb.DuckDBPyConnection]:
    """A copy of the warehouse after statements, with models made again from what is in it: connection."""

    def make(statements: list[str], models: list[str]) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(corrupt(*statements)))
        make_again(connection, built, models)
        return connection

    return make


@pytest.mark.parametrize("figure", sorted(CHAINS))
def test_a_figure_is_not_copied(
    built: Built,
    warehouse: duckdb.DuckDBPyConnection,
    made_again: Callable[..., duckdb.DuckDBPyConnection],
    figure: str,
) -> None:
    """With another printed value ours stays; without one of its rows it does not."""
    removal, models = CHAINS[figure]
    query = "select our_value from marts.printed_comparison where figure_id = ?"
    (ours,) = warehouse.execute(query, [figure]).fetchone()
    printed = f"update reference.printed_figures set printed_value = {ours} + 1 where figure_id = '{figure}'"
    with made_again([printed], ["printed_comparison"]) as connection:
        assert connection.execute(query, [figure]).fetchone() == (ours,)
    with made_again([removal], [*models, "indicators", "printed_comparison"]) as connection:
        assert connection.execute(query, [figure]).fetchone() != (ours,)


def test_the_summary_counts_what_the_comparison_says(built: Built) -> None:
    """The sample is compared with nothing printed (D75), but for what restates a rule: the command would fail."""
    found = national.compared(built.warehouse)
    counts = {status: number for status, (_, number) in found.counts.items()}
    assert sum(counts.values()) == len(FIGURES)
    assert found.derivable == len(INDICATORS) + len(RULES) + len(DECLARED)
    assert counts["rule"] == len(RULES)
    assert counts["not_comparable"] > 100
    # The action sheets of the sample are none of those that the report prints.
    assert [counts[status] for status in ("reproduced", "declared", "contradicted", "differs")] == [0, 0, 0, 0]
    assert found.contradicted == []
    # What nothing of the sample gives is left without an explanation.
    without_value = found.derivable - counts["rule"] - counts["not_comparable"]
    assert len(found.unexplained) == without_value
