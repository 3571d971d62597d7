"""What compares two engines: equal tables are counted, and a difference names the table, the key and both values."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import duckdb
import pytest
from conftest import InProcess

from plie_warehouse.engines import EngineError, delivered, spark
from plie_warehouse.engines.chain import ENGINES
from plie_warehouse.engines.compare import Comparison, built_tables, compare_tables
from plie_warehouse.engines.delivered import export_delivered
from plie_warehouse.paths import DataFolder

OURS = "values (2020, '59-01', 3, 0.5, 'b1'), (2021, '59-01', 4, null, 'b1')"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.outcomes (reporting_year integer, plie_code varchar, exits bigint,"
            " rate decimal(9, 6), build_id varchar)"
        )
        connection.execute(f"insert into marts.outcomes {OURS}")
    return file


COLUMNS = "reporting_year, plie_code, exits, rate, build_id"


def compared(warehouse: Path, theirs: str, columns: str = COLUMNS) -> Comparison:
    """With what the engine has, as texts, which is how it comes."""

    def read(duck: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
        assert (schema, table) == ("marts", "outcomes")
        texts = f"select cast(columns(*) as varchar) from ({theirs}) as t ({columns})"
        duck.execute(f"create or replace temp table theirs as {texts}")
        return "theirs"

    return compare_tables(warehouse, ["marts.outcomes"], read)


def test_equal_tables_are_counted_whatever_the_order_and_the_name_of_the_build(warehouse: Path) -> None:
    result = compared(warehouse, "values (2021, '59-01', 4, null, 'b2'), (2020, '59-01', 3, 0.500000, 'b2')")
    assert (result.tables, result.rows, result.cells, result.differences) == (1, 2, 8, [])
    assert result.checksum == compared(warehouse, OURS).checksum


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (
            OURS.replace("0.5", "0.500001"),
            "marts.outcomes: 2 rows in DuckDB, 2 there; where reporting_year = 2020, plie_code = 59-01, exits = 3:"
            " rate is 0.500000 in DuckDB, 0.500001 there",
        ),
        (OURS.replace("null", "0"), "rate is None in DuckDB, 0.000000 there"),
        ("values (2020, '59-01', 3, 0.5, 'b1')", "2 rows in DuckDB, 1 there; only DuckDB has reporting_year = 2021"),
        (
            f"{OURS}, (2021, '59-01', 4, null, 'b1')",
            "3 there; only the engine has reporting_year = 2021",
        ),
    ],
)
def test_a_difference_names_table_key_and_both_values(warehouse: Path, theirs: str, said: str) -> None:
    result = compared(warehouse, theirs)
    assert result.tables == 0
    assert len(result.differences) == 1
    assert said in result.differences[0]


def test_other_columns_are_a_difference(warehouse: Path) -> None:
    result = compared(warehouse, OURS, "reporting_year, plie_code, exits, share, build_id")
    assert result.differences == ["marts.outcomes: the columns differ: rate, share"]


def test_a_table_that_duckdb_has_not_is_an_error(warehouse: Path) -> None:
    with pytest.raises(EngineError, match=r"has no table marts\.absent: run plie build"):
        compare_tables(warehouse, ["marts.absent"], lambda duck, schema, table: "none")


def test_only_models_of_the_built_schemas_are_compared() -> None:
    nodes = {
        "model.p.a": {"schema": "marts", "alias": "a"},
        "model.p.b": {"schema": "build", "alias": "b"},
        "test.p.c": {"schema": "marts", "alias": "c"},
    }
    results = {"results": [{"unique_id": name} for name in nodes]}
    assert built_tables(results, {"nodes": nodes}) == ["marts.a"]


def test_without_a_warehouse_nothing_is_brought(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="run plie build first"):
        export_delivered(DataFolder(tmp_path), tmp_path / "out", "sample")


WAITS = "import threading; threading.Event().wait()"


def test_dbt_ends_with_the_server_of_its_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivered, "dbt_command", lambda arguments, target: ["-c", WAITS])
    server = subprocess.Popen([sys.executable, "-c", ""])
    with pytest.raises(
        EngineError, match="the server of the engine ended while dbt built there: run the command again"
    ):
        delivered.run_dbt([], DataFolder(tmp_path), tmp_path, server=server)


def test_dbt_does_not_wait_for_the_server_of_its_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivered, "dbt_command", lambda arguments, target: ["-c", "print('done')"])
    with subprocess.Popen([sys.executable, "-c", WAITS]) as server:
        assert delivered.run_dbt([], DataFolder(tmp_path), tmp_path, server=server) == "done\n"
        server.kill()


def test_the_command_says_what_is_equal(in_process: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    equal = Comparison(tables=2, rows=1_000, cells=3_000, checksum=255)
    monkeypatch.setattr("plie_warehouse.engines.chain.run_engine", lambda *_: equal)
    code, said, _ = in_process("engines", "postgres", data=tmp_path)
    assert code == 0
    assert "postgres: 2 tables, 1,000 rows, 3,000 cells equal, checksum 00000000000000ff" in said


def test_a_table_that_differs_is_told_and_ends_the_command(
    in_process: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = Comparison(differences=[f"marts.t{number}: 2 rows in DuckDB, 1 there" for number in range(12)])
    monkeypatch.setattr("plie_warehouse.engines.chain.run_engine", lambda *_: apart)
    code, said, wrong = in_process("engines", "spark", data=tmp_path)
    assert code == 1
    assert "marts.t9: 2 rows" in wrong and "and 2 tables more" in wrong and "marts.t10" not in wrong
    assert "equal" not in said


def test_without_the_client_the_command_says_what_to_run(
    in_process: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    code, _, wrong = in_process("publish-postgres", data=tmp_path)
    assert code == 2
    assert "run make engine-postgres or make publish-postgres" in wrong


@pytest.fixture
def with_spark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Spark's modules, as if they were installed."""
    modules = {name: ModuleType(name) for name in ("pyspark", "dbt.adapters.spark")}
    modules["pyspark"].__version__ = "4.3.0"
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr("dbt.adapters.spark", modules["dbt.adapters.spark"], raising=False)
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    return modules["pyspark"]


def java(folder: Path, version: str) -> None:
    program = folder / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-04-15' >&2\n", encoding="utf-8")
    program.chmod(0o755)


def test_spark_is_demanded_with_what_it_runs_on(
    with_spark: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match=r"needs Java 17 or later, .*: run scripts/install_system_parts\.sh"):
        spark.demand()
    java(tmp_path, "11.0.2")
    with pytest.raises(EngineError, match=r"Java 11 is too old for Apache Spark: 17 or later"):
        spark.demand()
    java(tmp_path, "17.0.15")
    spark.demand()
    with_spark.__version__ = "3.5.9"
    with pytest.raises(EngineError, match=r"Apache Spark is of version 3\.5\.9: 4 or later"):
        spark.demand()


def test_a_server_of_spark_that_does_not_answer_is_named(
    with_spark: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_REMOTE", "sc://127.0.0.1:1/;user_id=me")
    with pytest.raises(EngineError, match=r"no Spark Connect server answers at sc://127\.0\.0\.1:1"):
        spark.demand()


@pytest.mark.parametrize(("engine", "module"), [("spark", "pyspark"), ("postgres", "dbt.adapters.postgres")])
def test_an_engine_that_is_not_installed_is_an_error_that_says_what_to_run(
    engine: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(EngineError, match=f"run make engine-{engine}"):
        ENGINES[engine].demand()


def test_a_table_that_spark_left_half_made_is_not_compared(tmp_path: Path) -> None:
    (tmp_path / "spark" / "warehouse" / "marts.db" / "plie_outcomes").mkdir(parents=True)
    with (
        spark.table_reader(tmp_path) as read,
        pytest.raises(EngineError, match=r"no file of marts\.plie_outcomes: .* run plie engines spark"),
    ):
        read(duckdb.connect(), "marts", "plie_outcomes")
