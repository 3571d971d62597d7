"""Types of command-line arguments."""

from __future__ import annotations

import datetime


def iso_date(text: str) -> str:
    """An ISO date, as text. Raises ``ValueError`` for anything else."""
    return datetime.date.fromisoformat(text).isoformat()


def iso_moment(text: str) -> str:
    """An ISO date or moment, as text. Raises ``ValueError`` for anything else."""
    return datetime.datetime.fromisoformat(text).isoformat()
