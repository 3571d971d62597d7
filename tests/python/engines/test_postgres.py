"""A part of the chain on a PostgreSQL of its own: equal to the last cell, and each wrong word of the dialect seen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from plie_warehouse.engines import postgres
from plie_warehouse.engines.chain import run_engine
from plie_warehouse.engines.compare import Comparison, compare_tables
from plie_warehouse.paths import PROJECT, DataFolder

pytest.importorskip("dbt.adapters.postgres", reason="not in this environment: run make engine-tests")

# Rates, medians, first values, measures by row, with all before them: what rests on the words of the dialect.
PART = ("+plie_outcomes", "+plie_durations", "+plie_breakdowns", "+ind_plie__measures", "dialect_says_the_same")


@dataclass(frozen=True)
class Chain:
    """A part that was built on the server, and the folder of dbt's outputs."""

    data: DataFolder
    target: Path
    result: Comparison

    def run(self, *command: str, word: str = "", right: str = "", wrong: str = "") -> list:
        """Run dbt on the server, with a word of the dialect that says ``wrong`` for ``right``; returns its results."""
        manifest = Manifest.from_msgpack((self.target / "partial_parse.msgpack").read_bytes())
        if word:
            macro = manifest.macros[f"macro.plie_warehouse.postgres__{word}"]
            assert right in macro.macro_sql
            macro.macro_sql = macro.macro_sql.replace(right, wrong)
        done = dbtRunner(manifest=manifest).invoke([
            *command, "--target", "postgres", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
            "--target-path", str(self.target), "--log-path", str(self.target / "logs"), "--quiet",
        ])  # fmt: skip
        assert done.exception is None
        return [result for result in done.result.results if result.node.resource_type != "operation"]

    def differences(self, table: str) -> list[str]:
        with postgres.table_reader() as read:
            return compare_tables(self.data.warehouse, [table], read).differences


@pytest.fixture(scope="module")
def chain(server: None, data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    folder = tmp_path_factory.mktemp("brought")
    return Chain(data, folder / "dbt", run_engine("postgres", data, "sample", folder, print, PART))


def test_every_table_of_the_part_is_equal(chain: Chain) -> None:
    """D18, D55: rates too are equal to the last decimal."""
    assert chain.result.differences == []
    assert chain.result.tables > 70
    assert chain.result.cells > 2_000_000


# Word, what it says, what it says when bent, a table that rests on it, and what is said of the table.
BENT = (
    (
        "whole_quotient", "div({{ above }}, {{ below }})", "1 + div({{ above }}, {{ below }})", "marts.plie_outcomes",
        r"where reporting_year = 2020, .*: .*positive_per_entry is 0\.615385 in DuckDB, 0\.615386 there",
    ),
    (
        "median_of", "percentile_cont", "percentile_disc", "marts.plie_durations",
        r"where reporting_year = .*: duration_months_median is [0-9.]+ in DuckDB, [0-9.]+ there",
    ),
    (
        "day_of_year", "{{ day }})", "1)", "marts.plie_durations",
        r"where reporting_year = .*: .*duration_months_median is [0-9.]+ in DuckDB, [0-9.]+ there",
    ),
    (
        "first_of", "order by {{ order }}", "order by {{ order }} desc", "marts.plie_breakdowns",
        r"where reporting_year = .*: cut_value_label_fr is Niveau 1 .* in DuckDB, Ancien niveau VI there",
    ),
    (
        "existing_day", "then to_date({{ value }}, 'YYYY-MM-DD')", "then to_date({{ value }}, 'YYYY-MM')",
        "staging.stg_plie__participants",
        r"where .*source_row = 3, .*: .*entry_date is 2016-03-13 in DuckDB, 2016-03-01 there",
    ),
    (
        "matches", "'^({{ pattern }})$'", "'({{ pattern }})'", "staging.stg_plie__participants",
        r"where .*source_row = [0-9]+, .*: .*birth_year is None in DuckDB, 19788 there",
    ),
    (
        "squeeze_blanks", "' ', 'g'", "'', 'g'", "staging.stg_network__members",
        r"where .*source_row = [0-9]+, .*: .*name is Adhérent fictif .* in DuckDB, Adhérentfictif.* there",
    ),
    (
        "one_of", "is not null)", "is null)", "intermediate.int_clause__activity",
        r"where reporting_year = .*: .*nature is services in DuckDB, None there",
    ),
    (
        "each_whole_number", "{{ last }}", "{{ last }} - 1", "staging.stg_reference__codes_in_force",
        r"only DuckDB has list_day = .*, code = ",
    ),
    (
        "unpivoted", "where measured.measure_value is not null", "", "intermediate.ind_plie__measures",
        r"only the engine has reporting_year = .*, cut_value = ",
    ),
)  # fmt: skip
# Words that no figure of the part rests on: the type of what only tests compare, statistics, and lists in a text.
NOT_BENT = {"real_type", "after_a_table", "each_part", "each_text"}


@pytest.mark.parametrize(("word", "right", "wrong", "table", "said"), BENT, ids=[bend[0] for bend in BENT])
def test_a_bent_word_is_told_with_table_key_and_both_values(
    chain: Chain, word: str, right: str, wrong: str, table: str, said: str
) -> None:
    schema, model = table.split(".")
    try:
        chain.run("run", "-s", model, word=word, right=right, wrong=wrong)
        (difference,) = chain.differences(table)
    finally:
        chain.run("run", "-s", model)
    assert re.match(rf"{schema}\.{model}: [0-9]+ rows in DuckDB, [0-9]+ there; {said}", difference), difference
    assert chain.differences(table) == [], "with the right word again"


def test_every_word_is_bent() -> None:
    """A new word of PostgreSQL gets a case here."""
    text = (PROJECT / "macros" / "dialect" / "postgres.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"macro postgres__(\w+)\(", text)) == {bend[0] for bend in BENT} | NOT_BENT


@pytest.mark.parametrize(
    ("word", "right", "wrong", "probe"),
    [
        (
            "whole_quotient",
            "div({{ above }}, {{ below }})",
            "round(cast({{ above }} as numeric) / ({{ below }}))",
            "under half",
        ),
        ("matches", "'^({{ pattern }})$'", "'({{ pattern }})'", "a pattern is of the whole text"),
        ("squeeze_blanks", r"\u00A0\u202F\uFEFF", "", "blanks around"),
    ],
)
def test_the_test_of_every_build_sees_it_too(chain: Chain, word: str, right: str, wrong: str, probe: str) -> None:
    """What no row of a delivery shows is seen by ``dialect_says_the_same``, which names what it broke."""
    (result,) = chain.run("test", "-s", "dialect_says_the_same", word=word, right=right, wrong=wrong)
    assert result.status == "fail"
    connection = postgres.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute(result.node.compiled_code)
        assert probe in {row[0] for row in cursor.fetchall()}
    connection.close()
