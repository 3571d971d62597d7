"""The second enforcement of the rules as steps of dbt: the tables of the run in, Great Expectations' verdict out."""

from __future__ import annotations

from pathlib import Path

import duckdb

from plie_warehouse import history
from plie_warehouse.validation.judging import judge_private, judge_published
from plie_warehouse.validation.outcomes import RESULT_COLUMNS, SuiteOutcome, as_rows
from plie_warehouse.working_file import Run, current_run


def validation_results(session: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """What ``quality.validation_results`` holds: the verdict on each private table that dbt made behind ``session``.

    Writes the Data Docs beside the working file. Raises what ``judge_private`` raises.
    """
    run = current_run()
    deliveries = run.options.deliveries
    suites = judge_private(session, deliveries, _docs(run), last=history.last_of(run.data, deliveries))
    return _relation(session, suites)


def published_validation_results(session: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """What ``quality.published_validation_results`` holds: the same of the published tables. Adds its pages to the Data
    Docs. Raises what ``judge_published`` raises."""
    return _relation(session, judge_published(session, _docs(current_run())))


def _docs(run: Run) -> Path:
    return run.data.building / run.data.validation.name


def _relation(session: duckdb.DuckDBPyConnection, suites: list[SuiteOutcome]) -> duckdb.DuckDBPyRelation:
    typed = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in RESULT_COLUMNS.items())
    return session.from_df(as_rows(suites)).project(typed)
