"""What goes wrong when something is published."""

from __future__ import annotations


class PublicationError(Exception):
    """It may not or could not be published; the message says why, what to do and what is in place."""
