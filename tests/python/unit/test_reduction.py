"""Linear programs of the disclosure control, reduced: the same ranges as by the rows as they are."""

from __future__ import annotations

from itertools import product

import highspy
import numpy as np
import pytest

from plie_warehouse.disclosure.intervals import Reach
from plie_warehouse.disclosure.needed import needed
from plie_warehouse.disclosure.reduction import Reduction
from plie_warehouse.disclosure.rows import Row, Rows

SEEDS = range(30)


def table(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, Rows]:
    """Value, lower and upper bound of the open cells of a table of three cuts with its margins, of which some are
    shown, and the sums that hold them. Some sums have parts that no other sum names; some say the same twice."""
    chance = np.random.default_rng(seed)
    size = 2 + seed % 3, 3, 2
    inner = np.where(chance.random(size) < 0.4, chance.integers(0, 5, size), chance.integers(5, 40, size))
    cells, values = {}, []
    for place in product(*(range(n + 1) for n in size)):
        # The last of each cut is its total.
        index = tuple(slice(None) if at == n else at for at, n in zip(place, size, strict=True))
        cells[place] = len(values)
        values.append(float(inner[index].sum()))
    value = np.array(values)
    sums: list[Row] = []
    for cut, n in enumerate(size):
        for place in cells:
            if place[cut] == n:
                parts = [cells[*place[:cut], at, *place[cut + 1 :]] for at in range(n)]
                sums.append((0.0, {cells[place]: -1, **dict.fromkeys(parts, 1)}))
    for _, terms in sums:
        for _ in range(chance.integers(0, 3)):
            terms[len(values)] = 1
            values.append(float(chance.integers(0, 30)))
    value = np.array(values)
    sums = [(float(sum(factor * value[index] for index, factor in terms.items())), terms) for _, terms in sums]
    sums += [(-2 * right, {index: -2 * factor for index, factor in terms.items()}) for right, terms in sums[:3]]
    # The same cells once more, with another part that no other sum names.
    cells_only = [{index: -3 * factor for index, factor in terms.items() if index < len(cells)} for _, terms in sums]
    value = np.append(value, chance.integers(0, 20, len(cells_only)).astype(float))
    for rest, terms in enumerate(cells_only, len(values)):
        terms[rest] = 1
        sums.append((float(sum(factor * value[index] for index, factor in terms.items())), terms))
    is_open = chance.random(len(value)) < (0.3, 0.45, 0.6, 0.75)[seed % 4]
    place = np.cumsum(is_open) - 1
    rows = [
        (
            right - sum(factor * value[index] for index, factor in terms.items() if not is_open[index]),
            {int(place[index]): factor for index, factor in terms.items() if is_open[index]},
        )
        for right, terms in sums
    ]
    small = value < 5
    lower, upper = np.where(small, 0.0, 5.0), np.where(small, 4.0, value + chance.integers(1, 60, len(value)))
    return value[is_open], lower[is_open], upper[is_open], Rows.of(row for row in rows if row[1])


def by_hand(lower: np.ndarray, upper: np.ndarray, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value of each variable, by two programs for each on the rows as they are."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    for low, high in zip(lower, upper, strict=True):
        solver.addVar(low, high)
    for right, terms in rows:
        solver.addRow(right, right, len(terms), np.array([*terms], dtype=np.int32), np.array([*terms.values()], float))
    found = np.zeros((2, len(lower)))
    for index, (end, sign) in product(range(len(lower)), enumerate((1.0, -1.0))):
        solver.changeColCost(index, sign)
        solver.run()
        found[end, index] = solver.getSolution().col_value[index]
        solver.changeColCost(index, 0.0)
    return found[0], found[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_reader_can_work_out_is_the_same(seed: int) -> None:
    value, lower, upper, rows = table(seed)
    none = np.full(len(value), np.inf)
    expected = np.transpose(by_hand(lower, upper, rows))
    found = Reach(value, lower, upper, rows).between(np.arange(len(value)), -none, none, none)
    assert np.transpose(found) == pytest.approx(expected, abs=1e-5)
    for one in range(len(value)):
        alone = Reach(value, lower, upper, rows).between(np.array([one]), -none[:1], none[:1], none[:1])
        assert np.transpose(alone)[0] == pytest.approx(expected[one], abs=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ranges_beside_one_solution_are_the_widest(seed: int) -> None:
    """With those that stay held at one solution, the others can be what the rows leave them, and no more."""
    value, lower, upper, rows = table(seed)
    reduced = Reduction(lower, upper, rows)
    held_low, held_high = lower.copy(), upper.copy()
    held_low[reduced.kept] = held_high[reduced.kept] = value[reduced.kept]
    found = reduced.ranges(value[reduced.kept])
    assert np.transpose(found) == pytest.approx(np.transpose(by_hand(held_low, held_high, rows)), abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_shall_stay_stays(seed: int) -> None:
    _, lower, upper, rows = table(seed)
    count = np.zeros(len(lower), dtype=int)
    for _, terms in rows:
        count[[*terms]] += 1
    stays = np.random.default_rng(seed).random(len(lower)) < 0.3
    reduced = Reduction(lower, upper, rows, stays)
    gone = np.setdiff1d(np.flatnonzero(stays & (count > 0)), reduced.kept)
    # Only one that a row alone bounds goes in spite of it: its range is known.
    low, high = by_hand(lower, upper, rows)
    assert reduced.lower[gone] == pytest.approx(low[gone], abs=1e-6)
    assert reduced.upper[gone] == pytest.approx(high[gone], abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cells_found_are_enough(seed: int) -> None:
    """A small cell that shall be anything from 0 to 4 can be, with what is found open and everything else shown."""
    value, lower, upper, rows = table(seed)
    low, high = by_hand(lower, upper, rows)
    targets = np.flatnonzero((value < 5) & (low < high))
    wanted = np.maximum(low[targets], 0), np.minimum(high[targets], 4)
    is_free = value < 5
    found = needed(value, lower, upper, value, is_free, rows, targets, *wanted, np.full(len(targets), np.inf))
    assert found is not None and not found.is_short.any()
    assert found.variables[is_free].all()
    shown_low, shown_high = np.where(found.variables, lower, value), np.where(found.variables, upper, value)
    reached = by_hand(shown_low, shown_high, rows)
    assert (reached[0][targets] <= wanted[0] + 1e-5).all()
    assert (reached[1][targets] >= wanted[1] - 1e-5).all()


def test_a_target_that_cannot_get_there_is_said() -> None:
    """The sum is shown: one cell of two cannot be 4 while the other is no more than 5 less than what it must be."""
    value, rows = np.array([3.0, 20.0]), Rows.of([(23.0, {0: 1, 1: 1})])
    ends = value, np.array([0.0, 20.0]), np.array([4.0, 20.0]), np.ones(2), np.array([True, False]), rows
    found = needed(*ends, np.array([0]), np.array([0.0]), np.array([4.0]), np.array([np.inf]))
    assert found is not None and found.is_short.tolist() == [True]
    assert (found.least.tolist(), found.most.tolist()) == ([3.0], [3.0])
