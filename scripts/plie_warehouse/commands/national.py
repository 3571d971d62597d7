"""Consolidate a simulated national network and compare every figure with what the network printed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from plie_warehouse.arguments import add_published_levels
from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

if TYPE_CHECKING:
    from rich.console import Console

    from plie_warehouse.national import Comparison, Stage

NAME = "national"
MEBIBYTE = 1024 * 1024


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Everything is synthetic and goes under $PLIE_DATA_DIR/national (default: data/national)."
        " Exit code: 0 every figure that follows from the rows is explained, 1 one is not, 2 a stage failed.",
    )  # fmt: skip
    add_published_levels(parser)
    parser.add_argument("--quiet", action="store_true", help="do not show what the stages print")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse import national

    console, data = output(), national.folder_of(DataFolder.from_environment())
    stages = national.run(data, options.quiet, options.published_levels)
    comparison = national.compared(data.warehouse)
    _show_stages(stages, console)
    _show_comparison(comparison, console)
    console.print(f"Entrepôt (privé, synthétique)  {data.warehouse}", soft_wrap=True)
    console.print(f"Fichier publié (synthétique)   {data.serving}", soft_wrap=True)
    return 1 if comparison.unexplained else 0


def _show_stages(stages: list[Stage], console: Console) -> None:
    from rich.table import Table

    table = Table("étape", "durée", "processeur", "mémoire au plus", title="Étapes", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in stages:
        table.add_row(one.name, f"{one.seconds:.1f} s", f"{one.processor_seconds:.1f} s", _size(one.memory))
    table.add_section()
    table.add_row(
        "ensemble",
        f"{sum(one.seconds for one in stages):.1f} s",
        f"{sum(one.processor_seconds for one in stages):.1f} s",
        _size(max(one.memory for one in stages)),
    )
    console.print(table)


def _size(memory: int) -> str:
    return f"{memory / MEBIBYTE:.0f} Mio"


def _show_comparison(comparison: Comparison, console: Console) -> None:
    from rich.table import Table

    table = Table("chiffres imprimés", "nombre", title="Comparaison avec les rapports", title_justify="left")
    table.columns[1].justify = "right"
    for label, number in comparison.counts.values():
        table.add_row(label, str(number))
    console.print(table)
    explained = comparison.derivable - comparison.not_comparable - len(comparison.unexplained)
    console.print(
        f"Expliqués : {explained} des {comparison.derivable} chiffres qui découlent de lignes, registres, enquête ou "
        f"règle ; non comparables, d'années livrées par un panel : {comparison.not_comparable}"
    )
    for figure, printed, ours, arithmetic in comparison.contradicted:
        console.print(f"  {figure} : imprimé {printed:g}, calculé {ours:g}. {arithmetic}", markup=False)
    for figure, label, printed, ours in comparison.unexplained:
        value = "rien" if ours is None else f"{ours:g}"
        console.print(f"  sans explication : {figure} ({label}) : imprimé {printed:g}, calculé {value}", markup=False)
