"""Start Superset on a copy of the published file, compare every chart with the file, take a picture of the page."""

from __future__ import annotations

import argparse
import signal
import sys

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder
from plie_warehouse.superset import CHECK_PORT

NAME = "check-dashboard"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "The picture is $PLIE_DATA_DIR/superset-check.png (default: data/superset-check.png)."
        " Exit code: 0 every chart is equal to the file, 1 one is not, 2 it could not run.",
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=CHECK_PORT, help="port of 127.0.0.1 (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.superset.check import check
    from plie_warehouse.superset.server import chromium

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    data = DataFolder.from_environment()
    check(data, output(soft_wrap=True), chromium(), data.root / "superset-check.png", options.port)
    return 0
