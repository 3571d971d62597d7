"""The interval of each suppressed cell that a reader can compute: lowest and highest value, by linear programming."""

from __future__ import annotations

import highspy
import numpy as np

from plie_warehouse.disclosure.cells import DisclosureError
from plie_warehouse.disclosure.reduction import DUAL_SIMPLEX, PRIMAL_SIMPLEX, Reduction, ends, program_of
from plie_warehouse.disclosure.rows import Rows

TOLERANCE = 1e-5
# Programs that ask for many variables at a time, before each is asked for alone.
ROUNDS = 8


def propagated(lower: np.ndarray, upper: np.ndarray, rows: Rows, passes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of each variable from the bounds of the others of its row, one row at a time: quick, and often the final
    bounds."""
    number, column, factor, right = rows.number, rows.column, rows.factor, rows.right
    low, high = lower.astype(float).copy(), upper.astype(float).copy()
    for _ in range(passes):
        least, most = ends(factor, low[column], high[column])
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

    def __init__(self, value: np.ndarray, lower: np.ndarray, upper: np.ndarray, rows: Rows) -> None:
        self.value, self.size = value, len(value)
        self.least, self.most = value.astype(float), value.astype(float)
        self.tight = propagated(lower, upper, rows)
        self.reduced = Reduction(lower, upper, rows)
        kept = self.reduced.kept
        self._see(value[kept].astype(float))
        low, high, *terms = self.reduced.binding()
        bounds = self.reduced.lower[kept], self.reduced.upper[kept]
        self.solver = program_of(np.zeros(len(kept)), bounds, (low, high), tuple(terms))

    def solve(self, cost: np.ndarray) -> None:
        """Look at a solution of least cost."""
        if not len(self.reduced.kept):
            # What was taken out was seen from end to end.
            return
        columns = np.arange(len(self.reduced.kept), dtype=np.int32)
        self.solver.changeColsCost(len(columns), columns, self.reduced.cost(cost))
        self.solver.run()
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
        own = np.flatnonzero(self.reduced.place[wanted] >= 0)
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
        columns = self.reduced.place[variables].astype(np.int32)
        self.solver.changeColsBounds(len(columns), columns, np.maximum(lower, low), np.minimum(upper, high))
