"""Types of command-line arguments."""

from __future__ import annotations

import datetime


def iso_date(text: str) -> str:
    """An ISO date, as text. Raises ``ValueError`` for anything else."""
    return datetime.date.fromisoformat(text).isoformat()


def iso_moment(text: str) -> str:
    """An ISO date or moment, as text. Raises ``ValueError`` for anything else."""
    return datetime.datetime.fromisoformat(text).isoformat()


def multiple(text: str) -> float:
    """A positive number. Raises ``ValueError`` for anything else."""
    if not (number := float(text)) > 0:
        raise ValueError(text)
    return number
