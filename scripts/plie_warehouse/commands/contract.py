"""Write the files that are generated from the contract: the input dictionary."""

from __future__ import annotations

import argparse
from pathlib import Path

from plie_warehouse.commands import add
from plie_warehouse.paths import PROJECT

NAME = "contract"
DICTIONARY = PROJECT / "models" / "staging" / "input_dictionary.md"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(subparsers, NAME, __doc__, "Exit code: 0 written, 2 a file could not be written.")
    parser.add_argument(
        "--dictionary", type=Path, default=DICTIONARY, help="default: models/staging/input_dictionary.md"
    )


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.templates import dictionary

    options.dictionary.parent.mkdir(parents=True, exist_ok=True)
    options.dictionary.write_text(dictionary(), encoding="utf-8")
    print(options.dictionary)
    return 0
