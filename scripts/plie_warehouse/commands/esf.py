"""Export the common indicators of the ESF+ of an intermediate body, cumulated to a date."""

from __future__ import annotations

import argparse
from datetime import date

from plie_warehouse.arguments import iso_date
from plie_warehouse.commands import add
from plie_warehouse.paths import DataFolder

NAME = "esf"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Writes a workbook and CSV under $PLIE_DATA_DIR/esf/<oi>/<date>, for their owner only: the figures of the"
        " body, of its PLIE and of their operations, the identities of D84, the bridge from the network's figures at"
        " the end of a year, and the rows that lack a value, by file and line. Exit code: 0 written, 1 an identity does"
        " not hold, 2 the body or the date has no figures.",
    )  # fmt: skip
    parser.add_argument("--oi", required=True, metavar="CODE", help="code of the intermediate body")
    parser.add_argument("--date", type=iso_date, required=True, help="last day of the cumulation, YYYY-MM-DD")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.esf.esf_export import export

    folder, figures = export(DataFolder.from_environment(), options.oi, date.fromisoformat(options.date))
    of_body = [row for row in figures.indicators if row["territory_kind"] == "oi" and row["sex"] == "total"]
    states = [row["availability"] for row in of_body if row["region_category"] == "total"]
    counts = ", ".join(
        f"{states.count(state)} {label}"
        for state, label in (("available", "available"), ("partial", "partial"), ("not_available", "not available"))
    )
    checked = sum(row["holds"] is not None for row in figures.identities)
    print(f"{figures.oi} on {figures.day}: {counts}; {checked} identities hold; {len(figures.incomplete)} values lack")
    print(folder)
    return 0
