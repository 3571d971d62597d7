#!/usr/bin/env python3
"""Measure the disclosure control on a warehouse that was built: time by year, and what it hides by table (D60)."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import duckdb
from rich.console import Console
from rich.table import Table

from plie_warehouse.disclosure import step
from plie_warehouse.paths import DataFolder

INPUTS = {
    "figures": "intermediate.int_disclosure__figures",
    "measures": "reference.measures",
    "additive_relations": "reference.additive_relations",
    "territory_kinds": "reference.territory_kinds",
    "parameters": "reference.parameters",
    "plie": "marts.dim_plie",
    "structures": "marts.dim_clause_structure",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    default = DataFolder.from_environment().warehouse
    parser.add_argument("--warehouse", type=Path, default=default, help="private DuckDB file (default: %(default)s)")
    arguments = parser.parse_args()
    console = Console()
    if not arguments.warehouse.is_file():
        console.print(f"error: no warehouse at {arguments.warehouse}: build it first", style="red", soft_wrap=True)
        return 2
    with duckdb.connect(str(arguments.warehouse), read_only=True) as connection, tempfile.TemporaryDirectory() as empty:
        scan = _seconds(lambda: connection.execute(f"select sum(measure_value) from {INPUTS['figures']}").fetchall())
        # Nothing is remembered from before.
        memory = Path(empty) / "memory"
        with console.status("disclosure control"):
            started = time.perf_counter()
            frame = step.hidden_figures(
                memory=memory, **{name: connection.table(table) for name, table in INPUTS.items()}
            )
            took = time.perf_counter() - started
        again = _seconds(
            lambda: step.hidden_figures(
                memory=memory, **{name: connection.table(table) for name, table in INPUTS.items()}
            )
        )
        rows = connection.execute(
            "select mart, territory_kind, sum(figures), sum(figures_primary), sum(figures_secondary),"
            " sum(figures_withheld), sum(persons), sum(persons_hidden) from quality.disclosure_utility"
            " group by all order by mart, territory_kind"
        ).fetchall()
    years = sorted(set(frame["reporting_year"]))
    console.print(
        f"Secret statistique : {took:.1f} s pour {len(years)} année(s), {len(frame)} chiffres masqués"
        f" ({took / scan:.0f} fois une lecture des chiffres) ; {again:.1f} s quand rien n'a changé"
    )
    table = Table("table", "niveau", "chiffres", "primaires", "secondaires", "non diffusés", "% masqués", "% personnes")
    for mart, kind, figures, primary, secondary, withheld, persons, hidden in rows:
        shares = (
            f"{100 * part / whole:.1f}" if whole else ""
            for part, whole in ((primary + secondary, figures), (hidden, persons))
        )
        table.add_row(mart, kind, *(f"{n}" for n in (figures, primary, secondary, withheld)), *shares)
    console.print(table)
    return 0


def _seconds(call) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
