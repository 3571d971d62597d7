#!/usr/bin/env python3
"""Start Apache Superset on this machine, with the dashboard of the national outcomes over the published file."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console

from plie_warehouse.paths import DataFolder
from plie_warehouse.superset.bundle import BundleError
from plie_warehouse.superset.server import PORT, SupersetError, running


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="The first start installs Superset into .venv-superset and takes some minutes. Its metadata goes under"
        " $PLIE_DATA_DIR/superset (default: data/superset). Exit code: 0 stopped by its user, 2 it could not run.",
    )
    parser.add_argument("--port", type=int, default=PORT, help="port of 127.0.0.1 (default: %(default)s)")
    options = parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    # Whoever ends this process ends the server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with running(DataFolder.from_environment(), console, options.port) as (server, process):
            console.print(f"Tableau de bord  {server.dashboard}")
            console.print("Lecture seule, sur cette machine uniquement ; Ctrl-C pour arrêter.")
            code = process.wait()
    except KeyboardInterrupt:
        return 0
    except (SupersetError, BundleError, OSError) as error:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(f"error: {error}")
        return 2
    print(f"error: Superset ended by itself (exit code {code})", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
