"""The measure of growth by engine: rows of persons repeated, what a result keeps, and what the document says."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import InProcess

from plie_warehouse.engines.chain import extraction_date
from plie_warehouse.measuring import bench
from plie_warehouse.measuring.cost import Measure, processor_seconds
from plie_warehouse.measuring.measure_scale import (
    FIRST_LINE,
    LABELS,
    OF_PERSONS,
    Scaled,
    document,
    is_of_figures,
    last_words,
    multiply,
)
from plie_warehouse.paths import DataFolder


@pytest.fixture
def network(tmp_path: Path) -> DataFolder:
    """An accepted store with two rows of each table of persons, one of them without a name, and of another table."""
    data = DataFolder(tmp_path / "network")
    with duckdb.connect() as connection:
        for table in (*OF_PERSONS, "hours"):
            file = data.accepted / table / "supplier_code=02-01" / "reporting_year=2021" / "rows.parquet"
            file.parent.mkdir(parents=True)
            connection.execute(
                "copy (select id as participant_id, id as step_id, id as referent_id, 'a.csv' as source_file"
                f" from (values ('p1'), ('')) as given (id)) to '{file}' (format parquet)"
            )
    return data


def rows(data: DataFolder, table: str) -> list[tuple]:
    file = data.accepted / table / "*" / "*" / "*.parquet"
    read = f"read_parquet('{file}', hive_partitioning = false)"
    return duckdb.sql(f"select participant_id, step_id, source_file from {read} order by all").fetchall()


def test_rows_of_persons_are_repeated_under_other_names(network: DataFolder, tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "three")
    assert multiply(network, data, 3) == 6
    assert rows(data, "steps") == [
        ("", "", "a.csv-0"), ("", "", "a.csv-1"), ("", "", "a.csv-2"),
        ("p1-0", "p1-0", "a.csv-0"), ("p1-1", "p1-1", "a.csv-1"), ("p1-2", "p1-2", "a.csv-2"),
    ]  # fmt: skip
    assert len(rows(data, "exits")) == len(rows(data, "followups")) == 6
    assert rows(data, "hours") == rows(network, "hours"), "no rows of the PLIE"
    assert len(rows(network, "steps")) == 2, "the network stays as it was"
    before = data.accepted.stat().st_mtime_ns
    assert multiply(network, data, 3) == 6
    assert data.accepted.stat().st_mtime_ns == before, "a store that is there is kept"


def result(engine: str, times: int, seconds: float, failed: str = "") -> dict[str, Any]:
    cost = None if failed else Measure(LABELS[engine], seconds / 2, seconds, times / 2)
    loading, cells = (0.0, 0) if engine == "duckdb" else (3.0, times * 1_000)
    scaled = Scaled(engine, times * 100_000, cost, loading, cells, failed)
    return {"machine": "a machine", "times": times, **asdict(scaled)}


def test_the_document_gets_costs_growth_and_a_chart(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Before\n{FIRST_LINE}\nold\n{bench.LAST_LINE}\n# After\n", encoding="utf-8")
    found = {
        "1": result("duckdb", 1, 40), "2": result("duckdb", 5, 80), "3": result("duckdb", 20, 230),
        "one alone": result("duckdb", 40, 430),
        "4": result("postgres", 1, 60), "5": result("postgres", 5, 0, "could not extend file"),
        "6": result("sail-2", 1, 50), "7": result("sail-2", 5, 70), "8": result("sail-2", 20, 120),
    }  # fmt: skip
    bench.put(document(found), FIRST_LINE, page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Before\n") and text.endswith("# After\n") and "old" not in text
    for line in (
        "| 0.50 million | DuckDB | 40 s | 80 s | 2.5 GB | | |",
        "| 0.50 million | PostgreSQL | stopped: could not extend file | | | | |",
        "| 2.00 million | Sail, 2 workers | 60 s | 120 s | 10.0 GB | 3.0 s | 20,000 |",
        # From 2 to 4 million rows: 200 s and 10 GB over 2 million; from 0.5 to 2 million: 50 s and 7.5 GB over 1.5.
        "| DuckDB | 100 s | 5.00 GB |", "| Sail, 2 workers | 33 s | 5.00 GB |",
        '    title "Processor seconds (top to bottom at the end: DuckDB; Sail, 2 workers)"',
        "    line [40, 80, 230]",
    ):  # fmt: skip
        assert line in text, line
    assert "| PostgreSQL | 0" not in text and text.count("    line [") == 2, "an engine that did not do every size"


def test_what_dbt_says_last_of_an_error_is_told() -> None:
    said = "10:00 Running\n  Database Error\n    Out of Memory Error: failed to allocate\n10:01 Done. ERROR=1 TOTAL=2\n"
    assert last_words(said) == "Out of Memory Error: failed to allocate"
    assert last_words("") == "it stopped"


def test_figures_are_marts_without_rows_of_persons() -> None:
    assert is_of_figures("marts.plie_outcomes")
    assert not is_of_figures("marts.fct_steps") and not is_of_figures("staging.stg_plie__steps")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("oracle",), "no engine is named oracle: there are duckdb, sail"),
        ((), "no accepted deliveries in"),
        (("--write",), "nothing was measured yet"),
    ],
)
def test_what_cannot_be_measured_is_an_error(
    in_process: InProcess, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, _, wrong = in_process("measure", "scale", *arguments, data=tmp_path)
    assert code == 2 and said in wrong


def test_an_engine_is_measured_after_duckdb(in_process: InProcess, network: DataFolder, tmp_path: Path) -> None:
    code, _, wrong = in_process(
        "measure", "scale", "sail", "--times", "1", "--source", str(network.root), data=tmp_path / "data"
    )
    assert code == 2 and "measure duckdb at this size" in wrong


def test_processor_time_of_a_process_counts_what_it_started() -> None:
    """Of one that it waited for, too. Each of its four times is told in whole ticks of the clock, rounded down."""
    least = 0.3 - 4 / os.sysconf("SC_CLK_TCK")
    worked = "import time\nwhile time.process_time() < 0.3: pass"
    waits = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {worked!r}])\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", waits], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ}
    ) as process:
        assert process.stdout and process.stdin
        process.stdout.readline()
        assert processor_seconds(process.pid) >= least
        process.stdin.write(b"\n")


def test_the_extraction_date_is_that_of_the_build(tmp_path: Path) -> None:
    """D05: an engine builds with the day that DuckDB was given."""
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
    assert extraction_date(file) == {}
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table marts.build_info as select date '2023-01-31' as as_of_date")
    assert extraction_date(file) == {"as_of_date": "2023-01-31"}
