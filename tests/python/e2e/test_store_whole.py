"""A store that lost something: found by ``plie verify`` and by every build, mended by the intake or from a copy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from conftest import InProcess, run_plie
from dbt_common.exceptions import DbtRuntimeError
from hostile import good, good_clause, good_network, write

from plie_warehouse.errors import ReleaseError
from plie_warehouse.intake import StoreError, take_in
from plie_warehouse.intake.store import Store
from plie_warehouse.intake.store_check import demand_whole_store, store_faults
from plie_warehouse.paths import DataFolder
from plie_warehouse.release.release_step import demand_rows
from plie_warehouse.working_file import demand_deliveries

YEAR, SUPPLIER, OTHER = 2021, "59-09", "59-14"


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A landing of two PLIE, and the data folder that took it in."""
    root = tmp_path_factory.mktemp("taken")
    for supplier in (SUPPLIER, OTHER):
        write(root / "landing" / "plie" / supplier / str(YEAR), good(supplier))
    assert [one["status"] for one in take_in(root / "landing", DataFolder(root / "data")).verdicts] == ["accepted"] * 2
    return root


@pytest.fixture
def root(taken: Path, tmp_path: Path) -> Path:
    """A copy of both that a test may damage."""
    return shutil.copytree(taken, tmp_path / "copy")


@pytest.fixture
def data(root: Path) -> DataFolder:
    return DataFolder(root / "data")


def parquet(data: DataFolder, table: str = "participants", supplier: str = SUPPLIER) -> Path:
    [path] = (data.accepted / table / f"supplier_code={supplier}").rglob("*.parquet")
    return path


def manifest_path(data: DataFolder) -> Path:
    return data.accepted / "deliveries" / "plie" / SUPPLIER / f"{YEAR}.json"


def remove(data: DataFolder) -> None:
    parquet(data).unlink()


def cut(data: DataFolder) -> None:
    parquet(data).write_bytes(parquet(data).read_bytes()[:100])


def lose_a_row(data: DataFolder) -> None:
    """A file that reads, and is another."""
    path = parquet(data)
    with duckdb.connect() as connection:
        connection.execute(f"create table kept as from read_parquet('{path}', hive_partitioning = false) limit 19")
        connection.execute(f"copy kept to '{path}' (format parquet)")


def empty_a_manifest_and_a_table(data: DataFolder) -> None:
    """It cannot be rebuilt: one of its tables is gone."""
    manifest_path(data).write_bytes(b"")
    parquet(data).unlink()


def count_other_rows(data: DataFolder) -> None:
    content = json.loads(manifest_path(data).read_text(encoding="utf-8"))
    content["versions"][0]["files"]["participants"]["rows"] = 21
    manifest_path(data).write_text(json.dumps(content), encoding="utf-8")


def drop_the_digests(data: DataFolder) -> None:
    content = json.loads(manifest_path(data).read_text(encoding="utf-8"))
    del content["versions"][0]["files"]
    manifest_path(data).write_text(json.dumps(content), encoding="utf-8")


DAMAGES = {
    remove: "plie 59-09 2021, participants: its file is missing",
    cut: "plie 59-09 2021, participants: its file is not the one that was accepted",
    lose_a_row: "plie 59-09 2021, participants: its file is not the one that was accepted",
    empty_a_manifest_and_a_table: "plie 59-09 2021: its manifest cannot be read",
    count_other_rows: "plie 59-09 2021, participants: its file holds 20 rows, its manifest says 21",
    drop_the_digests: "plie 59-09 2021, participants: its digest was never recorded (plie verify --record)",
    lambda data: manifest_path(data).unlink(): "plie 59-09 2021: its manifest is missing",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damage_is_named_and_no_build_starts(root: Path, data: DataFolder, damage: Callable) -> None:
    damage(data)
    assert [str(fault) for fault in store_faults(data)] == [DAMAGES[damage]]
    with pytest.raises(DbtRuntimeError, match="send the same delivery again") as failure:
        demand_deliveries(data)
    assert DAMAGES[damage] in str(failure.value)


def test_a_build_asks_before_it_starts(root: Path, data: DataFolder) -> None:
    """Through the command line, and with no file of a build left behind."""
    remove(data)
    done = run_plie("build", "--deliveries", "store", "--without-unit-tests", data=data.root)
    assert done.returncode == 1 and "participants: its file is missing" in done.stderr
    assert not data.working_file.exists() and not data.warehouse.exists()


@pytest.mark.parametrize(
    "damage", [one for one in DAMAGES if one is not count_other_rows], ids=lambda one: one.__name__
)
def test_the_same_delivery_sent_again_mends_it(root: Path, data: DataFolder, damage: Callable) -> None:
    damage(data)
    statuses = {one["supplier_code"]: one["status"] for one in take_in(root / "landing", data).verdicts}
    assert statuses == {SUPPLIER: "accepted", OTHER: "unchanged"}
    demand_whole_store(data)
    assert len(Store(data.accepted).manifest("plie", SUPPLIER, YEAR).versions) == 1
    assert {one["status"] for one in take_in(root / "landing", data).verdicts} == {"unchanged"}


def test_a_corrected_delivery_mends_it_too(root: Path, data: DataFolder) -> None:
    cut(data)
    write(root / "landing" / "plie" / SUPPLIER / str(YEAR), good(SUPPLIER, 12))
    take_in(root / "landing", data)
    demand_whole_store(data)
    # What was replaced is read by nobody, whatever has become of it.
    assert store_faults(data) == []


def test_verify_and_a_copy_brought_back(root: Path, data: DataFolder, in_process: InProcess) -> None:
    """Through the command line: whole, damaged, brought back from a copy, not mounted, never there."""
    copy = shutil.copytree(data.accepted, root / "kept")
    code, said, errors = in_process("verify", data=data.root)
    assert (code, said) == (0, "2 livraisons en vigueur, 8 fichiers entiers\n"), errors
    remove(data)
    code, said, errors = in_process("verify", data=data.root)
    assert code == 1
    assert "plie 59-09 2021, participants: its file is missing" in said
    shutil.rmtree(data.accepted)
    code, said, errors = in_process("verify", data=data.root)
    assert code == 2 and "mount it" in errors
    shutil.copytree(copy, data.accepted)
    assert in_process("verify", data=data.root)[0] == 0
    assert {one["status"] for one in take_in(root / "landing", data).verdicts} == {"unchanged"}
    code, said, errors = in_process("verify", data=root / "new")
    assert code == 2 and "take one in" in errors


def test_a_store_that_is_not_mounted_is_not_empty(root: Path, data: DataFolder) -> None:
    """Neither a build nor an intake begins a new one beside the reports of the old one."""
    shutil.rmtree(data.accepted)
    data.accepted.mkdir()
    with pytest.raises(StoreError, match="holds no delivery, though 2 were accepted"):
        take_in(root / "landing", data)
    with pytest.raises(DbtRuntimeError, match="mount it or bring it back"):
        demand_deliveries(data)
    shutil.rmtree(data.verdicts)
    assert {one["status"] for one in take_in(root / "landing", data).verdicts} == {"accepted"}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"kind": "clause"}'])
def test_a_small_file_that_was_cut_is_rebuilt(root: Path, data: DataFolder, content: bytes) -> None:
    """A manifest from the only files there, the check results and a refusal from the reports; nobody is stopped."""
    before = json.loads(manifest_path(data).read_text(encoding="utf-8"))
    write(root / "landing" / "plie" / OTHER / str(YEAR), good(OTHER), exits=b"")
    take_in(root / "landing", data)
    [refusal] = (data.accepted / "refused").rglob("*.json")
    refused, results = refusal.read_bytes(), check_results(data)
    for path in (manifest_path(data), refusal, data.accepted / "check_results.parquet"):
        path.write_bytes(content)
    assert {one["status"] for one in take_in(root / "landing", data).verdicts} == {"unchanged", "refused"}
    after = json.loads(manifest_path(data).read_text(encoding="utf-8"))
    assert after["in_force"] == before["in_force"]
    assert after["versions"][0]["files"] == before["versions"][0]["files"]
    assert after["versions"][0]["received_at"] == before["versions"][0]["received_at"]
    assert refusal.read_bytes() == refused
    assert check_results(data) == results
    demand_whole_store(data)


def check_results(data: DataFolder) -> list[tuple]:
    return duckdb.sql(f"from read_parquet('{data.accepted}/check_results.parquet') order by all").fetchall()


def test_lost_check_results_are_rebuilt(root: Path, data: DataFolder) -> None:
    before = check_results(data)
    (data.accepted / "check_results.parquet").unlink()
    take_in(root / "landing", data)
    assert check_results(data) == before


def test_a_damaged_register_is_named(tmp_path: Path) -> None:
    """The others would be judged beside a register that is not the one in force."""
    data, landing = DataFolder(tmp_path / "data"), tmp_path / "landing"
    write(landing / "network" / str(YEAR), good_network(str(YEAR), ["CL-59-01"]))
    take_in(landing, data)
    [path] = (data.accepted / "clause_structures").rglob("*.parquet")
    path.unlink()
    write(tmp_path / "later" / "clause" / "CL-59-01" / str(YEAR), good_clause("CL-59-01"))
    with pytest.raises(StoreError, match="register clause_structures of 2021 in the store is damaged"):
        take_in(tmp_path / "later", data)
    take_in(landing, data)
    take_in(tmp_path / "later", data)
    demand_whole_store(data)


def test_a_damaged_register_is_not_kept_in_force(tmp_path: Path) -> None:
    """A delivery that does not bring it is refused and says so; one that brings it mends it."""
    data, landing = DataFolder(tmp_path / "data"), tmp_path / "landing"
    folder, tables = landing / "network" / str(YEAR), good_network(str(YEAR), ["CL-59-01"])
    write(folder, tables)
    take_in(landing, data)
    [path] = (data.accepted / "facilitators").rglob("*.parquet")
    path.write_bytes(b"")
    (folder / "facilitators.csv").unlink()
    [verdict] = take_in(landing, data).verdicts
    assert verdict["status"] == "refused"
    assert "« facilitators » n'est pas dans cette livraison" in verdict["findings"][0]["problem"]
    write(folder, tables)
    assert [one["status"] for one in take_in(landing, data).verdicts] == ["accepted"]
    demand_whole_store(data)


def test_a_build_that_reads_none_of_the_rows_fails(root: Path, data: DataFolder) -> None:
    """dbt that finds no file of the store (a folder whose name is a pattern) ends well, with nothing in it."""
    with duckdb.connect() as connection:
        connection.execute("create schema staging")
        for table, rows in (("participants", 40), ("steps", 40), ("exits", 0), ("followups", 0)):
            connection.execute(f"create table staging.stg_plie__{table} as select 1 as one from range({rows})")
        with pytest.raises(ReleaseError, match="give the data folder a plain name") as failure:
            demand_rows(connection, data)
    assert "plie, exits: 10 rows in force, 0 read" in str(failure.value)
    assert "participants" not in str(failure.value).replace(str(data.root), "")


def test_digests_of_an_earlier_version_are_recorded(root: Path, data: DataFolder, in_process: InProcess) -> None:
    """Only where the rows are as many as were accepted; the store is whole then, and the delivery is not sent again."""
    drop_the_digests(data)
    code, said, _ = in_process("verify", "--record", data=data.root)
    assert code == 0, said
    assert "1 livraisons" in said and "8 fichiers entiers" in said
    assert {one["status"] for one in take_in(root / "landing", data).verdicts} == {"unchanged"}
    drop_the_digests(data)
    lose_a_row(data)
    code, said, _ = in_process("verify", "--record", data=data.root)
    assert code == 1
    assert "plie 59-09 2021, participants: not the rows that were accepted" in said
