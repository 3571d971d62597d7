"""The published figures of one reporting year as cells, and the sums that tie them.

Everybody knows these sums: territories add up, women and men make all persons of known sex, reasons make their class.
They are data: ``reference.additive_relations`` between measures, the registers between territories.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

# Territory (kind, code); what is counted (mart, cut, measure, cut value; an empty cut value when all rows of the cut
# repeat the figure).
Territory = tuple[str, str]
Measure = tuple[str, str, str, str]
# What a cell is known by.
Key = tuple[Territory, Measure]

# Counts of persons, parcours, exits, steps; work contracts; hours. Contracts and hours reveal the persons behind them,
# so that they are suppressed where those are few.
PERSONS, CONTRACTS, HOURS = "personnes", "contrats", "heures"
BEHIND = "beneficiaries"
NATIONAL, TOTAL = "national", "total"
# In place of a mart: what the total of a relation has more than its parts, where other relations speak of it.
COMPLEMENT = "complement"
# Before the name of a cumulated measure: what it has more than in the year before, which nobody publishes.
GROWTH = "accroissement"
# Before the name of a cumulated measure: the figure of the year before, which was decided with its year.
BEFORE = "annee precedente"
# What national rows hold and no region does: suppliers that no register knows, or that have no department in it.
OUTSIDE: Territory = ("region", "hors territoire")


class DisclosureError(Exception):
    """The published figures cannot be protected; the message says which, and why."""


@dataclass(frozen=True)
class Rule:
    """How a measure is published: ``quantity`` of what, ``is_repeated`` on every row of its cut, and the finest level
    at which readers get it."""

    quantity: str
    is_repeated: bool
    finest_level: str


@dataclass(frozen=True)
class Term:
    """The cells of a relation: ``which`` is empty for the only one, ``=pattern`` for the same cut value in every term,
    else the patterns of the values that are summed, with ``|`` between them."""

    mart: str
    cut: str
    measure: str
    which: str

    @property
    def is_each(self) -> bool:
        return self.which.startswith("=")

    def values(self, known: Iterable[str]) -> list[str]:
        patterns = self.which.removeprefix("=").split("|")
        return [value for value in known if any(fnmatchcase(value, pattern) for pattern in patterns)]


@dataclass
class Relation:
    """``total`` = sum of ``parts``. ``rest`` is what the total has more than its parts, ``excess`` what it has less:
    neither is published, both are zero or more; a rest that other relations speak of has a name. ``zero``,
    ``at_least_one`` and ``cumulated`` stand alone: cells that are nothing, or something, by definition, or that hold
    the figure of the year before."""

    name: str
    total: Term | None = None
    parts: list[Term] = field(default_factory=list)
    rest: Term | None = None
    excess: Term | None = None
    zero: Term | None = None
    at_least_one: Term | None = None
    cumulated: Term | None = None


ROLES = {
    "reste": "rest", "exces": "excess", "nul": "zero", "non_nul": "at_least_one", "cumul": "cumulated",
    "total": "total",
}  # fmt: skip
ALONE = ("zero", "at_least_one", "cumulated")


def relations_of(rows: Iterable[Mapping[str, str]]) -> list[Relation]:
    """Read ``reference.additive_relations``: one row per term and role. Raises ``DisclosureError``."""
    found: dict[str, Relation] = {}
    for row in rows:
        relation = found.setdefault(row["relation_id"], Relation(row["relation_id"]))
        term = Term(row["mart"] or "", row["cut"] or "", row["measure"] or "", row["cut_values"] or "")
        if row["role"] == "part":
            relation.parts.append(term)
        else:
            setattr(relation, ROLES[row["role"]], term)
    for relation in found.values():
        is_alone = any(getattr(relation, name) for name in ALONE)
        if (relation.total is None or not relation.parts) and not is_alone:
            raise DisclosureError(f"additive_relations: {relation.name} has no total or no part")
    return list(found.values())


@dataclass
class Cells:
    """Cells of one year. Per cell: ``keys`` (territory and measure; None for a rest), ``values`` (counts, hours),
    ``quantities``, ``persons`` (how many stand behind the figure), ``is_published``, ``least`` (what it is at least, by
    definition); ``known``: cells known to the public; ``suppressed``: cells that are suppressed
    elsewhere and must stay so; ``dear``: cells that are the last to be suppressed, because they were shown before;
    ``unsaid``: suppressed cells whose status said nothing before, with the lowest and highest value that stayed
    possible; ``rests``: the rests that have a name; ``cumulated``: cells that hold those of the
    year before; ``equations``: lists of (cell, coefficient) whose sum is zero."""

    keys: list[Key | None] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    quantities: list[str] = field(default_factory=list)
    persons: list[float] = field(default_factory=list)
    is_published: list[bool] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    known: set[int] = field(default_factory=set)
    suppressed: set[int] = field(default_factory=set)
    dear: set[int] = field(default_factory=set)
    unsaid: dict[int, tuple[float, float]] = field(default_factory=dict)
    rests: dict[Key, int] = field(default_factory=dict)
    cumulated: set[int] = field(default_factory=set)
    equations: list[list[tuple[int, int]]] = field(default_factory=list)

    def copy(self) -> Cells:
        """The same cells, to which others may be added."""
        return Cells(**{name: copy(value) for name, value in vars(self).items()})

    def published(self) -> dict[Key, int]:
        """The cells that have a key: territory and measure -> cell."""
        return {key: index for index, key in enumerate(self.keys) if key is not None}

    def add(self, key: Key | None, value: float, quantity: str, persons: float, published: bool = True) -> int:
        self.keys.append(key)
        self.values.append(value)
        self.quantities.append(quantity)
        self.persons.append(persons)
        self.is_published.append(published)
        self.least.append(0.0)
        return len(self.keys) - 1

    def add_rest(self, value: float, quantity: str, what: str) -> int:
        if value < 0:
            raise DisclosureError(f"{what}: a rest of {value:g} is below zero")
        return self.add(None, value, quantity, value, published=False)

    def tie(self, total: int, parts: Sequence[int], what: str) -> None:
        """``total`` = sum of ``parts``. Raises ``DisclosureError`` when the figures say otherwise: what readers take
        for a sum must be one, or the protection rests on sand."""
        if self.difference(total, parts):
            raise DisclosureError(
                f"{what}: {self.values[total]} is not the sum of {[self.values[part] for part in parts]}"
                f" ({self.keys[total]})"
            )
        self.equations.append([(total, -1), *((part, 1) for part in parts)])

    def difference(self, total: int, parts: Sequence[int]) -> float:
        return round(self.values[total] - sum(self.values[part] for part in parts), 2)


def build_cells(
    figures: Iterable[tuple[str, str, str, str, str, str, float]],
    rules: Mapping[tuple[str, str, str], Rule],
    relations: Sequence[Relation],
    parents: Mapping[Territory, Territory],
    levels: Mapping[str, int],
) -> Cells:
    """Cells and equations of one year.

    ``figures``: territory kind and code, mart, cut, cut value, measure, value; ``rules`` by (mart, cut, measure);
    ``parents``: the territory above each; ``levels``: rank of each territory kind, finest first.
    Raises ``DisclosureError`` when a sum does not hold.
    """
    cells = Cells()
    figures = list(figures)
    values: dict[Territory, dict[Measure, int]] = defaultdict(dict)
    cut_values: dict[str, set[str]] = defaultdict(set)
    behind = {
        (kind, code, mart, cut, cut_value): float(value)
        for kind, code, mart, cut, cut_value, name, value in figures
        if name == BEHIND
    }
    for kind, code, mart, cut, cut_value, name, value in figures:
        rule = rules[mart, cut, name]
        cut_values[cut].add(cut_value)
        if rule.quantity not in (PERSONS, CONTRACTS, HOURS) or levels[kind] < levels[rule.finest_level]:
            continue
        territory, measure = (kind, code), (mart, cut, name, "" if rule.is_repeated else cut_value)
        if measure not in values[territory]:
            persons = float(value)
            if rule.quantity != PERSONS:
                row = (cut, cut_value) if not rule.is_repeated else ("total", "total")
                persons = behind.get((kind, code, mart, *row), 0.0)
            values[territory][measure] = cells.add((territory, measure), float(value), rule.quantity, persons)

    _tie_territories(cells, values, parents)
    listed = {cut: sorted(found) for cut, found in cut_values.items()}
    for relation in relations:
        for here in _expand(relation, listed):
            for territory in list(values):
                _apply(cells, territory, values[territory], here, relation.name)
    return cells


def _apply(
    cells: Cells, territory: Territory, here: dict[Measure, int], relation: dict[str, list[Measure]], name: str
) -> None:
    """One relation, in one territory, as far as its terms are published there."""
    what = f"{name} {territory}"
    for measure in relation.get("zero", ()):
        if measure in here:
            if cells.values[here[measure]]:
                raise DisclosureError(f"{what}: {measure} is not zero")
            cells.known.add(here[measure])
    for measure in relation.get("at_least_one", ()):
        if measure in here:
            cells.least[here[measure]] = 1.0
    cells.cumulated |= {here[measure] for measure in relation.get("cumulated", ()) if measure in here}
    if "total" not in relation or relation["total"][0] not in here:
        return
    total = here[relation["total"][0]]
    parts = [here[part] for part in relation["part"] if part in here]
    if not parts:
        return
    quantity = cells.quantities[total] if cells.quantities[total] == HOURS else PERSONS
    is_whole = len(parts) == len(relation["part"])
    if "excess" in relation:
        if is_whole:
            excess = cells.add_rest(-cells.difference(total, parts), quantity, what)
            cells.equations.append([(total, -1), (excess, -1), *((part, 1) for part in parts)])
    elif "rest" in relation or not is_whole:
        # Parts that are not published at this level are a rest for the reader.
        rest = cells.add_rest(cells.difference(total, parts), quantity, what)
        cells.tie(total, [*parts, rest], what)
        if is_whole and relation.get("rest"):
            measure = relation["rest"][0]
            here[measure] = cells.rests[territory, measure] = rest
            cells.keys[rest] = (territory, measure)
    else:
        cells.tie(total, parts, what)


def _tie_territories(
    cells: Cells, values: dict[Territory, dict[Measure, int]], parents: Mapping[Territory, Territory]
) -> None:
    below: dict[Territory, dict[Measure, list[int]]] = defaultdict(lambda: defaultdict(list))
    for territory, figures in values.items():
        if territory in parents:
            for measure, index in figures.items():
                below[parents[territory]][measure].append(index)
    for territory, figures in list(values.items()):
        parts, named = below.get(territory, {}), {}
        outside: set[str] = set()
        if territory[0] == NATIONAL:
            named = below.get(OUTSIDE, {})
            parts = {measure: [] for measure in named} | parts
            outside = {measure[0] for measure in parts if cells.difference(figures[measure], parts[measure])}
            outside |= {measure[0] for measure in named}
        for measure, found in parts.items():
            if measure not in figures:
                raise DisclosureError(f"{measure} is published below {territory} and not for it")
            total, what = figures[measure], f"{territory} {measure}"
            if measure[0] in outside:
                rest = cells.add_rest(cells.difference(total, found), cells.quantities[total], what)
                # Anybody can subtract: it is as good as published.
                cells.keys[rest], cells.is_published[rest] = (OUTSIDE, measure), True
                if cells.quantities[total] != PERSONS:
                    cells.persons[rest] = cells.persons[total] - sum(cells.persons[part] for part in found)
                values[OUTSIDE][measure] = rest
                found = [*found, rest]
                if measure in named:
                    inside = list(named[measure])
                    # That nobody else delivered is published (network_coverage).
                    if cells.difference(rest, inside):
                        inside.append(cells.add_rest(cells.difference(rest, inside), cells.quantities[rest], what))
                    cells.tie(rest, inside, what)
            cells.tie(total, found, what)


def _expand(relation: Relation, cut_values: Mapping[str, Sequence[str]]) -> list[dict[str, list[Measure]]]:
    """The relation once per cut value that its terms share: role -> measures."""
    terms = {role: [term] for role in ROLES.values() if (term := getattr(relation, role)) is not None} | (
        {"part": relation.parts} if relation.parts else {}
    )
    shared = [
        set(term.values(cut_values.get(term.cut, ()))) for found in terms.values() for term in found if term.is_each
    ]

    def measures(term: Term, each: str) -> list[Measure]:
        if not term.measure:
            return []
        if term.is_each:
            chosen = [each]
        elif term.cut == TOTAL:
            chosen = [TOTAL]
        else:
            chosen = term.values(cut_values.get(term.cut, ())) if term.which else [""]
        return [(term.mart, term.cut, term.measure, value) for value in chosen]

    found = []
    for each in sorted(set.intersection(*shared)) if shared else [""]:
        roles = {role: [m for term in listed for m in measures(term, each)] for role, listed in terms.items()}
        if "total" not in roles or (len(roles["total"]) == 1 and roles["part"]):
            found.append(roles)
    return found
