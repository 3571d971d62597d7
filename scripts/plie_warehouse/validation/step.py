"""The second enforcement of the rules as steps of dbt: the tables of the run in, Great Expectations' verdict out.

The verdict of an earlier build is reused when all that it depends on is the same (``verdict_cache``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb

from plie_warehouse import history
from plie_warehouse.build_inputs import program_fingerprint
from plie_warehouse.sql import text
from plie_warehouse.validation.deliveries import content_in_force
from plie_warehouse.validation.frames import Warehouse
from plie_warehouse.validation.judging import judge_private, judge_published
from plie_warehouse.validation.outcomes import RESULT_COLUMNS, SuiteOutcome, as_rows
from plie_warehouse.validation.revisions import content_of_last
from plie_warehouse.validation.verdict_cache import VerdictCache, folder_of
from plie_warehouse.working_file import Run, current_run

# Memory, in bytes, that is left to the queries that run while cached pages are dropped.
ROOM = 128_000_000


def validation_results(session: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """What ``quality.validation_results`` holds: the verdict on each private table that dbt made behind ``session``.

    Writes the Data Docs beside the working file. Raises what ``judge_private`` raises.
    """
    run = current_run()
    drop_cached_pages(session, run.memory_limit)
    deliveries = run.options.deliveries
    last = history.last_of(run.data, deliveries)

    def depends_on() -> list[object]:
        of_last = content_of_last(last, Warehouse(session))
        return ["private", deliveries, content_in_force(deliveries, run.data.accepted), of_last]

    suites = judge_private(session, deliveries, _docs(run), last=last, cache=_cache(run, depends_on))
    return _relation(session, suites)


def published_validation_results(session: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """What ``quality.published_validation_results`` holds: the same of the published tables. Adds its pages to the Data
    Docs. Raises what ``judge_published`` raises."""
    run = current_run()
    drop_cached_pages(session, run.memory_limit)
    return _relation(session, judge_published(session, _docs(run), cache=_cache(run, lambda: ["published"])))


def _cache(run: Run, depends_on: Callable[[], list[object]]) -> VerdictCache | None:
    # What was loaded of a program that changed since it started, nobody can say.
    if run.program != program_fingerprint():
        return None
    return VerdictCache(folder_of(run.data), lambda: [program_fingerprint(), *depends_on()])


def drop_cached_pages(session: duckdb.DuckDBPyConnection, limit: str) -> None:
    """Let DuckDB give back what it holds of the tables that were made until now: of a national year 0.7 GB, beside
    which the second enforcement takes as much. They are written into the file, as the release would do, and their pages
    dropped.

    A lower limit of its memory is the only way to ask for the second: what the queries that run now hold, and ``ROOM``,
    so that none of them misses memory until ``limit``, the usual one, is back, one statement later.
    """
    # Not while another node writes: then they stay in memory.
    with suppress(duckdb.TransactionException), session.cursor() as cursor:
        cursor.execute("checkpoint")
    tagged = dict(session.execute("select tag, memory_usage_bytes from duckdb_memory()").fetchall())
    held = sum(tagged.values()) - tagged["BASE_TABLE"]
    if tagged["BASE_TABLE"] > ROOM:
        # Where the pages are in use, the limit stays as it was.
        with suppress(duckdb.OutOfMemoryException):
            session.execute(f"set memory_limit = '{held + ROOM} bytes'; set memory_limit = {text(limit)}")


def _docs(run: Run) -> Path:
    return run.data.building / run.data.validation.name


def _relation(session: duckdb.DuckDBPyConnection, suites: list[SuiteOutcome]) -> duckdb.DuckDBPyRelation:
    typed = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in RESULT_COLUMNS.items())
    return session.from_df(as_rows(suites)).project(typed)
