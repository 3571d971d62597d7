"""What a supplier works out of others (``disclosure_from_suppliers``): it knows its own figures, suppressed or not.

Where two PLIE of a department hide each other, each of them subtracts its own. A third cell must be suppressed too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from plie_warehouse.disclosure import engine
from plie_warehouse.disclosure.cells import DisclosureError, Territory
from plie_warehouse.disclosure.intervals import TOLERANCE, propagated
from plie_warehouse.disclosure.rows import Part, Rows, connected, part_of

if TYPE_CHECKING:
    from plie_warehouse.disclosure.protection import Work

PASSES = 20


def also(work: Work, suppressed: np.ndarray, owners: Sequence[Collection[Territory]], rows_of: dict) -> np.ndarray:
    """The cells to suppress besides, so that no supplier finds exactly a small count of another.

    ``owners``: per variable the suppliers whose figures it is; ``rows_of``: region -> its rows, with the regions of the
    variables in ``work``. What the engine finds no cells for stays as it is: the public does not work it out.
    """
    own_of: dict[Territory, list[int]] = defaultdict(list)
    for index, owned in enumerate(owners):
        for supplier in owned:
            own_of[supplier].append(index)
    jobs: list[tuple[Part, np.ndarray]] = []
    for _, own in sorted(own_of.items()):
        is_own = np.zeros(len(suppressed), dtype=bool)
        is_own[own] = True
        for region in sorted(set().union(*(work.regions[index] for index in own))):
            if region not in rows_of:
                continue
            rows = rows_of[region].substituted(~is_own, work.problem.value)
            targets = _worked_out(work, suppressed, rows)
            jobs += [(part, targets) for part in _parts(rows, targets)]
    found = np.zeros(len(suppressed), dtype=bool)
    with ThreadPoolExecutor(work.workers) as pool:
        for more in pool.map(lambda job: _suppress(work, suppressed, *job), jobs):
            found[more] = True
    return found


def _worked_out(work: Work, suppressed: np.ndarray, rows: Rows) -> np.ndarray:
    """The small counts that bounds give away, given rows in which what is known is a number."""
    problem, found = work.problem, np.zeros(len(suppressed), dtype=bool)
    opened = rows.substituted(suppressed | ~problem.is_published, problem.value)
    of, local = opened.numbered_anew(len(found))
    if not len(of):
        return found
    low, high = propagated(problem.lower[of], work.upper(of), local, PASSES)
    found[of[np.ceil(low - TOLERANCE) >= np.floor(high + TOLERANCE)]] = True
    return found & problem.is_primary & problem.is_published & suppressed


def _parts(rows: Rows, targets: np.ndarray) -> list[Part]:
    """The connected variables around the targets, with their rows."""
    boundary, groups = np.zeros(len(targets), dtype=bool), connected(rows, rows.used(len(targets)))
    return [part_of(rows, group, boundary) for group in groups if targets[group].any()]


def _suppress(work: Work, suppressed: np.ndarray, part: Part, targets: np.ndarray) -> np.ndarray:
    """The cells that the engine adds so that each target has another value, as far as any cells give it one."""
    of = part.of
    chosen = np.flatnonzero(targets[of])
    value = work.problem.value[of[chosen]]
    low, high = np.maximum(work.problem.lower[of[chosen]], value - 1), value + 1
    least, most = work.with_all_suppressed(part).between(chosen, low, high, np.full(len(chosen), np.inf))
    low, high = np.maximum(low, np.ceil(least - TOLERANCE)), np.minimum(high, np.floor(most + TOLERANCE))
    can = low < high
    mine = suppressed[of] | ~work.problem.is_published[of]
    if not can.any():
        return of[[]]
    try:
        more = engine.secondary_cells(work.engine_run(part, mine, chosen[can], low[can], high[can]))
    except DisclosureError:
        return of[[]]
    return of[more]
