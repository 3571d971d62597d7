"""A part of the chain on a PostgreSQL of its own: equal to the last cell, and each wrong word of the dialect seen."""

from __future__ import annotations

import pytest
from engine_part import Bend, Part, words_of

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
    Bend(
        "whole_quotient", "div({{ above }}, {{ below }})", "1 + div({{ above }}, {{ below }})", "marts.plie_outcomes",
        r"where reporting_year = 2020, .*: .*positive_per_entry is 0\.615385 in DuckDB, 0\.615386 there",
    ),
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
    Bend(
        "existing_day", "then to_date({{ value }}, 'YYYY-MM-DD')", "then to_date({{ value }}, 'YYYY-MM')",
        "staging.stg_plie__participants",
        r"where .*source_row = 3, .*: .*entry_date is 2016-03-13 in DuckDB, 2016-03-01 there",
    ),
    Bend(
        "matches", "'^({{ pattern }})$'", "'({{ pattern }})'", "staging.stg_plie__participants",
        r"where .*source_row = [0-9]+, .*: .*birth_year is None in DuckDB, 19788 there",
    ),
    Bend(
        "squeeze_blanks", "' ', 'g'", "'', 'g'", "staging.stg_network__members",
        r"where .*source_row = [0-9]+, .*: .*name is Adhérent fictif .* in DuckDB, Adhérentfictif.* there",
    ),
    Bend(
        "one_of", "is not null)", "is null)", "intermediate.int_clause__activity",
        r"where reporting_year = .*: .*nature is services in DuckDB, None there",
    ),
    Bend(
        "each_whole_number", "{{ last }}", "{{ last }} - 1", "staging.stg_reference__codes_in_force",
        r"only DuckDB has list_day = .*, code = ",
    ),
    Bend(
        "unpivoted", "where measured.measure_value is not null", "", "intermediate.ind_plie__measures",
        r"only the engine has reporting_year = .*, cut_value = ",
    ),
)  # fmt: skip
# Words that no figure of the part rests on: the type of what only tests compare, statistics, and lists in a text.
NOT_BENT = {"real_type", "after_a_table", "each_part"}


@pytest.mark.parametrize("bend", BENT, ids=[bend.word for bend in BENT])
def test_a_bent_word_is_told_with_table_key_and_both_values(part: Part, bend: Bend) -> None:
    part.tells(bend)


def test_every_word_is_bent() -> None:
    """A new word of PostgreSQL gets a case here."""
    assert words_of("postgres") == {bend.word for bend in BENT} | NOT_BENT


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
