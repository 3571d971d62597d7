"""Write the project's documentation (lineage, columns, rules) as one page that needs no network."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from plie_warehouse.commands import add
from plie_warehouse.console import print_error
from plie_warehouse.paths import PROJECT, DataFolder

NAME = "docs"


def register(subparsers: argparse._SubParsersAction) -> None:
    add(subparsers, NAME, __doc__, "The page is $PLIE_DATA_DIR/docs/index.html (default: data/docs/index.html).")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.transform import run_dbt

    data = DataFolder.from_environment()
    if not data.warehouse.exists():
        print_error(f"{data.warehouse} is missing; run make build first")
        return 2
    outcome = run_dbt(["docs", "generate", "--static"], data.warehouse)
    if not outcome.success:
        print_error("\n".join(outcome.messages))
        return 1
    data.docs.mkdir(parents=True, exist_ok=True)
    target = Path(os.environ.get("DBT_TARGET_PATH") or PROJECT / "target")
    shutil.copyfile(target / "static_index.html", data.docs / "index.html")
    print(data.docs / "index.html")
    return 0
