"""Which cells are suppressed: the small counts, then others, until the published figures do not reveal a small count.

They are chosen layer by layer, because that takes longer the larger a system is: first outcomes with their reasons and
the hours, then the tables that share totals with them; in each, first the regions, then the territories within a
region; each connected part separately, by the engine, large ones by linear programs. Others then compute the interval
of each suppressed cell from all figures together, and choose what else must move for those whose interval is too
narrow.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace

import numpy as np

from plie_warehouse.disclosure import engine, suppliers
from plie_warehouse.disclosure.cells import (
    BEFORE,
    COMPLEMENT,
    GROWTH,
    Cells,
    DisclosureError,
    Measure,
    Territory,
)
from plie_warehouse.disclosure.intervals import TOLERANCE, Reach, propagated
from plie_warehouse.disclosure.needed import Needed, needed
from plie_warehouse.disclosure.problem import Parameters, Problem, build_problem
from plie_warehouse.disclosure.rows import Part, Rows, connected, part_of, places
from plie_warehouse.disclosure.variables import Variables, describe

# The layers in their order: the tables that others share margins with, then the others; regions, then within a region.
LAYERS = (
    "les totaux des régions",
    "les totaux dans les régions",
    "les autres tables des régions",
    "les autres tables dans les régions",
)
# A complement of more than this many persons does not bound a small count: the engine leaves it out, but the check uses
# it.
LARGE_REST = 40
# The engine is slower with more cells: parts that are not connected share a run up to this size. In larger ones linear
# programs choose: of a national year they suppress 0.4 % more in four fifths of the processor (decision 0004).
RUN_CELLS = 1000
ENGINE_RUNS, REPAIRS = 4, 16
# Layers of which the cells that the engine chose without need are published again.
THINNED_LAYERS = 2
# Number of repairs, at the end, that suppress all cells of the sums with an interval too narrow: a build must not fail
# because the engine found no better solution.
LAST_RESORT = 8
# Number of repairs for the widths that cells shall have; the others are for the widths that they must have.
REPAIRS_FOR_WIDTH = 2
# Number of repairs for cells that are not small: those still too narrow are then published, because they are known
# to the public anyway.
REPAIRS_FOR_OTHERS = 6
# Number of times that cells are suppressed because of what suppliers know, which each time changes what they work out.
SUPPLIER_ROUNDS = 4
# A count that readers come for costs as if it were so large at least. The engine takes whole costs.
LEAST_RATED, MOST_COST = 30, 10_000_000
# Of the bounds of an interval.
DECIMALS = 4

# Status of a suppressed cell: readers learn from it whether the cell is small. The third status, for cells that this
# would reveal, does not say it.
PRIMARY, SECONDARY, UNSAID = "masque_primaire", "masque_secondaire", "non_diffuse"
SHORT_ROW = 4


@dataclass(frozen=True)
class SuppressedCell:
    """``low``, ``high``: values that stay possible for a reader, verified."""

    territory: Territory
    measure: Measure
    status: str
    low: float
    high: float


@dataclass
class Protection:
    """``suppressed``: the suppressed cells; ``rounds``: how often the check of all figures found cells too narrow."""

    suppressed: list[SuppressedCell]
    rounds: int

    def to_json(self) -> str:
        return json.dumps({"rounds": self.rounds, "suppressed": [astuple(cell) for cell in self.suppressed]})

    @classmethod
    def from_json(cls, text: str) -> Protection:
        content = json.loads(text)
        return cls(
            [
                SuppressedCell(tuple(territory), tuple(measure), *rest)
                for territory, measure, *rest in content["suppressed"]
            ],
            content["rounds"],
        )


def protect(
    cells: Cells,
    parameters: Parameters,
    parents: dict[Territory, Territory],
    progress: Callable[[str], None] = lambda _: None,
) -> Protection:
    """Decide which cells of one year are suppressed.

    Raises ``DisclosureError`` when a small count cannot be protected.
    """
    problem = build_problem(cells, parameters)
    if not len(problem):
        # Everything is known from the nation, as with a single supplier.
        return Protection([], 0)
    variables = describe(cells, problem, parents)
    work = Work(problem, parameters, variables, is_cumulated=bool(cells.cumulated))
    work.leave_as_it_was(cells.unsaid)
    suppressed = problem.is_suppressed | work.make_room(variables.is_headline)
    progress(f"{len(problem)} cellules, {int(suppressed.sum())} primaires")
    for layer, name in enumerate(LAYERS):
        suppressed |= work.protect_layer(layer, suppressed)
        progress(f"{int(suppressed.sum())} masquées après {name}")

    rows_of = _rows_by_place(problem.rows, work.regions)
    rounds = work.settle(suppressed, rows_of, progress)
    if parameters.from_suppliers:
        for _ in range(SUPPLIER_ROUNDS):
            more = suppliers.also(work, suppressed, variables.owners, rows_of)
            progress(f"{int(more.sum())} de plus contre les fournisseurs")
            if not more.any():
                break
            suppressed |= more
            rounds += work.settle(suppressed, rows_of, progress)
    suppressed = work.finished(suppressed, cells)

    found = []
    for index in np.flatnonzero(suppressed & problem.is_published):
        status = work.status(index)
        for member in problem.members[index]:
            territory, measure = cells.keys[member] or (None, None)
            if cells.is_published[member] and measure[0] != COMPLEMENT and not measure[2].startswith((GROWTH, BEFORE)):
                found.append(
                    SuppressedCell(territory, measure, status, *map(_told, (work.least[index], work.most[index])))
                )
    return Protection(found, rounds)


def _told(bound: float) -> float:
    """A bound without what is below the tolerance of the programs, and zero without a sign, as a database keeps it: it
    is in the name of the next year's problem."""
    return round(float(bound), DECIMALS) + 0.0


def _rows_by_place(rows: Rows, places: Sequence[set[Territory]]) -> dict[Territory, Rows]:
    """Place -> the rows with a variable of it."""
    found = {}
    for place in set().union(*places):
        is_there = np.array([place in of for of in places], dtype=bool)
        found[place] = rows.chosen(rows.with_any(is_there))
    return {place: of for place, of in found.items() if len(of)}


class Work:
    """The steps on one problem. ``low``, ``high``: the values of a primary cell that shall stay possible. ``width``:
    how far apart the lowest and the highest possible value of any suppressed cell shall be; ``least_width``: must
    be. ``is_cumulated``: each figure is tied to that of the year before."""

    def __init__(self, problem: Problem, parameters: Parameters, variables: Variables, is_cumulated: bool) -> None:
        self.problem, self.parameters, self.is_cumulated = problem, parameters, is_cumulated
        self.width = np.where(problem.is_hours, parameters.hours_least, float(parameters.width))
        self.least_width = np.where(problem.is_primary, self.width, 1.0)
        large = ~problem.is_published & ~problem.is_hours & (problem.value > LARGE_REST)
        # Nor with the year before, whose cells are chosen: the check looks at both years.
        self.engine_rows = problem.rows.chosen(
            ~problem.rows.with_any(large | variables.is_before) & problem.rows.with_any(variables.is_figure)
        )
        # What repairs work on, by region and first variable, with everything suppressed: they come back to the same
        # variables, and what was seen of them once need not be asked for again.
        self.repairable: dict[tuple[Territory | None, int], tuple[Part, Reach]] = {}
        self.layer = 2 * ~variables.is_first + ~variables.is_regional
        # A row is in the last of the layers of its cells, a rest in the first of those of its rows.
        self.row_layers = np.zeros(len(self.engine_rows), dtype=int)
        number, column = self.engine_rows.number, self.engine_rows.column
        is_cell = problem.is_published[column]
        np.maximum.at(self.row_layers, number[is_cell], self.layer[column[is_cell]])
        self.layer[~problem.is_published] = len(LAYERS) - 1
        np.minimum.at(self.layer, column[~is_cell], self.row_layers[number[~is_cell]])
        self.least, self.most = problem.value.astype(float), problem.value.astype(float)
        self.is_wide = np.zeros(len(problem), dtype=bool)
        # Narrower than they shall be when all was settled: they are not asked for that width again.
        self.is_given_up = np.zeros(len(problem), dtype=bool)
        self.is_unsaid = np.zeros(len(problem), dtype=bool)
        self.is_said, self.may_be_unsaid = variables.is_said, problem.is_published & ~variables.is_said
        # Unsaid because nothing else helps: such a cell is like any other for a reader, small or not.
        self.is_yielding = np.zeros(len(problem), dtype=bool)
        self.is_near = np.zeros(len(problem), dtype=bool)
        self.ceiling = float(problem.value.max(initial=0) * 2 + 100)
        # The protection level of a small count is at most what small national counts leave of it. Statuses of other
        # cells do not limit it, because they can be replaced.
        least, most = propagated(problem.least, np.full(len(problem), self.ceiling), problem.rows)
        self.low = np.maximum(problem.wanted_low, np.where(problem.is_primary, np.ceil(least - TOLERANCE), 0))
        self.high = np.minimum(problem.wanted_high, np.where(problem.is_primary, np.floor(most + TOLERANCE), np.inf))
        self.is_regional, self.regions, self.worth = variables.is_regional, variables.regions, variables.worth
        self.is_last_to_go, self.was_shown = variables.is_last_to_go, variables.was_shown
        # One more than two: while the engine works for some, the others prepare its next system.
        self.workers = min(3, (os.cpu_count() or 1) + 1)

    def leave_as_it_was(self, unsaid: Mapping[int, tuple[float, float]]) -> None:
        """Say nothing of the cells ``unsaid``, by number of the cell, and ask no more of those whose interval was
        narrower than it shall be."""
        found = np.zeros(len(self.problem), dtype=bool)
        for index, group in enumerate(self.problem.members):
            for low, high in (unsaid[member] for member in group if member in unsaid):
                found[index] = True
                self.is_yielding[index] |= low > self.low[index] + TOLERANCE or high < self.high[index] - TOLERANCE
        self.leave_unsaid(found)

    def make_room(self, is_headline: np.ndarray) -> np.ndarray:
        """The parts of a headline count whose statuses would tell too much of a small part while the count is shown, so
        that it would have to be suppressed. They get the status ``UNSAID`` instead."""
        problem, found = self.problem, np.zeros(len(self.problem), dtype=bool)
        upper = self.upper(np.arange(len(problem)))
        is_shown = is_headline & ~problem.is_suppressed
        for right, terms in problem.rows.chosen(problem.rows.with_any(is_shown)):
            parts = {index: coefficient for index, coefficient in terms.items() if not is_shown[index]}
            small = [index for index in parts if problem.is_primary[index]]
            if not small:
                continue
            of = np.array([*parts])
            place = {index: number for number, index in enumerate(parts)}
            shown = sum(terms[index] * problem.value[index] for index in terms if is_shown[index])
            row = Rows.of([(right - shown, {place[index]: coefficient for index, coefficient in parts.items()})])
            least, most = propagated(problem.lower[of], upper[of], row, passes=1)
            chosen = [place[index] for index in small]
            short = (least[chosen] > self.low[small] + TOLERANCE) | (most[chosen] < self.high[small] - TOLERANCE)
            if short.any():
                found[of] = True
        return self.leave_unsaid(found & self.may_be_unsaid)

    def protect_layer(self, layer: int, suppressed: np.ndarray) -> np.ndarray:
        """The cells that the engine suppresses in one layer, after the layers before it. Within a region, suppressed
        cells of the region itself keep their width too."""
        problem = self.problem
        inside, before = self.layer == layer, self.layer < layer
        boundary = before & (suppressed | ~problem.is_published)
        rows = self.engine_rows.chosen(self.row_layers == layer).substituted(inside | boundary, problem.value)
        is_target = inside & problem.is_primary & ~self.is_said
        if layer % 2:
            is_target |= boundary & problem.is_published & (self.layer == layer - 1)
        groups = connected(rows, inside)
        owner = np.full(len(suppressed), -1)
        for number, group in enumerate(groups):
            owner[group] = number
        asked = {*owner[inside & is_target].tolist()}
        asked |= {*owner[rows.column[rows.with_any(is_target)[rows.number] & inside[rows.column]]].tolist()}
        parts = [part_of(rows, group, boundary) for group in _together([groups[number] for number in sorted(asked)])]
        parts.sort(key=lambda part: -len(part.of))
        found = np.zeros(len(suppressed), dtype=bool)
        with ThreadPoolExecutor(self.workers) as pool:
            more_of = pool.map(lambda part: self._protect_part(part, is_target, suppressed), parts)
            for part, more in zip(parts, more_of, strict=True):
                found[part.of[more]] = True
        return found

    def _protect_part(self, part: Part, is_target: np.ndarray, suppressed: np.ndarray) -> np.ndarray:
        """Positions, in ``part``, of the cells that are suppressed for its cells ``is_target``."""
        problem, of = self.problem, part.of
        targets = np.flatnonzero(is_target[of])
        mine = suppressed[of] | ~problem.is_published[of] | part.is_boundary
        before = mine.copy()
        with_all_suppressed = self.with_all_suppressed(part)
        if len(of) >= RUN_CELLS:
            chosen = self._chosen_by_programs(part, mine, targets, with_all_suppressed)
            if chosen is not None:
                return np.flatnonzero(chosen & ~before)
        low, high = self._ask(part, targets, with_all_suppressed)
        asked = targets, low, high
        # More suppression never narrows an interval: a cell that is wide enough is not asked for again.
        for _ in range(ENGINE_RUNS):
            least, most = self._between(part, mine, targets, low, high)
            short = (least > low + TOLERANCE) | (most < high - TOLERANCE)
            if not short.any():
                break
            targets, low, high = targets[short], low[short], high[short]
            mine[engine.secondary_cells(self.engine_run(part, mine, targets, low, high))] = True
        # What is spared of the totals spares others that share margins with them; further on it is not worth its time.
        if self.layer[of[~part.is_boundary]].max(initial=0) < THINNED_LAYERS:
            thinned = self.needed_of(part, mine, before, *asked, np.full(len(asked[0]), np.inf))
            if thinned is not None and not thinned.is_short.any():
                mine = thinned.variables
        return np.flatnonzero(mine & ~before)

    def _chosen_by_programs(
        self, part: Part, mine: np.ndarray, targets: np.ndarray, with_all_suppressed: Reach
    ) -> np.ndarray | None:
        """The variables ``mine`` of a part and what else linear programs choose for ``targets``, one after the other;
        None when the way of one of them costs too much."""
        goal = self._goal(part.of[targets])
        found = self.needed_of(part, np.ones(len(part.of), dtype=bool), mine, targets, *goal)
        if found is None:
            return None
        low, high, _ = (bound[found.is_short] for bound in goal)
        least, most = found.least[found.is_short], found.most[found.is_short]
        # Some cannot go as far as they should with everything suppressed.
        widest = with_all_suppressed.between(targets[found.is_short], low, high, np.full(len(low), np.inf))
        would = (np.maximum(widest[0], low) < least - TOLERANCE) | (np.minimum(widest[1], high) > most + TOLERANCE)
        return None if would.any() else found.variables

    def _open(self, part: Part, is_open: np.ndarray) -> tuple[np.ndarray, np.ndarray, Rows]:
        """The open variables of a part: which of the problem they are, the place of each variable of the part among
        them, and their rows."""
        chosen = np.flatnonzero(is_open)
        position = places(chosen, len(part.of))
        rows = part.rows.substituted(is_open, self.problem.value[part.of])
        return part.of[chosen], position, rows.numbered(position)

    def _between(
        self, part: Part, is_open: np.ndarray, targets: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest possible value of ``targets``, all of them open, as far as ``low`` and ``high``."""
        of, position, rows = self._open(part, is_open)
        return self._reach(of, rows).between(position[targets], low, high, np.full(len(targets), np.inf))

    def needed_of(
        self,
        part: Part,
        is_open: np.ndarray,
        before: np.ndarray,
        targets: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
        width: np.ndarray,
    ) -> Needed | None:
        """Of the variables ``is_open`` of a part those of ``before`` and what else ``targets`` need, variables of the
        part; None when the solver fails."""
        of, position, rows = self._open(part, is_open)
        found = needed(
            self.problem.value[of],
            self.problem.lower[of],
            self.upper(of),
            self._cost(of),
            before[is_open],
            rows,
            position[targets],
            low,
            high,
            width,
        )
        if found is None:
            return None
        is_needed = np.zeros(len(part.of), dtype=bool)
        is_needed[is_open] = found.variables
        return replace(found, variables=is_needed)

    def with_all_suppressed(self, part: Part) -> Reach:
        """What the variables of a part can be when all of them are suppressed."""
        return self._reach(part.of, part.rows)

    def _reach(self, of: np.ndarray, rows: Rows) -> Reach:
        return Reach(self.problem.value[of], self.problem.lower[of], self.upper(of), rows)

    def upper(self, of: np.ndarray) -> np.ndarray:
        return np.minimum(self.problem.upper[of], self.ceiling)

    def engine_run(
        self, part: Part, mine: np.ndarray, targets: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> engine.Run:
        problem, of = self.problem, part.of
        down, up = np.zeros(len(of)), np.zeros(len(of))
        down[targets] = np.maximum(problem.value[of[targets]] - low, 0)
        up[targets] = np.maximum(high - problem.value[of[targets]], 0)
        return engine.Run(
            value=problem.value[of],
            cost=self._cost(of),
            is_suppressed=mine,
            lower=problem.lower[of],
            upper=problem.upper[of],
            down=down,
            up=up,
            rows=part.rows,
        )

    def _cost(self, of: np.ndarray) -> np.ndarray:
        """What it costs readers to suppress each of these."""
        value = self.problem.value[of]
        value = np.where(self.is_last_to_go[of], np.maximum(value, LEAST_RATED), value)
        return np.clip(value * self.worth[of], 1, MOST_COST)

    def settle(self, suppressed: np.ndarray, rows_of: dict[Territory, Rows], progress: Callable[[str], None]) -> int:
        """Suppress more, in place, until every interval is wide enough, or nothing helps; returns how often."""
        problem, repairs = self.problem, 0
        # Tied to the year before, all regions together are too large a system to be asked for more than must be.
        is_alone = not (self.is_cumulated and self.is_said.any())
        for repairs in range(REPAIRS):
            broken = self.check(suppressed, for_width=repairs < (REPAIRS_FOR_WIDTH if is_alone else 1))
            progress(f"contrôle d'ensemble : {len(broken)} intervalles trop étroits")
            if not len(broken) or (repairs >= REPAIRS_FOR_OTHERS and not problem.is_primary[broken].any()):
                break
            more = np.zeros(len(problem), dtype=bool)
            if repairs < REPAIRS - LAST_RESORT:
                # Alternately, since one way may run out where the other still helps.
                among_regions = (repairs % 2 == 0) == is_alone
                more = self.repair(suppressed, broken, rows_of, among_regions) & ~suppressed
                if not more.any():
                    more = self.unsay(broken)
            if not more.any():
                more = self.keep_back(self.neighbours(broken))
            if not more.any():
                break
            suppressed |= more
        # What is suppressed later makes them no narrower.
        self.is_given_up[self.broken(suppressed)] = True
        return repairs

    def check(self, suppressed: np.ndarray, *, for_width: bool) -> np.ndarray:
        """Everything together: ``least`` and ``most``, the values of each suppressed variable that a reader cannot
        exclude, up to its protection level and width. A variable that was wide enough is not asked for again. Returns
        those that are still too narrow (``_unsettled``)."""
        problem = self.problem
        wanted_now = np.zeros(len(problem), dtype=bool)
        wanted_now[self._unsettled(suppressed, for_width=for_width)] = True
        rows = self.seen(problem.rows, suppressed)
        used = rows.used(len(suppressed))
        least, most = self.least, self.most
        # A suppressed cell that no sum mentions is only bounded by its status.
        free = suppressed & ~used
        least[free] = np.maximum(problem.lower[free], 0)
        most[free] = np.where(np.isfinite(problem.upper[free]), problem.upper[free], problem.value[free] + self.ceiling)
        groups = [group for group in connected(rows, used) if wanted_now[group].any()]
        owner, place = np.full(len(suppressed), -1), np.full(len(suppressed), -1)
        for number, group in enumerate(groups):
            owner[group], place[group] = number, np.arange(len(group))
        rows_of = rows.split(owner[rows.first], len(groups))

        def one(number: int) -> None:
            group, own = np.array(groups[number]), rows_of[number].numbered(place)
            wanted = np.flatnonzero(wanted_now[group])
            of = group[wanted]
            reach = self._reach(group, own)
            low, high, width = self._goal(of)
            seen = reach.between(wanted, low, high, width)
            least[of], most[of] = np.minimum(least[of], seen[0]), np.maximum(most[of], seen[1])

        with ThreadPoolExecutor(self.workers) as pool:
            list(pool.map(one, range(len(groups))))
        return self._unsettled(suppressed, for_width=for_width)

    def seen(self, rows: Rows, suppressed: np.ndarray) -> Rows:
        """The rows as readers see them: what is shown is a number."""
        return rows.substituted(suppressed | ~self.problem.is_published, self.problem.value)

    def _unsettled(self, suppressed: np.ndarray, *, for_width: bool) -> np.ndarray:
        """The suppressed variables that are narrower than they must be, and ``for_width`` those narrower than they
        shall be, but for those that were given up."""
        broken = self.broken(suppressed)
        narrow = self.too_narrow(broken)
        return np.union1d(narrow, broken[~self.is_given_up[broken]]) if for_width else narrow

    def _goal(self, of: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        primary = self.problem.is_primary[of] & ~self.is_yielding[of]
        value, width = self.problem.value[of], self.width[of]
        return (
            np.where(primary, self.low[of], np.maximum(self.problem.lower[of], value - width)),
            np.where(primary, self.high[of], value + width),
            np.where(primary, np.inf, width),
        )

    def broken(self, suppressed: np.ndarray) -> np.ndarray:
        least, most = self.least, self.most
        of = np.flatnonzero(suppressed & self.problem.is_published)
        low, high, width = self._goal(of)
        reached = (least[of] <= low + TOLERANCE) & (most[of] >= high - TOLERANCE)
        wide = reached | (most[of] - least[of] >= width - TOLERANCE)
        self.is_wide[of[wide]] = True
        return of[~wide]

    def finished(self, suppressed: np.ndarray, cells: Cells) -> np.ndarray:
        """The suppressed cells in the end. A cell that is not small and stays too narrow is published, because it is
        known to the public anyway. Raises ``DisclosureError`` for a small cell that can be recovered."""
        narrow = self.check(suppressed, for_width=False)
        if known := [index for index in narrow.tolist() if not self.problem.is_suppressed[index]]:
            suppressed = suppressed.copy()
            suppressed[known] = False
            self.is_wide[:] = False
            self.least[:], self.most[:] = self.problem.value, self.problem.value
            narrow = self.check(suppressed, for_width=False)
        small = narrow[self.problem.is_primary[narrow]]
        if len(small):
            self._limit_protection_level(small)
            small = np.intersect1d(small, self.too_narrow(self.broken(suppressed)))
        for index in small:
            named = [cells.keys[member] for member in self.problem.members[index] if cells.keys[member]]
            raise DisclosureError(f"{named}: a reader finds {self.least[index]:g} to {self.most[index]:g}")
        return suppressed

    def _limit_protection_level(self, small: np.ndarray) -> None:
        """Limit the protection level of small counts to what the nation leaves when all below it is suppressed and no
        status says what is small."""
        problem = self.problem
        groups = connected(problem.rows, np.ones(len(problem), dtype=bool))
        for group in (np.array(one) for one in groups if np.isin(one, small).any()):
            rows = problem.rows.numbered(places(group, len(problem)))
            wanted = np.flatnonzero(np.isin(group, small))
            of = group[wanted]
            reach = Reach(problem.value[group], problem.least[group], np.full(len(group), self.ceiling), rows)
            least, most = reach.between(wanted, self.low[of], self.high[of], np.full(len(of), np.inf))
            self.low[of] = np.maximum(self.low[of], np.ceil(least - TOLERANCE))
            self.high[of] = np.minimum(self.high[of], np.floor(most + TOLERANCE))

    def neighbours(self, broken: np.ndarray) -> np.ndarray:
        """All cells of the sums with a small count that is too narrow; called again, those of the sums with these."""
        narrow = self.too_narrow(broken)
        self.is_near[narrow[self.problem.is_primary[narrow]]] = True
        while True:
            size = self.is_near.sum()
            rows = self.problem.rows
            self.is_near[rows.column[rows.with_any(self.is_near)[rows.number]]] = True
            if self.is_near.sum() == size or (self.is_near & self.may_be_unsaid & ~self.is_unsaid).any():
                break
        return self.is_near & self.problem.is_published

    def unsay(self, broken: np.ndarray) -> np.ndarray:
        """The cells that get the status ``UNSAID``, because small cells are too narrow whatever is suppressed: their
        statuses and those of their neighbours reveal too much. First the cells of short rows, then of all rows."""
        narrow = self.too_narrow(broken)
        is_narrow, found = np.zeros(len(self.problem), dtype=bool), np.zeros(len(self.problem), dtype=bool)
        is_narrow[narrow[self.problem.is_primary[narrow]]] = True
        rows = self.problem.rows
        for longest in (SHORT_ROW, len(self.problem)):
            asked = rows.with_any(is_narrow) & (rows.sizes <= longest)
            found[rows.column[asked[rows.number]]] = True
            found &= ~self.is_unsaid & self.may_be_unsaid
            if found.any():
                break
        return self.keep_back(found)

    def keep_back(self, found: np.ndarray) -> np.ndarray:
        """Leave the status of the cells ``found`` unsaid, and ask no more of small ones among them than of any other;
        returns those that had another status."""
        self.is_yielding |= found
        return self.leave_unsaid(found & self.may_be_unsaid)

    def leave_unsaid(self, found: np.ndarray) -> np.ndarray:
        """Give the cells ``found`` the status ``UNSAID``; returns those that had another."""
        found = found & ~self.is_unsaid
        self.is_unsaid |= found
        self.problem.lower[found] = self.problem.least[found]
        self.problem.upper[found] = np.inf
        self.repairable.clear()
        return found

    def status(self, index: int) -> str:
        if self.is_unsaid[index]:
            return UNSAID
        return PRIMARY if self.problem.is_primary[index] else SECONDARY

    def too_narrow(self, broken: np.ndarray) -> np.ndarray:
        """The cells of ``broken`` whose interval is narrower than it must be. A small count need not have more than
        what national rows leave."""
        possible = np.where(self.problem.is_primary, self.high - self.low, np.inf)
        must = np.minimum(self.least_width, possible)
        return broken[(self.most - self.least)[broken] < must[broken] - TOLERANCE]

    def repair(
        self,
        suppressed: np.ndarray,
        broken: np.ndarray,
        rows_of: dict[Territory, Rows],
        among_regions: bool,
    ) -> np.ndarray:
        """What else is suppressed for the cells that are too narrow, with all tables of their region; cells of a region
        itself with all regions, when ``among_regions``."""
        by_region: dict[Territory | None, list[int]] = defaultdict(list)
        for index in broken.tolist():
            by_region[None if among_regions and self.is_regional[index] else min(self.regions[index])].append(index)
        parts = []
        for region, targets in sorted(by_region.items(), key=str):
            if region is None:
                rows = self.problem.rows.chosen(self.problem.rows.with_any(self.is_regional))
            else:
                rows = rows_of[region]
            is_target = np.zeros(len(suppressed), dtype=bool)
            is_target[targets] = True
            for group in connected(rows, rows.used(len(suppressed))):
                if not is_target[group].any():
                    continue
                name = region, group[0]
                if name not in self.repairable:
                    part = part_of(rows, group, np.zeros(len(suppressed), dtype=bool))
                    self.repairable[name] = part, self.with_all_suppressed(part)
                parts.append((*self.repairable[name], is_target))
        # The longest first, so that no worker waits at the end.
        parts.sort(key=lambda one: -len(one[0].of))
        found = np.zeros(len(suppressed), dtype=bool)
        with ThreadPoolExecutor(self.workers) as pool:
            for of in pool.map(lambda one: self._repair_part(*one, suppressed), parts):
                found[of] = True
        return found

    def _repair_part(
        self, part: Part, with_all_suppressed: Reach, is_target: np.ndarray, suppressed: np.ndarray
    ) -> np.ndarray:
        of = part.of
        targets = np.flatnonzero(is_target[of])
        mine = suppressed[of] | ~self.problem.is_published[of]
        # The engine weighs all cells of a layer at once: not worth its time for the few that are left.
        chosen = self._chosen_by_programs(part, mine, targets, with_all_suppressed)
        if chosen is None:
            chosen = mine.copy()
            low, high = self._ask(part, targets, with_all_suppressed)
            chosen[engine.secondary_cells(self.engine_run(part, mine, targets, low, high))] = True
        return of[chosen & ~mine]

    def _ask(self, part: Part, targets: np.ndarray, with_all_suppressed: Reach) -> tuple[np.ndarray, np.ndarray]:
        """Bounds asked of the engine: the whole interval of a primary cell; the width of a secondary cell, on one side.
        At most those with everything suppressed, because the engine returns nothing when it cannot reach the bounds."""
        of = part.of[targets]
        value, width = self.problem.value[of], np.ceil(self.width[of])
        primary = self.problem.is_primary[of] & ~self.is_yielding[of]
        low = np.where(primary, self.low[of], np.maximum(self.problem.lower[of], value - width))
        high = np.where(primary, self.high[of], value + width)
        least, most = with_all_suppressed.between(targets, low, high, np.full(len(targets), np.inf))
        low, high = np.maximum(low, np.ceil(least - TOLERANCE)), np.minimum(high, np.floor(most + TOLERANCE))
        one_side = np.minimum(high, value + np.maximum(width - (value - low), 0))
        return low, np.where(primary, high, one_side)


def _together(groups: list[list[int]]) -> list[list[int]]:
    """Small groups together, up to ``RUN_CELLS``."""
    found, current = [], []
    for group in sorted(groups, key=len, reverse=True):
        if len(group) >= RUN_CELLS:
            found.append(group)
            continue
        current = [*current, *group]
        if len(current) >= RUN_CELLS:
            found.append(current)
            current = []
    return [*found, current] if current else found
