"""The whole chain on a Sail of its own: equal to the last cell, and each wrong word of Spark's dialect seen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from engine_part import Bend, Part, invoke_dbt, shown_by, words_of

from plie_warehouse.engines import chain, sail
from plie_warehouse.paths import DataFolder

pytest.importorskip("pysail", reason="not in this environment: run make engine-tests")
SparkSession = pytest.importorskip("pyspark.sql").SparkSession


@pytest.fixture(scope="module")
def part(data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Part]:
    """In this process: the names of the tables go with the session that made them."""
    folder = tmp_path_factory.mktemp("brought")

    def in_process(
        arguments: list[str],
        data: DataFolder,
        target: Path,
        environment: dict[str, str] | None = None,
        _: object = None,
    ) -> str:
        for name, value in (environment or {}).items():
            context.setenv(name, value)
        results = invoke_dbt(*arguments, target=target)
        assert {str(result.status) for result in results} <= {"success", "pass"}
        return f"Done. {len(results)} nodes"

    with pytest.MonkeyPatch.context() as context, sail.server(folder):
        context.setenv("PLIE_DATA_DIR", str(data.root))
        context.setattr(chain, "run_dbt", in_process)
        result = chain.run_engine("sail", data, "sample", folder, print)
        # The session knows them all by now.
        context.setenv("PLIE_ENGINE_TABLES", "reference.rules")
        yield Part("spark", data, folder / "dbt", result, partial(sail.table_reader, folder))
        # At its end this process would wait for a server that is gone.
        SparkSession.active().stop()


def test_every_table_is_equal(part: Part) -> None:
    """D18, D55: rates too are equal to the last decimal."""
    assert part.result.differences == []
    assert part.result.tables > 170
    assert part.result.cells > 5_000_000


BENT = (
    shown_by("whole_quotient", "({{ above }}) div", "({{ below }} + {{ above }}) div"),
    shown_by("matches", r"'^({{ pattern }})\\z'", "'({{ pattern }})'"),
    shown_by("squeeze_blanks", "]+', ' '", "]+', ''"),
    shown_by("existing_day", "try_cast({{ value }} as date)", "try_cast(left({{ value }}, 7) as date)"),
    Bend(
        "plus_months", "cast({{ months }} as int)", "1 + cast({{ months }} as int)",
        "intermediate.int_plie__job_evidence", r"where .* in DuckDB, .* there",
    ),
    Bend(
        "plus_days", "cast({{ days }} as int)", "1 + cast({{ days }} as int)", "marts.dim_date",
        r"where .*: date_day is 1990-01-01 in DuckDB, .* there",
    ),
    Bend(
        "days_between", "datediff({{ last_day }}, {{ first_day }})", "datediff({{ first_day }}, {{ last_day }})",
        "marts.dim_date", r"where .*weekday_no is [0-9] in DuckDB, -?[0-9] there",
    ),
    shown_by("one_of", "max({{ value }})", "max(nullif({{ value }}, {{ value }}))"),
    Bend(
        "joined", "'{{ between }}'", "'{{ between }}{{ between }}'", "quality.rejected_rows",
        r"where .*: column_name is work_contract_id, .* in DuckDB, work_contract_id, , .* there",
    ),
    shown_by("each_whole_number", "{{ last }}", "{{ last }} - 1"),
    shown_by("unpivoted", "where measure_value is not null", ""),
    Bend(
        "overlapping_parcours", "having count(*) > 1", "having count(*) > 2",
        "intermediate.int_plie__parcours_overlaps", r"only DuckDB has reporting_year = .*",
    ),
    Bend(
        "each_part", "'[|]'", "'[;]'", "marts.printed_comparison",
        r"where figure_id = .* in DuckDB, .* there",
    ),
)  # fmt: skip
# The name of a type, what names the files, what is said of joins.
NOT_BENT = {"text_type", "before_the_run", "create_table_as", "get_test_sql"}


@pytest.mark.parametrize("bend", BENT, ids=[bend.word for bend in BENT])
def test_a_bent_word_is_told_with_table_key_and_both_values(part: Part, bend: Bend) -> None:
    part.tells(bend)


def test_every_word_is_bent() -> None:
    """A new word of Spark gets a case here."""
    assert words_of("spark") == {bend.word for bend in BENT} | NOT_BENT


@pytest.mark.parametrize(
    ("word", "right", "wrong"),
    [
        ("whole_quotient", "({{ above }}) div", "1 + ({{ above }}) div"),
        ("matches", r"\\z'", "'"),
        ("squeeze_blanks", r"\u00A0\u202F\uFEFF", ""),
        ("each_part", "'[|]'", "'[;]'"),
    ],
)
def test_the_test_of_every_build_sees_it_too(part: Part, word: str, right: str, wrong: str) -> None:
    (result,) = part.run("test", "-s", "dialect_says_the_same", word=word, right=right, wrong=wrong)
    assert result.status == "fail"
