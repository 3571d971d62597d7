#!/usr/bin/env python3
"""Write the empty workbooks that suppliers fill in, and the input dictionary, from the contract."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from plie_warehouse.contract import KINDS
from plie_warehouse.paths import PROJECT
from plie_warehouse.templates import dictionary, write_templates

DICTIONARY = PROJECT / "models" / "staging" / "input_dictionary.md"


def main(arguments: list[str] | None = None) -> int:
    """Write the files and print their paths; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="Exit code: 0 written, 2 a file could not be written.")
    parser.add_argument("output", type=Path, help="folder of the workbooks")
    parser.add_argument("--kind", choices=KINDS, nargs="+", default=KINDS, help="default: every kind")
    parser.add_argument(
        "--dictionary", type=Path, default=DICTIONARY, help="default: models/staging/input_dictionary.md"
    )
    options = parser.parse_args(arguments)
    try:
        paths = write_templates(options.output, options.kind)
        options.dictionary.parent.mkdir(parents=True, exist_ok=True)
        options.dictionary.write_text(dictionary(), encoding="utf-8")
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for path in (*paths, options.dictionary):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
