"""Which cells must be suppressed for others to be wide enough: of those that the engine chose, which stops at its first
solution and may have some to spare, or of all."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from plie_warehouse.disclosure.intervals import TOLERANCE
from plie_warehouse.disclosure.reduction import Reduction, program_of
from plie_warehouse.disclosure.rows import Rows

# What one unit towards the value asked for is worth, and what one unit of a cell that moves with it costs at most.
# Where the way there costs more, the value is not reached.
GAIN, MOST_COST = 1e5, 2.5e4


@dataclass(frozen=True)
class Needed:
    """``variables``: which are needed; ``least``, ``most``: how far each target went; ``is_short``: it should have gone
    further."""

    variables: np.ndarray
    least: np.ndarray
    most: np.ndarray
    is_short: np.ndarray


def needed(
    value: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    cost: np.ndarray,
    is_free: np.ndarray,
    rows: Rows,
    targets: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    width: np.ndarray,
) -> Needed | None:
    """Of variables that may be suppressed those without which ``targets`` cannot be as low as ``low`` and as high
    as ``high``, or ``width`` apart, the free ones included; None when the solver fails.

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
        for is_up in (True, False) if width[number] == np.inf else (False, True):
            # What is far enough on one side need not go to the other.
            if is_up:
                wanted = min(high[number], least[target] + width[number])
            else:
                wanted = max(low[number], most[target] - width[number])
            if least[target] <= wanted + TOLERANCE and most[target] >= wanted - TOLERANCE:
                continue
            solution = moves.towards(target, wanted)
            if solution is None:
                return None
            lowest, highest = reduced.ranges(solution)
            np.minimum(least, lowest, out=least)
            np.maximum(most, highest, out=most)
            moved = reduced.kept[np.abs(solution - value[reduced.kept]) > TOLERANCE]
            moved = moved[~is_needed[moved]]
            is_needed[moved] = True
            moves.make_free(moved)
    least, most = least[targets], most[targets]
    is_short = (least > low + TOLERANCE) | (most < high - TOLERANCE)
    return Needed(is_needed, least, most, is_short & (most - least < width - TOLERANCE))


class _Moves:
    """A linear program over how far each variable that stays goes up and down from its value."""

    def __init__(self, value: np.ndarray, cost: np.ndarray, reduced: Reduction) -> None:
        kept = reduced.kept
        self.value, self.size = value[kept].astype(float), len(kept)
        self.place = reduced.place
        self.cost = np.concatenate([cost[kept], cost[kept]]).astype(float)
        self.room = np.concatenate([reduced.upper[kept] - self.value, self.value - reduced.lower[kept]])
        low, high, number, column, factor = reduced.binding()
        now = np.bincount(number, factor * self.value[column], len(low))
        terms = (
            np.repeat(number, 2),
            np.stack([column, column + self.size], axis=1).ravel(),
            np.stack([factor, -factor], axis=1).ravel(),
        )
        bounds = np.zeros(2 * self.size), self.room
        # No variable moves is always a solution.
        self.solver = program_of(self.cost, bounds, (low - now, high - now), terms)
        self.solver.setOptionValue("presolve", "off")

    def towards(self, target: int, wanted: float) -> np.ndarray | None:
        """The values of least cost of the variables that stay, with ``target`` as near to ``wanted`` as it can be; None
        when the solver fails."""
        place = self.place[target]
        distance = wanted - self.value[place]
        pulled, held = (place, place + self.size) if distance > 0 else (place + self.size, place)
        columns = np.array([pulled, held], dtype=np.int32)
        self._set(columns, np.array([-GAIN, 0.0]), np.array([min(abs(distance), self.room[pulled]), 0.0]))
        if not (is_optimal := self._run()):
            # From the last solution it can lose its way; from where nothing moves it does not.
            self.solver.clearSolver()
            is_optimal = self._run()
        moved = np.array(self.solver.getSolution().col_value)
        self._set(columns, self.cost[columns], self.room[columns])
        return self.value + moved[: self.size] - moved[self.size :] if is_optimal else None

    def _run(self) -> bool:
        self.solver.run()
        return self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal

    def make_free(self, variables: np.ndarray) -> None:
        places = self.place[variables]
        columns = np.concatenate([places, places + self.size]).astype(np.int32)
        self.cost[columns] = 0.0
        self.solver.changeColsCost(len(columns), columns, self.cost[columns])

    def _set(self, columns: np.ndarray, cost: np.ndarray, most: np.ndarray) -> None:
        self.solver.changeColsCost(len(columns), columns, cost)
        self.solver.changeColsBounds(len(columns), columns, np.zeros(len(columns)), most)
