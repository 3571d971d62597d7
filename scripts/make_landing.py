#!/usr/bin/env python3
"""Write a landing folder of synthetic deliveries: the embedded sample in every accepted format, or a national year."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from plie_warehouse.landing.national import write_national
from plie_warehouse.landing.national_clause import write_national_clause
from plie_warehouse.landing.sample import write_sample
from plie_warehouse.sample.build import DEFAULT_SEED

WRITERS = {"sample": write_sample, "national": write_national, "national-clause": write_national_clause}


def main(arguments: list[str] | None = None) -> int:
    """Write the folder and say what it holds; returns the exit code. The same seed gives byte-identical files."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="sample: twelve PLIE, eight clause structures and the network head; four deliveries are bad in different"
        " ways (2020 and 2021 exist). national: 128 PLIE, 131,000 parcours, 165,000 steps, 31,500 exits, all good."
        " national-clause: 366 clause structures with 600,000 rows of hours, and their register, all good."
        " Exit code: 0 written, 2 it could not run.",
    )
    parser.add_argument("--output", type=Path, required=True, help="landing folder; made when it is not there")
    parser.add_argument("--size", choices=tuple(WRITERS), default="sample", help="default: %(default)s")
    parser.add_argument("--year", type=int, nargs="+", default=[2021], help="years described (default: 2021)")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="random seed (default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.size == "sample" and not set(options.year) <= {2020, 2021}:
        parser.error("the sample describes 2020 and 2021")

    started = time.perf_counter()
    try:
        paths = WRITERS[options.size](options.output, options.year, options.seed)
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
