#!/usr/bin/env python3
"""Write what the contract of the delivered tables decides: the staging models, their YAML, and the input dictionary."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from plie_warehouse.paths import PROJECT
from plie_warehouse.staging import write_generated_files
from plie_warehouse.templates import dictionary


def main() -> int:
    """Write the files that changed and print their paths; returns the exit code: 2 when one could not be written."""
    try:
        changed = write_generated_files()
        (PROJECT / "models" / "staging" / "input_dictionary.md").write_text(dictionary(), encoding="utf-8")
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(*changed, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
