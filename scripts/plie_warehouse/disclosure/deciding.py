"""What is suppressed of a subject, year after year: in the order of the years, since the next knows what one shows.

A subject is the tables that some sum ties together: what is suppressed of one says nothing of another. The result is
cached under a checksum of all that it depends on: a past year that nobody delivered again costs nothing. The cache
holds suppressed values, so only its owner may read it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from plie_warehouse.disclosure import engine
from plie_warehouse.disclosure.cells import (
    BEFORE,
    COMPLEMENT,
    GROWTH,
    NATIONAL,
    OUTSIDE,
    PERSONS,
    Cells,
    DisclosureError,
    Key,
    Measure,
    Relation,
    Rule,
    Territory,
    build_cells,
)
from plie_warehouse.disclosure.memory import Released
from plie_warehouse.disclosure.problem import Parameters
from plie_warehouse.disclosure.protection import UNSAID, Protection, protect
from plie_warehouse.files import commit

# Figures of a subject by year: territory kind and code, mart, cut, cut value, measure, value.
Subject = dict[int, list[tuple]]

# Parameter -> field.
PARAMETERS = {
    "min_cell": "min_cell",
    "disclosure_width": "width",
    "disclosure_hours_share": "hours_share",
    "disclosure_hours_least": "hours_least",
    "disclosure_from_suppliers": "from_suppliers",
}

# The parcours that a year takes over from the one before: its parcours less its entries (additive_relations).
TAKEN_OVER = (COMPLEMENT, "total", "parcours_des_annees_precedentes", "total")
STOCK = ("plie_outcomes", "total", "stock_31_dec", "total")


class _NotDecidedError(Exception):
    """A year whose result is in no cache."""


@dataclass(frozen=True)
class Before:
    """The cells of the year before, and which of them were suppressed: cell -> status, lowest and highest value that
    stay possible."""

    cells: Cells
    suppressed: Mapping[int, tuple[str, float, float]]


@dataclass(frozen=True)
class Network:
    """What every year and subject is decided by; see ``build_cells``. ``parameters``: the rows of the seed;
    ``cache``: where results are kept; ``released``: the last release; ``decides``: False to take what is kept
    alone."""

    rules: dict[tuple[str, str, str], Rule]
    relations: Sequence[Relation]
    parents: dict[Territory, Territory]
    levels: dict[str, int]
    parameters: list[dict[str, Any]]
    cache: Path
    released: Released = field(default_factory=Released)
    decides: bool = True

    def known(self, subject: Subject) -> list[tuple] | None:
        """What ``suppressed`` returns, where every year of it is kept; None where one must be decided."""
        # Where nothing is kept the cells need not be made to see it.
        if not self.released.decided and not (self.cache.is_dir() and any(self.cache.iterdir())):
            return None
        try:
            return replace(self, decides=False).suppressed(subject)
        except _NotDecidedError:
            return None

    def suppressed(self, subject: Subject) -> list[tuple]:
        """The suppressed figures of a subject, rows of ``COLUMNS``. Raises ``DisclosureError`` when a small count
        cannot be protected."""
        years: dict[int, Before] = {}
        found = []
        for year, figures in sorted(subject.items()):
            parameters = _parameters(self.parameters, year)
            cells = build_cells(figures, self.rules, self.relations, self.parents, self.levels)
            # As they are before the other year is added.
            own = cells.copy()
            if year - 1 in years:
                _take_over(cells, years[year - 1])
                _add_growth(cells, years[year - 1], parameters.min_cell)
            problem = _name(cells, parameters, self.parents)
            decided = self.released.decided.get(problem)
            if decided is None:
                protection = self._protection(cells, parameters, year)
                decided = [
                    (year, *cell.territory, *_ordered(cell.measure), cell.status, cell.low, cell.high, problem)
                    for cell in protection.suppressed
                ]
            found += decided
            hidden = {
                ((kind, code), (mart, cut, measure, value)): (status, low, high)
                for _, kind, code, mart, cut, value, measure, status, low, high, _ in decided
            }
            place = own.published()
            # Of a history only the last year stays in memory.
            years = {year: Before(own, {place[key]: how for key, how in hidden.items()})}
        return found

    def _protection(self, cells: Cells, parameters: Parameters, year: int) -> Protection:
        """With what has not changed since the last release as it was, if small counts can be protected so."""
        if held := self.released.held(cells, year, parameters):
            with suppress(DisclosureError):
                return self._cached(held, parameters)
        return self._cached(self.released.preferred(cells, year, parameters), parameters)

    def _cached(self, cells: Cells, parameters: Parameters) -> Protection:
        return _cached_protection(self.cache, cells, parameters, self.parents, self.decides)


def decide(network: Network, subjects: Mapping[str, Subject], _: Callable[[Any], None]) -> dict[str, list[tuple]]:
    """The suppressed figures of several subjects, by their names; decided side by side. For ``run_in_subprocess``.
    Raises ``DisclosureError`` when a small count cannot be protected."""
    # Once, before the threads ask for it.
    _program()
    # Threads are enough: most of the time the engine works, in processes of its own, or the linear programs.
    with ThreadPoolExecutor(len(subjects)) as pool:
        return dict(zip(subjects, pool.map(network.suppressed, subjects.values()), strict=True))


def _ordered(measure: Measure) -> tuple[str, str, str, str]:
    mart, cut, name, cut_value = measure
    return mart, cut, cut_value, name


def _parameters(rows: list[dict[str, Any]], year: int) -> Parameters:
    last_day = date(year, 12, 31)
    in_force = {
        row["name"]: row["value"]
        for row in rows
        if row["name"] in PARAMETERS
        and row["valid_from"] <= last_day
        and (row["valid_to"] is None or row["valid_to"] >= last_day)
    }
    if missing := sorted(PARAMETERS.keys() - in_force):
        raise DisclosureError(f"{year}: no value of {', '.join(missing)} is in force")
    values = {PARAMETERS[name]: float(value) for name, value in in_force.items()}
    kinds = {"min_cell": int, "width": int, "from_suppliers": bool}
    return Parameters(**values | {name: kind(values[name]) for name, kind in kinds.items()})


def _take_over(cells: Cells, before: Before) -> None:
    """Parcours taken over from the year before are its stock: where the two figures agree, a cell that one year
    suppresses must not be known from the other. Nor from what the totals of that year leave of several together."""
    links = []
    for (territory, measure), was in before.cells.published().items():
        index = cells.rests.get((territory, TAKEN_OVER))
        if measure != STOCK or index is None or cells.values[index] != before.cells.values[was]:
            continue
        if was in before.suppressed:
            links.append((territory, index, was))
        else:
            cells.known.add(index)
    if links:
        place = _add_year_before(cells, before, lambda key: key is not None and key[1][:2] == STOCK[:2])
        for territory, index, was in links:
            cells.tie(index, [place[was]], f"{territory} {TAKEN_OVER}")


def _add_growth(cells: Cells, before: Before, min_cell: int) -> None:
    """A figure that is cumulated over years less that of the year before counts the persons of the year: where they
    are few, the two figures must not both be known. And it is no less than that of the year before, of which readers
    know what is published: what stays possible in one year must be so in both."""
    published, then = cells.published(), before.cells.published()
    growths = {
        key: cells.values[index] - before.cells.values[then[key]]
        for key, index in published.items()
        if index in cells.cumulated and key in then
    }
    if not growths:
        return
    place = _add_year_before(cells, before)
    of_regions: dict[Measure, list[int]] = defaultdict(list)
    for (territory, measure), growth in growths.items():
        nation = growths.get(((NATIONAL, "FR"), measure))
        if territory[0] == NATIONAL or nation is None:
            continue
        index, was = published[territory, measure], place[then[territory, measure]]
        mart, cut, name, cut_value = measure
        what = f"{territory} {mart} {cut} {name} {cut_value}"
        is_small, was_suppressed = abs(growth) < min_cell, then[territory, measure] in before.suppressed
        if not nation:
            # What does not grow in the nation grows nowhere, which everybody knows: as the zero under a national zero.
            if not growth:
                cells.tie(index, [was], what)
            continue
        if was_suppressed and is_small:
            cells.suppressed.add(index)
        if growth < 0 and (was_suppressed or not is_small):
            continue
        more = cells.add_rest(abs(growth), PERSONS, what)
        cells.keys[more] = (territory, (mart, cut, f"{GROWTH} {name}", cut_value))
        # Anybody can subtract: what is small is as good as published.
        cells.is_published[more] = is_small
        total, part = (index, was) if growth >= 0 else (was, index)
        cells.tie(total, [part, more], what)
        if growth >= 0 and territory[0] == OUTSIDE[0]:
            of_regions[measure].append(more)
    for measure, parts in of_regions.items():
        # Readers add up the regions: none grew by more than the nation.
        if (growth := growths[(NATIONAL, "FR"), measure]) == sum(cells.values[part] for part in parts):
            nation = cells.add_rest(growth, PERSONS, str(measure))
            cells.known.add(nation)
            cells.tie(nation, parts, str(measure))


def _add_year_before(
    cells: Cells, before: Before, is_asked: Callable[[Key | None], bool] = lambda _: True
) -> dict[int, int]:
    """Add the cells of the year before with their sums, those that were shown as known: cell there -> cell here.
    ``is_asked``: of which cells, by their keys, and sums of these alone."""
    then = before.cells
    place: dict[int, int] = {}
    for number, key in enumerate(then.keys):
        if not is_asked(key):
            continue
        named = None
        if key is not None:
            territory, (mart, cut, name, cut_value) = key
            named = territory, (mart, cut, f"{BEFORE} {name}", cut_value)
        place[number] = index = cells.add(
            named, then.values[number], then.quantities[number], then.persons[number], then.is_published[number]
        )
        cells.least[index] = then.least[number]
        if number in before.suppressed:
            status, low, high = before.suppressed[number]
            cells.suppressed.add(index)
            if status == UNSAID:
                cells.unsaid[index] = low, high
        elif then.is_published[number] or number in then.known:
            cells.known.add(index)
    for equation in then.equations:
        if all(number in place for number, _ in equation):
            cells.equations.append([(place[number], factor) for number, factor in equation])
    return place


def _cached_protection(
    cache: Path, cells: Cells, parameters: Parameters, parents: dict[Territory, Territory], decides: bool = True
) -> Protection:
    file = cache / f"{_name(cells, parameters, parents)}.json"
    if file.exists():
        return Protection.from_json(file.read_text(encoding="utf-8"))
    if not decides:
        raise _NotDecidedError
    found = protect(cells, parameters, parents)
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(found.to_json(), encoding="utf-8")
    commit(draft, file)
    return found


def _name(cells: Cells, parameters: Parameters, parents: dict[Territory, Territory]) -> str:
    """Name of a problem: checksum of all that its result depends on."""
    # Every field of the cells, so that a field added later is in the name too. Sets have no order of their own.
    asked = [sorted(value) if isinstance(value, set) else value for value in vars(cells).values()]
    return hashlib.sha256(repr((asked, sorted(parents.items()), parameters, _program())).encode()).hexdigest()


@cache
def _program() -> str:
    """Checksum of what decides the result besides the figures: this package, the engine, the linear programs."""
    here = Path(__file__).parent
    libraries = {name: version(name) for name in ("highspy", "numpy")}
    digest = hashlib.sha256(json.dumps(engine.engine_versions() | libraries).encode())
    for file in sorted(here.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
