"""The same models on another engine: what DuckDB read is brought there, dbt builds there, and every table is compared
with DuckDB's, cell by cell (docs/engines.md). Disclosure control, second enforcement and release stay with DuckDB."""

from __future__ import annotations

from plie_warehouse.errors import PlieError

# Public names and intermediate steps alike: what a build on another engine makes.
BUILT_SCHEMAS = ("staging", "intermediate", "marts", "quality")


class EngineError(PlieError):
    """An engine that is not there, of a version that is not supported, or that holds half of what was brought; the
    message says what to do. Nothing is released."""


class UnequalTables(PlieError):
    """Another engine gave other cells: the message names tables, keys and both values."""

    exit_code = 1
