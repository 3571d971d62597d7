"""The consoles of the command line. Rich is imported late because it takes longer to start than ``plie --help``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def output(**settings: Any) -> Console:
    """Console for results: as wide as the terminal, 120 columns when the output goes to a file."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 120, **settings)


def print_error(message: object) -> None:
    """Print one error on the standard error stream, unwrapped."""
    print(f"error: {message}", file=sys.stderr)
