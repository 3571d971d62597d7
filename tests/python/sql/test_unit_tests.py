"""dbt's own unit tests, on empty tables: each brings its rows."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import dbt
from shared import Compiled


def test_every_unit_test_of_dbt_passes(compiled: Compiled, tmp_path: Path) -> None:
    """The models are made empty first: dbt asks them for their columns."""
    shutil.copyfile(compiled.warehouse, tmp_path / compiled.warehouse.name)
    dbt(tmp_path, ["run", "--empty"], ["test", "--select", "test_type:unit"], read=compiled.target)
