"""Sums of variables: what is known of figures that cannot be seen. As arrays, because a network has tens of thousands
of them, and most of what is asked of them is asked of all at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

# One sum by itself: what its variables sum to, and their coefficients.
Row = tuple[float, dict[int, int]]


@dataclass(frozen=True, eq=False)
class Rows:
    """``right``: what each row sums to; ``number``, ``column``, ``factor``: the terms of all rows, one row after the
    other: row, variable, coefficient. No row is without a term."""

    right: np.ndarray
    number: np.ndarray
    column: np.ndarray
    factor: np.ndarray

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Rows:
        rows = list(rows)
        sizes = np.array([len(terms) for _, terms in rows], dtype=int)
        return cls(
            np.array([right for right, _ in rows], dtype=float),
            np.repeat(np.arange(len(rows)), sizes),
            np.array([index for _, terms in rows for index in terms], dtype=int),
            np.array([factor for _, terms in rows for factor in terms.values()], dtype=float),
        )

    def __len__(self) -> int:
        return len(self.right)

    def __iter__(self) -> Iterator[Row]:
        column, factor = self.column.tolist(), self.factor.astype(int).tolist()
        for right, (first, end) in zip(self.right.tolist(), pairwise(self.starts.tolist()), strict=True):
            yield right, dict(zip(column[first:end], factor[first:end], strict=True))

    @property
    def sizes(self) -> np.ndarray:
        """The number of terms of each row."""
        return np.bincount(self.number, minlength=len(self))

    @property
    def starts(self) -> np.ndarray:
        """Where the terms of each row begin, and where those of the last one end."""
        return np.searchsorted(self.number, np.arange(len(self) + 1))

    @property
    def first(self) -> np.ndarray:
        """The first variable of each row."""
        return self.column[self.starts[:-1]]

    def with_any(self, is_asked: np.ndarray) -> np.ndarray:
        """Which rows hold one of the variables ``is_asked``."""
        found = np.zeros(len(self), dtype=bool)
        found[self.number[is_asked[self.column]]] = True
        return found

    def used(self, size: int) -> np.ndarray:
        """Which of ``size`` variables some row holds."""
        found = np.zeros(size, dtype=bool)
        found[self.column] = True
        return found

    def chosen(self, is_chosen: np.ndarray) -> Rows:
        """Some of the rows."""
        return self._without(is_chosen[self.number], is_chosen, self.right)

    def substituted(self, is_open: np.ndarray, value: np.ndarray) -> Rows:
        """The rows with everything that is not open replaced by its value; those in which nothing is open go."""
        is_kept = is_open[self.column]
        if is_kept.all():
            return self
        gone = ~is_kept
        shown = np.bincount(self.number[gone], self.factor[gone] * value[self.column[gone]], len(self))
        return self._without(is_kept, self.with_any(is_open), np.round(self.right - shown, 2))

    def numbered(self, place: np.ndarray) -> Rows:
        """The rows with their variables numbered by ``place``; those of which it is below zero go, and so do rows in
        which none is left."""
        named = place[self.column]
        if (named >= 0).all():
            return Rows(self.right, self.number, named, self.factor)
        is_kept = named >= 0
        found = self._without(is_kept, np.bincount(self.number[is_kept], minlength=len(self)) > 0, self.right)
        return Rows(found.right, found.number, named[is_kept], found.factor)

    def numbered_anew(self, size: int) -> tuple[np.ndarray, Rows]:
        """The variables that the rows hold, of ``size``, and the rows with these numbered in their order."""
        of = np.flatnonzero(self.used(size))
        return of, self.numbered(places(of, size))

    def split(self, owner: np.ndarray, count: int) -> list[Rows]:
        """The rows of each of ``count`` owners; ``owner``: of each row."""
        order = np.argsort(owner, kind="stable")
        ends = np.searchsorted(owner[order], np.arange(count + 1))
        term_order = np.argsort(owner[self.number], kind="stable")
        term_ends = np.searchsorted(owner[self.number][term_order], np.arange(count + 1))
        place = np.empty(len(self), dtype=int)
        place[order] = np.arange(len(self))
        number, column, factor = (one[term_order] for one in (place[self.number], self.column, self.factor))
        right = self.right[order]
        return [
            Rows(right[one:end], number[first:last] - one, column[first:last], factor[first:last])
            for (one, end), (first, last) in zip(pairwise(ends), pairwise(term_ends), strict=True)
        ]

    def _without(self, is_kept: np.ndarray, is_row_kept: np.ndarray, right: np.ndarray) -> Rows:
        number = (np.cumsum(is_row_kept) - 1)[self.number[is_kept]]
        return Rows(right[is_row_kept], number, self.column[is_kept], self.factor[is_kept])


def places(of: np.ndarray, size: int) -> np.ndarray:
    """The place of each of ``size`` variables in ``of``, -1 for one that is not there."""
    found = np.full(size, -1)
    found[of] = np.arange(len(of))
    return found


def first_alike(column: np.ndarray, factor: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Of each row the first one with the same terms; ``first``: where the terms of each begin."""
    # Few rows are like another: only those that a sum over their terms does not tell apart are compared.
    weight = np.random.default_rng(1).random(column.max(initial=0) + 1)
    _, group, count = np.unique(
        np.add.reduceat(weight[column] * factor, first) if len(first) else np.zeros(0),
        return_inverse=True, return_counts=True,
    )  # fmt: skip
    found, known = np.arange(len(first)), {}
    ends = np.append(first[1:], len(column))
    for place in np.flatnonzero(count[group] > 1).tolist():
        one, end = first[place], ends[place]
        found[place] = known.setdefault((column[one:end].tobytes(), factor[one:end].tobytes()), place)
    return found


@dataclass
class Part:
    """Some variables of a problem with the rows that they need. ``of``: their positions in the problem;
    ``is_boundary``: suppressed elsewhere already, here only with what they may do."""

    of: np.ndarray
    is_boundary: np.ndarray
    rows: Rows


def part_of(rows: Rows, inside: Sequence[int], boundary: np.ndarray) -> Part:
    """The variables ``inside``, the rows that hold one of them, and the boundary variables of these rows."""
    is_inside = np.zeros(len(boundary), dtype=bool)
    is_inside[inside] = True
    mine = rows.chosen(rows.with_any(is_inside))
    extra = np.flatnonzero(mine.used(len(boundary)) & boundary & ~is_inside)
    of = np.concatenate([np.flatnonzero(is_inside), extra])
    is_boundary = np.arange(len(of)) >= len(of) - len(extra)
    return Part(of, is_boundary, mine.numbered(places(of, len(boundary))))


def components(size: int, rows: Rows, is_open: np.ndarray) -> np.ndarray:
    """Of each of ``size`` variables the lowest one that rows tie it to, by open variables only."""
    label = np.arange(size)
    is_kept = is_open[rows.column]
    number, column = rows.number[is_kept], rows.column[is_kept]
    while len(column):
        least = np.full(len(rows), size)
        np.minimum.at(least, number, label[column])
        found = label.copy()
        np.minimum.at(found, column, least[number])
        # A variable goes where the one goes that it was tied to.
        found = found[found]
        if (found == label).all():
            break
        label = found
    return label


def connected(rows: Rows, is_open: np.ndarray) -> list[list[int]]:
    """Groups of variables that some row ties together, by open variables only."""
    label = components(len(is_open), rows, is_open).tolist()
    groups: dict[int, list[int]] = defaultdict(list)
    for index in np.flatnonzero(is_open).tolist():
        groups[label[index]].append(index)
    return list(groups.values())
