"""Bounds by propagation: each row bounds each of its cells by the others, again and again, and counts are whole."""

from __future__ import annotations

from math import inf

import numpy as np

from plie_warehouse.attack.system import TOLERANCE, System

# Rounds of propagation. Bounds that still move then are left to the linear programmes.
ROUNDS = 60
# Longest list of denominators that is tried out for one quotient of two suppressed counts.
TRIED = 200_000


class Contradiction(Exception):
    """The published figures contradict the relations that the attacker knows. ``cells``: some cells concerned."""

    def __init__(self, cells: list[int]) -> None:
        super().__init__("contradiction")
        self.cells = cells


def round_inwards(low: np.ndarray, high: np.ndarray, grain: np.ndarray) -> None:
    """Round bounds inwards to the grain of each cell (1 for counts, 0.01 for hours), without rounding errors."""
    for size in np.unique(grain):
        of = grain == size
        low[of] = np.ceil(low[of] / size - 1e-4) * size
        high[of] = np.floor(high[of] / size + 1e-4) * size


def propagate(system: System) -> None:
    """Tighten ``system.low`` and ``system.high`` in place. Raises ``Contradiction``."""
    row = np.repeat(np.arange(len(system.row_low)), np.diff(system.start))
    groups = system.groups
    for _ in range(ROUNDS):
        before_low, before_high = system.low.copy(), system.high.copy()
        _rows(system, row)
        for group in groups:
            _groups(system, group)
        _quotients(system)
        round_inwards(system.low, system.high, system.grain)
        wrong = np.flatnonzero(system.low > system.high + 1e-5)
        if len(wrong):
            raise Contradiction(wrong.tolist())
        crossed = system.low > system.high
        system.low[crossed] = system.high[crossed]
        moved = (system.low > before_low + 1e-4) | (system.high < before_high - 1e-4)
        if not moved.any():
            return


def _rows(system: System, row: np.ndarray) -> None:
    index, weight, count = system.index, system.weight, len(system.row_low)
    if not count:
        return
    positive = weight > 0
    at_low = weight * np.where(positive, system.low[index], system.high[index])
    at_high = weight * np.where(positive, system.high[index], system.low[index])

    def rest(part: np.ndarray) -> np.ndarray:
        """For each term the sum of the other terms of its row; infinite when one of them is."""
        endless = np.isinf(part)
        finite = np.where(endless, 0.0, part)
        total = np.bincount(row, finite, count)
        number = np.bincount(row, endless, count)
        others = number[row] - endless
        return np.where(others > 0, inf, total[row] - finite)

    least, most = rest(at_low), rest(at_high)
    # weight x cell lies between low - most of the rest and high - least of the rest.
    with np.errstate(invalid="ignore"):
        floor = np.where(np.isinf(most), -inf, system.row_low[row] - most)
        ceiling = np.where(np.isinf(least), inf, system.row_high[row] - least)
    one, other = floor / weight, ceiling / weight
    np.maximum.at(system.low, index, np.where(positive, one, other))
    np.minimum.at(system.high, index, np.where(positive, other, one))


def _groups(system: System, groups: np.ndarray) -> None:
    """All zero or all above zero, group by group. In a group -1 stands for no cell."""
    has = groups >= 0
    above = (has & (system.low[groups] > TOLERANCE)).any(axis=1)
    nothing = (has & (system.high[groups] < TOLERANCE)).any(axis=1)
    if (above & nothing).any():
        group = groups[np.flatnonzero(above & nothing)[0]]
        raise Contradiction(group[group >= 0].tolist())
    zero = groups[nothing]
    system.high[zero[zero >= 0]] = 0.0
    least = groups[above]
    least = least[least >= 0]
    system.low[least] = np.maximum(system.low[least], np.minimum(system.grain[least], system.high[least]))


def _quotients(system: System) -> None:
    """Two suppressed counts whose quotient is shown: few pairs of whole numbers have it."""
    for value, half, over, under in system.quotients:
        first, last = system.low[under], system.high[under]
        if last - first > TRIED or (system.low[over] == system.high[over] and first == last):
            continue
        below = np.arange(first, last + 1)
        least = np.ceil((value - half) * below - 1e-9)
        most = np.floor((value + half) * below + 1e-9)
        # Half up: a quotient that lies half a unit above the shown one would have been shown otherwise.
        least, most = np.maximum(least, system.low[over]), np.minimum(most, system.high[over])
        possible = least <= most
        if not possible.any():
            raise Contradiction([over, under])
        below, least, most = below[possible], least[possible], most[possible]
        system.low[under], system.high[under] = below[0], below[-1]
        system.low[over], system.high[over] = least.min(), most.max()
        system.domains[under] = below
        above = np.unique(np.concatenate([np.arange(one, other + 1) for one, other in zip(least, most, strict=True)]))
        system.domains[over] = above
