"""Write the project's documentation: dbt's page of lineage and columns, or the generated pages under docs/."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from plie_warehouse.commands import add
from plie_warehouse.console import print_error
from plie_warehouse.errors import UsageError
from plie_warehouse.paths import PROJECT, DataFolder

NAME = "docs"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__, "dbt's page is $PLIE_DATA_DIR/docs/index.html (default: data/docs/index.html)."
    )
    parser.add_argument(
        "--write", action="store_true", help="write docs/rules.md, docs/indicators and docs/glossaire.md, nothing else"
    )
    parser.add_argument(
        "--values", action="store_true", help="with --write: take the national values anew from a build of the sample"
    )


def run(options: argparse.Namespace) -> int:
    if options.values and not options.write:
        raise UsageError("add --write to --values: the national values stand in the pages that --write writes")
    if options.write:
        return _write_pages(options.values)
    from plie_warehouse.transform import run_dbt

    data = DataFolder.from_environment()
    if not data.warehouse.exists():
        print_error(f"{data.warehouse} is missing; run make build first")
        return 2
    outcome = run_dbt(["docs", "generate", "--static"], data)
    if not outcome.success:
        print_error("\n".join(outcome.messages))
        return 1
    data.docs.mkdir(parents=True, exist_ok=True)
    target = Path(os.environ.get("DBT_TARGET_PATH") or PROJECT / "target")
    shutil.copyfile(target / "static_index.html", data.docs / "index.html")
    print(data.docs / "index.html")
    return 0


def _write_pages(with_values: bool) -> int:
    from plie_warehouse.explain.documents import write_documents, write_values
    from plie_warehouse.explain.figure import Warehouse
    from plie_warehouse.explain.project import Project

    project = Project()
    if with_values:
        with Warehouse(DataFolder.from_environment().warehouse) as warehouse:
            print(write_values(project, warehouse))
    for path in write_documents(project):
        print(path)
    return 0
