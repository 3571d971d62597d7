#!/usr/bin/env python3
"""Write the project's documentation (lineage, columns, rules) as one page that needs no network."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from plie_warehouse.paths import PROJECT, DataFolder
from plie_warehouse.transform import run_dbt


def main(arguments: list[str] | None = None) -> int:
    """Run ``dbt docs generate``; returns the exit code."""
    argparse.ArgumentParser(
        description=__doc__, epilog="The page is $PLIE_DATA_DIR/docs/index.html (default: data/docs/index.html)."
    ).parse_args(arguments)
    data = DataFolder.from_environment()
    if not data.warehouse.exists():
        print(f"error: {data.warehouse} is missing; run make build first", file=sys.stderr)
        return 2
    outcome = run_dbt(["docs", "generate", "--static"], data.warehouse)
    if not outcome.success:
        print("error: " + "\n".join(outcome.messages), file=sys.stderr)
        return 1
    data.docs.mkdir(parents=True, exist_ok=True)
    target = Path(os.environ.get("DBT_TARGET_PATH") or PROJECT / "target")
    shutil.copyfile(target / "static_index.html", data.docs / "index.html")
    print(data.docs / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
