"""What a supplier works out of others (``disclosure_from_suppliers``): it knows its own figures, suppressed or not.

Where two PLIE of a department hide each other, each of them subtracts its own. A third cell must be suppressed too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from plie_warehouse.disclosure.cells import Territory
from plie_warehouse.disclosure.intervals import TOLERANCE, propagated
from plie_warehouse.disclosure.rows import Part, Rows, connected, part_of

if TYPE_CHECKING:
    from plie_warehouse.disclosure.protection import Work

PASSES = 20
# How far another value of a count is from its own at least.
ANOTHER = 1.0


def also(work: Work, suppressed: np.ndarray, owners: Sequence[Collection[Territory]], rows_of: dict) -> np.ndarray:
    """The cells to suppress besides, so that no supplier finds exactly a small count of another.

    ``owners``: per variable the suppliers whose figures it is; ``rows_of``: region -> its rows, with the regions of the
    variables in ``work``. What no cells help for stays as it is: the public does not work it out.
    """
    own_of: dict[Territory, list[int]] = defaultdict(list)
    for index, owned in enumerate(owners):
        for supplier in owned:
            own_of[supplier].append(index)
    suppliers_of: dict[Territory, list[Territory]] = defaultdict(list)
    for supplier, own in sorted(own_of.items()):
        for region in set().union(*(work.regions[index] for index in own)) & rows_of.keys():
            suppliers_of[region].append(supplier)

    def in_region(region: Territory) -> np.ndarray:
        # One supplier after the other: what one needs suppressed may do for the next.
        hidden, seen = suppressed.copy(), work.seen(rows_of[region], suppressed)
        for supplier in suppliers_of[region]:
            is_other = np.ones(len(hidden), dtype=bool)
            is_other[own_of[supplier]] = False
            targets = _worked_out(work, hidden, seen.substituted(is_other, work.problem.value))
            if not targets.any():
                continue
            for part in _parts(rows_of[region].substituted(is_other, work.problem.value), targets):
                hidden[_suppress(work, hidden, part, targets)] = True
            seen = work.seen(rows_of[region], hidden)
        return hidden

    # The longest first, so that no worker waits at the end.
    regions = sorted(suppliers_of, key=lambda region: -len(rows_of[region]))
    with ThreadPoolExecutor(work.workers) as pool:
        return np.logical_or.reduce([suppressed, *pool.map(in_region, regions)]) & ~suppressed


def _worked_out(work: Work, suppressed: np.ndarray, rows: Rows) -> np.ndarray:
    """The small counts that bounds give away, given rows in which what is known is a number."""
    problem, found = work.problem, np.zeros(len(suppressed), dtype=bool)
    of, local = rows.numbered_anew(len(found))
    if len(of):
        low, high = propagated(problem.lower[of], work.upper(of), local, PASSES)
        found[of[np.ceil(low - TOLERANCE) >= np.floor(high + TOLERANCE)]] = True
    return found & problem.is_primary & problem.is_published & suppressed


def _parts(rows: Rows, targets: np.ndarray) -> list[Part]:
    """The connected variables around the targets, with their rows."""
    boundary, groups = np.zeros(len(targets), dtype=bool), connected(rows, rows.used(len(targets)))
    return [part_of(rows, group, boundary) for group in groups if targets[group].any()]


def _suppress(work: Work, suppressed: np.ndarray, part: Part, targets: np.ndarray) -> np.ndarray:
    """The cells to suppress besides so that each target may have another value, as far as any cells give it one."""
    of, problem = part.of, work.problem
    before = suppressed[of] | ~problem.is_published[of]
    hidden, short = before, np.flatnonzero(targets[of])
    # What readers come for is the last to go. What suppliers have seen before nothing hides from them.
    for is_open in (before | ~work.is_last_to_go[of], before | ~work.was_shown[of]):
        value = problem.value[of[short]]
        low, high = np.maximum(problem.lower[of[short]], value - ANOTHER), value + ANOTHER
        found = work.needed_of(part, is_open, hidden, short, low, high, np.full(len(short), ANOTHER))
        if found is None:
            break
        hidden = found.variables
        short = short[found.most - found.least < ANOTHER - TOLERANCE]
        if not len(short):
            break
    return of[hidden & ~before]
