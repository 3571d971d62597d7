"""Run the command line with ``python -m plie_warehouse``."""

from __future__ import annotations

import sys

from plie_warehouse.cli import main

if __name__ == "__main__":
    sys.exit(main())
