"""The accepted store: atomic, idempotent, and as it was after a kill, a full disk or two intakes at once."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from multiprocessing.context import BaseContext
from pathlib import Path

import duckdb
import pytest
from conftest import InProcess
from hostile import good, text, write

from plie_warehouse import files
from plie_warehouse.contract import load_kind
from plie_warehouse.intake import Intake, StoreError, take_in
from plie_warehouse.paths import PROJECT, DataFolder

YEAR, SUPPLIER = 2021, "59-09"


def deliver(
    tmp_path: Path, people: int = 20, supplier: str = SUPPLIER, name: str = "landing", **instead: bytes
) -> Path:
    """A landing with one delivery."""
    write(tmp_path / name / "plie" / supplier / str(YEAR), good(supplier, people), **instead)
    return tmp_path / name


def status(intake: Intake) -> list[str]:
    return [verdict["status"] for verdict in intake.verdicts]


def manifest(data: DataFolder, supplier: str = SUPPLIER) -> dict:
    return json.loads((data.accepted / "deliveries" / "plie" / supplier / f"{YEAR}.json").read_text(encoding="utf-8"))


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def rows_in_force(data: DataFolder, table: str = "participants") -> int:
    """As the models read them (sources, in dbt_project.yml)."""
    with duckdb.connect() as connection:
        return connection.execute(
            f"select count(*) from read_parquet('{data.accepted}/{table}/*/*/*.parquet', hive_partitioning = false)"
            f" where delivery_id in (select in_force from read_json('{data.accepted}/deliveries/*/*/*.json',"
            " columns = {in_force: 'varchar'}, format = 'unstructured'))"
        ).fetchone()[0]


def test_what_is_stored(tmp_path: Path, data: DataFolder) -> None:
    """All text, as delivered, with where each row stood."""
    tables = good(SUPPLIER)
    tables["participants"][0]["sex"] = "  FEMME "
    landing = tmp_path / "landing"
    write(landing / "plie" / SUPPLIER / str(YEAR), tables)
    assert status(take_in(landing, data, "2022-01-31T10:00:00")) == ["accepted"]
    [path] = (data.accepted / "participants").rglob("*.parquet")
    assert path.parts[-3:-1] == (f"supplier_code={SUPPLIER}", f"reporting_year={YEAR}")
    assert path.stem == manifest(data)["in_force"]
    assert manifest(data)["versions"][0]["received_at"] == "2022-01-31T10:00:00"
    with duckdb.connect() as connection:
        found = connection.execute(f"select * from read_parquet('{path}', hive_partitioning = false)")
        assert {str(column[1]) for column in found.description} == {"VARCHAR"}
        [first, *others] = found.df().to_dict("records")
    assert (first["sex"], first["source_row"], first["is_other_minimum_income"]) == ("  FEMME ", "2", "non")
    assert first["source_file"] == f"plie/{SUPPLIER}/{YEAR}/participants.csv"
    assert len(others) == 19


def test_the_same_delivery_twice_changes_nothing(tmp_path: Path, data: DataFolder) -> None:
    landing = deliver(tmp_path)
    take_in(landing, data)
    before = tree(data.accepted)
    assert status(take_in(landing, data)) == ["unchanged"]
    assert tree(data.accepted) == before


def test_the_same_rows_in_other_files_change_nothing(tmp_path: Path, data: DataFolder) -> None:
    take_in(deliver(tmp_path), data)
    before = tree(data.accepted)
    content = text("steps", good(SUPPLIER)["steps"], separator="\t", encoding="cp1252")
    assert status(take_in(deliver(tmp_path, name="again", steps=content), data)) == ["unchanged"]
    assert tree(data.accepted) == before


def test_what_was_accepted_before_a_column_was_asked_for_is_read_with_it(tmp_path: Path) -> None:
    """The models read the members of a store whose files, all or some, have no word on the employers' association, in a
    folder whose name DuckDB would take for a pattern; a column that the contract does not know is an error."""
    data = DataFolder(tmp_path / "data [1]*?'")
    network = tmp_path / "landing" / "network"
    for year, header in ((2020, "member_code;name"), (2021, "member_code;name;is_employer_member")):
        (network / str(year)).mkdir(parents=True)
        row = "AD-1;Un;oui" if header.endswith("member") else "AD-1;Un"
        (network / str(year) / "members.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    cleaned = compiled(
        data, tmp_path, f"{{{{ cleaned_delivery(source('deliveries_network', 'members'), {MEMBERS}) }}}}"
    )

    def read() -> list[tuple]:
        with duckdb.connect() as connection:
            rows = f"select delivery_year, delivered_name, delivered_is_employer_member from ({cleaned}) order by all"
            return connection.execute(rows).fetchall()

    def write_again(year: str, columns: str) -> None:
        file = text_of(files[year])
        with duckdb.connect() as connection:
            rows = f"select {columns} from read_parquet('{file}', hive_partitioning = false)"
            connection.execute(f"create table kept as {rows}")
            connection.execute(f"copy kept to '{file}' (format parquet)")

    assert read() == []
    assert status(take_in(tmp_path / "landing", data)) == ["accepted"] * 2
    files = {path.parent.name[-4:]: path for path in (data.accepted / "members").glob("*/reporting_year=*/*.parquet")}
    assert read() == [(2020, "Un", None), (2021, "Un", "oui")]
    write_again("2020", "* exclude (is_employer_member)")
    assert read() == [(2020, "Un", None), (2021, "Un", "oui")]
    write_again("2021", "* exclude (is_employer_member)")
    assert read() == [(2020, "Un", None), (2021, "Un", None)]
    write_again("2021", "*, 'x' as motto")
    with pytest.raises(duckdb.Error, match="the contract has no column motto"):
        read()


MEMBERS = load_kind("network").table("members").names


def text_of(path: Path) -> str:
    return str(path).replace("'", "''")


def compiled(data: DataFolder, tmp_path: Path, sql: str) -> str:
    """SQL as dbt renders it for a store."""
    run = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "--quiet", "compile", "--vars", "deliveries: store", "--inline", sql],
        cwd=PROJECT,
        env=os.environ | {
            "PLIE_DATA_DIR": str(data.root), "PLIE_WAREHOUSE": str(tmp_path / "warehouse.duckdb"),
            "DBT_TARGET_PATH": str(tmp_path / "target"), "DBT_LOG_PATH": str(tmp_path / "logs"),
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_a_corrected_delivery_replaces_the_year_and_keeps_the_earlier_one(tmp_path: Path, data: DataFolder) -> None:
    take_in(deliver(tmp_path), data)
    first = manifest(data)["in_force"]
    assert status(take_in(deliver(tmp_path, people=12), data)) == ["accepted"]
    second = manifest(data)
    assert second["in_force"] != first
    assert [version["delivery_id"] for version in second["versions"]] == [first, second["in_force"]]
    assert rows_in_force(data) == 12
    [there] = (data.accepted / "participants").rglob("*.parquet")
    [aside] = (data.accepted / "superseded" / "participants").rglob("*.parquet")
    assert (there.stem, aside.stem) == (second["in_force"], first), "no build reads what was replaced"
    # The first again: it is in force again, under its own name.
    assert status(take_in(deliver(tmp_path), data)) == ["accepted"]
    assert manifest(data)["in_force"] == first
    assert rows_in_force(data) == 20


def test_a_refused_delivery_leaves_the_last_accepted_one(tmp_path: Path, data: DataFolder) -> None:
    take_in(deliver(tmp_path), data)
    before = manifest(data)
    landing = deliver(tmp_path, people=7, exits=b"")
    for _ in range(2):
        assert status(take_in(landing, data)) == ["refused"]
    assert manifest(data) == before
    assert rows_in_force(data) == 20
    refusal = json.loads((data.accepted / "refused" / "plie" / SUPPLIER / f"{YEAR}.json").read_text(encoding="utf-8"))
    assert refusal["check_id"] == "STR-02"
    assert "CANARI" not in json.dumps(refusal)
    # The supplier goes back to what was accepted: no longer refused.
    (landing / "plie" / SUPPLIER / str(YEAR) / "exits.csv").unlink()
    assert status(take_in(deliver(tmp_path), data)) == ["unchanged"]
    assert not (data.accepted / "refused" / "plie" / SUPPLIER / f"{YEAR}.json").exists()


def test_only_the_changed_supplier_is_read_again(
    tmp_path: Path, data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = deliver(tmp_path)
    deliver(tmp_path, supplier="59-14")
    take_in(landing, data)
    read = []
    from plie_warehouse.intake import taking_in as intake

    real = intake.read
    monkeypatch.setattr(intake, "read", lambda delivery: (read.append(delivery.supplier), real(delivery))[1])
    assert status(take_in(landing, data)) == ["unchanged", "unchanged"]
    assert read == []
    deliver(tmp_path, people=21, supplier="59-14")
    assert status(take_in(landing, data)) == ["unchanged", "accepted"]
    assert read == ["59-14"]


def test_a_full_disk_leaves_the_store_as_it_was(
    tmp_path: Path, data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each file in turn: the tables, the manifest."""
    take_in(deliver(tmp_path), data)
    before = tree(data.accepted)
    landing = deliver(tmp_path, people=12)
    real = files.commit
    for whole in range(4):
        done = 0

        def commit(temporary: Path, path: Path, whole: int = whole) -> None:
            nonlocal done
            if done == whole:
                raise OSError(errno.ENOSPC, "No space left on device")
            done += 1
            real(temporary, path)

        monkeypatch.setattr(files, "commit", commit)
        with pytest.raises(StoreError, match="No space left"):
            take_in(landing, data)
        assert tree(data.accepted) == before, f"after {whole} files"
    monkeypatch.setattr(files, "commit", real)
    assert status(take_in(landing, data)) == ["accepted"]


def test_a_run_that_dies_at_its_verdicts_is_finished_by_the_next(
    tmp_path: Path, data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delivery whose verdict is there is not looked at again: what the build reads of it must be there too."""
    landing, suppliers = deliver(tmp_path), {SUPPLIER, "59-14"}
    deliver(tmp_path, supplier="59-14")
    from plie_warehouse.intake import taking_in as intake

    real, written = intake.write_verdict, []

    def write_first(folder: Path, verdict: dict, in_force: str) -> None:
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(folder)
        real(folder, verdict, in_force)

    monkeypatch.setattr(intake, "write_verdict", write_first)
    with pytest.raises(StoreError, match="No space left"):
        take_in(landing, data)
    monkeypatch.setattr(intake, "write_verdict", real)
    assert status(take_in(landing, data)) == ["unchanged", "unchanged"]
    assert all((data.verdict("plie", supplier, YEAR) / "verdict.xlsx").exists() for supplier in suppliers)
    results = duckdb.read_parquet(str(data.accepted / "check_results.parquet"))
    assert {row for (row,) in results.project("supplier_code").distinct().fetchall()} == suppliers


@pytest.fixture(scope="module")
def children() -> BaseContext:
    """Processes that start quickly: forked from a process that has loaded Great Expectations."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["plie_warehouse.intake.intake_suites"])
    return context


def take_in_and_die(landing: Path, data: DataFolder, whole: int) -> None:
    """In a child: kill it when ``whole`` files are in place."""
    real, left = files.commit, [whole]

    def commit(temporary: Path, path: Path) -> None:
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        real(temporary, path)

    files.commit = commit
    take_in(landing, data)


@pytest.mark.parametrize("whole", [1, 3])
def test_a_kill_in_the_middle_of_accepting(tmp_path: Path, data: DataFolder, children: BaseContext, whole: int) -> None:
    """After one of three tables, and after all of them but before the manifest: the old delivery stays in force."""
    take_in(deliver(tmp_path), data)
    before = manifest(data)
    landing = deliver(tmp_path, people=12)
    killed = children.Process(target=take_in_and_die, args=(landing, data, whole))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert manifest(data) == before
    assert [rows_in_force(data, table) for table in ("participants", "steps", "exits")] == [20, 20, 5]
    assert list(data.accepted.rglob("*.writing")), "it died while it wrote"
    assert status(take_in(landing, data)) == ["accepted"]
    assert [rows_in_force(data, table) for table in ("participants", "steps", "exits")] == [12, 12, 3]
    assert not list(data.accepted.rglob("*.writing"))


def test_two_intakes_at_once(tmp_path: Path, data: DataFolder, children: BaseContext) -> None:
    """Both end well; the supplier that both bring has one of the two deliveries in force, whole."""
    first, second = deliver(tmp_path, name="a"), deliver(tmp_path, people=12, name="b")
    deliver(tmp_path, supplier="59-14", name="a")
    deliver(tmp_path, supplier="62-03", name="b")
    running = [children.Process(target=take_in, args=(landing, data)) for landing in (first, second)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0, 0]
    assert len(manifest(data)["versions"]) == 2
    rows = [rows_in_force(data, table) for table in ("participants", "steps", "exits")]
    assert rows in ([60, 60, 15], [52, 52, 13])
    for supplier in ("59-14", "62-03"):
        assert len(manifest(data, supplier)["versions"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [(["nowhere"], 2, "nowhere is not a folder"), (["--received-at", "hier", "."], 2, "received-at")],
)
def test_wrong_use(arguments: list[str], code: int, says: str, in_process: InProcess, data: DataFolder) -> None:
    found, _, errors = in_process("intake", *arguments, data=data.root)
    assert found == code and says in errors
