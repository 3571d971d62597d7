"""Put the deliveries of the PLIE together, and write tables as CSV."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable
from pathlib import Path

from plie_warehouse.sample import population, spellings
from plie_warehouse.sample.edge_cases import edge_case_rows
from plie_warehouse.sample.golden import golden_rows

DEFAULT_SEED = 2021
CODE_MAP_COLUMNS = (
    "supplier_code", "field", "local_code", "national_code", "label_fr", "valid_from", "valid_to", "source",
)  # fmt: skip

Table = list[dict[str, str]]


def build_sample(seed: int = DEFAULT_SEED) -> dict[str, Table]:
    """Return the rows of participants, steps, exits and code_maps as text; the same seed gives the same rows.

    Deliveries stand in order of year and supplier; in each, the drawn rows come first.
    """
    rng = random.Random(seed)
    rows = [row for supplier in population.SUPPLIERS for row in population.draw_parcours(supplier, rng)]
    population.set_profiles(rows, rng)
    for year in population.YEARS:
        population.set_exits(rows, year, rng)
    population.link_returns(rows, rng)
    steps = population.draw_steps(rows, rng)

    tables: dict[str, Table] = {name: [] for name in spellings.COLUMNS}
    for year in population.YEARS:
        for row in rows:
            if row.in_year(year):
                _append(tables, "participants", _parcours_cells(row, year), rng)
                if row.exit_date and row.exit_date.year == year:
                    _append(tables, "exits", _exit_cells(row, year), rng)
        for step in steps:
            if step.start_date.year <= year <= step.end_date.year and step.parcours.in_year(year):
                _append(tables, "steps", _step_cells(step, year), rng)
    for table, cells in [*edge_case_rows(), *golden_rows()]:
        tables[table].append({column: cells.get(column, "") for column in spellings.COLUMNS[table]})
    for table in tables.values():  # a stable sort: the order within a delivery stays
        table.sort(key=lambda cells: (cells["reporting_year"].strip(), cells["plie_code"].strip()))
    tables["code_maps"] = spellings.code_map_rows(spellings.STYLES, tables, "plie_code")
    return tables


def write_csv(path: Path, rows: Table, columns: Iterable[str]) -> None:
    """Write `rows` as UTF-8, comma separated, LF, with a header line."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode("utf-8"))


def _append(tables: dict[str, Table], name: str, values: dict[str, object], rng: random.Random) -> None:
    style = spellings.STYLES[str(values["plie_code"])]
    tables[name].append(
        {column: spellings.write_cell(column, values.get(column), style, rng) for column in spellings.COLUMNS[name]}
    )


def _key(row: population.Parcours, year: int) -> dict[str, object]:
    return {
        "reporting_year": year,
        "plie_code": row.supplier.plie_code,
        "participant_id": row.participant_id,
        "parcours_no": row.parcours_no,
    }


def _parcours_cells(row: population.Parcours, year: int) -> dict[str, object]:
    return _key(row, year) | {name: getattr(row, name) for name in spellings.PARTICIPANT_COLUMNS[4:]}


def _exit_cells(row: population.Parcours, year: int) -> dict[str, object]:
    return _key(row, year) | {"exit_date": row.exit_date, "exit_reason": row.exit_reason} | row.job


def _step_cells(step: population.Step, year: int) -> dict[str, object]:
    """A step that ends after the year is still running in the delivery of that year."""
    cells = {name: getattr(step, name) for name in spellings.STEP_COLUMNS[4:]}
    if step.end_date.year > year:
        cells["end_date"] = None
    return _key(step.parcours, year) | cells
