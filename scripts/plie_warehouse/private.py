"""A dbt-duckdb plugin (profiles.yml): the warehouse is for its owner only, also when a plain ``dbt build`` makes it.

A mode given to the file afterwards would not do: what is not in the file yet lies beside it, and so does what does not
fit into memory, in files that DuckDB makes and removes as it goes.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin


class Plugin(BasePlugin):
    """From the moment that dbt opens the warehouse this process makes files for their owner only; a warehouse that
    others could read is closed to them."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        os.umask(0o077)
        for path in (creds.path, f"{creds.path}.wal"):
            # One of another owner is theirs to close.
            with suppress(FileNotFoundError, PermissionError):
                Path(path).chmod(0o600)
