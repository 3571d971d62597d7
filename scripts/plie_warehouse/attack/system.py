"""Cells and equations of all that is published, as one sparse system with bounds.

Cells that are shown are fixed; suppressed ones have the bounds that their status word gives. The rows are what
everybody knows (``knowledge``), in every territory; the sums over territories; what the published quotients say; and,
when they agree, the years.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

import numpy as np

from plie_warehouse.attack.knowledge import (
    AMOUNT,
    CLAUSE,
    CONTRACTS,
    COUNTS,
    DURATION,
    ESF_CUMULATED,
    ESF_FIRST_YEAR,
    ESF_GROWTH,
    ESF_OF_THE_NETWORK,
    HOURS,
    PERSONS,
    PLIE,
    THINGS,
    Measure,
    adds_up,
    clause,
    is_distinct,
    plie,
    quantity,
    relations,
    same_when_all_have_etp,
    zero_together,
)
from plie_warehouse.attack.protection_level import ProtectionLevel
from plie_warehouse.attack.published import (
    NOT_KNOWN,
    PRIMARY,
    PUBLISHED,
    SECONDARY,
    SMALL_BASE,
    WITHHELD,
    AttackError,
    Reading,
    Registry,
)

SUPPLIER_KINDS = {PLIE: "plie", CLAUSE: "structure"}
DEPARTMENT, REGION, NATIONAL = "departement", "region", "national"
# How what a kept version adds is named.
KEPT = "versions/"
# What counts in the nation and in no region: suppliers that no register knows.
OUTSIDE = "hors territoire"
TOLERANCE = 1e-6
# Hours have two decimals, ETP four: the least that is not nothing.
GRAIN = {PERSONS: 1.0, CONTRACTS: 1.0, THINGS: 1.0, HOURS: 0.01, AMOUNT: 0.0001, DURATION: 0.000001}
HOURS_PER_ETP = clause("hours_per_etp")


@dataclass
class Rows:
    """Sparse rows low <= a.x <= high, being gathered; ``label`` says where each comes from."""

    index: list[np.ndarray] = field(default_factory=list)
    weight: list[np.ndarray] = field(default_factory=list)
    length: list[np.ndarray] = field(default_factory=list)
    low: list[np.ndarray] = field(default_factory=list)
    high: list[np.ndarray] = field(default_factory=list)

    def add(self, index: np.ndarray, weight: np.ndarray, low: float | np.ndarray, high: float | np.ndarray) -> None:
        """Rows of a matrix of cells; where it is negative there is no term."""
        has = index >= 0
        self.index.append(index[has])
        self.weight.append(np.broadcast_to(weight, index.shape)[has])
        self.length.append(has.sum(axis=1))
        self.low.append(np.broadcast_to(np.asarray(low, float), len(index)))
        self.high.append(np.broadcast_to(np.asarray(high, float), len(index)))


@dataclass
class System:
    """``low``, ``high``, ``grain`` (1 for counts): by cell. Rows in compressed form: ``start``, ``index``, ``weight``.

    ``quotients``: published ones of two suppressed counts: value, half a unit of its last decimal, numerator,
    denominator. ``groups``: cells that are all zero or all above zero. ``domains``: possible values of cells that have
    few."""

    low: np.ndarray
    high: np.ndarray
    grain: np.ndarray
    start: np.ndarray
    index: np.ndarray
    weight: np.ndarray
    row_low: np.ndarray
    row_high: np.ndarray
    groups: list[np.ndarray]
    quotients: list[tuple[float, float, int, int]]
    domains: dict[int, np.ndarray] = field(default_factory=dict)


class Cells:
    """Every cell of every territory and year, with what is shown of it.

    By cell: ``unit`` and ``measure`` (numbers in ``units`` and ``measures``), bounds ``low`` and ``high``, ``shown``.
    ``matrix``: cell by unit and measure, -1 where there is none. ``levels``: kinds of territory at which each measure
    is published, delivered or not; ``current_levels`` leaves kept versions out. ``present``: units that the publication
    in force has rows of. ``contradictions``: what cannot be true."""

    def __init__(self, registry: Registry, reading: Reading, level: ProtectionLevel) -> None:
        self.registry, self.reading, self.level = registry, reading, level
        self.units = list(registry.units)
        self.measures = list(registry.measures)
        self.contradictions: list[str] = []
        self._gather()

    def _gather(self) -> None:
        columns = self.reading.columns
        span = len(self.measures)
        code = np.concatenate([column.unit * span + column.measure for column in columns])
        value = np.concatenate([column.value for column in columns])
        word = np.concatenate([column.word for column in columns])
        found, of = np.unique(code, return_inverse=True)
        shown = ~np.isnan(value)

        low = np.full(len(found), -inf)
        high = np.full(len(found), inf)
        np.maximum.at(low, of[shown], value[shown])
        np.minimum.at(high, of[shown], value[shown])
        is_shown = np.zeros(len(found), bool)
        is_shown[of[shown]] = True
        differs = is_shown & (low > high + TOLERANCE)
        kinds = np.array([quantity(measure) for measure in self.measures])[found % span]

        is_suppressed = np.zeros(len(found), bool)
        # Not given although its level is: suppressed too, and no word says how small it is.
        self.levels = self._levels(code[word != WITHHELD])
        suppressed_rows = np.isin(word, (PRIMARY, SECONDARY))
        suppressed_rows |= (word == WITHHELD) & self.is_at_published_level(code // span, code % span)
        is_suppressed[of[suppressed_rows]] = True
        low[~is_shown], high[~is_shown] = 0.0, inf
        threshold = self.level.threshold
        small, large = np.zeros(len(found), bool), np.zeros(len(found), bool)
        small[of[word == PRIMARY]] = True
        large[of[word == SECONDARY]] = True
        high[small & ~is_shown & (kinds == PERSONS)] = threshold - 1
        # Contracts that are fewer than five have fewer than five persons.
        low[large & ~is_shown & np.isin(kinds, (PERSONS, CONTRACTS))] = threshold
        self.contradictions += [
            f"{self._name(found[one])} : chiffres différents selon l'endroit" for one in np.flatnonzero(differs)[:20]
        ]
        # Where the measure is not published, or nobody delivered it, there is no cell.
        stands = is_shown | is_suppressed
        blank = ~is_shown[of] & (word == PUBLISHED)
        if blank.any():
            raise AttackError(f"{blank.sum()} chiffres dits publiés sont vides")
        self.shown = is_shown[stands]
        self.low, self.high = low[stands], high[stands]
        self.unit, self.measure = (found // span)[stands], (found % span)[stands]
        old = np.concatenate([np.full(len(column.unit), column.table.startswith(KEPT)) for column in columns])
        self.current_levels = self._levels(code[(word != WITHHELD) & ~old])
        self.present = set(np.unique(code[~old] // span).tolist())
        self.matrix = np.full((len(self.units), span), -1)
        self.matrix[self.unit, self.measure] = np.arange(len(self.unit))

    def _levels(self, code: np.ndarray) -> set[tuple[str, int]]:
        span = len(self.measures)
        return {(self.units[one // span][1], one % span) for one in np.unique(code).tolist()}

    def is_at_published_level(self, unit: np.ndarray, measure: np.ndarray) -> np.ndarray:
        """Some territory of the same kind has the measure."""
        pairs = zip(unit.tolist(), measure.tolist(), strict=True)
        return np.array([(self.units[one][1], other) in self.levels for one, other in pairs], dtype=bool)

    def _name(self, code: int) -> str:
        return self.name(*divmod(int(code), len(self.measures)))

    def name(self, unit: int, measure: int) -> str:
        year, kind, territory = self.units[unit]
        return f"{year} {kind} {territory} {' '.join(self.measures[measure][1:])}"

    def add(self, units: np.ndarray, measures: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Cells that nobody publishes, and that take part in equations."""
        new = np.arange(len(self.unit), len(self.unit) + len(units))
        self.unit, self.measure = np.append(self.unit, units), np.append(self.measure, measures)
        self.low, self.high = np.append(self.low, low), np.append(self.high, high)
        self.shown = np.append(self.shown, np.zeros(len(units), bool))
        self.matrix[units, measures] = new
        return new


class Builder:
    """Makes the system from the cells. ``outside``: units of what is in no region. ``grows_from``: the share of figures
    cumulated over years that may not be below those of the year before, for the attacker to count on the others; above
    1 he does not."""

    def __init__(self, cells: Cells, reading: Reading | None = None, grows_from: float = inf) -> None:
        self.cells, self.rows = cells, Rows()
        self.registry, self.reading = cells.registry, reading or cells.reading
        self.outside: dict[int, int] = {}
        self.groups: list[np.ndarray] = []
        self.quotients: list[tuple[float, float, int, int]] = []
        self.year_rows = 0
        self.grows_from, self.growths = grows_from, 0

    def build(self, years: bool) -> System:
        self._constants()
        self._outside()
        self._withheld()
        self._territories()
        self._relations()
        self._delivered()
        self._facilitators()
        self._ratios()
        if years:
            self._years()
        self._growths()
        self._of_the_network()
        self._zero_together()
        return self._compress()

    # Cells ------------------------------------------------------------------------------------------------------

    def _constants(self) -> None:
        """The divisor of the hours is the same everywhere in a year (D40)."""
        number = self.registry.measures.get(HOURS_PER_ETP)
        self.divisor: dict[int, float] = {}
        if number is None:
            return
        cells = self.cells
        has = np.flatnonzero((cells.measure == number) & cells.shown)
        for one in has.tolist():
            self.divisor[cells.units[cells.unit[one]][0]] = cells.low[one]
        for one in np.flatnonzero((cells.measure == number) & ~cells.shown).tolist():
            year = cells.units[cells.unit[one]][0]
            divisor = self.divisor.setdefault(year, self.reading.parameters.get("hours_per_etp", np.nan))
            if not np.isnan(divisor):
                cells.low[one] = cells.high[one] = divisor

    def _outside(self) -> None:
        """Cells of the nation less its regions, which anybody can compute, where some supplier is in no region. One
        that is in the register without a department has figures of its own, where they are published of suppliers."""
        cells = self.cells
        for domain, suppliers in self.reading.suppliers.items():
            if not any(not registered or region is None for _, region, registered in suppliers.values()):
                continue
            named = [code for code, (_, region, registered) in suppliers.items() if registered and region is None]
            for year in sorted({year for year, kind, _ in cells.units if kind == NATIONAL}):
                nation = self.registry.units.get((year, NATIONAL, "FR"))
                only_named = (domain, year) in self.reading.nobody_outside
                delivered = any((year, SUPPLIER_KINDS[domain], code) in self.registry.units for code in named)
                if nation is None or (only_named and not delivered):
                    continue
                measures = [
                    number
                    for number, measure in enumerate(cells.measures)
                    if measure[0] == domain and cells.matrix[nation, number] >= 0 and self._published_below(number)
                    and measure != HOURS_PER_ETP
                    and not (only_named and (SUPPLIER_KINDS[domain], number) in cells.levels)
                ]  # fmt: skip
                if not measures:
                    continue
                unit = self.registry.unit((year, OUTSIDE, domain))
                if unit == len(cells.units):
                    cells.units.append((year, OUTSIDE, domain))
                    cells.matrix = np.vstack([cells.matrix, np.full((1, cells.matrix.shape[1]), -1)])
                top = cells.high[cells.matrix[nation, measures]]
                cells.add(np.full(len(measures), unit), np.array(measures), np.zeros(len(measures)), top)
                self.outside[nation * 2 + (domain == CLAUSE)] = unit

    def _published_below(self, measure: int) -> bool:
        return any((kind, measure) in self.cells.levels for kind in (*SUPPLIER_KINDS.values(), DEPARTMENT, REGION))

    def _withheld(self) -> None:
        """Cells of counts that are not published at a level where a quotient of them is."""
        cells = self.cells
        for ratio in self.reading.ratios:
            shown = ~np.isnan(ratio.value)
            for measure, other in ((ratio.numerator, ratio.denominator), (ratio.denominator, ratio.numerator)):
                lacking = shown & (cells.matrix[ratio.unit, measure] < 0) & (cells.matrix[ratio.unit, other] >= 0)
                if lacking.any():
                    unit, number = np.unique(np.column_stack([ratio.unit, measure])[lacking], axis=0).T
                    cells.add(unit, number, np.zeros(len(unit)), np.full(len(unit), inf))

    def _delivered(self) -> None:
        """A PLIE has a row only if somebody is in parcours: D02. Its territories too."""
        for name in ("parcours", "persons_in_parcours"):
            number = self.registry.measures.get(plie(name))
            if number is None:
                continue
            cells = self.cells
            for one in np.flatnonzero(cells.measure == number).tolist():
                if cells.units[cells.unit[one]][1] != OUTSIDE and not cells.shown[one]:
                    cells.low[one] = max(cells.low[one], 1.0)

    # Rows -------------------------------------------------------------------------------------------------------

    def _add(self, index: np.ndarray, weight: np.ndarray, low: float | np.ndarray, high: float | np.ndarray) -> None:
        """Keep the rows that have at least one cell that is not shown."""
        cells = self.cells
        open_ = np.append(cells.low < cells.high, False)[index]
        keep = open_.any(axis=1)
        self._check(index[~keep], weight, low, high)
        if keep.any():
            self.rows.add(
                index[keep],
                weight if weight.ndim == 1 else weight[keep],
                low if np.isscalar(low) else np.asarray(low)[keep],
                high if np.isscalar(high) else np.asarray(high)[keep],
            )

    def _check(self, index: np.ndarray, weight: np.ndarray, low: float | np.ndarray, high: float | np.ndarray) -> None:
        """Note rows of shown cells that do not hold: the attack then uses a wrong relation."""
        if not len(index) or not np.isscalar(low):
            return
        value = np.append(self.cells.low, 0.0)[index]
        total = np.where(index >= 0, value * weight, 0.0).sum(axis=1)
        wrong = (total < low - 1e-4) | (total > high + 1e-4)
        for row in index[wrong][:3]:
            names = [self.cells.name(self.cells.unit[cell], self.cells.measure[cell]) for cell in row if cell >= 0]
            self.cells.contradictions.append(f"ne s'additionne pas : {' ; '.join(names[:4])}")

    def _relations(self) -> None:
        cells = self.cells
        hours = self.reading.parameters.get("max_monthly_hours", inf)
        for relation in relations(cells.measures, hours if np.isfinite(hours) else 1e6):
            numbers = [self.registry.measures.get(measure, -1) for measure, _ in relation.terms]
            weight = np.array([weight for _, weight in relation.terms])
            index = np.where(np.array(numbers) >= 0, cells.matrix[:, [max(number, 0) for number in numbers]], -1)
            present = (index >= 0).sum(axis=1)
            some = np.flatnonzero(present >= min(2, len(numbers)))
            if not len(some):
                continue
            index = index[some]
            lacking = (index < 0).any(axis=1)
            if lacking.any():
                open_ = np.append(cells.low < cells.high, False)[index].any(axis=1)
                index = self._fill(index[~lacking | open_], some[~lacking | open_], numbers, relation.terms)
            self._add(index, weight, relation.low, relation.high)

    def _fill(
        self, index: np.ndarray, units: np.ndarray, numbers: list[int], terms: tuple[tuple[Measure, float], ...]
    ) -> np.ndarray:
        """Make cells, from 0 on, of terms that exist and are not published at a level."""
        cells = self.cells
        for position, number in enumerate(numbers):
            missing = index[:, position] < 0
            if not missing.any():
                continue
            if number < 0:
                number = self.registry.measure(terms[position][0])
                if number == len(cells.measures):
                    cells.measures.append(terms[position][0])
                    cells.matrix = np.hstack([cells.matrix, np.full((len(cells.matrix), 1), -1)])
                numbers[position] = number
            at = units[missing]
            index[missing, position] = cells.matrix[at, number]
            fresh = np.unique(at[cells.matrix[at, number] < 0])
            if len(fresh):
                cells.add(fresh, np.full(len(fresh), number), np.zeros(len(fresh)), np.full(len(fresh), inf))
                index[missing, position] = cells.matrix[at, number]
        return index

    def _territories(self) -> None:
        """Each territory is the sum of its parts, at the next level at which the measure is published."""
        cells = self.cells
        for domain, suppliers in self.reading.suppliers.items():
            of_domain = [number for number, measure in enumerate(cells.measures) if measure[0] == domain]
            order = (SUPPLIER_KINDS[domain], DEPARTMENT, REGION, NATIONAL)
            # Level -> level below -> measures.
            below: dict[tuple[str, str], list[int]] = defaultdict(list)
            for number in of_domain:
                published = [kind for kind in order if (kind, number) in cells.levels]
                for small, large in pairwise(published):
                    below[large, small].append(number)
            parents = self._parents(suppliers)
            members: dict[tuple[int, str, str], list[int]] = defaultdict(list)
            direct: dict[int, list[int]] = defaultdict(list)
            for (year, kind, code), unit in self.registry.units.items():
                if unit not in cells.present:
                    continue
                for level, parent in parents(kind, code):
                    members[self.registry.units.get((year, level, parent), -1), level, kind].append(unit)
                if kind == SUPPLIER_KINDS[domain] and not parents(kind, code)[:-1]:
                    direct[self.registry.units.get((year, NATIONAL, "FR"), -1)].append(unit)
            for (large, small), numbers in below.items():
                for (unit, level, kind), parts in members.items():
                    if level != large or kind != small or unit < 0:
                        continue
                    beside = list(parts)
                    if large == NATIONAL:
                        if small != SUPPLIER_KINDS[domain]:
                            beside += direct.get(unit, [])
                        outside = self.outside.get(unit * 2 + (domain == CLAUSE))
                        beside += [outside] if outside is not None else []
                    there = [number for number in numbers if cells.matrix[unit, number] >= 0]
                    # Shown by a kept version alone, and of some territories only: the others have a cell too.
                    withdrawn = [number for number in there if (small, number) not in cells.current_levels]
                    for number in withdrawn:
                        lacking = np.array([part for part in parts if cells.matrix[part, number] < 0], int)
                        if len(lacking):
                            numbers_of = np.full(len(lacking), number)
                            cells.add(lacking, numbers_of, np.zeros(len(lacking)), np.full(len(lacking), inf))
                    self._sum(unit, sorted(set(beside)), there)

    def _parents(self, suppliers: dict[str, tuple[str | None, str | None, bool]]):
        regions = {department: region for department, region, _ in suppliers.values() if department}
        kinds = set(SUPPLIER_KINDS.values())

        def parents(kind: str, code: str) -> list[tuple[str, str]]:
            if kind in kinds:
                if code not in suppliers:
                    return []
                department, region, _ = suppliers[code]
                above = [(DEPARTMENT, department), (REGION, region)] if department else []
                return [*above, (NATIONAL, "FR")]
            if kind == DEPARTMENT:
                return [(REGION, regions[code]), (NATIONAL, "FR")] if regions.get(code) else []
            return [(NATIONAL, "FR")] if kind == REGION else []

        return parents

    def _sum(self, unit: int, parts: list[int], numbers: list[int]) -> None:
        if not numbers or not parts:
            return
        cells = self.cells
        summed = np.array([number for number in numbers if adds_up(cells.measures[number])], int)
        distinct = np.array([number for number in numbers if is_distinct(cells.measures[number])], int)
        weight = np.array([1.0] + [-1.0] * len(parts))
        for chosen, high in ((summed, 0.0), (distinct, 0.0)):
            if len(chosen):
                index = cells.matrix[[unit, *parts]][:, chosen].T
                # Things that several territories share: the whole is not above the sum of its parts, nor below a part.
                self._add(index, weight, 0.0 if chosen is summed else -inf, high)
        for part in parts:
            if len(distinct):
                pair = cells.matrix[[unit, part]][:, distinct].T
                pair = pair[pair[:, 1] >= 0]
                if len(pair):
                    self._add(pair, np.array([1.0, -1.0]), 0.0, inf)

    def _facilitators(self) -> None:
        """Where every structure has a known ETP the totals are those of all structures; and ETP x divisor is exact."""
        cells, of = self.cells, self.registry.measures
        structures, with_etp = (of.get(clause("facilitators", name)) for name in ("structures", "structures_with_etp"))
        if structures is None or with_etp is None:
            return
        pairs = [(of.get(one), of.get(other)) for one, other in same_when_all_have_etp()]
        fte, in_hours = (of.get(clause("facilitators", f"facilitators_etp{suffix}")) for suffix in ("", "_hours"))
        for unit in range(len(cells.units)):
            one, other = cells.matrix[unit, structures], cells.matrix[unit, with_etp]
            if min(one, other) >= 0 and cells.low[one] == cells.high[one] == cells.low[other] == cells.high[other]:
                for part, whole in pairs:
                    if part is not None and whole is not None and cells.matrix[unit, [part, whole]].min() >= 0:
                        self._add(cells.matrix[[unit]][:, [part, whole]], np.array([1.0, -1.0]), 0.0, 0.0)
            divisor = self.divisor.get(cells.units[unit][0])
            if divisor and fte is not None and in_hours is not None and cells.matrix[unit, [fte, in_hours]].min() >= 0:
                self._add(cells.matrix[[unit]][:, [in_hours, fte]], np.array([1.0, -divisor]), 0.0, 0.0)

    def _ratios(self) -> None:
        """A published quotient bounds what it is made of; one that is not published says why."""
        cells = self.cells
        for ratio in self.reading.ratios:
            numerator = cells.matrix[ratio.unit, ratio.numerator]
            denominator = cells.matrix[ratio.unit, ratio.denominator]
            both = (numerator >= 0) & (denominator >= 0)
            closed = cells.low >= cells.high
            open_ = both & ~(closed[numerator] & closed[denominator])
            shown = ~np.isnan(ratio.value)
            for mark, low, high in (
                (NOT_KNOWN, 0.0, 0.0),
                (SMALL_BASE, 0.0, float(self.cells.level.small_base - 1)),
            ):
                chosen = denominator[open_ & ~shown & (ratio.word == mark)]
                chosen = chosen[~closed[chosen]]
                cells.low[chosen] = np.maximum(cells.low[chosen], low)
                cells.high[chosen] = np.minimum(cells.high[chosen], high)
            chosen = np.flatnonzero(open_ & shown)
            if not len(chosen):
                continue
            over, under = numerator[chosen], denominator[chosen]
            least = np.array([GRAIN[quantity(cells.measures[number])] for number in ratio.denominator[chosen]])
            cells.low[under] = np.maximum(cells.low[under], np.where(closed[under], cells.low[under], least))
            half = 0.5 * 10.0**-ratio.decimals
            value = ratio.value[chosen]
            index = np.column_stack([over, under])
            ones = np.ones(len(chosen))
            self._add(index, np.column_stack([ones, -(value - half)]), -1e-9 * ones, inf * ones)
            self._add(index, np.column_stack([ones, -(value + half)]), -inf * ones, 1e-9 * ones)
            for top, bottom, number, part in zip(over, under, value, ratio.numerator[chosen], strict=True):
                if not closed[top] and not closed[bottom] and quantity(cells.measures[part]) in COUNTS:
                    self.quotients.append((float(number), half, int(top), int(bottom)))

    def _years(self) -> None:
        """Stock of a year + entries of the next = parcours of the next, where the same suppliers delivered both."""
        for row in self.year_links():
            self._add(np.array([row]), np.array([1.0, 1.0, -1.0]), 0.0, 0.0)
            self.year_rows += 1

    def year_links(self) -> list[list[int]]:
        """Cells stock(Y), entries(Y + 1), parcours(Y + 1) of each territory whose suppliers delivered both years, or of
        those where the years are known to agree."""
        of = self.registry.measures
        numbers = [of.get(plie(name)) for name in ("stock_31_dec", "entries", "parcours")]
        suppliers, agreeing = self.reading.suppliers.get(PLIE), self.reading.agreeing_years
        if None in numbers or suppliers is None:
            return []
        parents = self._parents(suppliers)
        delivered: dict[tuple[int, str, str], set[str]] = defaultdict(set)
        for (year, kind, code), unit in self.registry.units.items():
            if kind == SUPPLIER_KINDS[PLIE] and unit in self.cells.present:
                delivered[year, kind, code].add(code)
                for level, parent in parents(kind, code):
                    if level != NATIONAL:
                        delivered[year, level, parent].add(code)
        links = []
        for (year, kind, code), unit in self.registry.units.items():
            later = self.registry.units.get((year + 1, kind, code))
            if later is None or not delivered.get((year, kind, code)):
                continue
            if delivered[year, kind, code] != delivered.get((year + 1, kind, code)):
                continue
            if agreeing is not None and (year + 1, kind, code) not in agreeing:
                continue
            row = [int(self.cells.matrix[at, number]) for at, number in zip((unit, later, later), numbers, strict=True)]
            if min(row) >= 0:
                links.append(row)
        return links

    def growth_links(self) -> np.ndarray:
        """Cells of a figure that is cumulated, of a year and of the year before, in each territory that has both."""
        cells = self.cells
        numbers = [number for number, measure in enumerate(cells.measures) if measure[1] in ESF_CUMULATED]
        pairs = [
            (self.registry.units[year - 1, kind, code], unit)
            for (year, kind, code), unit in self.registry.units.items()
            if (year - 1, kind, code) in self.registry.units
        ]
        links = [cells.matrix[np.ix_(pair, numbers)].T for pair in pairs]
        links = np.concatenate([np.empty((0, 2), int), *links])
        return links[(links >= 0).all(axis=1)]

    def _growths(self) -> None:
        """What a cumulated figure has more than that of the year before: the persons of the year, whom no figure shows,
        and who are no more than those of the nation. What does not grow there grows nowhere, and is no secret."""
        cells, links = self.cells, self.growth_links()
        shown = cells.shown[links].all(axis=1)
        more = cells.low[links[:, 1]] - cells.low[links[:, 0]]
        if not shown.any() or (more[shown] >= 0).mean() < self.grows_from:
            return
        unit, measure = cells.unit[links[:, 1]], cells.measure[links[:, 1]]
        places = [cells.units[one][:2] for one in unit.tolist()]
        of_nation = {
            (year, number): growth
            for (year, kind), number, growth, known in zip(places, measure.tolist(), more.tolist(), shown, strict=True)
            if kind == NATIONAL and known
        }
        for one, (year, kind) in enumerate(places):
            most = of_nation.get((year, measure[one]), inf)
            if kind == NATIONAL or most <= 0 or (shown[one] and more[one] < 0):
                continue
            growth = cells.add(unit[[one]], np.array([self._growth_of(measure[one])]), np.zeros(1), np.array([most]))
            self.rows.add(np.array([[*links[one, ::-1], growth[0]]]), np.array([1.0, -1.0, -1.0]), 0.0, 0.0)
            self.growths += 1

    def _of_the_network(self) -> None:
        """Participants of the ESF+ are some of those whom the network counted since the programme began."""
        if self.grows_from > 1:
            return
        cells, units = self.cells, self.registry.units
        for small, large in ESF_OF_THE_NETWORK:
            numbers = [self.registry.measures.get(measure) for measure in (small, large)]
            if None in numbers:
                continue
            for (year, kind, code), unit in units.items():
                since = [units.get((one, kind, code)) for one in range(ESF_FIRST_YEAR, year + 1)]
                row = [
                    cells.matrix[unit, numbers[0]],
                    *(-1 if one is None else cells.matrix[one, numbers[1]] for one in since),
                ]
                if len(row) > 1 and min(row) >= 0:
                    self._add(np.array([row]), np.array([-1.0, *(1.0 for _ in since)]), 0.0, inf)

    def _growth_of(self, number: int) -> int:
        """The number of the measure that says how much more a cumulated one is."""
        cells = self.cells
        measure = (PLIE, ESF_GROWTH, *cells.measures[number][1:])
        found = self.registry.measure(measure)
        if found == len(cells.measures):
            cells.measures.append(measure)
            cells.matrix = np.hstack([cells.matrix, np.full((len(cells.matrix), 1), -1)])
        return found

    def _zero_together(self) -> None:
        cells = self.cells
        for group in zero_together(cells.measures):
            numbers = [self.registry.measures[measure] for measure in group if measure in self.registry.measures]
            if len(numbers) < 2:
                continue
            rows = cells.matrix[:, numbers]
            open_ = np.append(cells.low < cells.high, False)[rows].any(axis=1) & ((rows >= 0).sum(axis=1) > 1)
            if open_.any():
                self.groups.append(rows[open_])

    def _compress(self) -> System:
        cells, rows = self.cells, self.rows
        grain = np.array([GRAIN[quantity(measure)] for measure in cells.measures])[cells.measure]

        def joined(arrays: list[np.ndarray], kind: type) -> np.ndarray:
            return np.concatenate(arrays).astype(kind) if arrays else np.zeros(0, kind)

        length = joined(rows.length, int)
        return System(
            cells.low.copy(),
            cells.high.copy(),
            grain,
            np.concatenate([[0], np.cumsum(length)]),
            joined(rows.index, int),
            joined(rows.weight, float),
            joined(rows.low, float),
            joined(rows.high, float),
            self.groups,
            self.quotients,
        )


def years_agree(builder: Builder, share: float) -> tuple[int, int, bool]:
    """Territories where all three figures are shown; those where the years agree; and whether an attacker may count on
    the others to agree too. Where it is known which do, both numbers are theirs."""
    cells = builder.cells
    links = np.array(builder.year_links(), int).reshape(-1, 3)
    if builder.reading.agreeing_years is not None:
        return len(links), len(links), len(links) > 0 and share <= 1
    closed = (cells.low >= cells.high)[links].all(axis=1)
    stock, entries, parcours = cells.low[links[closed]].T if closed.any() else np.zeros((3, 0))
    agreeing = int((np.abs(stock + entries - parcours) < TOLERANCE).sum())
    checked = int(closed.sum())
    return checked, agreeing, checked > 0 and agreeing >= share * checked


def merge_kept(registry: Registry, current: Reading, kept: Reading, level: ProtectionLevel) -> tuple[Reading, int, int]:
    """Take from a kept release the figures and statuses of the territories whose figures did not change.

    A territory of a year is unchanged when all figures that both show are the same. Returns what it adds, and the
    numbers of unchanged and of changed ones.
    """
    now, then = Cells(registry, current, level), Cells(registry, kept, level)
    span = len(registry.measures)

    def shown(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
        code = cells.unit * span + cells.measure
        return code[cells.shown], cells.low[cells.shown]

    code_now, value_now = shown(now)
    code_then, value_then = shown(then)
    _, at_now, at_then = np.intersect1d(code_now, code_then, return_indices=True)
    same = np.abs(value_now[at_now] - value_then[at_then]) < TOLERANCE
    units = code_now[at_now] // span
    both, changed = set(units.tolist()), set(units[~same].tolist())
    unchanged = np.array(sorted(both - changed), int)
    added = Reading(kept.name)
    for column in kept.columns:
        added.columns.append(column.where(np.isin(column.unit, unchanged), f"{kept.name}/{column.table}"))
    for ratio in kept.ratios:
        added.ratios.append(ratio.where(np.isin(ratio.unit, unchanged), f"{kept.name}/{ratio.table}"))
    return added, len(both - changed), len(changed)
