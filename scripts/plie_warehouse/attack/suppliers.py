"""What a supplier works out of others: it reads what everybody reads, and knows its own figures besides.

By bounds alone, supplier after supplier: linear programs would find some more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from plie_warehouse.attack.attack_result import targets
from plie_warehouse.attack.bounds import Contradiction, propagate
from plie_warehouse.attack.private import Supplier, own_figures
from plie_warehouse.attack.protection_level import ProtectionLevel
from plie_warehouse.attack.published import AttackError, Registry, find, read
from plie_warehouse.attack.system import SUPPLIER_KINDS, Builder, Cells, System


@dataclass(frozen=True)
class Outcome:
    """``small``: kind of supplier -> small counts of one that are suppressed; ``recovered``: kind of supplier -> those
    that another one works out; ``by``: supplier -> how many it works out. Departments and regions are left out: where
    one supplier alone delivers their figures are its own."""

    small: dict[str, int]
    recovered: dict[str, int]
    by: dict[Supplier, int]


def attack_as_suppliers(
    place: Path,
    warehouse: Path,
    level: ProtectionLevel | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Attack a serving folder or a published file as each supplier in turn. ``warehouse``: the private file whose
    figures it holds. Raises ``AttackError`` when the two do not go together."""
    registry, level = Registry(), level or ProtectionLevel()
    file, _ = find(place)
    reading = read(file, registry, "actuelle")
    own = own_figures(warehouse, registry)
    cells = Cells(registry, reading, level)
    system = Builder(cells).build(years=False)
    _propagated(system, cells, "le public")
    target = targets(cells, reading)
    kinds = np.array([unit[1] for unit in cells.units])[cells.unit]
    small = target.cells[target.primary & np.isin(kinds[target.cells], [*SUPPLIER_KINDS.values()])]
    kind_of = kinds[small]
    is_open = system.high[small] - system.low[small] >= 0.5
    recovered = np.zeros(len(small), bool)
    by = {}
    for number, (supplier, figures) in enumerate(sorted(own.items())):
        progress(f"{number + 1} sur {len(own)} : {supplier[1]}")
        known = replace(system, low=system.low.copy(), high=system.high.copy(), domains={})
        mine = _know(known, cells, figures)
        _propagated(known, cells, supplier[1])
        found = is_open & (known.high[small] - known.low[small] < 0.5) & ~np.isin(small, mine)
        by[supplier] = int(found.sum())
        recovered |= found
    return Outcome(_counted(kind_of), _counted(kind_of[recovered]), by)


def _know(system: System, cells: Cells, figures: Iterable[tuple[int, int, float]]) -> np.ndarray:
    """Fix the cells of a supplier at their values; returns which they are."""
    mine = []
    for unit, measure, value in figures:
        if (cell := cells.matrix[unit, measure]) >= 0:
            system.low[cell] = system.high[cell] = value
            mine.append(cell)
    return np.array(mine, int)


def _propagated(system: System, cells: Cells, who: str) -> None:
    try:
        propagate(system)
    except Contradiction as contradiction:
        names = " ; ".join(cells.name(cells.unit[cell], cells.measure[cell]) for cell in contradiction.cells[:5])
        raise AttackError(f"ce que sait {who} contredit ce qui est publié : {names}") from contradiction


def _counted(kinds: np.ndarray) -> dict[str, int]:
    return {str(kind): int(count) for kind, count in zip(*np.unique(kinds, return_counts=True), strict=True)}


def show(outcome: Outcome, console: Console) -> None:
    """Print how many small counts of suppliers another one works out."""
    table = Table(title="Attaque par un fournisseur qui connaît ses propres chiffres", title_justify="left")
    table.add_column("fournisseur")
    for heading in ("petits effectifs masqués", "retrouvés par un autre fournisseur"):
        table.add_column(heading, justify="right")
    for kind, count in sorted(outcome.small.items()):
        table.add_row(kind, str(count), str(outcome.recovered.get(kind, 0)))
    console.print(table)
    able = sum(count > 0 for count in outcome.by.values())
    console.print(f"{able} fournisseurs sur {len(outcome.by)} retrouvent au moins un effectif d'un autre")
