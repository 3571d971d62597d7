"""What the variables of a problem are, by the cells behind each: what readers come for, where it is, whose it is, and
what the year before has said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np

from plie_warehouse.disclosure.cells import (
    BEFORE,
    COMPLEMENT,
    GROWTH,
    NATIONAL,
    OUTSIDE,
    TOTAL,
    Cells,
    Measure,
    Territory,
)
from plie_warehouse.disclosure.problem import Problem

# Marts that others share margins with.
FIRST_MARTS = {"plie_outcomes", "plie_exit_reasons", COMPLEMENT}
PLIE = "plie"
SUPPLIERS = {PLIE, "structure"}
RAW = {("plie_outcomes", TOTAL, name, TOTAL) for name in ("exits", "positive_exits")}
NEUTRALISED = ("plie_outcomes", TOTAL, "neutralised_exits", TOTAL)
HEADLINE = {NEUTRALISED, ("plie_outcomes", TOTAL, "exits_excluding_neutralised", TOTAL)}

# Readers need the totals of a territory most: each costs as much as this many cells of the same size. What they come
# for are the two rates of a PLIE (D15): a count of the raw rate costs most, then the count that the headline rate needs
# beside it; the same counts of departments and regions give way.
TOTAL_WORTH, RAW_WORTH, HEADLINE_WORTH, GIVING_WAY_WORTH = 10, 3000, 300, 1
# What readers were shown before is dearer than all of these: to suppress it now protects from new readers only.
DEAR_WORTH = 100_000
# From the least on: whose measures, by kind of territory, are worth so much. Without the neutralised exits the others
# are not shown either: to make one of both dear is enough.
WORTH: tuple[tuple[int, Callable[[str, Measure], bool]], ...] = (
    (TOTAL_WORTH, lambda _, measure: TOTAL in (measure[1], measure[3])),
    (GIVING_WAY_WORTH, lambda kind, measure: kind != PLIE and measure in HEADLINE),
    (HEADLINE_WORTH, lambda kind, measure: kind == PLIE and measure == NEUTRALISED),
    (RAW_WORTH, lambda kind, measure: kind == PLIE and measure in RAW),
)


@dataclass(frozen=True)
class Variables:
    """Per variable. ``is_first``: it is of tables that others share margins with, or of hours; ``is_regional``;
    ``regions``: those that its territories are in; ``owners``: the suppliers whose figures it is; ``worth``: what it
    costs readers to suppress a person of it; ``is_headline``: it is a count of a headline rate; ``is_said``: its
    status is that of the year before; ``is_before``: it is of that year alone; ``is_figure``: it is published with the
    year, and is not what another year leaves of it."""

    is_first: np.ndarray
    is_regional: np.ndarray
    regions: list[set[Territory]]
    owners: list[set[Territory]]
    worth: np.ndarray
    is_headline: np.ndarray
    is_said: np.ndarray
    is_before: np.ndarray
    is_figure: np.ndarray

    @property
    def is_last_to_go(self) -> np.ndarray:
        """What readers come for, and what they were shown before."""
        return self.worth >= HEADLINE_WORTH

    @property
    def was_shown(self) -> np.ndarray:
        return self.worth >= DEAR_WORTH


def describe(cells: Cells, problem: Problem, parents: Mapping[Territory, Territory]) -> Variables:
    size = len(problem)
    flat = np.fromiter(chain.from_iterable(problem.members), dtype=int)
    number = np.repeat(np.arange(size), [len(group) for group in problem.members])
    regions: list[set[Territory]] = [set() for _ in range(size)]
    owners: list[set[Territory]] = [set() for _ in range(size)]
    # What is asked of a measure is asked once of each, not of every cell: kind of territory and measure -> place.
    names: dict[tuple[str, Measure], int] = {}
    region_of: dict[Territory, Territory] = {}
    place = np.full(len(flat), -1)
    for position, (variable, cell) in enumerate(zip(number.tolist(), flat.tolist(), strict=True)):
        if (key := cells.keys[cell]) is None:
            continue
        territory, measure = key
        place[position] = names.setdefault((territory[0], measure), len(names))
        if territory not in region_of:
            region_of[territory] = _region(territory, parents)
        regions[variable].add(region_of[territory])
        if territory[0] in SUPPLIERS:
            owners[variable].add(territory)

    def named(asked: Callable[[str, Measure], bool]) -> np.ndarray:
        """Which cells are so; none that has no name."""
        return np.array([*(asked(*name) for name in names), False], dtype=bool)[place]

    def having(is_asked: np.ndarray) -> np.ndarray:
        """Which variables have such a cell."""
        found = np.zeros(size, dtype=bool)
        found[number[is_asked]] = True
        return found

    has_name, is_published = place >= 0, np.array(cells.is_published, dtype=bool)[flat]
    of_before = named(lambda _, measure: measure[2].startswith(BEFORE))
    of_other_year = named(lambda _, measure: measure[2].startswith((GROWTH, BEFORE)))
    worth = np.ones(size, dtype=int)
    for amount, is_worth in WORTH:
        worth[having(named(is_worth))] = amount
    worth[having(np.isin(flat, [*cells.dear]))] = DEAR_WORTH
    return Variables(
        is_first=having(named(lambda _, measure: measure[0] in FIRST_MARTS) & is_published)
        | (having(has_name & is_published) & problem.is_hours),
        is_regional=having(named(lambda kind, _: kind == OUTSIDE[0])),
        regions=regions,
        owners=owners,
        worth=worth,
        is_headline=having(named(lambda kind, measure: kind == PLIE and measure in HEADLINE)),
        is_said=having(of_before),
        is_before=having(of_before) & ~having(has_name & ~of_before),
        is_figure=having(has_name & is_published & ~of_other_year),
    )


def _region(territory: Territory, parents: Mapping[Territory, Territory]) -> Territory:
    """The one below the nation that a territory is in."""
    while territory in parents and parents[territory][0] != NATIONAL:
        territory = parents[territory]
    return territory
