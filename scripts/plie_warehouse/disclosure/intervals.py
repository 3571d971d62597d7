"""The interval of each suppressed cell that a reader can compute: lowest and highest value, by linear programming."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np

from plie_warehouse.disclosure.cells import DisclosureError
from plie_warehouse.disclosure.problem import Row
from plie_warehouse.disclosure.reduction import Reduction, triplets

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
    number, column, factor = triplets(rows)
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


class Reach:
    """The values that suppressed variables can have, given rows and bounds. One solution of the program is a witness
    for all variables at once, so that few programs answer for many variables. ``least``, ``most``: the lowest and
    highest value seen so far of each variable."""

    def __init__(self, value: np.ndarray, lower: np.ndarray, upper: np.ndarray, rows: Sequence[Row]) -> None:
        self.value, self.size = value, len(value)
        self.least, self.most = value.astype(float), value.astype(float)
        self.tight = propagated(lower, upper, rows)
        self.reduced = Reduction(lower, upper, rows)
        kept = self.reduced.kept
        self.place = np.full(self.size, -1)
        self.place[kept] = np.arange(len(kept))
        self._see(value[kept].astype(float))
        self.solver = _program(self.reduced)
        self.solved = 0

    def solve(self, cost: np.ndarray) -> None:
        """Look at a solution of least cost."""
        columns = np.arange(len(self.reduced.kept), dtype=np.int32)
        self.solver.changeColsCost(len(columns), columns, self.reduced.cost(cost))
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
        self._see(np.array(self.solver.getSolution().col_value))

    def _see(self, solution: np.ndarray) -> None:
        low, high = self.reduced.ranges(solution)
        np.minimum(self.least, low, out=self.least)
        np.maximum(self.most, high, out=self.most)

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
        own = np.flatnonzero(self.place[wanted] >= 0)
        near = wanted[own]
        for rounds in range(ROUNDS):
            down, up = missing()
            before = down.sum() + up.sum()
            if not before:
                break
            if rounds % 2 == 0:
                self._bound(near, np.minimum(low[own], self.value[near]), np.maximum(high[own], self.value[near]))
            else:
                self._bound(near)
            sign = np.where(down & up, chance.choice([1.0, -1.0], len(wanted)), np.where(down, 1.0, -1.0))
            cost = np.zeros(self.size)
            cost[wanted] = np.where(down | up, sign * chance.uniform(0.5, 1.5, len(wanted)), 0.0)
            self.solve(cost)
        self._bound(near)
        for number, direction in np.argwhere(np.transpose(missing())):
            if missing()[direction][number]:
                cost = np.zeros(self.size)
                cost[wanted[number]] = (1.0, -1.0)[direction]
                self.solve(cost)
        return self.least[wanted], self.most[wanted]

    def _bound(
        self, variables: np.ndarray, low: np.ndarray | float = -np.inf, high: np.ndarray | float = np.inf
    ) -> None:
        """Let these variables go no further than ``low`` and ``high``."""
        lower, upper = self.reduced.lower[variables], self.reduced.upper[variables]
        columns = self.place[variables].astype(np.int32)
        self.solver.changeColsBounds(len(columns), columns, np.maximum(lower, low), np.minimum(upper, high))


def _program(reduced: Reduction) -> highspy.Highs:
    low, high, number, column, factor = reduced.binding()
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(reduced.kept), len(low)
    program.col_cost_ = np.zeros(len(reduced.kept))
    program.col_lower_, program.col_upper_ = reduced.lower[reduced.kept], reduced.upper[reduced.kept]
    program.row_lower_, program.row_upper_ = low, high
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.searchsorted(number, np.arange(len(low) + 1))
    program.a_matrix_.index_, program.a_matrix_.value_ = column, factor
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    # Only the cost changes from one program to the next: the last solution stays feasible.
    solver.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
    solver.passModel(program)
    return solver
