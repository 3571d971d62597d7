"""Start Apache Superset on this machine, with the dashboard of the national outcomes over the published file."""

from __future__ import annotations

import argparse
import signal
import sys

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder
from plie_warehouse.superset import PORT

NAME = "dashboard"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "The first start installs Superset into .venv-superset and takes some minutes. Its metadata goes under"
        " $PLIE_DATA_DIR/superset (default: data/superset). Exit code: 0 stopped by its user, 2 it could not run.",
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=PORT, help="port of 127.0.0.1 (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.superset.server import SupersetError, running

    console = output(soft_wrap=True)
    # The end of this process ends the server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with running(DataFolder.from_environment(), console, options.port) as (server, process):
            console.print(f"Tableau de bord  {server.dashboard}")
            console.print("Lecture seule, sur cette machine uniquement ; Ctrl-C pour arrêter.")
            code = process.wait()
    except KeyboardInterrupt:
        return 0
    raise SupersetError(f"Superset ended by itself (exit code {code})")
