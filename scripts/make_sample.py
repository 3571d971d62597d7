#!/usr/bin/env python3
"""Write the synthetic sample: deliveries (seeds/raw) and code maps (seeds/reference/code_maps.csv)."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from plie_warehouse.sample import spellings
from plie_warehouse.sample.build import CODE_MAP_COLUMNS, DEFAULT_SEED, Table, build_sample, write_csv
from plie_warehouse.sample.clause.build import build_clause_sample
from plie_warehouse.sample.clause.spellings import CLAUSE_COLUMNS, NETWORK_COLUMNS
from plie_warehouse.sample.network.build import COLUMNS as TYPED_COLUMNS
from plie_warehouse.sample.network.build import build_network_sample

PROJECT = Path(__file__).resolve().parent.parent
FOLDERS = {
    "plie": spellings.COLUMNS,
    "clause": CLAUSE_COLUMNS,
    "network": NETWORK_COLUMNS | TYPED_COLUMNS["network"],
    "survey": TYPED_COLUMNS["survey"],
}


def main(arguments: list[str] | None = None) -> None:
    """Build the sample and print what was written. The same seed gives byte-identical files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="random seed (default: %(default)s)")
    parser.add_argument(
        "--output",
        type=Path,
        default=PROJECT / "seeds" / "raw",
        help="folder of plie/, clause/, network/ and survey/ (default: seeds/raw)",
    )
    parser.add_argument(
        "--code-maps",
        type=Path,
        default=PROJECT / "seeds" / "reference" / "code_maps.csv",
        help="file of the code maps (default: seeds/reference/code_maps.csv)",
    )
    options = parser.parse_args(arguments)

    print(f"Drawing the sample with seed {options.seed} …")
    plie, clause = build_sample(options.seed), build_clause_sample(options.seed)
    tables = plie | clause | build_network_sample()
    for folder, columns in FOLDERS.items():
        for name in columns:
            write(options.output / folder / f"{name}.csv", tables[name], columns[name])
    write(options.code_maps, plie["code_maps"] + clause["code_maps"], CODE_MAP_COLUMNS)
    count(tables["participants"], "plie_code", "parcours")
    count(tables["hours"], "structure_code", "hours rows")


def write(path: Path, rows: Table, columns: tuple[str, ...]) -> None:
    write_csv(path, rows, columns)
    print(f"  {path}: {len(rows)} rows")


def count(rows: Table, supplier_column: str, what: str) -> None:
    """Print how many rows each delivery has."""
    deliveries = Counter((row["reporting_year"].strip(), row[supplier_column].strip()) for row in rows)
    for (year, supplier), number in sorted(deliveries.items()):
        print(f"  {year} {supplier:<8} {number:>4} {what}")


if __name__ == "__main__":
    main()
