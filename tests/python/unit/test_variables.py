"""What a variable of the disclosure control is, by the cells behind it (D60)."""

from __future__ import annotations

import numpy as np
import pytest

from plie_warehouse.disclosure.cells import BEFORE, COMPLEMENT, GROWTH, Cells, Measure, Territory
from plie_warehouse.disclosure.problem import Problem
from plie_warehouse.disclosure.rows import Rows
from plie_warehouse.disclosure.variables import (
    DEAR_WORTH,
    GIVING_WAY_WORTH,
    HEADLINE_WORTH,
    RAW_WORTH,
    TOTAL_WORTH,
    Variables,
    describe,
)

PARENTS = {
    ("plie", "A"): ("departement", "1"), ("departement", "1"): ("region", "84"), ("region", "84"): ("national", "FR"),
    ("plie", "B"): ("departement", "2"), ("departement", "2"): ("region", "75"), ("region", "75"): ("national", "FR"),
}  # fmt: skip
A, B, DEPARTMENT, REGION = ("plie", "A"), ("plie", "B"), ("departement", "1"), ("region", "84")
Cell = tuple[Territory, Measure, bool] | None


def outcome(name: str) -> Measure:
    return ("plie_outcomes", "total", name, "total")


def described(*groups: list[Cell], hours: bool = False, dear: bool = False) -> Variables:
    """One variable for each group of cells: territory, measure, is published; None for a rest without a name.
    ``dear``: the first cell was shown before."""
    cells, members = Cells(), []
    for group in groups:
        members.append([cells.add(one and (one[0], one[1]), 9, "", 9, bool(one and one[2])) for one in group])
    if dear:
        cells.dear.add(0)
    ones = np.ones(len(members))
    problem = Problem(members, *([ones] * 3), ones > 0, ones > (0 if hours else 1), *([ones] * 5), Rows.of([]))
    return describe(cells, problem, PARENTS)


@pytest.mark.parametrize(
    ("group", "worth"),
    [
        ([(A, outcome("exits"), True)], RAW_WORTH),
        ([(A, outcome("neutralised_exits"), True)], HEADLINE_WORTH),
        # The other count of the headline rate goes with it.
        ([(A, outcome("exits_excluding_neutralised"), True)], TOTAL_WORTH),
        ([(DEPARTMENT, outcome("neutralised_exits"), True)], GIVING_WAY_WORTH),
        ([(DEPARTMENT, outcome("exits"), True)], TOTAL_WORTH),
        ([(A, ("plie_exit_reasons", "exit_reason", "exits", "R01"), True)], 1),
        ([None], 1),
        # Of several equal cells the dearest counts.
        ([(DEPARTMENT, outcome("neutralised_exits"), True), (A, outcome("neutralised_exits"), True)], HEADLINE_WORTH),
    ],
)
def test_what_a_variable_is_worth(group: list[Cell], worth: int) -> None:
    found = described(group)
    assert (found.worth[0], found.is_last_to_go[0], found.was_shown[0]) == (worth, worth >= HEADLINE_WORTH, False)
    shown = described(group, dear=True)
    assert (shown.worth[0], shown.is_last_to_go[0], shown.was_shown[0]) == (DEAR_WORTH, True, True)


def test_where_a_variable_is_and_whose() -> None:
    name = outcome("exits")
    found = described(
        [(A, name, True), (REGION, name, True)], [(DEPARTMENT, name, True)], [(A, name, True), (B, name, True)], [None]
    )
    assert found.regions == [{REGION}, {REGION}, {REGION, ("region", "75")}, set()]
    assert found.owners == [{A}, set(), {A, B}, set()]
    assert found.is_regional.tolist() == [True, False, False, False]


def test_what_another_year_says_of_a_variable() -> None:
    now, before = (A, outcome("n"), True), (A, outcome(f"{BEFORE} n"), True)
    growth = (A, outcome(f"{GROWTH} n"), True)
    found = described([now], [before], [now, before], [growth], [None], [(A, outcome("n"), False)], [None, before])
    assert found.is_said.tolist() == [False, True, True, False, False, False, True]
    assert found.is_before.tolist() == [False, True, False, False, False, False, True]
    assert found.is_figure.tolist() == [True, False, True, False, False, False, False]


@pytest.mark.parametrize(
    ("cell", "of_hours", "is_first"),
    [
        ((A, outcome("n"), True), False, True),
        ((A, outcome("n"), False), False, False),
        ((A, ("plie_step_mix", "family", "n", "F"), True), False, False),
        ((A, ("clause_hours_etp", "total", "hours", "total"), True), True, True),
        ((A, (COMPLEMENT, "total", "n", "total"), True), False, True),
        (None, True, False),
    ],
)
def test_which_tables_are_decided_first(cell: Cell, of_hours: bool, is_first: bool) -> None:
    assert described([cell], hours=of_hours).is_first.tolist() == [is_first]


def test_what_a_headline_count_is() -> None:
    counts = ("neutralised_exits", "exits_excluding_neutralised", "exits")
    found = described(*([(territory, outcome(name), True)] for territory in (A, DEPARTMENT) for name in counts))
    assert found.is_headline.tolist() == [True, True, False, False, False, False]
