"""Split the system into components that are solved separately: known cells become constants, cells that determine each
other become one column, rows that bound nothing are dropped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plie_warehouse.attack.bounds import Contradiction
from plie_warehouse.attack.system import TOLERANCE, System

# Upper bound of a cell that has none: more than there are people, or hours.
ENDLESS = 1e8


@dataclass(frozen=True)
class Component:
    """Columns that rows connect; ``columns`` are their numbers in ``SplitSystem``, all other numbers are its own."""

    columns: np.ndarray
    low: np.ndarray
    high: np.ndarray
    grain: np.ndarray
    start: np.ndarray
    index: np.ndarray
    weight: np.ndarray
    row_low: np.ndarray
    row_high: np.ndarray

    @property
    def whole(self) -> np.ndarray:
        return self.grain == 1.0


@dataclass(frozen=True)
class SplitSystem:
    """Each cell is ``sign`` x ``column`` + ``offset``; a column has the number of one of its cells, and bounds."""

    components: list[Component]
    column: np.ndarray
    sign: np.ndarray
    offset: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass
class _Rows:
    """Terms in order of their rows, and the bounds of each row."""

    row: np.ndarray
    index: np.ndarray
    weight: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def keep(self, terms: np.ndarray) -> None:
        self.row, self.index, self.weight = self.row[terms], self.index[terms], self.weight[terms]


def split_system(system: System) -> SplitSystem:
    """The components of what is not known, largest first. Raises ``Contradiction``."""
    size = len(system.low)
    split = SplitSystem([], np.arange(size), np.ones(size), np.zeros(size), system.low.copy(), system.high.copy())
    row = np.repeat(np.arange(len(system.row_low)), np.diff(system.start))
    rows = _Rows(row, system.index.copy(), system.weight.copy(), system.row_low.copy(), system.row_high.copy())
    while True:
        _simplify(rows, split)
        if not _merge(rows, split, system.grain):
            break
    _split(rows, split, system.grain)
    return split


def _simplify(rows: _Rows, split: SplitSystem) -> None:
    """Known columns become constants, several terms of one column become one, rows that say nothing go."""
    count = len(rows.low)
    known = split.high[rows.index] - split.low[rows.index] <= TOLERANCE
    constant = np.bincount(rows.row[known], (rows.weight * split.low[rows.index])[known], count)
    rows.low, rows.high = rows.low - constant, rows.high - constant
    rows.keep(~known)

    code = rows.row * len(split.low) + rows.index
    found, of = np.unique(code, return_inverse=True)
    rows.row, rows.index = np.divmod(found, len(split.low))
    rows.weight = np.bincount(of, rows.weight, len(found))
    rows.keep(np.abs(rows.weight) > TOLERANCE)

    low, high = split.low[rows.index], np.minimum(split.high[rows.index], ENDLESS)
    positive = rows.weight > 0
    least = np.bincount(rows.row, rows.weight * np.where(positive, low, high), count)
    most = np.bincount(rows.row, rows.weight * np.where(positive, high, low), count)
    # No value is above ENDLESS: a row that this bound satisfies bounds nothing.
    binding = (least < rows.low - TOLERANCE) | (most > rows.high + TOLERANCE)
    rows.keep(binding[rows.row])


def _merge(rows: _Rows, split: SplitSystem, grain: np.ndarray) -> bool:
    """Equations of two columns: one of them gives the other. True when some were found."""
    count = len(rows.low)
    terms = np.bincount(rows.row, minlength=count)
    first = np.searchsorted(rows.row, np.arange(count))
    pairs = np.flatnonzero((terms == 2) & (rows.high - rows.low < TOLERANCE))
    if not len(pairs):
        return False
    # Column -> (column, sign, offset), followed to its end.
    link: dict[int, tuple[int, float, float]] = {}

    def end(column: int) -> tuple[int, float, float]:
        sign, offset, path = 1.0, 0.0, []
        while column in link:
            path.append(column)
            column, by, more = link[column]
            offset += sign * more
            sign *= by
        return column, sign, offset

    found = False
    for pair in pairs.tolist():
        one, other = rows.index[first[pair]], rows.index[first[pair] + 1]
        weight, by = rows.weight[first[pair]], rows.weight[first[pair] + 1]
        if abs(abs(weight) - abs(by)) > TOLERANCE or grain[one] != grain[other]:
            continue
        one, sign, offset = end(int(one))
        other, other_sign, other_offset = end(int(other))
        if one == other:
            continue
        # weight (sign x one + offset) + by (other_sign x other + other_offset) = value of the row
        value = rows.low[pair] - weight * offset - by * other_offset
        turn = -np.sign(by * other_sign * weight * sign)
        link[one] = (other, float(turn), float(value / (weight * sign)))
        found = True
    if not found:
        return False

    columns = np.arange(len(split.low))
    sign, offset = np.ones(len(columns)), np.zeros(len(columns))
    for column in link:
        columns[column], sign[column], offset[column] = end(column)
    for column in link:
        to = columns[column]
        low, high = (
            (split.low[column] - offset[column]) * sign[column],
            (split.high[column] - offset[column]) * sign[column],
        )
        split.low[to] = max(split.low[to], min(low, high))
        split.high[to] = min(split.high[to], max(low, high))
        if split.low[to] > split.high[to] + TOLERANCE:
            raise Contradiction([column, int(to)])
    shift = rows.weight * offset[rows.index]
    constant = np.bincount(rows.row, shift, count)
    rows.low, rows.high = rows.low - constant, rows.high - constant
    rows.weight, rows.index = rows.weight * sign[rows.index], columns[rows.index]
    at = split.column.copy()
    split.offset[:] += split.sign * offset[at]
    split.sign[:] *= sign[at]
    split.column[:] = columns[at]
    return True


def _split(rows: _Rows, split: SplitSystem, grain: np.ndarray) -> None:
    """Make a component of each set of columns that rows connect."""
    if not len(rows.row):
        return
    label = _labels(len(split.low), rows.row, rows.index)
    columns = np.unique(rows.index)
    columns = columns[np.argsort(label[columns], kind="stable")]
    order = np.argsort(label[rows.index], kind="stable")
    rows.keep(order)
    term_labels = label[rows.index]
    place = np.full(len(split.low), -1)
    names, first = np.unique(label[columns], return_index=True)
    for name, one, other in zip(names, first, [*first[1:], len(columns)], strict=True):
        own = columns[one:other]
        place[own] = np.arange(len(own))
        begin, end = np.searchsorted(term_labels, [name, name + 1])
        numbers, length = np.unique(rows.row[begin:end], return_counts=True)
        split.components.append(
            Component(
                own,
                split.low[own],
                np.minimum(split.high[own], ENDLESS),
                grain[own],
                np.concatenate([[0], np.cumsum(length)]),
                place[rows.index[begin:end]],
                rows.weight[begin:end],
                rows.low[numbers],
                rows.high[numbers],
            )
        )
    split.components.sort(key=lambda component: -len(component.columns))


def _labels(size: int, row: np.ndarray, index: np.ndarray) -> np.ndarray:
    """The smallest column that each column is connected with."""
    label = np.arange(size)
    rows = int(row.max()) + 1
    while True:
        least = np.full(rows, size)
        np.minimum.at(least, row, label[index])
        new = label.copy()
        np.minimum.at(new, index, least[row])
        new = new[new]
        if (new == label).all():
            return label
        label = new
