"""Which values suppressed cells can have: by linear programmes, then in whole numbers.

A *witness* is a solution: a value for every suppressed cell with which all that is published holds. Each witness shows
a possible value of every cell. A few witnesses bound most cells; the others are searched one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import highspy
import numpy as np

from plie_warehouse.attack.components import Component

EPSILON = 1e-6
# How far from a whole number a value may be for a whole number.
WHOLE = 1e-5
# Strategies of the simplex, as HiGHS numbers them.
DUAL, PRIMAL = 1, 4
# The random search ends when witnesses bound fewer cells than this share of those that are left.
WORTH = 0.02
ROUNDS = 40
# Relative gap at which a random search in whole numbers stops: its solution is a witness nevertheless.
NEARLY = 0.05
# Number of searches again when at most FEW columns are left; one column in SOME then has a random cost up to NOISE.
TRIES, FEW, SOME, NOISE = 3, 100, 20, 1e-3
# Seconds for one search in whole numbers.
PATIENCE = 20.0


@dataclass(frozen=True)
class Question:
    """Columns of a component to bound (its own numbers), and the width at which one needs no further search.

    ``ends``: the column is searched to both of its bounds, whatever its width."""

    cells: np.ndarray
    enough: np.ndarray
    ends: np.ndarray


@dataclass
class Answer:
    """By column of the question: ``low``, ``high`` hold for every solution; witnesses lie at ``least`` and ``most``.

    ``undecided``: a search ran out of time."""

    low: np.ndarray
    high: np.ndarray
    least: np.ndarray
    most: np.ndarray
    undecided: np.ndarray
    programmes: int = 0
    searches: int = 0
    infeasible: bool = False


class _Model:
    """A component as a model of HiGHS."""

    def __init__(self, component: Component, whole: bool) -> None:
        self.component = component
        self.size = len(component.columns)
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        self.highs.setOptionValue("random_seed", 1)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.size, len(component.row_low)
        lp.col_cost_ = np.zeros(self.size)
        lp.col_lower_, lp.col_upper_ = component.low, component.high
        lp.row_lower_, lp.row_upper_ = component.row_low, component.row_high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = component.start
        lp.a_matrix_.index_ = component.index
        lp.a_matrix_.value_ = component.weight
        self.whole = whole
        self.basis: highspy.HighsBasis | None = None
        # Only the objective changes between programmes: the last solution is a good start for the primal simplex.
        self.highs.setOptionValue("simplex_strategy", DUAL if whole else PRIMAL)
        if whole:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[int(one)] for one in component.whole]
            self.highs.setOptionValue("time_limit", PATIENCE)
        self.highs.passModel(lp)
        self.columns = np.arange(self.size, dtype=np.int32)

    def solve(self, cost: np.ndarray) -> tuple[str, np.ndarray | None]:
        """Minimise; ``optimal``, ``infeasible`` or ``undecided``, and the solution when there is one."""
        self.highs.changeColsCost(self.size, self.columns, cost)
        self.highs.run()
        status = self.highs.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return "infeasible", None
        solved = status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kSolutionLimit)
        found = solved or self.highs.getInfo().primal_solution_status == 2
        value = np.array(self.highs.getSolution().col_value) if found else None
        return ("optimal" if solved else "undecided"), value

    def stay(self) -> None:
        """Start the next programme from this solution."""
        self.basis = None if self.whole else self.highs.getBasis()

    def back(self) -> None:
        """Start the next programme from the last solution in whole numbers, because others are near it."""
        if self.basis is not None:
            self.highs.setBasis(self.basis)

    def exactly(self, exact: bool) -> None:
        """Whether a search in whole numbers goes on until nothing is better, or takes what is nearly as good."""
        self.highs.setOptionValue("mip_rel_gap", 0.0 if exact else NEARLY)

    def end(self, value: float) -> float:
        """The objective that no solution goes below; ``value`` is that of the solution."""
        return self.highs.getInfo().mip_dual_bound if self.whole else value


class _Search:
    """The search for the bounds of the cells of one question."""

    def __init__(self, component: Component, question: Question) -> None:
        self.component, self.question = component, question
        cells = question.cells
        self.low, self.high = component.low[cells].copy(), component.high[cells].copy()
        count = len(cells)
        self.least, self.most = np.full(count, inf), np.full(count, -inf)
        self.undecided = np.zeros(count, bool)
        self.programmes = self.searches = 0
        self.random = np.random.default_rng(1)
        # Without the condition that counts are whole.
        self.linear_least, self.linear_most = np.full(count, inf), np.full(count, -inf)

    def left(self, least: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cells whose lower end, and whose upper end, is still to be searched."""
        question = self.question
        width = most - least
        wide = (width >= question.enough - EPSILON) & ~question.ends
        return ~wide & (least > self.low + EPSILON), ~wide & (most < self.high - EPSILON)

    def witness(self, value: np.ndarray) -> bool:
        """Take a solution of the linear programme; True when it is one in whole numbers too."""
        at = value[self.question.cells]
        np.minimum(self.linear_least, at, out=self.linear_least)
        np.maximum(self.linear_most, at, out=self.linear_most)
        counts = value[self.component.whole]
        if len(counts) and np.abs(counts - np.round(counts)).max() > WHOLE:
            return False
        whole = self.component.whole[self.question.cells]
        at = np.where(whole, np.round(at), at)
        np.minimum(self.least, at, out=self.least)
        np.maximum(self.most, at, out=self.most)
        return True

    def cost(self, downwards: np.ndarray, upwards: np.ndarray) -> np.ndarray:
        """A random objective for the cells that are left: some down, some up."""
        cost = np.zeros(len(self.component.columns))
        objective = self.random.uniform(0.5, 1.5, len(downwards))
        cost[self.question.cells] = np.where(downwards, objective, 0.0) - np.where(upwards, objective, 0.0)
        return cost

    def random_rounds(self, model: _Model, least: np.ndarray, most: np.ndarray) -> str:
        """Random wishes, downwards, upwards and mixed, for as long as they bound enough."""
        model.exactly(False)
        poor = 0
        for number in range(ROUNDS):
            down, up = self.left(least, most)
            before = int(down.sum() + up.sum())
            if not before:
                break
            # Where one direction is done there is no wish in it: to search in whole numbers for nothing takes long.
            if number % 3 == 0 and down.any():
                cost = self.cost(down, np.zeros_like(up))
            elif number % 3 == 1 and up.any():
                cost = self.cost(np.zeros_like(down), up)
            else:
                coin = self.random.random(len(down)) < 0.5
                cost = self.cost(down & (coin | ~up), up & ~(coin & down))
            status, value = self.solve(model, cost)
            if value is None:
                return status
            down, up = self.left(least, most)
            poor = poor + 1 if before - int(down.sum() + up.sum()) < max(1, WORTH * before) else 0
            if poor == 3:
                break
        return "optimal"

    def run(self, whole: bool) -> Answer:
        component = self.component
        linear = _Model(component, whole=False)
        status = self.random_rounds(linear, self.linear_least, self.linear_most)
        if status == "infeasible":
            return self.answer(infeasible=True)
        self.one_by_one(linear, self.linear_least, self.linear_most)
        if not whole or not component.whole.any():
            self.least, self.most = self.linear_least, self.linear_most
            return self.answer()
        self.once_more(linear)
        down, up = self.left(self.least, self.most)
        if (down | up).any():
            model = _Model(component, whole=True)
            status = self.random_rounds(model, self.least, self.most)
            if status == "infeasible":
                return self.answer(infeasible=True)
            self.one_by_one(model, self.least, self.most)
        return self.answer()

    def once_more(self, model: _Model) -> None:
        """Search again, near a solution in whole numbers, the ends that only fractions of persons reached."""
        for _ in range(TRIES):
            down, up = self.left(self.least, self.most)
            if (down | up).sum() > FEW:
                return
            for number in np.flatnonzero(down | up).tolist():
                for sign in (1.0, -1.0):
                    down, up = self.left(self.least, self.most)
                    if (down if sign > 0 else up)[number]:
                        cost = np.zeros(len(self.component.columns))
                        some = self.random.integers(len(cost), size=1 + len(cost) // SOME)
                        cost[some] = self.random.uniform(-NOISE, NOISE, len(some))
                        cost[self.question.cells[number]] = sign
                        self.solve(model, cost)

    def solve(self, model: _Model, cost: np.ndarray) -> tuple[str, np.ndarray | None]:
        """Solve, and take the solution as a witness."""
        self.searches += model.whole
        self.programmes += not model.whole
        status, value = model.solve(cost)
        if value is not None and not self.witness(value):
            model.back()
        elif value is not None:
            model.stay()
        return status, value

    def one_by_one(self, model: _Model, least: np.ndarray, most: np.ndarray) -> None:
        """The lowest and the highest value of each cell that no random witness has bounded."""
        model.exactly(True)
        cells = self.question.cells
        for number, cell in enumerate(cells.tolist()):
            for sign in (1.0, -1.0):
                down, up = self.left(least, most)
                if not (down if sign > 0 else up)[number]:
                    continue
                cost = np.zeros(len(self.component.columns))
                cost[cell] = sign
                status, value = self.solve(model, cost)
                if status != "optimal" or value is None:
                    self.undecided[number] |= model.whole
                    continue
                end = sign * model.end(sign * value[cell])
                if self.component.whole[cell]:
                    end = np.ceil(end - WHOLE) if sign > 0 else np.floor(end + WHOLE)
                if sign > 0:
                    self.low[number] = max(self.low[number], end)
                else:
                    self.high[number] = min(self.high[number], end)

    def answer(self, infeasible: bool = False) -> Answer:
        ends = (self.low, self.high, self.least, self.most, self.undecided)
        return Answer(*ends, self.programmes, self.searches, infeasible)


def solve_component(component: Component, question: Question, whole: bool = True) -> Answer:
    """What the cells of the question can be; ``whole``: in whole numbers, not only in the linear programme."""
    return _Search(component, question).run(whole)
