"""Files with pseudonymised rows are for their owner only; readers may pass the folders that lead to the release."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest
from conftest import run_plie, umask
from shared import Built

from plie_warehouse.intake.store import Manifest, Store
from plie_warehouse.paths import PROJECT, DataFolder


def test_the_store_and_the_warehouse_are_for_their_owner(built: Built, tmp_path: Path) -> None:
    """Whatever the mask of the caller; the mode of an older store is corrected."""
    store = Store(tmp_path / "accepted")
    store.root.mkdir(mode=0o755)
    with umask(0o022):
        with store.locked(), duckdb.connect() as connection:
            version, rows = {"delivery_id": "one"}, {"participants": "select 1 as participant_id"}
            store.accept(Manifest("plie", "59-09", 2021), version, connection, rows)
            store.refuse({"kind": "plie", "supplier_code": "59-14", "reporting_year": 2021})
        assert os.umask(0o022) == 0o022, "as the caller had it"
    stored = list(store.root.rglob("*"))
    assert sorted(path.suffix for path in stored if path.is_file()) == ["", ".json", ".json", ".parquet"]
    for path in [store.root, *stored]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    private = DataFolder(built.data)
    assert stat.S_IMODE(private.warehouse.stat().st_mode) == 0o600
    assert stat.S_IMODE(private.attestations.stat().st_mode) == 0o700
    left = [private.history, *private.history.rglob("*")]
    assert any(path.suffix == ".parquet" for path in left)
    for path in left:
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_plain_dbt_makes_a_private_warehouse(tmp_path: Path) -> None:
    """In a new folder, and where others could read it; also the files that exist while dbt runs."""
    folder = tmp_path / "data"
    folder.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    assert modes_while_dbt_runs(folder, home) == {
        (".build.lock", 0o600), ("accepted", 0o700), ("building", 0o700), ("history", 0o700),
        ("building/warehouse.duckdb", 0o600), ("building/warehouse.duckdb.wal", 0o600),
    }  # fmt: skip
    for path in (folder / ".build.lock", folder / "building" / "warehouse.duckdb"):
        path.chmod(0o644)
    (folder / "building").chmod(0o755)
    assert ("building/warehouse.duckdb.wal", 0o600) in modes_while_dbt_runs(folder, home)
    assert stat.S_IMODE((folder / "building").stat().st_mode) == 0o700
    for path in (folder / ".build.lock", folder / "building" / "warehouse.duckdb"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [*home.iterdir()], "dbt writes nothing into the home directory"


def modes_while_dbt_runs(folder: Path, home: Path) -> set[tuple[str, int]]:
    """Of the files and folders that are in a data folder at any moment."""
    elsewhere = {"DBT_TARGET_PATH": str(folder.parent / "target"), "DBT_LOG_PATH": str(folder.parent / "logs")}
    seen: set[tuple[str, int]] = set()
    with umask(0o022):
        dbt = subprocess.Popen(
            [Path(sys.executable).with_name("dbt"), "--quiet", "seed", "--select", "rules", "measures"],
            cwd=PROJECT,
            env={name: value for name, value in os.environ.items() if name != "PLIE_WAREHOUSE"}
            | elsewhere
            | {"PLIE_DATA_DIR": str(folder), "HOME": str(home)},
        )
    while dbt.poll() is None:
        for path in (*folder.iterdir(), *folder.glob("building/warehouse.duckdb*")):
            with suppress(FileNotFoundError):
                seen.add((path.relative_to(folder).as_posix(), stat.S_IMODE(path.stat().st_mode)))
        time.sleep(0.002)
    assert dbt.returncode == 0
    return seen


@pytest.mark.parametrize("command", ["intake", "consolidate"])
def test_readers_may_pass_through_a_folder_that_was_not_there(command: str, tmp_path: Path) -> None:
    """Whatever the mask of the caller; the store in it is closed."""
    data = tmp_path / "shared" / "data"
    with umask(0o077):
        (tmp_path / "landing").mkdir()
        done = run_plie(command, str(tmp_path / "landing"), data=data, target=tmp_path / "target")
    assert done.returncode in (1, 2) and "Traceback" not in done.stderr
    for folder in (data, data.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert stat.S_IMODE((data / "accepted").stat().st_mode) == 0o700
