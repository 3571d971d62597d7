"""The attack result: the interval of each suppressed figure, and whether it breaks the protection level."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from plie_warehouse.attack.bounds import Contradiction, propagate
from plie_warehouse.attack.components import Component, SplitSystem, split_system
from plie_warehouse.attack.knowledge import (
    CLAUSE,
    COUNTS,
    ESF_CUMULATED,
    ESF_GROWTH,
    ESF_PLIE,
    HOURS,
    PERSONS,
    PLIE,
    TOTAL,
    clause,
    plie,
    quantity,
)
from plie_warehouse.attack.protection_level import ProtectionLevel
from plie_warehouse.attack.published import PRIMARY, SECONDARY, WITHHELD, AttackError, Reading
from plie_warehouse.attack.solver import Question, solve_component
from plie_warehouse.attack.system import NATIONAL, OUTSIDE, TOLERANCE, Builder, Cells, System

# Components that are solved at the same time.
JOBS = 2
# How many cells whose interval looks too narrow are compared, by programmes, with the widest possible interval.
COMPARED = 100
# Counts that say whether any supplier of a year is in no region.
EXISTS = {
    PLIE: (plie("parcours"),),
    CLAUSE: (clause("facilitators", "structures"), clause("hours_delivered", TOTAL, TOTAL)),
}


@dataclass
class Known:
    """By cell: no solution is outside [``low``, ``high``]; ``least`` and ``most`` are in solutions. ``possible``: how
    many values a count can have at most, where a quotient leaves few."""

    low: np.ndarray
    high: np.ndarray
    least: np.ndarray
    most: np.ndarray
    possible: np.ndarray
    undecided: np.ndarray
    components: int = 0
    largest: int = 0
    programmes: int = 0
    searches: int = 0


def examine(system: System, asked: np.ndarray, ends: np.ndarray, enough: np.ndarray, whole: bool = True) -> Known:
    """Bounds, then programmes, for the cells that are ``asked`` for; ``ends``: those that are searched to both bounds,
    the others until they are ``enough`` wide; ``whole``: in whole numbers too. Raises ``Contradiction``."""
    propagate(system)
    split = split_system(system)
    low, high = split.low.copy(), split.high.copy()
    known = Known(low, high, low.copy(), high.copy(), np.full(len(low), np.inf), np.zeros(len(low), bool))
    need = _columns(split, asked, ends, enough)
    questions: list[tuple[Component, Question]] = []
    for component in split.components:
        own = np.flatnonzero(need.asked[component.columns])
        if len(own):
            columns = component.columns[own]
            questions.append((component, Question(own, need.enough[columns], need.ends[columns])))
    # The engine runs outside the interpreter: threads are enough to use the cores.
    with ThreadPoolExecutor(JOBS) as pool:
        answers = list(pool.map(lambda asked: solve_component(*asked, whole), questions))
    for (component, question), answer in zip(questions, answers, strict=True):
        if answer.infeasible:
            raise Contradiction(component.columns.tolist())
        columns = component.columns[question.cells]
        known.low[columns], known.high[columns] = answer.low, answer.high
        known.least[columns], known.most[columns] = answer.least, answer.most
        known.undecided[columns] = answer.undecided
        known.components += 1
        known.largest = max(known.largest, len(component.columns))
        known.programmes += answer.programmes
        known.searches += answer.searches
    _cells(split, known)
    for cell, values in system.domains.items():
        known.possible[cell] = ((values >= known.low[cell] - 0.5) & (values <= known.high[cell] + 0.5)).sum()
    return known


@dataclass(frozen=True)
class _Need:
    """What is asked of each column; see ``Question``."""

    asked: np.ndarray
    ends: np.ndarray
    enough: np.ndarray


def _columns(split: SplitSystem, asked: np.ndarray, ends: np.ndarray, enough: np.ndarray) -> _Need:
    """The most that the cells of a column ask for."""
    size = len(asked)
    need = _Need(np.zeros(size, bool), np.zeros(size, bool), np.zeros(size))
    chosen = np.flatnonzero(asked)
    at = split.column[chosen]
    need.asked[at] = True
    need.ends[at[ends[chosen]]] = True
    np.maximum.at(need.enough, at, enough[chosen])
    return need


def _cells(split: SplitSystem, known: Known) -> None:
    """From columns back to cells."""
    sign, offset, column = split.sign, split.offset, split.column
    for low, high in (("low", "high"), ("least", "most")):
        bottom, top = getattr(known, low)[column], getattr(known, high)[column]
        setattr(known, low, np.where(sign > 0, bottom, -top) + offset)
        setattr(known, high, np.where(sign > 0, top, -bottom) + offset)
    known.undecided = known.undecided[column]


@dataclass
class Target:
    """The cells that the attack is after, by number of the cell. ``primary``: counts that are small by their word;
    what no figure shows has none, and may be small (``outside``). ``few``: few persons stand behind it, or no word says
    how many."""

    cells: np.ndarray
    primary: np.ndarray
    few: np.ndarray
    hours: np.ndarray
    outside: np.ndarray


def targets(cells: Cells, reading: Reading) -> Target:
    """Cells that the publication hides somewhere, and those that it does not have: what is counted in no territory, and
    whom a cumulated figure counts more than the year before."""
    size = len(cells.unit)
    suppressed, primary, few = (np.zeros(size, bool) for _ in range(3))
    for column in reading.columns:
        if "/" in column.table:
            continue
        suppressed_rows = np.isin(column.word, (PRIMARY, SECONDARY))
        # Not published although its level is. Where a level is not published, sums of what is published are no secret.
        suppressed_rows |= (column.word == WITHHELD) & cells.is_at_published_level(column.unit, column.measure)
        at = cells.matrix[column.unit[suppressed_rows], column.measure[suppressed_rows]]
        suppressed[at] = True
        primary[at[column.word[suppressed_rows] == PRIMARY]] = True
        few[at[column.word[suppressed_rows] != SECONDARY]] = True
    kinds = np.array([quantity(measure) for measure in cells.measures])[cells.measure]
    outside_units = [number for number, unit in enumerate(cells.units) if unit[1] == OUTSIDE]
    outside = np.isin(cells.unit, outside_units) & (kinds == PERSONS)
    outside |= np.array([measure[1] == ESF_GROWTH for measure in cells.measures])[cells.measure]
    chosen = np.flatnonzero(suppressed | outside)
    primary = primary & (kinds == PERSONS) | outside
    return Target(
        chosen, primary[chosen], (few | outside)[chosen], (kinds == HOURS)[chosen], (outside & ~suppressed)[chosen]
    )


@dataclass
class Findings:
    """By target. ``given``: what the national figures and the words of the status leave open is no wider."""

    target: Target
    low: np.ndarray
    high: np.ndarray
    recovered: np.ndarray
    too_narrow: np.ndarray
    full: np.ndarray
    known_to_public: np.ndarray
    shown: np.ndarray
    undecided: np.ndarray
    known: Known

    @property
    def broken(self) -> np.ndarray:
        return (self.recovered | self.too_narrow) & ~self.known_to_public


def judge(builder: Builder, system: System, target: Target, level: ProtectionLevel) -> Findings:
    """Attack, and compare with the level. Raises ``AttackError`` when what is published cannot all be true."""
    cells = builder.cells
    size = len(system.low)
    asked, ends, enough = np.zeros(size, bool), np.zeros(size, bool), np.zeros(size)
    asked[target.cells] = True
    ends[target.cells] = target.primary
    enough[target.cells] = wanted = _wanted_widths(target, level)
    shown = (system.low >= system.high)[target.cells] & cells.shown[target.cells]
    try:
        known = examine(system, asked, ends, enough)
    except Contradiction as contradiction:
        names = [cells.name(cells.unit[cell], cells.measure[cell]) for cell in contradiction.cells[:5]]
        raise AttackError(f"les chiffres publiés se contredisent : {' ; '.join(names)}") from contradiction
    at = target.cells
    low, high = known.low[at], known.high[at]
    least, most = known.least[at], known.most[at]
    recovered = high - low < 0.5
    recovered[target.hours] = (high - low <= level.hours_exact)[target.hours]
    values = np.minimum(most - least + 1, known.possible[at])
    recovered |= (values < 1.5) & ~target.hours & ~known.undecided[at]
    # What is at the threshold at least is no small count, whatever its word: it was suppressed for others.
    is_large = low >= level.threshold - TOLERANCE
    too_narrow = values < np.where(is_large, 1, wanted) + 1
    too_narrow[target.hours] = (most - least < wanted - TOLERANCE)[target.hours]
    too_narrow &= ~recovered
    full = target.primary & (least <= TOLERANCE) & (most >= level.threshold - 1 - TOLERANCE)
    known_to_public = np.zeros(len(at), bool)

    # A small count outside the territories has no word: only one that must be small is found.
    large = target.outside & (high >= level.threshold)
    nothing = target.outside & _nothing_outside(cells, known)[at]
    recovered, too_narrow = recovered & ~large & ~nothing, too_narrow & ~large & ~nothing
    full |= large | nothing

    findings = Findings(
        target, low, high, recovered, too_narrow, full, known_to_public, shown, known.undecided[at], known
    )
    _compare(builder, findings, level)
    return findings


def _wanted_widths(target: Target, level: ProtectionLevel) -> np.ndarray:
    """How wide the interval of each target shall be: of what is suppressed for others only, no more than that it is
    one."""
    counts = np.where(target.few, level.width, 1)
    return np.where(target.hours, np.where(target.few, level.hours_width, level.hours_exact), counts).astype(float)


def _nothing_outside(cells: Cells, known: Known) -> np.ndarray:
    """Cells of a year and domain in which every supplier is in a region; those of the ESF+ where every PLIE that
    delivers its operations is."""
    nothing = np.zeros(len(cells.unit), bool)
    is_esf = np.array([measure[1] in ESF_CUMULATED for measure in cells.measures])[cells.measure]
    for number, (_, kind, domain) in enumerate(cells.units):
        for measure in (*EXISTS[domain], ESF_PLIE) if kind == OUTSIDE else ():
            cell = cells.matrix[number, cells.registry.measures[measure]] if measure in cells.registry.measures else -1
            if cell >= 0 and known.high[cell] < TOLERANCE:
                nothing |= (cells.unit == number) & (is_esf | (measure != ESF_PLIE))
    return nothing


def _compare(builder: Builder, findings: Findings, level: ProtectionLevel) -> None:
    """The widest possible intervals: the same cells when nothing below the nation is shown.

    The words of the status stay, as they are known: a count below the threshold or not. A cell that is recovered is
    excused only by the national figures alone, without any word."""
    target = findings.target
    exact = np.zeros(len(target.cells), bool)
    for programmes in (False, True):
        doubtful = np.flatnonzero((findings.broken | target.primary & ~findings.full) & ~findings.known_to_public)
        if not len(doubtful) or (programmes and len(doubtful) > COMPARED):
            return
        cells = target.cells[doubtful]
        low, high = _national_only(builder, cells, level, words=True, programmes=programmes)
        same = (findings.low[doubtful] <= low + TOLERANCE) & (findings.high[doubtful] >= high - TOLERANCE)
        if findings.recovered[doubtful].any():
            low, high = _national_only(builder, cells, level, words=False, programmes=programmes)
            exact[doubtful] = high - low < 0.5
        findings.known_to_public[doubtful] = np.where(findings.recovered[doubtful], exact[doubtful], same)
        findings.full[doubtful] |= target.primary[doubtful] & findings.known_to_public[doubtful]


def _national_only(
    builder: Builder, chosen: np.ndarray, level: ProtectionLevel, words: bool, programmes: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the chosen cells when only the nation is shown; by propagation, or by linear programmes too."""
    cells = builder.cells
    fresh = Cells(builder.registry, builder.reading, level)
    below = np.array([unit[1] != NATIONAL for unit in cells.units])[fresh.unit]
    kinds = np.array([quantity(measure) for measure in cells.measures])[fresh.measure]
    below &= np.isin(kinds, (*COUNTS, HOURS))
    small = below & fresh.shown & (fresh.high < level.threshold) & (kinds == PERSONS)
    large = below & fresh.shown & (fresh.low >= level.threshold) & (kinds == PERSONS)
    opened = below & (fresh.shown if words else True)
    fresh.low[opened], fresh.high[opened] = 0.0, np.inf
    if words:
        fresh.high[small] = level.threshold - 1
        fresh.low[large] = level.threshold
    fresh.shown[below] = False
    grows_from = 0.0 if builder.growths else np.inf
    alone = Builder(fresh, replace(builder.reading, ratios=[]), grows_from)
    system = alone.build(years=builder.year_rows > 0)
    # The same cell may have another number.
    at = fresh.matrix[cells.unit[chosen], cells.measure[chosen]]
    try:
        if not programmes:
            propagate(system)
            return system.low[at], system.high[at]
        asked = np.zeros(len(system.low), bool)
        asked[at] = True
        known = examine(system, asked, asked, np.zeros(len(asked)), whole=False)
    except Contradiction as contradiction:
        raise AttackError("les chiffres nationaux et les mots d'état se contredisent") from contradiction
    return known.low[at], known.high[at]
