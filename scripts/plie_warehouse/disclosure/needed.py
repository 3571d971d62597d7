"""Which of the cells that the engine chose are needed: it stops at its first solution, which may have some to spare."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np

from plie_warehouse.disclosure.intervals import PRIMAL_SIMPLEX, TOLERANCE
from plie_warehouse.disclosure.problem import Row
from plie_warehouse.disclosure.reduction import Reduction

# What one unit towards the value asked for is worth, and what one unit of a cell that moves with it costs at most.
# Where the way there costs more, the value is not reached, and no cell is spared.
GAIN, MOST_COST = 1e5, 2.5e4


def needed(
    value: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    cost: np.ndarray,
    is_free: np.ndarray,
    rows: Sequence[Row],
    targets: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> np.ndarray | None:
    """Of suppressed variables those without which ``targets`` cannot be as low as ``low`` and as high as ``high``, the
    free ones included; None when they cannot be with all of them.

    Each bound of each target has a solution in which the rows hold and as little as may be has another value than its
    own, by ``cost``. A variable that keeps its value in all of them need not be suppressed. What one solution moves,
    the next may move for nothing.
    """
    is_target = np.zeros(len(value), dtype=bool)
    is_target[targets] = True
    reduced = Reduction(lower, upper, rows, stays=~is_free | is_target)
    moves = _Moves(value, np.where(is_free, 0.0, np.minimum(cost, MOST_COST)), reduced)
    is_needed = is_free.copy()
    least, most = value.astype(float), value.astype(float)
    # First what asks for most: it moves what the others then find moved.
    for number in np.argsort(low - high, kind="stable"):
        target = targets[number]
        for wanted in (high[number], low[number]):
            if least[target] <= wanted + TOLERANCE and most[target] >= wanted - TOLERANCE:
                continue
            solution = moves.towards(target, wanted)
            if solution is None:
                return None
            lowest, highest = reduced.ranges(solution)
            if lowest[target] > wanted + TOLERANCE or highest[target] < wanted - TOLERANCE:
                return None
            np.minimum(least, lowest, out=least)
            np.maximum(most, highest, out=most)
            moved = reduced.kept[np.abs(solution - value[reduced.kept]) > TOLERANCE]
            moved = moved[~is_needed[moved]]
            is_needed[moved] = True
            moves.make_free(moved)
    return is_needed


class _Moves:
    """A linear program over how far each variable that stays goes up and down from its value."""

    def __init__(self, value: np.ndarray, cost: np.ndarray, reduced: Reduction) -> None:
        kept = reduced.kept
        self.value, self.size = value[kept].astype(float), len(kept)
        self.place = np.full(len(value), -1)
        self.place[kept] = np.arange(self.size)
        self.cost = np.concatenate([cost[kept], cost[kept]]).astype(float)
        self.room = np.concatenate([reduced.upper[kept] - self.value, self.value - reduced.lower[kept]])
        low, high, number, column, factor = reduced.binding()
        now = np.bincount(number, factor * self.value[column], len(low))
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = 2 * self.size, len(low)
        program.col_cost_ = self.cost
        program.col_lower_, program.col_upper_ = np.zeros(2 * self.size), self.room
        program.row_lower_, program.row_upper_ = low - now, high - now
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = 2 * np.searchsorted(number, np.arange(len(low) + 1))
        program.a_matrix_.index_ = np.stack([column, column + self.size], axis=1).ravel().astype(np.int32)
        program.a_matrix_.value_ = np.stack([factor, -factor], axis=1).ravel()
        self.solver = highspy.Highs()
        for name, option in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            self.solver.setOptionValue(name, option)
        # No variable moves is always a solution.
        self.solver.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        self.solver.passModel(program)

    def towards(self, target: int, wanted: float) -> np.ndarray | None:
        """The values of least cost of the variables that stay, with ``target`` as near to ``wanted`` as it can be; None
        when the solver fails."""
        place = self.place[target]
        distance = wanted - self.value[place]
        pulled, held = (place, place + self.size) if distance > 0 else (place + self.size, place)
        columns = np.array([pulled, held], dtype=np.int32)
        self._set(columns, np.array([-GAIN, 0.0]), np.array([min(abs(distance), self.room[pulled]), 0.0]))
        # From where nothing moves it is near; from the last solution, which moved something else, it is far.
        self.solver.clearSolver()
        self.solver.run()
        is_optimal = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        moved = np.array(self.solver.getSolution().col_value)
        self._set(columns, self.cost[columns], self.room[columns])
        return self.value + moved[: self.size] - moved[self.size :] if is_optimal else None

    def make_free(self, variables: np.ndarray) -> None:
        places = self.place[variables]
        columns = np.concatenate([places, places + self.size]).astype(np.int32)
        self.cost[columns] = 0.0
        self.solver.changeColsCost(len(columns), columns, self.cost[columns])

    def _set(self, columns: np.ndarray, cost: np.ndarray, most: np.ndarray) -> None:
        self.solver.changeColsCost(len(columns), columns, cost)
        self.solver.changeColsBounds(len(columns), columns, np.zeros(len(columns)), most)
