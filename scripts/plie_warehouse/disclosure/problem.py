"""The problem: the cells that do not follow from national rows; cells that must be equal are one variable."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from plie_warehouse.disclosure.cells import COMPLEMENT, CONTRACTS, HOURS, NATIONAL, PERSONS, ROLES, Cells, Relation

# A row of the system: what its variables sum to, and their coefficients.
Row = tuple[float, dict[int, int]]


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
    rows: list[Row]

    def __len__(self) -> int:
        return len(self.members)


@dataclass
class Part:
    """Some variables of a problem with the rows that they need. ``of``: their positions in the problem;
    ``is_boundary``: suppressed elsewhere already, here only with what they may do."""

    of: np.ndarray
    is_boundary: np.ndarray
    rows: list[Row]


def build_problem(cells: Cells, parameters: Parameters) -> Problem:
    """Reduce ``cells``: national rows are published whatever happens, and with them what they alone imply, such as the
    zeros under a national zero."""
    size = len(cells.keys)
    known = [
        index in cells.known or (key is not None and key[0][0] == NATIONAL) for index, key in enumerate(cells.keys)
    ]
    parent = list(range(size))

    def find(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    equations = cells.equations
    while True:
        rows: list[Row] = []
        changed = False
        for equation in equations:
            right, terms = 0.0, Counter()
            for index, coefficient in equation:
                root = find(index)
                if known[root]:
                    right -= coefficient * cells.values[root]
                else:
                    terms[root] += coefficient
            terms = {index: coefficient for index, coefficient in terms.items() if coefficient}
            right = round(right, 2)
            if not terms:
                continue
            signs = set(terms.values())
            if len(terms) == 1 or (not right and len(signs) == 1):
                # One unknown, or a sum of nothing below zero that is zero.
                for index in terms:
                    known[index] = True
                changed = True
            elif len(terms) == 2 and not right and sum(terms.values()) == 0:
                one, other = terms
                parent[other] = one
                changed = True
            else:
                rows.append((right, terms))
        if not changed:
            break
    # Cells that are equal to a known one are known.
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(size):
        if not known[find(index)]:
            groups[find(index)].append(index)
    position = {root: number for number, root in enumerate(groups)}
    distinct = {}
    for right, terms in rows:
        named = tuple(sorted((position[index], coefficient) for index, coefficient in terms.items()))
        if named[0][1] < 0:
            right, named = -right, tuple((index, -coefficient) for index, coefficient in named)
        distinct[named] = (right, dict(named))
    return _describe(cells, list(groups.values()), list(distinct.values()), parameters)


def _describe(cells: Cells, members: list[list[int]], rows: list[Row], parameters: Parameters) -> Problem:
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


def connected(rows: Iterable[Row], is_open: np.ndarray) -> list[list[int]]:
    """Groups of variables that some row ties together, by open variables only."""
    parent = list(range(len(is_open)))
    # As lists: single elements of an array are slow to come by.
    opened = is_open.tolist()

    def find(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for _, terms in rows:
        inside = [index for index in terms if opened[index]]
        for index in inside[1:]:
            parent[find(index)] = find(inside[0])
    groups: dict[int, list[int]] = defaultdict(list)
    for index in np.flatnonzero(is_open).tolist():
        groups[find(index)].append(index)
    return list(groups.values())


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
    rows = [(0.0, {place[name]: 1 for name in one}) for one in tied]
    groups = connected(rows, np.ones(len(names), dtype=bool))
    return {names[number]: names[group[0]] for group in groups for number in group}


def substituted(rows: Sequence[Row], is_open: np.ndarray, value: np.ndarray) -> list[Row]:
    """The rows with everything that is not open replaced by its value."""
    opened, values = is_open.tolist(), value.tolist()
    found = []
    for right, terms in rows:
        inside = {index: coefficient for index, coefficient in terms.items() if opened[index]}
        if len(inside) == len(terms):
            found.append((right, inside))
        elif inside:
            shown = sum(coefficient * values[index] for index, coefficient in terms.items() if not opened[index])
            found.append((round(right - shown, 2), inside))
    return found


def part_of(rows: Sequence[Row], inside: Collection[int], boundary: np.ndarray) -> Part:
    """The variables ``inside``, the rows that hold one of them, and the boundary variables of these rows."""
    chosen = set(inside)
    mine = [row for row in rows if any(index in chosen for index in row[1])]
    extra = sorted({index for _, terms in mine for index in terms if boundary[index]} - chosen)
    of = np.array([*sorted(chosen), *extra])
    position = {index: number for number, index in enumerate(of.tolist())}
    own = [(right, {position[index]: c for index, c in terms.items() if index in position}) for right, terms in mine]
    return Part(of, np.isin(of, extra), own)
