"""The interval of each suppressed cell that a reader can compute: lowest and highest value, by linear programming."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import highspy
import numpy as np

from plie_warehouse.disclosure.cells import DisclosureError
from plie_warehouse.disclosure.problem import Row

TOLERANCE = 1e-5
DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4
# Programs that ask for many variables at a time, before each is asked for alone.
ROUNDS = 16


def propagated(
    lower: np.ndarray, upper: np.ndarray, rows: Sequence[Row], passes: int = 4
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of each variable from the bounds of the others of its row, one row at a time: quick, and often the final
    bounds."""
    if not rows:
        return lower.copy(), upper.copy()
    number, column, factor = _triplets(rows)
    right = np.array([right for right, _ in rows])
    low, high = lower.astype(float).copy(), upper.astype(float).copy()
    for _ in range(passes):
        least = np.where(factor > 0, factor * low[column], factor * high[column])
        most = np.where(factor > 0, factor * high[column], factor * low[column])
        others_least = np.bincount(number, least, len(rows))[number] - least
        others_most = np.bincount(number, most, len(rows))[number] - most
        one, other = (right[number] - others_most) / factor, (right[number] - others_least) / factor
        before = low.sum() - high.sum()
        np.maximum.at(low, column, np.minimum(one, other))
        np.minimum.at(high, column, np.maximum(one, other))
        if low.sum() - high.sum() - before < TOLERANCE:
            break
    return low, high


def _triplets(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The terms of all rows, one after the other: number of the row, variable, coefficient."""
    sizes = [len(terms) for _, terms in rows]
    column = np.fromiter(chain.from_iterable(terms for _, terms in rows), dtype=int, count=sum(sizes))
    factor = np.fromiter(chain.from_iterable(terms.values() for _, terms in rows), dtype=float, count=sum(sizes))
    return np.repeat(np.arange(len(rows)), sizes), column, factor


class Reach:
    """The values that suppressed variables can have, given rows and bounds. One solution of the program is a witness
    for all variables at once, so that few programs answer for many variables. ``least``, ``most``: the lowest and
    highest value seen so far of each variable."""

    def __init__(self, value: np.ndarray, lower: np.ndarray, upper: np.ndarray, rows: Sequence[Row]) -> None:
        self.value, self.size, self.lower, self.upper = value, len(value), lower, upper
        self.least, self.most = value.astype(float), value.astype(float)
        self.tight = propagated(lower, upper, rows)
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = self.size, len(rows)
        program.col_cost_ = np.zeros(self.size)
        program.col_lower_, program.col_upper_ = lower.astype(float), upper.astype(float)
        right = np.array([right for right, _ in rows], dtype=float)
        program.row_lower_ = program.row_upper_ = right
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        _, column, factor = _triplets(rows)
        program.a_matrix_.start_ = np.cumsum([0, *(len(terms) for _, terms in rows)])
        program.a_matrix_.index_, program.a_matrix_.value_ = column, factor
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)
        # Only the cost changes from one program to the next: the last solution stays feasible.
        self.solver.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        self.solver.passModel(program)
        self.columns = np.arange(self.size, dtype=np.int32)
        self.solved = 0

    def solve(self, cost: np.ndarray) -> None:
        """Look at a solution of least cost."""
        self.solver.changeColsCost(self.size, self.columns, cost)
        self.solver.run()
        self.solved += 1
        status = self.solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            # From the last solution it can lose its way among sums of very different sizes; from the start it does not.
            self.solver.clearSolver()
            self.solver.setOptionValue("simplex_strategy", DUAL_SIMPLEX)
            self.solver.run()
            self.solver.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
            status = self.solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise DisclosureError(f"linear program of the suppressed cells: {self.solver.modelStatusToString(status)}")
        solution = np.array(self.solver.getSolution().col_value)
        np.minimum(self.least, solution, out=self.least)
        np.maximum(self.most, solution, out=self.most)

    def between(
        self, wanted: np.ndarray, low: np.ndarray, high: np.ndarray, width: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest value seen of the variables ``wanted``, no further than ``low`` and ``high`` ask for, nor
        once they are ``width`` apart. ``low``, ``high``, ``width``: per variable of ``wanted``."""
        chance = np.random.default_rng(1)
        low, high = np.maximum(low, self.tight[0][wanted]), np.minimum(high, self.tight[1][wanted])

        def missing() -> tuple[np.ndarray, np.ndarray]:
            least, most = self.least[wanted], self.most[wanted]
            short = most - least < width - TOLERANCE
            return short & (least > low + TOLERANCE), short & (most < high - TOLERANCE)

        # Many at a time: some pulled down, some up, each no further than it must, since what one takes another lacks.
        near = wanted.astype(np.int32)
        for rounds in range(ROUNDS):
            down, up = missing()
            before = down.sum() + up.sum()
            if not before:
                break
            if rounds % 2 == 0:
                self._bound(
                    near,
                    np.maximum(self.lower[near], np.minimum(low, self.value[near])),
                    np.maximum(high, self.value[near]),
                )
            else:
                self._bound(near, self.lower[near], self.upper[near])
            sign = np.where(down & up, chance.choice([1.0, -1.0], len(wanted)), np.where(down, 1.0, -1.0))
            cost = np.zeros(self.size)
            cost[wanted] = np.where(down | up, sign * chance.uniform(0.5, 1.5, len(wanted)), 0.0)
            self.solve(cost)
        self._bound(near, self.lower[near], self.upper[near])
        for number, direction in np.argwhere(np.transpose(missing())):
            if missing()[direction][number]:
                cost = np.zeros(self.size)
                cost[wanted[number]] = (1.0, -1.0)[direction]
                self.solve(cost)
        return self.least[wanted], self.most[wanted]

    def _bound(self, columns: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        self.solver.changeColsBounds(len(columns), columns, lower.astype(float), upper.astype(float))
