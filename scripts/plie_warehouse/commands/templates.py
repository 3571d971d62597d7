"""Write the empty workbooks that suppliers fill in, from the contract."""

from __future__ import annotations

import argparse
from pathlib import Path

from plie_warehouse.commands import add
from plie_warehouse.contract import KINDS

NAME = "templates"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(subparsers, NAME, __doc__, "Exit code: 0 written, 2 a file could not be written.")
    parser.add_argument("output", type=Path, help="folder of the workbooks")
    parser.add_argument("--kind", choices=KINDS, nargs="+", default=KINDS, help="default: every kind")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.templates import write_templates

    for path in write_templates(options.output, options.kind):
        print(path)
    return 0
