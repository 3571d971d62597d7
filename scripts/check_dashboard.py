#!/usr/bin/env python3
"""Start Superset on a copy of the published file, compare every chart with the file, and take a picture of the page."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console

from plie_warehouse.paths import DataFolder
from plie_warehouse.superset.bundle import BundleError
from plie_warehouse.superset.check import CHECK_PORT, Failed, check
from plie_warehouse.superset.server import SupersetError, chromium


def main(arguments: list[str] | None = None) -> int:
    """Run the check; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="The picture is $PLIE_DATA_DIR/superset-check.png (default: data/superset-check.png)."
        " Exit code: 0 all as it should be, 1 not, 2 it could not run.",
    )
    parser.add_argument("--port", type=int, default=CHECK_PORT, help="port of 127.0.0.1 (default: %(default)s)")
    options = parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    data = DataFolder.from_environment()
    try:
        check(data, console, chromium(), data.root / "superset-check.png", options.port)
    except Failed as error:
        errors.print(f"error: {error}")
        return 1
    except (SupersetError, BundleError, OSError, subprocess.SubprocessError) as error:
        errors.print(f"error: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
