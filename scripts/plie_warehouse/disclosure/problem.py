"""The problem: the cells that do not follow from national rows; cells that must be equal are one variable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np

from plie_warehouse.disclosure.cells import COMPLEMENT, CONTRACTS, HOURS, NATIONAL, PERSONS, ROLES, Cells, Relation
from plie_warehouse.disclosure.rows import Rows, components, connected, first_alike, places


@dataclass(frozen=True)
class Parameters:
    """The rules of D60, from ``reference.parameters``. ``min_cell``: counts under it are suppressed. ``hours_share``
    and ``hours_least``: how far above the true hours a reader must be able to suspect them, as a share and at least in
    hours. ``width``: how far apart the lowest and the highest possible value of a suppressed count must be at least.
    ``from_suppliers``: no supplier may work out a small count of another with what it knows of itself."""

    min_cell: int
    hours_share: float
    hours_least: float
    width: int
    from_suppliers: bool = False


@dataclass
class Problem:
    """A system of variables, each one cell or several equal ones.

    ``members``: the cells of each; ``value``; ``is_published``: a reader would see it; ``is_primary``: it is small and
    must be suppressed; ``is_suppressed``: it is suppressed from the start, also for other reasons; ``is_hours``;
    ``least``: what it is at least, by definition; ``lower``, ``upper``: what a reader knows of it once it is
    suppressed, from its status alone; ``wanted_low``, ``wanted_high``: the values that must stay possible; ``rows``:
    the sums.
    """

    members: list[list[int]]
    value: np.ndarray
    is_published: np.ndarray
    is_primary: np.ndarray
    is_suppressed: np.ndarray
    is_hours: np.ndarray
    least: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    wanted_low: np.ndarray
    wanted_high: np.ndarray
    rows: Rows

    def __len__(self) -> int:
        return len(self.members)


def build_problem(cells: Cells, parameters: Parameters) -> Problem:
    """Reduce ``cells``: national rows are published whatever happens, and with them what they alone imply, such as the
    zeros under a national zero."""
    size = len(cells.keys)
    value = np.array(cells.values, dtype=float)
    known = np.array([key is not None and key[0][0] == NATIONAL for key in cells.keys], dtype=bool)
    known[list(cells.known)] = True
    terms = _terms(cells.equations)
    # The first of the cells that must be equal stands for them.
    first = np.arange(size)
    while True:
        rows = _among_unknown(terms, first, known, value)
        least, most = np.ones(len(rows)), -np.ones(len(rows))
        np.minimum.at(least, rows.number, rows.factor)
        np.maximum.at(most, rows.number, rows.factor)
        is_zero = rows.right == 0
        # One unknown, or a sum of nothing below zero that is zero.
        tells = (rows.sizes == 1) | (is_zero & ((least > 0) | (most < 0)))
        equal = (rows.sizes == 2) & is_zero & (np.bincount(rows.number, rows.factor, len(rows)) == 0) & ~tells
        if not tells.any() and not equal.any():
            break
        known[rows.column[tells[rows.number]]] = True
        first = components(size, rows.chosen(equal), np.ones(size, dtype=bool))[first]
        # Cells that are equal to a known one are known.
        is_known = np.zeros(size, dtype=bool)
        is_known[first[known]] = True
        known = is_known[first]
    of, position = np.unique(first[~known], return_inverse=True)
    members: list[list[int]] = [[] for _ in of]
    for index, number in zip(np.flatnonzero(~known).tolist(), position.tolist(), strict=True):
        members[number].append(index)
    return _describe(cells, members, _distinct(rows.numbered(places(of, size))), parameters)


def _terms(equations: list[list[tuple[int, int]]]) -> Rows:
    """The equations of the cells as rows that sum to zero."""
    flat = np.fromiter(chain.from_iterable(chain.from_iterable(equations)), dtype=int).reshape(-1, 2)
    number = np.repeat(np.arange(len(equations)), np.array([len(equation) for equation in equations], dtype=int))
    return Rows(np.zeros(len(equations)), number, flat[:, 0], flat[:, 1].astype(float))


def _among_unknown(terms: Rows, first: np.ndarray, known: np.ndarray, value: np.ndarray) -> Rows:
    """The rows without what is known, each variable of a row once, lowest first; rows in which none is left go."""
    opened = terms.substituted(~known, value)
    size = len(first)
    keys, inverse = np.unique(opened.number * size + first[opened.column], return_inverse=True)
    factor = np.bincount(inverse, opened.factor, len(keys))
    keys, factor = keys[factor != 0], factor[factor != 0]
    rows = Rows(opened.right, keys // size, keys % size, factor)
    return rows.chosen(rows.sizes > 0)


def _distinct(rows: Rows) -> Rows:
    """The rows, those that say the same once, their first coefficient above zero."""
    starts = rows.starts[:-1]
    sign = np.sign(rows.factor[starts])
    rows = Rows(rows.right * sign, rows.number, rows.column, rows.factor * sign[rows.number])
    return rows.chosen(first_alike(rows.column, rows.factor, starts) == np.arange(len(rows)))


def _describe(cells: Cells, members: list[list[int]], rows: Rows, parameters: Parameters) -> Problem:
    value = np.array([cells.values[group[0]] for group in members], dtype=float)
    published = np.array([any(cells.is_published[index] for index in group) for group in members], dtype=bool)
    quantity = np.array([cells.quantities[group[0]] for group in members])
    hours = quantity == HOURS
    persons = np.array(
        [
            min((cells.persons[index] for index in group if cells.is_published[index]), default=np.inf)
            for group in members
        ],
        dtype=float,
    )
    primary = published & (persons < parameters.min_cell)
    # What a status says by itself: few persons, or not so few.
    least = np.array([max(cells.least[index] for index in group) for group in members], dtype=float)
    lower = least.copy()
    upper = np.full(len(members), np.inf)
    counts = published & ~hours
    lower[counts & ~primary] = parameters.min_cell
    upper[(quantity == PERSONS) & primary] = parameters.min_cell - 1
    low, high = value.copy(), value.copy()
    low[primary] = lower[primary]
    high[counts & primary] = parameters.min_cell - 1
    contracts = (quantity == CONTRACTS) & primary
    high[contracts] = np.maximum(high[contracts], value[contracts] + 1)
    small = hours & primary
    high[small] = np.ceil(value[small] + np.maximum(value[small] * parameters.hours_share, parameters.hours_least))
    suppressed = primary | np.array(
        [any(index in cells.suppressed for index in group) for group in members], dtype=bool
    )
    return Problem(members, value, published, primary, suppressed, hours, least, lower, upper, low, high, rows)


def subjects_of(relations: Iterable[Relation]) -> dict[str, str]:
    """Marts that some relation ties together, by relations of relations too: mart -> name of its subject. A mart that
    no relation names is a subject of its own."""
    # A complement is no table: the one of each measure ties those that speak of it.
    tied = [
        [
            f"{term.mart} {term.measure}" if term.mart == COMPLEMENT else term.mart
            for term in (*relation.parts, *(getattr(relation, role) for role in ROLES.values()))
            if term and term.mart
        ]
        for relation in relations
    ]
    names = sorted({name for one in tied for name in one})
    place = {name: number for number, name in enumerate(names)}
    rows = Rows.of((0.0, {place[name]: 1 for name in one}) for one in tied)
    groups = connected(rows, np.ones(len(names), dtype=bool))
    return {names[number]: names[group[0]] for group in groups for number in group}
