"""The tables of a build as readers and BI tools meet them: schemas, types, comments, statuses, analyses."""

from __future__ import annotations

import stat

import duckdb
import pytest
from scenario import Scenario
from shared import Built, Compiled

from plie_warehouse.build_inputs import BuildInputs, Options
from plie_warehouse.paths import PROJECT, DataFolder


def test_build_prints_the_national_table(built: Built, warehouse: duckdb.DuckDBPyConnection) -> None:
    outcomes = warehouse.execute(
        "select reporting_year, exits, positive_exits, exits_excluding_neutralised, entries"
        " from marts.plie_outcomes where territory_kind = 'national' order by 1"
    ).fetchall()
    assert [row[0] for row in outcomes] == [2020, 2021]
    for year, exits, positive, base, entries in outcomes:
        [line] = [line for line in built.printed.splitlines() if f" {year} " in line and "%" in line]
        for shown in (f"({positive}/{exits})", f"({positive}/{base})", f"({positive}/{entries})"):
            assert shown in line
    for reason in ("hors_annee", "chevauchement", "livraison_refusee", "accompagnement", "valeur_illisible"):
        assert reason in built.printed
    for path in (built.warehouse, built.serving, built.data / "validation" / "index.html"):
        assert str(path) in built.printed and path.exists()


def test_the_warehouse_is_private(built: Built) -> None:
    assert stat.S_IMODE(built.warehouse.stat().st_mode) == 0o600


def test_schemas_are_those_of_the_interface(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = {name for (name,) in warehouse.execute("select distinct schema_name from duckdb_tables()").fetchall()}
    assert found == {"build", "reference", "staging", "intermediate", "marts", "published", "quality"}


def test_descriptions_are_stored_as_comments(warehouse: duckdb.DuckDBPyConnection) -> None:
    """A BI tool shows them: every table and column of every schema that dbt documents, models and reference lists.

    The columns of the sample seeds are the contract's business (test_contract)."""
    tables = warehouse.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where comment is null and schema_name in ('marts', 'quality', 'published', 'reference', 'raw')"
    ).fetchall()
    columns = warehouse.execute(
        "select schema_name || '.' || table_name || '.' || column_name from duckdb_columns()"
        " where comment is null and schema_name in ('marts', 'quality', 'published', 'reference')"
    ).fetchall()
    assert (tables, columns) == ([], [])


def test_public_types_are_plain(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Counts are bigint, rates decimal(9,6), hours decimal(14,2), ETP decimal(14,4); no HUGEINT, ENUM, STRUCT, LIST or
    DOUBLE reaches a BI tool."""
    types = warehouse.execute(
        "select distinct data_type from duckdb_columns()"
        " where schema_name in ('marts', 'published', 'quality') order by 1"
    ).fetchall()
    assert {name for (name,) in types} <= {
        "BIGINT", "BOOLEAN", "DATE", "DECIMAL(14,2)", "DECIMAL(14,4)", "DECIMAL(18,6)", "DECIMAL(9,6)", "INTEGER",
        "VARCHAR",
    }  # fmt: skip
    rates = warehouse.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts'"
        " and (column_name like '%rate%' or column_name like 'share%' or column_name like '%_share')"
        " and data_type <> 'DECIMAL(9,6)'"
    ).fetchall()
    assert rates == []
    amounts = warehouse.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts'"
        " and ((regexp_matches(column_name, '^hours(_|$)') and column_name not like '%per_facilitator_etp'"
        "       and data_type <> 'DECIMAL(14,2)')"
        "   or ((column_name like '%_etp' or column_name = 'etp')"
        "       and column_name not in ('structures_with_etp', 'hours_per_etp', 'share_of_etp')"
        "       and data_type <> 'DECIMAL(14,4)'))"
    ).fetchall()
    assert amounts == []


def test_the_sample_suppresses_small_counts_and_keeps_the_nation(warehouse: duckdb.DuckDBPyConnection) -> None:
    counts = dict(
        warehouse.execute(
            "select territory_kind = 'national', bool_and(status in ('publie', 'non_connu'))"
            " from intermediate.int_disclosure__statuses group by 1"
        ).fetchall()
    )
    assert counts == {True: True, False: False}
    too_narrow = warehouse.execute(
        "select count(*) filter (where h.high - h.low < 2), count(*) from intermediate.int_disclosure__suppressed as h"
        " inner join intermediate.int_disclosure__figures as n on n.territory_kind = 'national'"
        " and h.reporting_year = n.reporting_year and h.mart = n.mart and h.cut = n.cut and h.measure = n.measure"
        " and h.cut_value = n.cut_value and n.quantity = 'personnes' and n.measure_value >= 20"
        " where h.status = 'masque_primaire'"
    ).fetchone()
    # Intervals are too narrow only where small national counts leave no more.
    assert too_narrow[1] > 1000 and too_narrow[0] < 0.05 * too_narrow[1]


def test_every_measure_has_its_status_in_the_published_copy(warehouse: duckdb.DuckDBPyConnection) -> None:
    without_status = warehouse.execute(
        "select mart, measure from reference.measures where (mart, measure || '_status') not in"
        " (select (table_name, column_name) from duckdb_columns() where schema_name = 'published')"
    ).fetchall()
    assert without_status == []


def test_published_tables_keep_columns_types_and_comments(warehouse: duckdb.DuckDBPyConnection) -> None:
    columns = "select table_name, column_name, data_type, comment from duckdb_columns() where schema_name = "
    published = warehouse.execute(f"{columns} 'published'").fetchall()
    # The comparison of the PLIE is published of the published figures alone, under a name of its own.
    marts = {
        ("plie_scorecard" if table == "plie_comparison" else table, *column)
        for table, *column in warehouse.execute(f"{columns} 'marts'").fetchall()
    }
    tables = {table for table, *_ in published}
    # The queries of private rows stay with them, and so does what one action sheet declares and its steps count.
    names = {"rows_sql", "denominator_rows_sql", "declared_value", "counted_value"}
    kept_back = {row for row in marts if row[0] == "printed_comparison" and row[1] in names}
    assert len(kept_back) == len(names)
    assert not [row for row in published if row[0] == "printed_comparison" and row[1] in names]
    assert {row for row in marts if row[0] in tables} - kept_back <= set(published)
    added = [row for row in published if row not in marts]
    assert all(name == "status" or name.endswith("_status") for _, name, _, _ in added)
    assert all(comment.endswith("Unit: code. Rule: D60.") for *_, comment in added)


@pytest.mark.parametrize("name", sorted(path.stem for path in (PROJECT / "analyses").glob("*.sql")))
def test_analyses_run_on_the_sample(name: str, compiled: Compiled, built: Built) -> None:
    """Every question in analyses/ compiles, runs, and has an answer."""
    sql = compiled.sql(f"analyses/{name}.sql")
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        assert connection.execute(sql).fetchall()


def test_building_again_gives_the_same_figures(built: Built) -> None:
    """Builds are idempotent: same code, same data, same name of the build, same rows in every public table. The models
    run again in memory, which also shows that the harness of the tests gives what dbt built. The suppression pattern is
    that of the build: another one is the same (test_the_same_figures_give_the_same_suppression_pattern)."""
    inputs = BuildInputs.read(Options(), DataFolder(built.data).accepted)
    with Scenario(built.warehouse, built.target) as scenario:
        scenario.connection.execute(
            f"set variable build_id = '{inputs.build_id}'; set variable rules = '{inputs.rules}'"
        )
        scenario.deliver_sample().run()
        statuses, utility = "intermediate.int_disclosure__statuses", "quality.disclosure_utility"
        scenario.connection.execute(f"create table {statuses} as from built.{statuses}")
        sql = (scenario.compiled / "models" / "quality" / "disclosure_utility.sql").read_text(encoding="utf-8")
        scenario.connection.execute(f"create table {utility} as {sql}")
        public = {
            database: {
                name
                for (name,) in scenario.rows(
                    "select schema_name || '.' || table_name from duckdb_tables()"
                    f" where database_name = '{database}' and schema_name in ('marts', 'quality')"
                )
            }
            for database in ("warehouse", "built")
        }
        judged = {"quality.validation_results", "quality.published_validation_results"}
        assert public["built"] == public["warehouse"] | judged and len(public["warehouse"]) > 30
        for table in public["warehouse"]:
            # dbt orders the columns as the contract of the table does, its query as it likes.
            columns = ", ".join(name for (name,) in scenario.rows(f"select column_name from (describe {table})"))
            ours, theirs = (f"select {columns} from {database}{table}" for database in ("", "built."))
            differing = scenario.rows(f"({ours} except all {theirs}) union all ({theirs} except all {ours})")
            assert differing == [], table
        [(build_id,)] = scenario.rows("select build_id from built.marts.build_info")
    assert build_id == inputs.build_id
