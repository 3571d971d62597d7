"""The disclosure control (D60): what is small, what the engine adds, and what a reader can still work out."""

from __future__ import annotations

import stat
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from plie_warehouse.disclosure import deciding, engine, step, suppliers
from plie_warehouse.disclosure import needed as needing
from plie_warehouse.disclosure import protection as protecting
from plie_warehouse.disclosure.cells import BEFORE, OUTSIDE, Cells, DisclosureError, Rule, build_cells, relations_of
from plie_warehouse.disclosure.intervals import Reach, propagated
from plie_warehouse.disclosure.memory import Released
from plie_warehouse.disclosure.needed import needed
from plie_warehouse.disclosure.problem import Parameters, build_problem, subjects_of
from plie_warehouse.disclosure.protection import PRIMARY, SECONDARY, UNSAID, Protection, protect
from plie_warehouse.disclosure.rows import Rows
from plie_warehouse.paths import PROJECT
from plie_warehouse.processes import ProcessDied, run_in_subprocess

PARAMETERS = Parameters(min_cell=5, hours_share=0.2, hours_least=50, width=2)
# Rows of the seed.
IN_FORCE = [
    {"name": name, "value": getattr(PARAMETERS, of), "valid_from": date(2000, 1, 1), "valid_to": None}
    for name, of in deciding.PARAMETERS.items()
]
LEVELS = {"plie": 1, "structure": 2, "departement": 3, "region": 4, "national": 5}
COUNT = ("m", "total", "n")
RULES = {COUNT: Rule("personnes", False, "plie"), ("m", "cut", "n"): Rule("personnes", False, "plie")}


def row(term: str, role: str, relation: str = "r") -> dict[str, str]:
    mart, cut, measure, values = term.split()
    return {
        "relation_id": relation, "role": role, "mart": mart, "cut": cut, "measure": measure,
        "cut_values": values.replace("-", ""),
    }  # fmt: skip


CUT_ADDS_UP = relations_of([row("m total n -", "total"), row("m cut n *", "part")])


def network(department_of: dict[str, str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Parents of PLIE in departments that are regions of their own."""
    found = {}
    for code, department in department_of.items():
        found |= {
            ("plie", code): ("departement", department),
            ("departement", department): ("region", department),
            ("region", department): ("national", "FR"),
        }
    return found


def spread(
    values: dict[str, dict[str, int]],
    parents: dict,
    total: tuple[str, str, str] = COUNT,
    part: tuple[str, str, str] = ("m", "cut", "n"),
) -> list[tuple]:
    """Figures of every level from those of the PLIE: ``values`` is PLIE -> value of the cut -> count; ``total`` and
    ``part``: mart, cut and measure of the sums and of what they are sums of."""
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for code, counts in values.items():
        territory = ("plie", code)
        while True:
            here = sums.setdefault(territory, dict.fromkeys(counts, 0))
            for value, count in counts.items():
                here[value] += count
            if territory not in parents:
                break
            territory = parents[territory]
    found = []
    for (kind, code), counts in sums.items():
        found += [(kind, code, *part[:2], value, part[2], count) for value, count in counts.items()]
        found.append((kind, code, *total[:2], "total", total[2], sum(counts.values())))
    return found


PARENTS = network({"A": "1", "B": "1", "C": "1", "D": "2", "E": "2", "F": "2"})
TABLE = {
    "A": {"x": 3, "y": 20, "z": 31},
    "B": {"x": 12, "y": 22, "z": 15},
    "C": {"x": 40, "y": 9, "z": 26},
    "D": {"x": 30, "y": 4, "z": 18},
    "E": {"x": 21, "y": 16, "z": 17},
    "F": {"x": 25, "y": 19, "z": 11},
}


def cells_of(table: dict[str, dict[str, int]]) -> Cells:
    return build_cells(spread(table, PARENTS), RULES, CUT_ADDS_UP, PARENTS, LEVELS)


def suppressed_of(protection: Protection) -> dict[tuple, str]:
    return {(cell.territory, cell.measure[3]): cell.status for cell in protection.suppressed}


# ------------------------------------------------------------------------------------------ engine


def run_of(**changes: object) -> engine.Run:
    """A table of two rows and two columns with its margins, all shown but the margins' parts: cell 0 is a 3 that must
    be anything from 0 to 4."""
    #  0 1 | 2     3 20 | 23
    #  3 4 | 5    12 22 | 34
    #  6 7 | 8    15 42 | 57
    rows = [(0.0, {2: -1, 0: 1, 1: 1}), (0.0, {5: -1, 3: 1, 4: 1}), (0.0, {8: -1, 6: 1, 7: 1})]
    rows += [(0.0, {6: -1, 0: 1, 3: 1}), (0.0, {7: -1, 1: 1, 4: 1}), (0.0, {8: -1, 2: 1, 5: 1})]
    value = np.array([3, 20, 23, 12, 22, 34, 15, 42, 57], dtype=float)
    content = {
        "value": value, "cost": value, "is_suppressed": np.arange(9) == 0,
        "lower": np.where(np.arange(9) == 0, 0.0, 5.0),
        "upper": np.where(np.arange(9) == 0, 4.0, np.inf), "down": np.where(np.arange(9) == 0, 3.0, 0),
        "up": np.where(np.arange(9) == 0, 1.0, 0), "rows": Rows.of(rows),
    }  # fmt: skip
    return engine.Run(**content | changes)


def test_the_engine_suppresses_a_rectangle_and_its_audit_agrees_with_ours() -> None:
    run = run_of()
    suppressed = run.is_suppressed.copy()
    suppressed[engine.secondary_cells(run)] = True
    assert suppressed.sum() >= 4
    bounds = engine.audited(run, suppressed)
    chosen = np.flatnonzero(suppressed)
    _, rows = run.rows.substituted(suppressed, run.value).numbered_anew(len(suppressed))
    reach = Reach(run.value[chosen], run.lower[chosen], np.minimum(run.upper[chosen], 200), rows)
    every = np.arange(len(chosen))
    least, most = reach.between(every, np.zeros(len(every)), np.full(len(every), 200.0), np.full(len(every), np.inf))
    for number, index in enumerate(chosen.tolist()):
        assert bounds[index] == pytest.approx((least[number], most[number]))
    # What was asked for, not what the engine calls safe: a 3 anywhere from 0 to 4.
    assert bounds[0] == pytest.approx((0, 4))


def test_the_engine_that_finds_nothing_is_an_error() -> None:
    """Nothing can move: the engine returns without a word, and without a cell."""
    value = run_of().value
    fixed = run_of(lower=np.where(np.arange(9) == 0, 3.0, value), upper=np.where(np.arange(9) == 0, 3.0, value))
    with pytest.raises(DisclosureError, match="Tau-Argus found no protection"):
        engine.secondary_cells(fixed)


def test_the_engine_that_dies_is_an_error() -> None:
    with pytest.raises(DisclosureError, match="Tau-Argus stopped with -"):
        engine.secondary_cells(run_of(upper=np.full(9, 4.0)))


def test_the_engine_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It writes the values that it protects into its folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine.secondary_cells(run_of())
    assert list(tmp_path.iterdir()) == []


def test_what_the_engine_says_of_itself() -> None:
    found = engine.engine_versions()
    assert found["pytauargus"] == "0.6.0"
    assert found.keys() >= {"engine_sha", "highs_version"}


# ------------------------------------------------------------------------------------------- cells


def test_a_sum_that_does_not_hold_is_refused() -> None:
    figures = spread(TABLE, PARENTS)
    figures = [(*f[:6], f[6] + 1) if f[:2] == ("region", "1") and f[4] == "x" else f for f in figures]
    with pytest.raises(DisclosureError, match="is not the sum of"):
        build_cells(figures, RULES, CUT_ADDS_UP, PARENTS, LEVELS)


def test_a_part_that_exceeds_its_total_is_refused() -> None:
    relations = relations_of([row("m total n -", "total"), row("m cut n =x", "part"), row("- - - -", "reste")])
    figures = [("plie", "A", "m", "total", "total", "n", 3), ("plie", "A", "m", "cut", "x", "n", 4)]
    with pytest.raises(DisclosureError, match="a rest of -1 is below zero"):
        build_cells(figures, RULES, relations, {}, LEVELS)


def test_nothing_by_definition_must_be_nothing() -> None:
    relations = relations_of([row("m cut n x", "nul")])
    figures = [("plie", "A", "m", "cut", "x", "n", 0)]
    cells = build_cells(figures, RULES, relations, {}, LEVELS)
    assert len(cells.known) == 1
    with pytest.raises(DisclosureError, match="is not zero"):
        build_cells([(*figures[0][:6], 1)], RULES, relations, {}, LEVELS)


def test_what_no_region_holds_is_a_cell_of_its_own() -> None:
    """A supplier that no register knows: the nation less its regions gives it."""
    figures = spread(TABLE, PARENTS)
    figures = [(*f[:6], f[6] + 2) if f[0] == "national" and f[4] in ("x", "total") else f for f in figures]
    protection = protect(build_cells(figures, RULES, CUT_ADDS_UP, PARENTS, LEVELS), PARAMETERS, PARENTS)
    suppressed = suppressed_of(protection)
    assert suppressed[("region", "hors territoire"), "x"] == PRIMARY
    assert any(kind == "region" and code != "hors territoire" for (kind, code), _ in suppressed)


def test_a_supplier_in_no_region_is_protected_among_those_that_are_in_none() -> None:
    """The nation less its regions gives the sum of those without a department: one of them gives the other."""
    delivered = [
        {"plie_code": code, "is_registered": True, "department_code": department, "region_code": department}
        for code, department in [*((code, code) for code in TABLE), ("G", None), ("H", None)]
    ]
    parents = step._parents(delivered, "plie", "plie_code")
    above = {place: ("national", "FR") if one == OUTSIDE else one for place, one in parents.items()}
    figures = spread(TABLE | {"G": {"x": 3, "y": 40, "z": 50}, "H": {"x": 30, "y": 41, "z": 51}}, above)
    cells = build_cells(figures, RULES, CUT_ADDS_UP, parents, LEVELS)
    suppressed = suppressed_of(protect(cells, PARAMETERS, parents))
    assert suppressed[("plie", "G"), "x"] == PRIMARY
    # Nobody else is in none: one of the two alone would be enough to know the other.
    assert {(("plie", "H"), "x"), (OUTSIDE, "x")} & suppressed.keys()


def test_levels_and_quantities_decide_what_is_a_cell() -> None:
    rules = RULES | {COUNT: Rule("personnes", False, "departement"), ("m", "cut", "n"): Rule("taux", False, "plie")}
    cells = build_cells(spread(TABLE, PARENTS), rules, [], PARENTS, LEVELS)
    assert {key[0][0] for key in cells.keys if key} == {"departement", "region", "national"}
    assert {key[1][1] for key in cells.keys if key} == {"total"}


# ----------------------------------------------------------------------------------------- problem


@pytest.mark.parametrize(("count", "is_small"), [(0, True), (4, True), (5, False)])
def test_small_is_under_the_threshold(count: int, is_small: bool) -> None:
    table = TABLE | {"A": {"x": count, "y": 20, "z": 31}}
    problem = build_problem(cells_of(table), PARAMETERS)
    assert problem.is_primary.sum() == (2 if is_small else 1)  # D's y is 4


def test_a_national_zero_and_the_zeros_under_it_are_known_to_the_public() -> None:
    table = {code: counts | {"x": 0} for code, counts in TABLE.items()}
    cells = cells_of(table)
    suppressed = suppressed_of(protect(cells, PARAMETERS, PARENTS))
    assert not [key for key in suppressed if key[1] == "x"]


@pytest.mark.parametrize(("persons", "is_small"), [(0, True), (4, True), (5, False)])
def test_hours_are_suppressed_where_few_persons_stand_behind_them(persons: int, is_small: bool) -> None:
    rules = {("m", "total", "hours"): Rule("heures", False, "plie"), ("m", "total", "beneficiaries"): RULES[COUNT]}
    figures = []
    for (kind, code), hours, count in (
        (("plie", "A"), 400.5, persons), (("plie", "B"), 900.25, 9), (("departement", "1"), 1300.75, persons + 9),
        (("region", "1"), 1300.75, persons + 9), (("national", "FR"), 1300.75, persons + 9),
    ):  # fmt: skip
        figures.append((kind, code, "m", "total", "total", "hours", hours))
        figures.append((kind, code, "m", "total", "total", "beneficiaries", count))
    problem = build_problem(build_cells(figures, rules, [], PARENTS, LEVELS), PARAMETERS)
    small = problem.is_primary & problem.is_hours
    assert small.sum() == is_small
    if is_small:
        # Nothing to 20 % more, or 50 h more: 400.5 h could be 481 h.
        assert (problem.wanted_low[small], problem.wanted_high[small]) == (0, 481)


# -------------------------------------------------------------------------------------- protection


def test_every_small_count_can_be_anything_from_0_to_4() -> None:
    protection = protect(cells_of(TABLE), PARAMETERS, PARENTS)
    suppressed = suppressed_of(protection)
    assert suppressed[("plie", "A"), "x"] == suppressed[("plie", "D"), "y"] == PRIMARY
    assert SECONDARY in suppressed.values()
    for cell in protection.suppressed:
        if cell.status == PRIMARY:
            assert (cell.low, cell.high) == pytest.approx((0, 4))
        else:
            assert cell.high - cell.low >= 2 and cell.low >= 5 - 1e-6
    # The rows and columns of a suppressed cell each have another one.
    for (territory, value), status in suppressed.items():
        if status == PRIMARY and territory[0] == "plie":
            assert [1 for other, of in suppressed if other == territory and of != value]


@pytest.mark.parametrize(("moves", "status"), [(7, UNSAID), (8, SECONDARY)])
def test_a_status_that_would_cost_a_headline_count_is_not_said(moves: int, status: str) -> None:
    """One death: with the moves known to be 5 or more, it can be 4 only where the sum is 9; else the sum would go."""
    total, part = ("plie_outcomes", "total", "neutralised_exits"), ("plie_exit_reasons", "exit_reason_class", "exits")
    rules = {measure: Rule("personnes", False, "plie") for measure in (total, part)}
    relations = relations_of([row(f"{' '.join(total)} -", "total"), row(f"{' '.join(part)} *", "part")])
    table = {code: {"deces": 10, "moves": 20 + number} for number, code in enumerate("BCDEF")}
    figures = spread(table | {"A": {"deces": 1, "moves": moves}}, PARENTS, total, part)
    found = suppressed_of(protect(build_cells(figures, rules, relations, PARENTS, LEVELS), PARAMETERS, PARENTS))
    assert found[("plie", "A"), "moves"] == status and (("plie", "A"), "total") not in found


def test_what_the_engine_chose_without_need_is_published() -> None:
    """A 3 in a table of three rows and columns: of two rectangles one is enough, the cheaper one."""
    value = np.array([3, 20, 30, 12, 22, 32, 15, 25, 35], dtype=float)
    sums = [range(first, first + 3) for first in (0, 3, 6)] + [range(first, 9, 3) for first in (0, 1, 2)]
    rows = Rows.of((float(value[one].sum()), dict.fromkeys(one, 1)) for one in sums)
    lower, upper = np.where(value < 5, 0.0, 5.0), np.where(value < 5, 4.0, 100.0)
    asked = np.array([0]), np.array([0.0]), np.array([4.0]), np.array([np.inf])
    is_free = np.arange(9) == 0
    found = needed(value, lower, upper, value, is_free, rows, *asked)
    assert found is not None and np.flatnonzero(found.variables).tolist() == [0, 1, 3, 4]
    assert not found.is_short.any()
    # What cannot be reached is told: the cells are not enough.
    short = needed(value, np.where(is_free, 0.0, value), upper, value, is_free, rows, *asked)
    assert short is not None and short.is_short.tolist() == [True]


@pytest.mark.parametrize(("low", "cells"), [(9.0, [0, 1]), (10.0, [0, 1, 2])])
def test_what_is_wide_enough_on_one_side_need_not_go_to_the_other(low: float, cells: list[int]) -> None:
    """A 12 shall have values 3 apart. Down to 9 the 20 goes up for it; where it is 10 at least, it goes to 13 too, for
    which the 20 would have to go down, and only the 300 can."""
    value, rows = np.array([12.0, 20, 300]), Rows.of([(332.0, {0: 1, 1: 1, 2: 1})])
    asked = np.array([0]), np.array([9.0]), np.array([15.0]), np.array([3.0])
    lower, upper = np.array([low, 20, 5]), np.full(3, 500.0)
    found = needed(value, lower, upper, value, np.arange(3) == 0, rows, *asked)
    assert found is not None and np.flatnonzero(found.variables).tolist() == cells
    assert (found.most - found.least).tolist() == [3.0] and not found.is_short.any()


@pytest.mark.parametrize(("cells", "is_engine_asked"), [(1, False), (1000, True)])
def test_linear_programs_choose_in_large_systems(
    monkeypatch: pytest.MonkeyPatch, cells: int, is_engine_asked: bool
) -> None:
    asked = []
    monkeypatch.setattr(engine, "secondary_cells", lambda run, ask=engine.secondary_cells: asked.append(1) or ask(run))
    monkeypatch.setattr(protecting, "RUN_CELLS", cells)
    found = protect(cells_of(TABLE), PARAMETERS, PARENTS)
    assert bool(asked) == is_engine_asked
    assert {cell.measure[3] for cell in found.suppressed} > {"x"}
    for cell in found.suppressed:
        assert cell.high - cell.low >= PARAMETERS.width - 1e-6


def test_where_a_linear_program_costs_too_much_the_engine_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(engine, "secondary_cells", lambda run, ask=engine.secondary_cells: asked.append(1) or ask(run))
    monkeypatch.setattr(protecting, "RUN_CELLS", 1)
    monkeypatch.setattr(needing, "GAIN", 1.0)
    found = protect(cells_of(TABLE), PARAMETERS, PARENTS)
    assert asked
    for cell in found.suppressed:
        assert cell.high - cell.low >= PARAMETERS.width - 1e-6


def test_a_small_count_that_nothing_can_protect_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that suppresses nothing more leaves the 3 recoverable: the check raises."""
    monkeypatch.setattr(engine, "secondary_cells", lambda run: [])
    monkeypatch.setattr(protecting, "REPAIRS", 0)
    with pytest.raises(DisclosureError, match="a reader finds 3 to 3"):
        protect(cells_of(TABLE), PARAMETERS, PARENTS)


def test_without_a_result_of_the_engine_linear_programs_protect_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "secondary_cells", lambda run: [])
    found = protect(cells_of(TABLE), PARAMETERS, PARENTS)
    assert found.rounds > 0
    for cell in found.suppressed:
        assert cell.high - cell.low >= PARAMETERS.width - 1e-6


def test_without_any_result_the_neighbours_are_suppressed(monkeypatch: pytest.MonkeyPatch) -> None:
    with_engine = protect(cells_of(TABLE), PARAMETERS, PARENTS)
    monkeypatch.setattr(engine, "secondary_cells", lambda run: [])
    monkeypatch.setattr(protecting, "needed", lambda *_: None)
    without = protect(cells_of(TABLE), PARAMETERS, PARENTS)
    assert len(without.suppressed) > len(with_engine.suppressed)
    for cell in without.suppressed:
        assert cell.high - cell.low >= PARAMETERS.width - 1e-6


def test_a_single_supplier_is_known_from_the_nation() -> None:
    """One PLIE is its department, its region and the country: nothing can be suppressed."""
    parents = network({"A": "1"})
    cells = build_cells(spread({"A": {"x": 3, "y": 20}}, parents), RULES, CUT_ADDS_UP, parents, LEVELS)
    assert protect(cells, PARAMETERS, parents) == Protection([], 0)


def test_the_same_figures_give_the_same_suppression_pattern() -> None:
    assert protect(cells_of(TABLE), PARAMETERS, PARENTS) == protect(cells_of(TABLE), PARAMETERS, PARENTS)


def test_bounds_follow_from_single_rows() -> None:
    low, high = propagated(np.zeros(3), np.array([4.0, 4, 100]), Rows.of([(10.0, {0: 1, 1: 1, 2: 1})]))
    assert (low.tolist(), high.tolist()) == ([0, 0, 2], [4, 4, 10])


# ---------------------------------------------------------------------------------- years


def test_a_year_that_did_not_change_comes_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "disclosure"
    first = deciding._cached_protection(cache, cells_of(TABLE), PARAMETERS, PARENTS)
    (file,) = cache.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(cache.stat().st_mode) == 0o700
    monkeypatch.setattr(deciding, "protect", lambda *_: pytest.fail("worked out again"))
    assert deciding._cached_protection(cache, cells_of(TABLE), PARAMETERS, PARENTS) == first
    with pytest.raises(pytest.fail.Exception, match="worked out again"):
        deciding._cached_protection(cache, cells_of(TABLE | {"A": {"x": 2, "y": 20, "z": 31}}), PARAMETERS, PARENTS)


@pytest.mark.parametrize("name", [field.name for field in fields(Cells)])
def test_each_field_of_the_cells_is_in_the_name_of_what_is_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A cell that must be at least 1, or that is published elsewhere, has other neighbours suppressed."""
    deciding._cached_protection(tmp_path, cells_of(TABLE), PARAMETERS, PARENTS)
    cells = cells_of(TABLE)
    content = getattr(cells, name)
    if isinstance(content, set):
        content.add(len(cells.keys) - 1)
    elif isinstance(content, dict):
        content[cells.keys[0]] = 0
    else:
        content[-1] = 1.0 if isinstance(content[-1], float) else None
    monkeypatch.setattr(deciding, "protect", lambda *_: pytest.fail("worked out again"))
    with pytest.raises(pytest.fail.Exception, match="worked out again"):
        deciding._cached_protection(tmp_path, cells, PARAMETERS, PARENTS)


def of_years(cache: Path) -> tuple[deciding.Network, deciding.Subject]:
    """A network without a release before, and two years of a subject."""
    network = deciding.Network(RULES, CUT_ADDS_UP, PARENTS, LEVELS, IN_FORCE, cache)
    years = TABLE, TABLE | {"B": {"x": 2, "y": 22, "z": 15}}
    return network, {2021 + later: spread(table, PARENTS) for later, table in enumerate(years)}


def test_what_is_kept_is_known_without_deciding(tmp_path: Path) -> None:
    network, subject = of_years(tmp_path)
    network.suppressed({2021: subject[2021]})
    assert network.known(subject) is None
    assert len(rows := network.suppressed(subject)) > 1 and network.known(subject) == rows


def test_subjects_are_decided_in_a_process_of_their_own(tmp_path: Path) -> None:
    network, subject = of_years(tmp_path / "there")
    one, other = {2021: subject[2021]}, {2022: subject[2022]}
    there = run_in_subprocess(deciding.decide, network, {"one": one, "other": other}, progress=lambda _: None)
    here, _ = of_years(tmp_path / "here")
    assert there == {"one": here.suppressed(one), "other": here.suppressed(other)}
    wrong = {2021: [(kind, *rest, count + (kind == "national")) for kind, *rest, count in one[2021]]}
    with pytest.raises(DisclosureError, match="is not the sum of"):
        run_in_subprocess(deciding.decide, network, {"wrong": wrong}, progress=lambda _: None)


def test_a_process_that_dies_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def died(*_: object, **__: object) -> None:
        raise ProcessDied("ended with code -9")

    monkeypatch.setattr(step, "run_in_subprocess", died)
    lists = ("measures", "additive_relations", "territory_kinds", "parameters")
    with duckdb.connect() as connection:
        relations = {name: connection.read_csv(str(PROJECT / "seeds" / "reference" / f"{name}.csv")) for name in lists}
        for name, code in (("plie", "plie_code"), ("structures", "structure_code")):
            relations[name] = connection.sql(
                f"select '' as {code}, '' as department_code, '' as region_code, false as is_registered where false"
            )
        relations["figures"] = connection.sql(
            "select 2021 as reporting_year, 'national' as territory_kind, 'FR' as territory_code,"
            " 'plie_outcomes' as mart, 'total' as cut, 'total' as cut_value, 'parcours' as measure,"
            " 100 as measure_value, true as is_protected"
        )
        with pytest.raises(DisclosureError, match="the process that decides what is suppressed ended with code -9"):
            step.suppressed_figures(cache=tmp_path, **relations)


OUTCOMES = {
    ("plie_outcomes", "total", name): Rule("personnes", False, "plie")
    for name in ("parcours", "entries", "stock_31_dec")
}
TAKEN_OVER = relations_of(
    [
        row("plie_outcomes total parcours -", "total"),
        row("plie_outcomes total entries -", "part"),
        row("complement total parcours_des_annees_precedentes -", "reste"),
    ]
)


def outcomes(name: str, values: dict[str, int]) -> list[tuple]:
    """A total of regions and of the nation."""
    counts = {("region", code): count for code, count in values.items()} | {("national", "FR"): sum(values.values())}
    return [(*territory, "plie_outcomes", "total", "total", name, count) for territory, count in counts.items()]


def after(
    stock: dict[str, tuple[int, bool]], parcours: dict[str, int], entries: dict[str, int]
) -> tuple[Cells, dict[tuple[str, str], str]]:
    """Cells of a year after one with the stock of each region, suppressed or not; and what is suppressed of it:
    region and measure -> status."""
    parents = {("region", code): ("national", "FR") for code in stock}
    then = outcomes("stock_31_dec", {code: count for code, (count, _) in stock.items()})
    before = build_cells(then, OUTCOMES, [], parents, LEVELS)
    suppressed = {
        index: (SECONDARY, 5.0, 99.0)
        for ((_, code), _), index in before.published().items()
        if stock.get(code, (0, False))[1]
    }
    figures = [*outcomes("parcours", parcours), *outcomes("entries", entries)]
    cells = build_cells(figures, OUTCOMES, TAKEN_OVER, parents, LEVELS)
    deciding._take_over(cells, deciding.Before(before, suppressed))
    found = protect(cells, PARAMETERS, parents).suppressed
    return cells, {(cell.territory[1], cell.measure[2]): cell.status for cell in found}


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize(("more", "agrees"), [(0, True), (1, False)])
def test_what_a_year_takes_over_is_what_the_one_before_left(more: int, agrees: bool, hidden: bool) -> None:
    """parcours - entries is the stock of the year before, where they agree: suppressed there, it must not be shown
    here."""
    taken = {"A": (20 + more, hidden), "B": (30 + more, hidden), "C": (40 + more, False)}
    cells, suppressed = after(taken, {"A": 50, "B": 45, "C": 60}, {"A": 30, "B": 15, "C": 20})
    assert {code for code, _ in suppressed} == (set("AB") if hidden and agrees else set())
    known = {cells.keys[index][0][1] for index in cells.known if cells.keys[index][1][2].startswith("parcours_des")}
    assert known == ({"FR", "C", *("AB" if not hidden else "")} if agrees else set())


def test_what_regions_take_over_together_may_be_known() -> None:
    """A and B hide each other's stock, whose sum everybody knows: entries of both together follow from it, and with
    them the four of D, which takes over what nobody knows, unless more is suppressed than the entries of these."""
    taken = {"A": (20, True), "B": (30, True), "C": (40, False), "D": (22, False)}
    parcours = {"A": 50, "B": 50, "C": 90, "D": 30}
    _, suppressed = after(taken, parcours, {"A": 30, "B": 20, "C": 50, "D": 4})
    entries = {(code, "entries") for code in "ABD"}
    assert entries < suppressed.keys()


def test_tables_that_a_sum_ties_together_are_one_subject() -> None:
    relations = relations_of(
        [
            row("a total x -", "total"),
            row("b total x -", "part"),
            row("complement total kept -", "reste"),
            row("c total x -", "total", "of the complement"),
            row("complement total kept -", "part", "of the complement"),
            row("d total x -", "total", "others"),
            row("e total x -", "part", "others"),
            row("complement total left -", "reste", "others"),
        ]
    )
    subjects = subjects_of(relations)
    assert subjects["a"] == subjects["b"] == subjects["c"] != subjects["d"] == subjects["e"]
    assert "f" not in subjects


def test_a_year_takes_over_from_the_year_before_and_no_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = []
    monkeypatch.setattr(deciding, "_take_over", lambda _, before: seen.append((before.cells.values, before.suppressed)))
    monkeypatch.setattr(deciding, "_parameters", lambda rows, year: PARAMETERS)
    network = deciding.Network(OUTCOMES, [], {}, LEVELS, [], tmp_path)
    network.suppressed({year: outcomes("stock_31_dec", {"A": 10 + year}) for year in (1, 2, 4)})
    assert seen == [([11.0, 11.0], {})]


# A figure that is cumulated from year to year, of three regions.
CUMULATED = relations_of([row("m total n *", "cumul")])
REGIONS = {("region", code): ("national", "FR") for code in "ABC"}
MEASURE = ("m", "total", "n", "total")


def of_regions(values: dict[str, int]) -> Cells:
    figures = [("region", code, *MEASURE[:2], MEASURE[3], MEASURE[2], value) for code, value in values.items()]
    figures.append(("national", "FR", *MEASURE[:2], MEASURE[3], MEASURE[2], sum(values.values())))
    return build_cells(figures, RULES, CUMULATED, REGIONS, LEVELS)


def cumulated(
    before: dict[str, tuple[int, bool]], now: dict[str, int], status: str = SECONDARY, least: float = 5
) -> Cells:
    """Cells of a year, after a year with these values, suppressed with ``status`` or not. Region C goes from 40 to
    60."""
    before = {"C": (40, False)} | before
    then, cells = of_regions({code: value for code, (value, _) in before.items()}), of_regions({"C": 60} | now)
    place = then.published()
    suppressed = {
        place[("region", code), MEASURE]: (status, least, 100.0) for code, (_, hidden) in before.items() if hidden
    }
    deciding._add_growth(cells, deciding.Before(then, suppressed), PARAMETERS.min_cell)
    return cells


@pytest.mark.parametrize(
    ("before", "now", "hidden"),
    [
        ((20, False), 24, True),  # four more persons
        ((20, False), 25, False),  # five more
        ((20, False), 20, True),  # nobody more
        ((24, False), 20, True),  # a correction of four
        ((25, False), 20, False),  # of five
        ((20, True), 24, True),  # suppressed the year before, four more
        ((20, True), 25, False),  # five more: the year before may be anything below
    ],
)
def test_a_cumulated_figure_does_not_tell_the_few_persons_of_a_year(
    before: tuple[int, bool], now: int, hidden: bool
) -> None:
    cells = cumulated({"A": before, "B": (30, False)}, {"A": now, "B": 50})
    suppressed = suppressed_of(protect(cells, PARAMETERS, REGIONS))
    assert (("region", "A"), "total") in suppressed if hidden else not suppressed
    # And one beside it, so that it does not follow from the nation.
    assert len(suppressed) in ((2, 3) if hidden else (0,))
    assert {measure for cell in protect(cells, PARAMETERS, REGIONS).suppressed for measure in cell.measure} <= {
        *MEASURE
    }


@pytest.mark.parametrize("hidden", [False, True])
def test_what_a_year_shows_must_not_tell_what_the_year_before_hid(hidden: bool) -> None:
    """Nobody came since: what was 20 is 20, and is hidden in both years or in none, though the nation is shown."""
    codes = {"A": 20, "B": 30, "C": 40}
    cells = cumulated({code: (value, hidden and code != "C") for code, value in codes.items()}, codes)
    suppressed = suppressed_of(protect(cells, PARAMETERS, REGIONS))
    assert set(suppressed) == ({(("region", code), "total") for code in "AB"} if hidden else set())


def test_what_a_year_said_is_not_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The status of the year before stands: only those of the year itself may be left unsaid."""
    seen = []
    monkeypatch.setattr(protecting.Work, "settle", lambda work, *_: seen.append(work) or 0)
    cells = cumulated({"A": (3, True), "B": (30, True)}, {"A": 4, "B": 50}, PRIMARY, 0)
    protect(cells, PARAMETERS, REGIONS)
    (work,) = seen
    found = work.keep_back(np.ones(len(work.problem), dtype=bool))
    names = {member for index in np.flatnonzero(found | work.is_unsaid) for member in work.problem.members[index]}
    assert names and not any(cells.keys[name] and cells.keys[name][1][2].startswith(BEFORE) for name in names)


def test_what_the_year_before_left_unsaid_stays_so_with_what_a_release_showed() -> None:
    """The bounds that the last release leaves of this year's cells are beside those of the year before."""
    cells = cumulated({"A": (20, True), "B": (30, True)}, {"A": 40, "B": 50}, UNSAID)
    assert len(cells.unsaid) == 2
    shown = {(("region", "C"), MEASURE): 60.0}
    hidden = {(("region", "A"), MEASURE): 40.0, (("region", "B"), MEASURE): 50.0}
    released = Released({2021: shown}, {2021: hidden}, {(2021, ("region", "A"), MEASURE): (30.0, 50.0)})
    held = released.held(cells, 2021, PARAMETERS)
    place = cells.published()[("region", "A"), MEASURE]
    assert held.unsaid == cells.unsaid | {place: (30.0, 50.0)}


@pytest.mark.parametrize(("bound", "told"), [(-1e-13, "0.0"), (-0.0, "0.0"), (4.99999999, "5.0"), (7.125, "7.125")])
def test_bounds_are_told_as_a_database_keeps_them(bound: float, told: str) -> None:
    assert repr(protecting._told(np.float64(bound))) == told


def test_nobody_more_in_the_nation_is_nobody_more_in_a_region() -> None:
    """As the zeros under a national zero, everybody knows it."""
    cells = cumulated({"A": (20, False), "B": (30, False), "C": (60, False)}, {"A": 20, "B": 30})
    assert not suppressed_of(protect(cells, PARAMETERS, REGIONS))


def test_a_year_grows_from_the_year_before_and_no_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = []
    monkeypatch.setattr(deciding, "_add_growth", lambda cells, before, least: seen.append((before, least)))
    monkeypatch.setattr(deciding, "_parameters", lambda rows, year: PARAMETERS)
    network = deciding.Network(RULES, CUMULATED, {}, LEVELS, [], tmp_path)
    network.suppressed({year: [("national", "FR", "m", "total", "total", "n", 10 + year)] for year in (1, 2, 4)})
    assert [(before.cells.values, dict(before.suppressed), least) for before, least in seen] == [([11.0], {}, 5)]


# ---------------------------------------------------------------------------------- what suppliers know


@pytest.mark.parametrize("from_suppliers", [False, True])
def test_a_supplier_does_not_subtract_its_own(from_suppliers: bool) -> None:
    """In department 2 D and F hide each other: F, which knows its own y, subtracts it unless a third is suppressed."""
    parameters = replace(PARAMETERS, from_suppliers=from_suppliers)
    hidden = {key for key in suppressed_of(protect(cells_of(TABLE), parameters, PARENTS)) if key[1] == "y"}
    of_department = {(("plie", code), "y") for code in "EF"} | {(("departement", "2"), "y")}
    assert (("plie", "D"), "y") in hidden
    assert len(hidden & of_department) == (2 if from_suppliers else 1)


FROM_SUPPLIERS = replace(PARAMETERS, from_suppliers=True)


IN_E, IN_DEPARTMENT = ("plie", "E"), ("departement", "2")


@pytest.mark.parametrize(
    ("sought", "shown", "chosen"),
    [
        ({IN_E}, set(), {IN_DEPARTMENT}),
        ({IN_DEPARTMENT}, set(), {IN_E}),
        ({IN_E, IN_DEPARTMENT}, set(), {IN_E}),
        ({IN_E, IN_DEPARTMENT}, {IN_E}, {IN_DEPARTMENT}),
        ({IN_E, IN_DEPARTMENT}, {IN_E, IN_DEPARTMENT}, set()),
    ],
)
def test_what_readers_come_for_is_the_last_that_suppliers_cost(
    sought: set[tuple[str, str]],
    shown: set[tuple[str, str]],
    chosen: set[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Either of two cells would do, and that of E costs less. What was shown before, suppliers know."""
    cells, also = cells_of(TABLE), suppliers.also

    def told(work: protecting.Work, *asked: object) -> np.ndarray:
        for index, group in enumerate(work.problem.members):
            of = {key[0] for key in (cells.keys[member] for member in group) if key and key[1][3] == "y"}
            work.is_last_to_go[index], work.was_shown[index] = bool(of & sought), bool(of & shown)
        return also(work, *asked)

    monkeypatch.setattr(suppliers, "also", told)
    hidden = suppressed_of(protect(cells, FROM_SUPPLIERS, PARENTS))
    assert {IN_E, IN_DEPARTMENT} & {territory for territory, value in hidden if value == "y"} == chosen


def test_what_one_supplier_needs_is_there_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """E works out a count of D unless two cells of F are suppressed. F and G, which are asked after it, see them so:
    F knows them, for G they make four unknown terms more."""
    seen, also, worked_out = [], suppliers.also, suppliers._worked_out

    def one_region_at_a_time(work: protecting.Work, *asked: object) -> np.ndarray:
        work.workers = 1
        return also(work, *asked)

    def told(work: protecting.Work, suppressed: np.ndarray, rows: Rows) -> np.ndarray:
        found = worked_out(work, suppressed, rows)
        seen.append((int(suppressed.sum()), len(rows.column), bool(found.any())))
        return found

    monkeypatch.setattr(suppliers, "also", one_region_at_a_time)
    monkeypatch.setattr(suppliers, "_worked_out", told)
    monkeypatch.setattr(protecting, "SUPPLIER_ROUNDS", 1)
    parents = PARENTS | network({"G": "2"})
    table = TABLE | {"E": TABLE["F"], "F": TABLE["E"], "G": {"x": 50, "y": 60, "z": 70}}
    protect(build_cells(spread(table, parents), RULES, CUT_ADDS_UP, parents, LEVELS), FROM_SUPPLIERS, parents)
    # The department of four suppliers is the first.
    assert seen[:4] == [(8, 4, False), (8, 4, True), (10, 8, False), (10, 12, False)]


def test_a_width_that_was_given_up_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cell can be so wide. One that is narrower than it must be is asked for all the same."""
    works, settle = [], protecting.Work.settle

    def told(work: protecting.Work, suppressed: np.ndarray, *asked: object) -> int:
        works.append((work, suppressed))
        return settle(work, suppressed, *asked)

    monkeypatch.setattr(protecting.Work, "settle", told)
    protect(cells_of(TABLE), replace(PARAMETERS, width=1000), PARENTS)
    ((work, suppressed),) = works
    work.is_wide[:] = False
    broken = work.broken(suppressed)
    assert len(broken) and not len(work._unsettled(suppressed, for_width=True))
    one = broken[0]
    work.least[one] = work.most[one] = work.problem.value[one]
    assert work._unsettled(suppressed, for_width=True).tolist() == [one]


# ------------------------------------------------------------------------------- the release before


def decide(table: dict[str, dict[str, int]], cache: Path, released: Released | None = None) -> list[tuple]:
    """What is suppressed of one year, rows of the step."""
    network = deciding.Network(RULES, CUT_ADDS_UP, PARENTS, LEVELS, IN_FORCE, cache, released or Released())
    return network.suppressed({2021: spread(table, PARENTS)})


def release(table: dict[str, dict[str, int]], rows: list[tuple]) -> Released:
    return Released.read([(2021, *figure) for figure in spread(table, PARENTS)], rows, RULES)


def cells_in(rows: list[tuple]) -> set[tuple[str, str, str]]:
    return {(kind, code, value) for _, kind, code, _, _, value, *_ in rows}


def corrected(code: str, value: str, count: int) -> tuple[dict[str, dict[str, int]], set[tuple[str, str, str]]]:
    """The table with another count; and the figures that are as before."""
    table = TABLE | {code: TABLE[code] | {value: count}}
    pairs = zip(spread(TABLE, PARENTS), spread(table, PARENTS), strict=True)
    return table, {(kind, at, of) for (kind, at, _, _, of, _, one), (*_, other) in pairs if one == other}


def test_what_did_not_change_is_suppressed_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the row, statuses and intervals too, even without a cache: a release of the same is the same."""
    rows = decide(TABLE, tmp_path)
    monkeypatch.setattr(deciding, "protect", lambda *_: pytest.fail("worked out again"))
    assert decide(TABLE, tmp_path / "other", release(TABLE, rows)) == rows


@pytest.mark.parametrize(("code", "value", "count"), [("E", "z", 14), ("A", "x", 12), ("F", "z", 2)])
def test_a_correction_leaves_the_rest_as_it_was(tmp_path: Path, code: str, value: str, count: int) -> None:
    """A count that stays large, that is small no more, that becomes small. Alone, the corrected table suppresses other
    cells: who kept the release before subtracts what that one showed."""
    table, same = corrected(code, value, count)
    before = decide(TABLE, tmp_path)
    was = cells_in(before) & same
    assert cells_in(decide(table, tmp_path)) & same != was
    assert cells_in(decide(table, tmp_path, release(TABLE, before))) & same == was


def test_a_status_that_said_nothing_still_says_nothing(tmp_path: Path) -> None:
    """Of a small count too, whose interval was narrower than it shall be."""
    table, _ = corrected("E", "z", 14)
    before = decide(TABLE, tmp_path)
    unsaid = {("A", "x"): (0.0, 9.0), ("D", "y"): (2.0, 9.0)}
    rows = [
        (*row[:7], UNSAID, *unsaid[row[2], row[5]], row[-1]) if (row[2], row[5]) in unsaid else row for row in before
    ]
    after = {(row[2], row[5]): row[7] for row in decide(table, tmp_path, release(TABLE, rows)) if row[1] == "plie"}
    assert after == {(row[2], row[5]): row[7] for row in rows if row[1] == "plie"}


def test_what_was_shown_is_the_last_to_be_suppressed(tmp_path: Path) -> None:
    """The nation gives a count that became small away unless another of the same is suppressed, which was shown: one
    and no more, and nothing that was suppressed is shown."""
    table, same = corrected("D", "x", 2)
    before = decide(TABLE, tmp_path)
    was = cells_in(before) & same
    alone, after = (cells_in(decide(table, tmp_path, kept)) for kept in (None, release(TABLE, before)))
    assert ("plie", "D", "x") in after
    assert len((alone & same) - was) > len((after & same) - was) == 1
    assert was - alone and not was - after


def test_a_count_that_was_shown_and_is_small_now_is_suppressed(tmp_path: Path) -> None:
    """The threshold rose."""
    assert ("plie", "D", "y") in cells_in(decide(TABLE, tmp_path, release(TABLE, [])))
