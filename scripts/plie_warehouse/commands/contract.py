"""Write the files that are generated from the contract: staging models, their YAML, and the input dictionary."""

from __future__ import annotations

import argparse

from plie_warehouse.commands import add
from plie_warehouse.paths import PROJECT

NAME = "contract"
DICTIONARY = PROJECT / "models" / "staging" / "input_dictionary.md"


def register(subparsers: argparse._SubParsersAction) -> None:
    add(subparsers, NAME, __doc__, "Exit code: 0 written, 2 a file could not be written.")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.staging import write_generated_files
    from plie_warehouse.templates import dictionary

    DICTIONARY.write_text(dictionary(), encoding="utf-8")
    print(*write_generated_files(), sep="\n")
    return 0
