"""A part of the chain on a PostgreSQL of its own: equal to the last cell, and each wrong word of the dialect seen."""

from __future__ import annotations

import pytest
from engine_part import Bend, Part, shown_by, words_of

from plie_warehouse.engines import postgres
from plie_warehouse.engines.chain import run_engine
from plie_warehouse.paths import DataFolder

pytest.importorskip("dbt.adapters.postgres", reason="not in this environment: run make engine-tests")

# Rates, medians, first values, measures by row, with all before them: what rests on the words of the dialect.
PART = ("+plie_outcomes", "+plie_durations", "+plie_breakdowns", "+ind_plie__measures", "dialect_says_the_same")


@pytest.fixture(scope="module")
def part(server: None, data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Part:
    folder = tmp_path_factory.mktemp("brought")
    result = run_engine("postgres", data, "sample", folder, print, PART)
    return Part("postgres", data, folder / "dbt", result, postgres.table_reader)


def test_every_table_of_the_part_is_equal(part: Part) -> None:
    """D18, D55: rates too are equal to the last decimal."""
    assert part.result.differences == []
    assert part.result.tables > 70
    assert part.result.cells > 2_000_000


BENT = (
    shown_by("whole_quotient", "div({{ above }}, {{ below }})", "1 + div({{ above }}, {{ below }})"),
    Bend(
        "median_of", "percentile_cont", "percentile_disc", "marts.plie_durations",
        r"where reporting_year = .*: duration_months_median is [0-9.]+ in DuckDB, [0-9.]+ there",
    ),
    Bend(
        "day_of_year", "{{ day }})", "1)", "marts.plie_durations",
        r"where reporting_year = .*: .*duration_months_median is [0-9.]+ in DuckDB, [0-9.]+ there",
    ),
    Bend(
        "first_of", "order by {{ order }}", "order by {{ order }} desc", "marts.plie_breakdowns",
        r"where reporting_year = .*: cut_value_label_fr is Niveau 1 .* in DuckDB, Ancien niveau VI there",
    ),
    shown_by("existing_day", "then to_date({{ value }}, 'YYYY-MM-DD')", "then to_date({{ value }}, 'YYYY-MM')"),
    shown_by("matches", "'^({{ pattern }})$'", "'({{ pattern }})'"),
    shown_by("squeeze_blanks", "' ', 'g'", "'', 'g'"),
    shown_by("one_of", "is not null)", "is null)"),
    shown_by("each_whole_number", "{{ last }}", "{{ last }} - 1"),
    shown_by("unpivoted", "where measured.measure_value is not null", ""),
)  # fmt: skip
# Words that no figure of the part rests on: the type of what only tests compare, statistics, and lists in a text.
NOT_BENT = {"real_type", "after_a_table", "each_part"}


@pytest.mark.parametrize("bend", BENT, ids=[bend.word for bend in BENT])
def test_a_bent_word_is_told_with_table_key_and_both_values(part: Part, bend: Bend) -> None:
    part.tells(bend)


def test_every_word_is_bent() -> None:
    """A new word of PostgreSQL gets a case here."""
    assert words_of("postgres") == {bend.word for bend in BENT} | NOT_BENT


def test_what_reads_accepted_deliveries_builds_too(part: Part) -> None:
    """Its SQL is another where deliveries have a year of their own: a subquery without a name is refused here alone."""
    (result,) = part.run("run", "-s", "int_network__years", "--vars", "deliveries: store")
    assert result.status == "success", result.message
    assert "delivery_year" in result.node.compiled_code
    (result,) = part.run("run", "-s", "int_network__years")
    assert result.status == "success"
    assert part.differences("intermediate.int_network__years") == []


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
        ("each_part", "'|'", "';'", "the parts of a text"),
    ],
)
def test_the_test_of_every_build_sees_it_too(part: Part, word: str, right: str, wrong: str, probe: str) -> None:
    """What no row of a delivery shows is seen by ``dialect_says_the_same``, which names what it broke."""
    (result,) = part.run("test", "-s", "dialect_says_the_same", word=word, right=right, wrong=wrong)
    assert result.status == "fail"
    connection = postgres.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute(result.node.compiled_code)
        assert probe in {row[0] for row in cursor.fetchall()}
    connection.close()
