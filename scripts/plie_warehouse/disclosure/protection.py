"""Who is suppressed: the small counts, then enough others, until nothing that is published gives one of them back.

The engine works on the tables layer by layer, since the larger its system the slower it is: outcomes with their reasons
and the hours first, then everything that hangs on them; in each, the regions among themselves before what is within a
region; each connected part alone. A linear program then asks what a reader makes of everything together; what is still
too narrow goes back to the engine.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass

import numpy as np

from plie_warehouse.disclosure import engine
from plie_warehouse.disclosure.cells import (
    COMPLEMENT,
    HOURS,
    NATIONAL,
    OUTSIDE,
    TOTAL,
    Cells,
    DisclosureError,
    Measure,
    Territory,
)
from plie_warehouse.disclosure.intervals import TOLERANCE, Reach, propagated
from plie_warehouse.disclosure.problem import (
    Parameters,
    Part,
    Problem,
    Row,
    build_problem,
    connected,
    part_of,
    substituted,
)

# Marts that others share margins with.
FIRST_MARTS = ("plie_outcomes", "plie_exit_reasons")
# The layers in their order: the tables that others share margins with, then the others; regions, then within a region.
LAYERS = (
    "les totaux des régions",
    "les totaux dans les régions",
    "les autres tables des régions",
    "les autres tables dans les régions",
)
# A complement of more than this many persons does not bound a small count: the engine need not know it. The check does.
LARGE_REST = 40
# The more cells the slower: parts that hang together by nothing are run together up to this size only.
RUN_CELLS = 1000
ENGINE_RUNS, REPAIRS = 4, 16
# As many repairs, at the end, that hide all that stands in a sum with what is too narrow: a build must not fail because
# the engine found no better way.
LAST_RESORT = 8
# As many repairs for what suppressed cells shall keep; the others are for what they must keep.
REPAIRS_FOR_WIDTH = 2
# As many for cells that are not small: what is still too narrow then is shown again, since it is given anyway.
REPAIRS_FOR_OTHERS = 6
# What readers come for first are the totals of a territory: as dear as this many cells of the same size. The engine
# counts costs as whole numbers.
TOTAL_WORTH, MOST_COST = 10, 10_000_000

# How a cell is suppressed. That it is small, or that it is not, readers know by the word; where that would give it
# away, the word says nothing.
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
    """``suppressed``: the cells to hide; ``rounds``: how often the check of everything sent cells back to the
    engine."""

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
        # The nation tells everything, as it does of a single supplier.
        return Protection([], 0)
    work = _Work(
        problem,
        parameters,
        is_first=np.array([_is_first(cells, group) for group in problem.members], dtype=bool),
        is_regional=np.array(
            [any(_kind(cells, index) == OUTSIDE[0] for index in group) for group in problem.members], dtype=bool
        ),
        is_total=np.array([_is_total(cells, group) for group in problem.members], dtype=bool),
    )
    suppressed = problem.is_suppressed.copy()
    progress(f"{len(problem)} cellules, {int(suppressed.sum())} primaires")
    for layer, name in enumerate(LAYERS):
        suppressed |= work.protect_layer(layer, suppressed)
        progress(f"{int(suppressed.sum())} masquées après {name}")

    regions = [_regions(cells, group, parents) for group in problem.members]
    rows_of = _rows_by_place(problem.rows, regions)
    for repairs in range(REPAIRS):
        work.check(suppressed)
        broken = work.broken(suppressed)
        if repairs >= REPAIRS_FOR_WIDTH:
            broken = work.narrow(broken)
        progress(f"contrôle d'ensemble : {len(broken)} intervalles trop étroits")
        if not len(broken) or (repairs >= REPAIRS_FOR_OTHERS and not problem.is_primary[broken].any()):
            break
        more = np.zeros(len(problem), dtype=bool)
        if repairs < REPAIRS - LAST_RESORT:
            # Alternately, since one way may run out where the other still helps.
            more = work.repair(suppressed, broken, regions, rows_of, among_regions=repairs % 2 == 0) & ~suppressed
            if not more.any():
                more = work.unsay(broken)
        if not more.any():
            more = work.keep_back(work.beside(broken))
        if not more.any():
            break
        suppressed |= more
    suppressed = work.settled(suppressed, cells)

    found = []
    for index in np.flatnonzero(suppressed & problem.is_published):
        status = work.status(index)
        for member in problem.members[index]:
            territory, measure = cells.keys[member] or (None, None)
            if cells.is_published[member] and measure[0] != COMPLEMENT:
                found.append(
                    SuppressedCell(territory, measure, status, float(work.least[index]), float(work.most[index]))
                )
    return Protection(found, repairs)


def _is_first(cells: Cells, group: Sequence[int]) -> bool:
    marts = {cells.keys[index][1][0] for index in group if cells.keys[index] is not None and cells.is_published[index]}
    return bool(marts & {*FIRST_MARTS, COMPLEMENT}) or (bool(marts) and cells.quantities[group[0]] == HOURS)


def _is_total(cells: Cells, group: Sequence[int]) -> bool:
    return any(cells.keys[index] is not None and cells.keys[index][1][1] == TOTAL for index in group)


def _kind(cells: Cells, index: int) -> str | None:
    return cells.keys[index][0][0] if cells.keys[index] is not None else None


def _regions(cells: Cells, group: Sequence[int], parents: dict[Territory, Territory]) -> set[Territory]:
    """The regions that the territories of these cells are in."""
    found = set()
    for index in group:
        if cells.keys[index] is not None:
            territory = cells.keys[index][0]
            while territory in parents and parents[territory][0] != NATIONAL:
                territory = parents[territory]
            found.add(territory)
    return found


def _rows_by_place(rows: Sequence[Row], places: Sequence[set[Territory]]) -> dict[Territory, list[Row]]:
    """The rows that say something of each place."""
    found = defaultdict(list)
    for row in rows:
        for place in set().union(*(places[index] for index in row[1])):
            found[place].append(row)
    return found


class _Work:
    """The steps on one problem. ``low``, ``high``: the values of a primary cell that shall stay possible. ``width``:
    how far apart the lowest and the highest possible value of any suppressed cell shall be; ``least_width``: must
    be."""

    def __init__(
        self,
        problem: Problem,
        parameters: Parameters,
        is_first: np.ndarray,
        is_regional: np.ndarray,
        is_total: np.ndarray,
    ) -> None:
        self.problem, self.parameters = problem, parameters
        self.width = np.where(problem.is_hours, parameters.hours_least, float(parameters.width))
        self.least_width = np.where(problem.is_primary, self.width, 1.0)
        large = ~problem.is_published & ~problem.is_hours & (problem.value > LARGE_REST)
        self.engine_rows = [row for row in problem.rows if not any(large[index] for index in row[1])]
        # What repairs work on, by region and first variable, with everything suppressed: they come back to the same
        # variables, and what was seen of them once need not be asked for again.
        self.repairable: dict[tuple[Territory | None, int], tuple[Part, Reach]] = {}
        self.layer = 2 * ~is_first + ~is_regional
        self.row_layers = [
            max((int(self.layer[index]) for index in terms if problem.is_published[index]), default=0)
            for _, terms in self.engine_rows
        ]
        # A rest goes where its row goes.
        self.layer[~problem.is_published] = len(LAYERS) - 1
        for (_, terms), layer in zip(self.engine_rows, self.row_layers, strict=True):
            for index in terms:
                if not problem.is_published[index]:
                    self.layer[index] = min(self.layer[index], layer)
        self.least, self.most = problem.value.astype(float), problem.value.astype(float)
        self.is_wide = np.zeros(len(problem), dtype=bool)
        self.is_unsaid = np.zeros(len(problem), dtype=bool)
        self.is_near = np.zeros(len(problem), dtype=bool)
        self.ceiling = float(problem.value.max(initial=0) * 2 + 100)
        # What small national counts leave of a small count is all that can be promised. Not what the words of the
        # others leave: these can be kept back.
        least, most = propagated(problem.least, np.full(len(problem), self.ceiling), problem.rows)
        self.low = np.maximum(problem.wanted_low, np.where(problem.is_primary, np.ceil(least - TOLERANCE), 0))
        self.high = np.minimum(problem.wanted_high, np.where(problem.is_primary, np.floor(most + TOLERANCE), np.inf))
        self.is_regional = is_regional
        self.worth = np.where(is_total, TOTAL_WORTH, 1)
        # One more than two: while the engine works for some, the others prepare its next system.
        self.workers = min(3, (os.cpu_count() or 1) + 1)

    def protect_layer(self, layer: int, suppressed: np.ndarray) -> np.ndarray:
        """What the engine hides in one layer, given what the layers before it hide. Within a region, what is suppressed
        of the region itself keeps its width too."""
        problem = self.problem
        rows = [row for row, of in zip(self.engine_rows, self.row_layers, strict=True) if of == layer]
        inside, before = self.layer == layer, self.layer < layer
        boundary = before & (suppressed | ~problem.is_published)
        rows = substituted(rows, inside | boundary, problem.value)
        is_target = inside & problem.is_primary
        if layer % 2:
            is_target |= boundary & problem.is_published & (self.layer == layer - 1)
        groups = connected(rows, inside)
        owner = np.full(len(suppressed), -1)
        for number, group in enumerate(groups):
            owner[group] = number
        asked = {int(owner[index]) for index in np.flatnonzero(inside & is_target)}
        for _, terms in rows:
            if any(is_target[index] for index in terms):
                asked |= {int(owner[index]) for index in terms if inside[index]}
        parts = [part_of(rows, group, boundary) for group in _together([groups[number] for number in sorted(asked)])]
        parts.sort(key=lambda part: -len(part.of))
        found = np.zeros(len(suppressed), dtype=bool)
        with ThreadPoolExecutor(self.workers) as pool:
            more_of = pool.map(lambda part: self._protect_part(part, is_target, suppressed), parts)
            for part, more in zip(parts, more_of, strict=True):
                found[part.of[more]] = True
        return found

    def _protect_part(self, part: Part, is_target: np.ndarray, suppressed: np.ndarray) -> np.ndarray:
        """Positions, in ``part``, of what the engine hides for the cells ``is_target`` of it."""
        problem, of = self.problem, part.of
        targets = np.flatnonzero(is_target[of])
        low, high = self._ask(part, targets, self._everything_hidden(part))
        mine = suppressed[of] | ~problem.is_published[of] | part.is_boundary
        before = mine.copy()
        # To hide more never narrows an interval: what is wide enough once stays so, and is no work for the engine.
        for _ in range(ENGINE_RUNS):
            least, most = self._between(part, mine, targets, low, high)
            short = (least > low + TOLERANCE) | (most < high - TOLERANCE)
            if not short.any():
                break
            targets, low, high = targets[short], low[short], high[short]
            mine[engine.secondary_cells(self._engine_run(part, mine, targets, low, high))] = True
        return np.flatnonzero(mine & ~before)

    def _between(
        self, part: Part, is_open: np.ndarray, targets: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest possible value of ``targets``, all of them open, as far as ``low`` and ``high``."""
        chosen = np.flatnonzero(is_open)
        position = np.full(len(part.of), -1)
        position[chosen] = np.arange(len(chosen))
        value = self.problem.value[part.of]
        rows = [
            (right, {int(position[index]): c for index, c in terms.items()})
            for right, terms in substituted(part.rows, is_open, value)
        ]
        of = part.of[chosen]
        return self._reach(of, rows).between(position[targets], low, high, np.full(len(targets), np.inf))

    def _everything_hidden(self, part: Part) -> Reach:
        """What the variables of a part can be when all of them are suppressed."""
        return self._reach(part.of, part.rows)

    def _reach(self, of: np.ndarray, rows: Sequence[Row]) -> Reach:
        return Reach(self.problem.value[of], self.problem.lower[of], self._upper(of), rows)

    def _upper(self, of: np.ndarray) -> np.ndarray:
        return np.minimum(self.problem.upper[of], self.ceiling)

    def _engine_run(
        self, part: Part, mine: np.ndarray, targets: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> engine.Run:
        problem, of = self.problem, part.of
        down, up = np.zeros(len(of)), np.zeros(len(of))
        down[targets] = np.maximum(problem.value[of[targets]] - low, 0)
        up[targets] = np.maximum(high - problem.value[of[targets]], 0)
        return engine.Run(
            value=problem.value[of],
            cost=np.clip(problem.value[of] * self.worth[of], 1, MOST_COST),
            is_suppressed=mine,
            lower=problem.lower[of],
            upper=problem.upper[of],
            down=down,
            up=up,
            rows=part.rows,
        )

    def check(self, suppressed: np.ndarray) -> None:
        """Everything together: ``least`` and ``most``, the values of each suppressed variable that a reader cannot
        exclude, as far as its promise and its width ask. What was found wide once is not asked for again."""
        problem = self.problem
        wanted_now = suppressed & problem.is_published & ~self.is_wide
        is_open = suppressed | ~problem.is_published
        rows = [
            row
            for row in substituted(problem.rows, is_open, problem.value)
            if any(suppressed[index] for index in row[1])
        ]
        used = np.zeros(len(suppressed), dtype=bool)
        for _, terms in rows:
            used[list(terms)] = True
        least, most = self.least, self.most
        # A suppressed cell that no sum mentions is only bounded by its status.
        free = suppressed & ~used
        least[free] = np.maximum(problem.lower[free], 0)
        most[free] = np.where(np.isfinite(problem.upper[free]), problem.upper[free], problem.value[free] + self.ceiling)
        groups = [group for group in connected(rows, used) if wanted_now[group].any()]
        by_first = defaultdict(list)
        owner = np.full(len(suppressed), -1)
        for number, group in enumerate(groups):
            owner[group] = number
        for row in rows:
            by_first[owner[next(iter(row[1]))]].append(row)

        def one(number: int) -> None:
            group = np.array(groups[number])
            position = {index: place for place, index in enumerate(group.tolist())}
            own = [(right, {position[i]: c for i, c in terms.items()}) for right, terms in by_first[number]]
            wanted = np.flatnonzero(wanted_now[group])
            of = group[wanted]
            reach = self._reach(group, own)
            low, high, width = self._goal(of)
            seen = reach.between(wanted, low, high, width)
            least[of], most[of] = np.minimum(least[of], seen[0]), np.maximum(most[of], seen[1])

        with ThreadPoolExecutor(self.workers) as pool:
            list(pool.map(one, range(len(groups))))

    def _goal(self, of: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        # Of a cell that no word calls small, a reader knows as little as of any other.
        primary = self.problem.is_primary[of] & ~self.is_unsaid[of]
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

    def settled(self, suppressed: np.ndarray, cells: Cells) -> np.ndarray:
        """What is suppressed in the end. A cell that nothing widens and that is not small need not be suppressed: what
        is published gives it anyway. Raises ``DisclosureError`` for a small one that can be worked out."""
        self.check(suppressed)
        narrow = self.narrow(self.broken(suppressed))
        if given := [index for index in narrow.tolist() if not self.problem.is_suppressed[index]]:
            suppressed = suppressed.copy()
            suppressed[given] = False
            self.is_wide[:] = False
            self.least[:], self.most[:] = self.problem.value, self.problem.value
            self.check(suppressed)
            narrow = self.narrow(self.broken(suppressed))
        small = narrow[self.problem.is_primary[narrow]]
        if len(small):
            self._promise_what_is_left(small)
            small = np.intersect1d(small, self.narrow(self.broken(suppressed)))
        for index in small:
            named = [cells.keys[member] for member in self.problem.members[index] if cells.keys[member]]
            raise DisclosureError(f"{named}: a reader finds {self.least[index]:g} to {self.most[index]:g}")
        return suppressed

    def _promise_what_is_left(self, small: np.ndarray) -> None:
        """Of small counts, no more than what the nation leaves when all below it is suppressed without a word."""
        problem = self.problem
        groups = connected(problem.rows, np.ones(len(problem), dtype=bool))
        for group in (np.array(one) for one in groups if np.isin(one, small).any()):
            position = {index: place for place, index in enumerate(group.tolist())}
            rows = [
                (right, {position[index]: c for index, c in terms.items()})
                for right, terms in problem.rows
                if next(iter(terms)) in position
            ]
            wanted = np.flatnonzero(np.isin(group, small))
            of = group[wanted]
            reach = Reach(problem.value[group], problem.least[group], np.full(len(group), self.ceiling), rows)
            least, most = reach.between(wanted, self.low[of], self.high[of], np.full(len(of), np.inf))
            self.low[of] = np.maximum(self.low[of], np.ceil(least - TOLERANCE))
            self.high[of] = np.minimum(self.high[of], np.floor(most + TOLERANCE))

    def beside(self, broken: np.ndarray) -> np.ndarray:
        """All that stands in a sum with a small count that is too narrow; called again, all that stands in a sum with
        that."""
        narrow = self.narrow(broken)
        self.is_near[narrow[self.problem.is_primary[narrow]]] = True
        while True:
            size = self.is_near.sum()
            for terms in [list(terms) for _, terms in self.problem.rows if any(self.is_near[index] for index in terms)]:
                self.is_near[terms] = True
            if self.is_near.sum() == size or (self.is_near & self.problem.is_published & ~self.is_unsaid).any():
                break
        return self.is_near & self.problem.is_published

    def unsay(self, broken: np.ndarray) -> np.ndarray:
        """For the small cells that are too narrow whatever is suppressed: the words of their status and of the cells
        beside them tell too much. Those cells are suppressed without a word; first the nearest, then all. Which they
        are."""
        narrow = self.narrow(broken)
        narrow = set(narrow[self.problem.is_primary[narrow]].tolist())
        found = np.zeros(len(self.problem), dtype=bool)
        for longest in (SHORT_ROW, len(self.problem)):
            for _, terms in self.problem.rows:
                if len(terms) <= longest and narrow & terms.keys():
                    found[list(terms)] = True
            found &= ~self.is_unsaid & self.problem.is_published
            if found.any():
                break
        return self.keep_back(found)

    def keep_back(self, found: np.ndarray) -> np.ndarray:
        """Those of the cells ``found`` that had a word still; none has one now."""
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

    def narrow(self, broken: np.ndarray) -> np.ndarray:
        """Of the cells that fall short of what was wanted, those that fall short of what they must have. What national
        rows leave of a small count is all that it can have."""
        possible = np.where(self.problem.is_primary, self.high - self.low, np.inf)
        must = np.minimum(self.least_width, possible)
        return broken[(self.most - self.least)[broken] < must[broken] - TOLERANCE]

    def repair(
        self,
        suppressed: np.ndarray,
        broken: np.ndarray,
        regions: list[set[Territory]],
        rows_of: dict[Territory, list[Row]],
        among_regions: bool,
    ) -> np.ndarray:
        """One more run of the engine for the cells that are too narrow, with all tables of their region; those of a
        region itself, when ``among_regions``, with all regions."""
        by_region: dict[Territory | None, list[int]] = defaultdict(list)
        for index in broken.tolist():
            by_region[None if among_regions and self.is_regional[index] else min(regions[index])].append(index)
        parts = []
        for region, targets in sorted(by_region.items(), key=str):
            if region is None:
                rows = [row for row in self.problem.rows if any(self.is_regional[index] for index in row[1])]
            else:
                rows = rows_of[region]
            used, is_target = np.zeros(len(suppressed), dtype=bool), np.zeros(len(suppressed), dtype=bool)
            for _, terms in rows:
                used[list(terms)] = True
            is_target[targets] = True
            for group in connected(rows, used):
                if not is_target[group].any():
                    continue
                name = region, group[0]
                if name not in self.repairable:
                    part = part_of(rows, group, np.zeros(len(suppressed), dtype=bool))
                    self.repairable[name] = part, self._everything_hidden(part)
                parts.append((*self.repairable[name], is_target))
        # The longest first, so that no worker waits for it at the end.
        parts.sort(key=lambda one: -len(one[0].of))
        found = np.zeros(len(suppressed), dtype=bool)
        with ThreadPoolExecutor(self.workers) as pool:
            for of in pool.map(lambda one: self._repair_part(*one, suppressed), parts):
                found[of] = True
        return found

    def _repair_part(
        self, part: Part, everything_hidden: Reach, is_target: np.ndarray, suppressed: np.ndarray
    ) -> np.ndarray:
        of = part.of
        targets = np.flatnonzero(is_target[of])
        low, high = self._ask(part, targets, everything_hidden)
        mine = suppressed[of] | ~self.problem.is_published[of]
        before = mine.copy()
        mine[engine.secondary_cells(self._engine_run(part, mine, targets, low, high))] = True
        return of[mine & ~before]

    def _ask(self, part: Part, targets: np.ndarray, everything_hidden: Reach) -> tuple[np.ndarray, np.ndarray]:
        """What the engine is asked for: a primary cell's whole interval; of a secondary one its width, on one side. But
        no more than there is with everything suppressed: asked for more than it can give, it gives nothing."""
        of = part.of[targets]
        value, width = self.problem.value[of], np.ceil(self.width[of])
        primary = self.problem.is_primary[of] & ~self.is_unsaid[of]
        low = np.where(primary, self.low[of], np.maximum(self.problem.lower[of], value - width))
        high = np.where(primary, self.high[of], value + width)
        least, most = everything_hidden.between(targets, low, high, np.full(len(targets), np.inf))
        low, high = np.maximum(low, np.ceil(least - TOLERANCE)), np.minimum(high, np.floor(most + TOLERANCE))
        one_side = np.minimum(high, value + np.maximum(width - (value - low), 0))
        return low, np.where(primary, high, one_side)


def _together(groups: list[list[int]]) -> list[list[int]]:
    """Small groups in one run, up to the size that a run costs anyway."""
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
