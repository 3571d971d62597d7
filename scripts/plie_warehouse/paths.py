"""Where things are: the project, and the folder of outputs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

# Where the delivered rows come from: the embedded sample, or the store of accepted deliveries.
SAMPLE, STORE = "sample", "store"
# What is published: every level of territory under disclosure control, or the nation alone, which needs none.
ALL_LEVELS, NATIONAL_LEVEL = "all", "national"


@dataclass(frozen=True)
class DataFolder:
    """The outputs under one folder: ``$PLIE_DATA_DIR``, ``data`` when unset."""

    root: Path

    @classmethod
    def from_environment(cls) -> DataFolder:
        """The folder that the environment names; a relative one is relative to the working directory."""
        return cls(Path(os.environ.get("PLIE_DATA_DIR") or "data").resolve())

    def create(self) -> None:
        """Make the folder when there is none, for everybody to pass through, whatever the caller's habits: readers of
        what is published do. What is private in it has modes of its own."""
        if not self.root.exists():
            before = os.umask(0o022)
            try:
                self.root.mkdir(parents=True, exist_ok=True)
            finally:
                os.umask(before)

    @property
    def warehouse(self) -> Path:
        """Private: holds pseudonymised rows."""
        return self.root / "warehouse.duckdb"

    @property
    def building(self) -> Path:
        """Private: what a build works with until it has passed; the next build of the whole empties it."""
        return self.root / "building"

    @property
    def working_file(self) -> Path:
        """What dbt writes. Of the same name as the warehouse, since DuckDB names its catalogue after the file."""
        return self.building / self.warehouse.name

    @property
    def attestations(self) -> Path:
        """Build attestations: which warehouse files passed all their tests."""
        return self.root / "attestations"

    @property
    def history(self) -> Path:
        """Private: what the last build that passed leaves for the next one to be compared with."""
        return self.root / "history"

    @property
    def serving(self) -> Path:
        """What BI tools open. What else is published stands beside it."""
        return self.root / "serving" / "plie_marts.duckdb"

    @property
    def quarantine(self) -> Path:
        """Private: quarantined releases, which readers may not have beside the current one."""
        return self.root / "quarantine"

    @property
    def validation(self) -> Path:
        """Data Docs of the last build that passed: a link, which leads to one of ``validations``."""
        return self.root / "validation"

    @property
    def validations(self) -> Path:
        """Private: the folders of the Data Docs, of which one is in place."""
        return self.root / "validations"

    @property
    def validation_cache(self) -> Path:
        """Private: verdicts of the second enforcement that later builds may reuse."""
        return self.root / "validation_cache"

    @property
    def docs(self) -> Path:
        """Documentation of the dbt project."""
        return self.root / "docs"

    @property
    def superset(self) -> Path:
        """Superset's own metadata, its secret key and its logs: private."""
        return self.root / "superset"

    @property
    def accepted(self) -> Path:
        """The store of accepted deliveries: private, pseudonymised rows."""
        return self.root / "accepted"

    @property
    def verdicts(self) -> Path:
        """What the intake tells suppliers."""
        return self.root / "verdicts"

    def verdict(self, kind: str, supplier: str, year: int) -> Path:
        """Folder of one supplier's verdict."""
        return self.verdicts / kind / supplier / str(year)
