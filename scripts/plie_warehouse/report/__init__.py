"""What readers get of a release: the yearly report, the sheets of the territories, the maps and the site.

Everything is written from the published file; nothing here opens the private warehouse, but for the sheets that a
supplier gets of its own figures. The packages that draw are in an environment of their own (``.venv-report``).
"""

from __future__ import annotations

from plie_warehouse.errors import PlieError


class ReportError(PlieError):
    """What was asked for cannot be written from the release; the message says why and what to do."""
