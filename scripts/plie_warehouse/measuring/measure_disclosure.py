"""Measure the disclosure control on a warehouse that was built: time by year, and what it hides by table (D60)."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import duckdb
from rich.table import Table

from plie_warehouse.console import output
from plie_warehouse.disclosure import step
from plie_warehouse.errors import UsageError

INPUTS = {
    "figures": "intermediate.int_disclosure__figures",
    "measures": "reference.measures",
    "additive_relations": "reference.additive_relations",
    "territory_kinds": "reference.territory_kinds",
    "parameters": "reference.parameters",
    "plie": "marts.dim_plie",
    "structures": "marts.dim_clause_structure",
}


def measure(options: argparse.Namespace) -> None:
    """Run the disclosure control twice on a warehouse and print its time and what it suppresses. Raises ``UsageError``
    when the warehouse is not there."""
    if not options.warehouse.is_file():
        raise UsageError(f"no warehouse at {options.warehouse}: run make build first")
    console = output()
    with duckdb.connect(str(options.warehouse), read_only=True) as connection, tempfile.TemporaryDirectory() as empty:
        scan = _seconds(lambda: connection.execute(f"select sum(measure_value) from {INPUTS['figures']}").fetchall())
        # An empty cache.
        cache = Path(empty) / "memory"
        with console.status("disclosure control"):
            started = time.perf_counter()
            frame = step.suppressed_figures(
                cache=cache, **{name: connection.table(table) for name, table in INPUTS.items()}
            )
            took = time.perf_counter() - started
        again = _seconds(
            lambda: step.suppressed_figures(
                cache=cache, **{name: connection.table(table) for name, table in INPUTS.items()}
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
    for mart, kind, figures, primary, secondary, withheld, persons, suppressed in rows:
        shares = (
            f"{100 * part / whole:.1f}" if whole else ""
            for part, whole in ((primary + secondary, figures), (suppressed, persons))
        )
        table.add_row(mart, kind, *(f"{n}" for n in (figures, primary, secondary, withheld)), *shares)
    console.print(table)


def _seconds(call) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
