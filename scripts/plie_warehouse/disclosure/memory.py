"""What the last release showed: who kept it knows each figure that has not changed since, so that it protects nothing.

A figure that was shown and has not changed stays shown; one that was suppressed and has not changed stays suppressed.
Only what changed is decided anew, as far as small counts can be protected so. Where they cannot, as when the correction
of one supplier makes a count small, any cell may be suppressed again, those that were shown as the last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from plie_warehouse.disclosure.cells import Cells, Key, Measure, Rule, Territory
from plie_warehouse.disclosure.problem import Parameters, build_problem
from plie_warehouse.disclosure.protection import UNSAID


@dataclass(frozen=True)
class Released:
    """The last release. ``shown``, ``hidden``: year -> cell -> value; ``unsaid``: year and cell of those that were
    suppressed without a status that says more -> lowest and highest value that stayed possible; ``decided``: name of a
    problem -> the rows that were suppressed of it."""

    shown: Mapping[int, Mapping[Key, float]] = field(default_factory=dict)
    hidden: Mapping[int, Mapping[Key, float]] = field(default_factory=dict)
    unsaid: Mapping[tuple[int, Territory, Measure], tuple[float, float]] = field(default_factory=dict)
    decided: Mapping[str, Sequence[tuple]] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        figures: Iterable[tuple[int, str, str, str, str, str, str, float]],
        suppressed: Iterable[tuple],
        rules: Mapping[tuple[str, str, str], Rule],
    ) -> Released:
        """``figures``: year, territory kind and code, mart, cut, cut value, measure, value of what could be shown;
        ``suppressed``: what was not, rows of ``COLUMNS`` of the step, of which the last column names the problem."""
        decided: dict[str, list[tuple]] = defaultdict(list)
        were_hidden, unsaid = set(), {}
        for row in suppressed:
            year, kind, code, mart, cut, value, measure, status, low, high, problem = row
            key = year, (kind, code), (mart, cut, measure, value)
            were_hidden.add(key)
            if status == UNSAID:
                unsaid[key] = low, high
            decided[problem].append(row)
        shown: dict[int, dict[Key, float]] = defaultdict(dict)
        hidden: dict[int, dict[Key, float]] = defaultdict(dict)
        for year, kind, code, mart, cut, value, measure, number in figures:
            if rule := rules.get((mart, cut, measure)):
                key = (kind, code), (mart, cut, measure, "" if rule.is_repeated else value)
                (hidden if (year, *key) in were_hidden else shown)[year][key] = float(number)
        return cls(shown, hidden, unsaid, decided)

    def held(self, cells: Cells, year: int, parameters: Parameters) -> Cells | None:
        """The cells with what has not changed as it was; None when nothing is remembered, or when small counts follow
        from what has not changed."""
        shown = self._shown(cells, year, parameters)
        if not shown:
            return None
        hidden = _unchanged(cells, self.hidden.get(year, {})) - cells.known
        unsaid = {
            index: self.unsaid[year, *cells.keys[index]]
            for index in hidden
            if (year, *cells.keys[index]) in self.unsaid
        }
        held = replace(
            cells, known=cells.known | shown, suppressed=cells.suppressed | hidden, unsaid=cells.unsaid | unsaid
        )
        return None if _gives_away(cells, held, parameters) else held

    def preferred(self, cells: Cells, year: int, parameters: Parameters) -> Cells:
        """The cells, of which those that were shown and have not changed are the last to be suppressed."""
        return replace(cells, dear=self._shown(cells, year, parameters))

    def _shown(self, cells: Cells, year: int, parameters: Parameters) -> set[int]:
        """What is small now is not among them: the threshold may be another."""
        same = _unchanged(cells, self.shown.get(year, {})) - cells.suppressed
        return {index for index in same if cells.persons[index] >= parameters.min_cell}


def _unchanged(cells: Cells, then: Mapping[Key, float]) -> set[int]:
    return {index for key, index in cells.published().items() if then.get(key) == cells.values[index]}


def _gives_away(cells: Cells, held: Cells, parameters: Parameters) -> bool:
    """Whether cells that must be suppressed follow from what is held. What follows is no part of a problem."""
    must, open_ = set(), set()
    problem = build_problem(cells, parameters)
    for group, is_primary in zip(problem.members, problem.is_primary, strict=True):
        must |= {index for index in group if is_primary or index in cells.suppressed}
    for group in build_problem(held, parameters).members:
        open_ |= {*group}
    return not must <= open_
