"""Rows with ranges in place of sums, without the variables that one sum alone holds: exact, and a fraction of the size.

A variable that one row alone holds can take whatever the others of the row leave it. The row then says in which range
the others are. A row with one variable left is a bound of it. A variable between equal bounds is its value. Rows of the
same terms are one. All again, until every variable that stays is in two rows at least.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from plie_warehouse.disclosure.rows import Rows, first_alike

# What the sums of floating point numbers may be off.
SMALL = 1e-7
DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4


def ends(factor: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and most of a multiple of what is between ``low`` and ``high``."""
    one, other = factor * low, factor * high
    return np.minimum(one, other), np.maximum(one, other)


@dataclass(frozen=True)
class _TakenOut:
    """Variables taken out of the rows that alone hold them. ``number``, ``column``, ``factor``: their terms; ``least``,
    ``most``: of each term; ``row_low``, ``row_high``: of each row before; ``sum_least``, ``sum_most``: per row, of its
    terms together."""

    number: np.ndarray
    column: np.ndarray
    factor: np.ndarray
    least: np.ndarray
    most: np.ndarray
    row_low: np.ndarray
    row_high: np.ndarray
    sum_least: np.ndarray
    sum_most: np.ndarray


@dataclass(frozen=True)
class _Fixed:
    """Terms of variables that have one possible value: ``sums`` of them in each row."""

    sums: np.ndarray


@dataclass(frozen=True)
class _MadeBound:
    """Rows of one variable, which became its bounds: their terms."""

    number: np.ndarray
    column: np.ndarray
    factor: np.ndarray


@dataclass(frozen=True)
class _Merged:
    """Rows ``number`` that are ``factor`` times the rows ``into``."""

    number: np.ndarray
    into: np.ndarray
    factor: np.ndarray


class Reduction:
    """A system of rows reduced. ``kept``: the variables that stay; ``place``: that of each variable among them, -1 of
    the others; ``lower``, ``upper``: bounds of each variable,
    ``low``, ``high``: range of each row, of those that stay; ``number``, ``column``, ``factor``: their terms, rows and
    variables numbered anew."""

    def __init__(self, lower: np.ndarray, upper: np.ndarray, rows: Rows, stays: np.ndarray | None = None) -> None:
        """``stays``: variables that are not taken out."""
        self.size, self.rows = len(lower), len(rows)
        self.lower, self.upper = lower.astype(float).copy(), upper.astype(float).copy()
        self._low, self._high = rows.right.copy(), rows.right.copy()
        self._terms = rows.number, rows.column, rows.factor
        self._may_go = np.ones(self.size, dtype=bool) if stays is None else ~stays
        self._steps: list[_TakenOut | _Fixed | _MadeBound | _Merged] = []
        is_open = np.ones(len(self._terms[0]), dtype=bool)
        while True:
            before = is_open.sum()
            is_open &= ~self._fix(is_open)
            is_open &= ~self._take_out(is_open)
            is_open &= ~self._make_bounds(is_open)
            is_open &= ~self._merge(is_open)
            if is_open.sum() == before:
                break
        number, column, factor = (one[is_open] for one in self._terms)
        self.kept, self.column = np.unique(column, return_inverse=True)
        self.place = np.full(self.size, -1)
        self.place[self.kept] = np.arange(len(self.kept))
        self._kept_rows, self.number = np.unique(number, return_inverse=True)
        self.factor = factor
        self.low, self.high = self._low[self._kept_rows], self._high[self._kept_rows]

    def binding(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The rows that say more than the bounds of their variables: lowest, highest value; their terms, rows and
        variables numbered anew."""
        rows = len(self.low)
        of = self.kept[self.column]
        least, most = ends(self.factor, self.lower[of], self.upper[of])
        says = np.bincount(self.number, least, rows) < self.low - SMALL
        says |= np.bincount(self.number, most, rows) > self.high + SMALL
        chosen = says[self.number]
        number = (np.cumsum(says) - 1)[self.number[chosen]]
        return self.low[says], self.high[says], number, self.column[chosen], self.factor[chosen]

    def _fix(self, is_open: np.ndarray) -> np.ndarray:
        """Put their value in the place of variables that have one; returns which terms these are."""
        number, column, factor = self._terms
        is_fixed = (self.upper - self.lower < SMALL) & self._may_go
        found = is_open & is_fixed[column]
        if found.any():
            sums = np.bincount(number[found], factor[found] * self.lower[column[found]], self.rows)
            self._steps.append(_Fixed(sums))
            self._low, self._high = self._low - sums, self._high - sums
        return found

    def _take_out(self, is_open: np.ndarray) -> np.ndarray:
        """Take out the variables of one open term; returns which terms these are."""
        number, column, factor = self._terms
        count = np.bincount(column[is_open], minlength=self.size)
        found = is_open & (count[column] == 1) & self._may_go[column]
        if found.any():
            of, which = number[found], column[found]
            least, most = ends(factor[found], self.lower[which], self.upper[which])
            sum_least, sum_most = np.bincount(of, least, self.rows), np.bincount(of, most, self.rows)
            self._steps.append(
                _TakenOut(of, which, factor[found], least, most, self._low, self._high, sum_least, sum_most)
            )
            self._low, self._high = self._low - sum_most, self._high - sum_least
        return found

    def _make_bounds(self, is_open: np.ndarray) -> np.ndarray:
        """Make bounds of the rows of one open term; returns which terms these are."""
        number, column, factor = self._terms
        count = np.bincount(number[is_open], minlength=self.rows)
        found = is_open & (count[number] == 1)
        if found.any():
            of, which = number[found], column[found]
            low, high = ends(1 / factor[found], self._low[of], self._high[of])
            np.maximum.at(self.lower, which, low)
            np.minimum.at(self.upper, which, high)
            self._steps.append(_MadeBound(of, which, factor[found]))
        return found

    def _merge(self, is_open: np.ndarray) -> np.ndarray:
        """Merge the rows that are multiples of each other; returns the terms of those that go."""
        number, column, factor = (one[is_open] for one in self._terms)
        order = np.lexsort((column, number))
        number, column, factor = number[order], column[order], factor[order]
        rows, first = np.unique(number, return_index=True)
        scale = factor[first]
        factor = factor / np.repeat(scale, np.diff([*first, len(number)]))
        kept = first_alike(column, factor, first)
        gone = np.flatnonzero(kept != np.arange(len(rows)))
        is_gone = np.zeros(self.rows, dtype=bool)
        if len(gone):
            of, into, by = rows[gone], rows[kept[gone]], scale[gone] / scale[kept[gone]]
            low, high = ends(1 / by, self._low[of], self._high[of])
            np.maximum.at(self._low, into, low)
            np.minimum.at(self._high, into, high)
            self._steps.append(_Merged(of, into, by))
            is_gone[of] = True
        return is_open & is_gone[self._terms[0]]

    def cost(self, cost: np.ndarray) -> np.ndarray:
        """What the variables that stay cost, for the others to be where ``cost``, of each variable, pulls them."""
        of_column, of_row = cost.astype(float).copy(), np.zeros(self.rows)
        for step in self._steps:
            if isinstance(step, _TakenOut):
                # What such a variable gains, the others of its row lose.
                of_row -= np.bincount(step.number, of_column[step.column] / step.factor, self.rows)
            elif isinstance(step, _Fixed):
                continue
            elif isinstance(step, _Merged):
                np.add.at(of_row, step.into, of_row[step.number] * step.factor)
            else:
                of_column += np.bincount(step.column, of_row[step.number] * step.factor, self.size)
        more = np.bincount(self.column, of_row[self._kept_rows][self.number] * self.factor, len(self.kept))
        return of_column[self.kept] + more

    def ranges(self, solution: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest value of each variable while those that stay are as in ``solution``."""
        low, high = self.lower.copy(), self.upper.copy()
        low[self.kept] = high[self.kept] = solution
        least, most = np.zeros(self.rows), np.zeros(self.rows)
        least[self._kept_rows] = most[self._kept_rows] = np.bincount(
            self.number, self.factor * solution[self.column], len(self._kept_rows)
        )
        for step in reversed(self._steps):
            if isinstance(step, _Fixed):
                least, most = least + step.sums, most + step.sums
                continue
            if isinstance(step, _MadeBound):
                least[step.number], most[step.number] = ends(step.factor, low[step.column], high[step.column])
                continue
            if isinstance(step, _Merged):
                least[step.number], most[step.number] = ends(step.factor, least[step.into], most[step.into])
                continue
            of, which = step.number, step.column
            others_least, others_most = step.sum_least[of] - step.least, step.sum_most[of] - step.most
            term_low = np.maximum(step.least, step.row_low[of] - most[of] - others_most)
            term_high = np.minimum(step.most, step.row_high[of] - least[of] - others_least)
            low[which], high[which] = ends(1 / step.factor, term_low, term_high)
            least = np.maximum(step.row_low, least + step.sum_least)
            most = np.minimum(step.row_high, most + step.sum_most)
        return low, high


def program_of(
    cost: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray],
    ranges: tuple[np.ndarray, np.ndarray],
    terms: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> highspy.Highs:
    """A linear program, ready to run: ``cost`` and ``bounds`` of each variable, ``ranges`` of each row, and the
    ``terms`` of all rows, one row after the other: row, variable, coefficient."""
    number, column, factor = terms
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(cost), len(ranges[0])
    program.col_cost_ = cost
    program.col_lower_, program.col_upper_ = bounds
    program.row_lower_, program.row_upper_ = ranges
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.searchsorted(number, np.arange(len(ranges[0]) + 1))
    program.a_matrix_.index_, program.a_matrix_.value_ = column.astype(np.int32), factor
    solver = highspy.Highs()
    # A solution is there from the start, or from the program before: the primal simplex goes on from it.
    # Bounds that are perturbed must be put right again, which takes a third of so short a run.
    for name, option in (
        ("output_flag", False),
        ("threads", 1),
        ("simplex_strategy", PRIMAL_SIMPLEX),
        ("primal_simplex_bound_perturbation_multiplier", 0.0),
    ):
        solver.setOptionValue(name, option)
    solver.passModel(program)
    return solver
