#!/usr/bin/env python3
"""Write a landing folder of synthetic deliveries: the embedded sample in every accepted format."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from plie_warehouse.landing.sample import write_sample
from plie_warehouse.sample.build import DEFAULT_SEED


def main(arguments: list[str] | None = None) -> int:
    """Write the folder and say what it holds; returns the exit code. The same seed gives byte-identical files."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Twelve PLIE, eight clause structures and the network head; four deliveries are bad in different ways."
        " For a year of the whole network see scripts/simulate.py. Exit code: 0 written, 2 it could not run.",
    )
    parser.add_argument("--output", type=Path, required=True, help="landing folder; made when it is not there")
    parser.add_argument(
        "--year", type=int, nargs="+", default=[2021], help="years described: 2020, 2021 (default: 2021)"
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="random seed (default: %(default)s)")
    options = parser.parse_args(arguments)
    if not set(options.year) <= {2020, 2021}:
        parser.error("the sample describes 2020 and 2021")

    started = time.perf_counter()
    try:
        paths = write_sample(options.output, options.year, options.seed)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    size = sum(path.stat().st_size for path in paths)
    deliveries = len({path.parent for path in paths})
    seconds = time.perf_counter() - started
    print(f"{options.output}: {deliveries} deliveries, {len(paths)} files, {size / 1e6:.1f} MB in {seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
