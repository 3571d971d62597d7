"""Explain a figure: printed value and ours, formula, rule with its SQL and tests, and the first rows behind it."""

from __future__ import annotations

import argparse

from plie_warehouse.commands import add
from plie_warehouse.paths import DataFolder

NAME = "explain"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "FIGURE: a figure_id of reference.printed_figures (c21_rate_positive_raw), or"
        " indicator/breakdown/value/territory/year (positive_rate_raw/profile/femme/FR/2021). Without a breakdown:"
        " indicator/territory/year or indicator/total/territory/year. Territory: FR, or the code of a region,"
        " department, PLIE or structure; kind:code (region:93) where two have one code. Values of a breakdown that"
        " belong together: a|b. The rows shown are those of the private warehouse: they are not for publication."
        " Exit code: 0 explained, 1 no figure has the name, 2 there is no warehouse.",
    )  # fmt: skip
    parser.add_argument("figure", metavar="FIGURE")
    parser.add_argument("--rows", type=int, default=5, metavar="N", help="rows to show of each part (default: 5)")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.explain.figure import Warehouse, find_figure
    from plie_warehouse.explain.project import Project
    from plie_warehouse.explain.report import explain

    project = Project()
    if "/" not in options.figure:
        # An unknown name is said without a warehouse too.
        find_figure(project, None, options.figure)
    with Warehouse(DataFolder.from_environment().warehouse) as warehouse:
        figure = find_figure(project, warehouse, options.figure)
        print("\n".join(explain(project, warehouse, figure, options.rows)))
    return 0
