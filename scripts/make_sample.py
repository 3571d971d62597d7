#!/usr/bin/env python3
"""Write the synthetic sample: deliveries (seeds/raw/plie) and code maps (seeds/reference/code_maps.csv)."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from plie_warehouse.sample.build import CODE_MAP_COLUMNS, DEFAULT_SEED, build_sample, write_csv
from plie_warehouse.sample.spellings import COLUMNS

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> None:
    """Build the sample and print what was written. The same seed gives byte-identical files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="random seed (default: %(default)s)")
    parser.add_argument(
        "--output",
        type=Path,
        default=PROJECT / "seeds" / "raw" / "plie",
        help="folder of participants.csv, steps.csv and exits.csv (default: seeds/raw/plie)",
    )
    parser.add_argument(
        "--code-maps",
        type=Path,
        default=PROJECT / "seeds" / "reference" / "code_maps.csv",
        help="file of the code maps (default: seeds/reference/code_maps.csv)",
    )
    options = parser.parse_args(arguments)

    print(f"Drawing the sample with seed {options.seed} …")
    tables = build_sample(options.seed)
    paths = {name: options.output / f"{name}.csv" for name in COLUMNS} | {"code_maps": options.code_maps}
    for name, path in paths.items():
        write_csv(path, tables[name], COLUMNS.get(name, CODE_MAP_COLUMNS))
        print(f"  {path}: {len(tables[name])} rows")
    rows = tables["participants"]
    deliveries = Counter((row["reporting_year"].strip(), row["plie_code"].strip()) for row in rows)
    for (year, plie_code), count in sorted(deliveries.items()):
        print(f"  {year} {plie_code:<7} {count:>4} parcours")


if __name__ == "__main__":
    main()
