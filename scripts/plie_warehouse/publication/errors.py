"""What goes wrong when something is published."""

from __future__ import annotations

from plie_warehouse.errors import PlieError


class PublicationError(PlieError):
    """It may not or could not be published; the message says why, what to do and what is in place."""

    exit_code = 1
