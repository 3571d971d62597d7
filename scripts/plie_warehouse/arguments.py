"""Types of command-line arguments."""

from __future__ import annotations

import argparse
import datetime

from plie_warehouse.paths import ALL_LEVELS, NATIONAL_LEVEL


def iso_date(text: str) -> str:
    """An ISO date, as text. Raises ``ValueError`` for anything else."""
    return datetime.date.fromisoformat(text).isoformat()


def iso_moment(text: str) -> str:
    """An ISO date or moment, as text. Raises ``ValueError`` for anything else."""
    return datetime.datetime.fromisoformat(text).isoformat()


def add_published_levels(parser: argparse.ArgumentParser) -> None:
    """What a build publishes, of the commands that build."""
    parser.add_argument(
        "--published-levels",
        choices=(ALL_LEVELS, NATIONAL_LEVEL),
        default=ALL_LEVELS,
        help="every level, under disclosure control, or the nation alone, which needs none (default: %(default)s)",
    )


def multiple(text: str) -> float:
    """A positive number. Raises ``ValueError`` for anything else."""
    if not (number := float(text)) > 0:
        raise ValueError(text)
    return number
