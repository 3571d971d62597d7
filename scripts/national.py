#!/usr/bin/env python3
"""Consolidate a simulated national network and compare every figure with what the network printed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console
from rich.table import Table

from plie_warehouse import national
from plie_warehouse.paths import DataFolder

MEBIBYTE = 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Run the stages and say what came out; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Everything is synthetic and goes under $PLIE_DATA_DIR/national (default: data/national)."
        " Exit code: 0 every figure that follows from the rows is explained, 1 one is not, 2 a stage failed.",
    )
    parser.add_argument("--quiet", action="store_true", help="do not show what the stages print")
    options = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    data = national.folder_of(DataFolder.from_environment())
    try:
        stages = national.run(data, options.quiet)
        found = national.compared(data.warehouse)
    except (OSError, national.NationalError) as error:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(f"error: {error}")
        return 2
    _show_stages(stages, console)
    _show_comparison(found, console)
    console.print(f"Entrepôt (privé, synthétique)  {data.warehouse}", soft_wrap=True)
    console.print(f"Fichier publié (synthétique)   {data.serving}", soft_wrap=True)
    return 1 if found.unexplained else 0


def _show_stages(stages: list[national.Stage], console: Console) -> None:
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


def _show_comparison(found: national.Comparison, console: Console) -> None:
    table = Table("chiffres imprimés", "nombre", title="Comparaison avec les rapports", title_justify="left")
    table.columns[1].justify = "right"
    for label, number in found.counts.values():
        table.add_row(label, str(number))
    console.print(table)
    explained = found.derivable - len(found.unexplained)
    console.print(
        f"Expliqués : {explained} des {found.derivable} chiffres qui découlent de lignes, registres ou enquête"
    )
    for figure, printed, ours, arithmetic in found.contradicted:
        console.print(f"  {figure} : imprimé {printed:g}, calculé {ours:g}. {arithmetic}", markup=False)
    for figure, label, printed, ours in found.unexplained:
        value = "rien" if ours is None else f"{ours:g}"
        console.print(f"  sans explication : {figure} ({label}) : imprimé {printed:g}, calculé {value}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
