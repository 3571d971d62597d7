"""The release as the last step of dbt: the working file becomes the warehouse and is released.

All is written first: a copy of the working file with its attestation, the history for the next build, the files of the
release, the Data Docs. Then renames put it in place, the warehouse before what is published. What fails or dies before
leaves all as it was. What dies between two renames leaves whole files, each of one build, and ``make publish`` goes on.
"""

from __future__ import annotations

import shutil
import uuid
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

import duckdb

from plie_warehouse import history
from plie_warehouse.build_inputs import BuildInputs
from plie_warehouse.disclosure.engine import engine_versions
from plie_warehouse.errors import ReleaseError
from plie_warehouse.files import OWNER_ONLY, commit, commit_folder, lead_to, sync
from plie_warehouse.intake.store import Store
from plie_warehouse.intake.store_check import rows_in_force
from plie_warehouse.paths import STORE, DataFolder
from plie_warehouse.release import Published, build_attestation, publish
from plie_warehouse.sql import text
from plie_warehouse.working_file import Run, copy_of_working_file, current_run

UNTOUCHED = "the last good warehouse stays in place, and so does what is published"


def release_build(session: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """What ``build.release`` holds, after the release of what dbt ran, or after none when it did not run everything.

    ``session``: the connection of the node. Raises ``ReleaseError`` when deliveries or sources changed while dbt ran,
    or when the release cannot be written; nothing is put in place then.
    """
    run = current_run()
    planned = {kind: counts for kind, *counts in session.execute("from build.plan").fetchall()}
    suites, values = _judged(session)
    if reason := _why_not(run, planned):
        published, message = None, f"Nothing is released: {reason}; {UNTOUCHED}; run dbt build to release."
    else:
        ran = {kind: in_project for kind, (_, in_project) in planned.items()}
        if not run.has_unit_tests:
            ran["unit_test"] = 0
        passed = {"dbt_nodes": sum(ran.values()) - 1, "unit_tests": ran["unit_test"], "suites": suites}
        published = _release(session, run, passed | {"values_compared": values})
        already = "" if published.changed else ", in place already"
        message = f"Released {published.published_id}{already}: {run.data.serving}"
    return session.sql(
        f"select {published is not None} as is_released,"
        f" {text(published.published_id) if published else 'cast(null as varchar)'} as published_id,"
        f" {bool(published and not published.changed)} as was_in_place, {suites} as suites,"
        f" cast({values} as bigint) as values_compared, {text(message)} as message"
    )


def _judged(session: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many suites of the second enforcement there are, and how many values they compared."""
    tables = session.execute(
        "select table_name from duckdb_tables() where schema_name = 'quality' and table_name like '%validation_results'"
    ).fetchall()
    results = " union all ".join(f"select suite, evaluated_count from quality.{table}" for (table,) in tables)
    return session.execute(
        f"select count(distinct suite), coalesce(sum(evaluated_count), 0)::bigint from ({results})"
    ).fetchone()


def _why_not(run: Run, planned: dict[str, list[int]]) -> str | None:
    """Why what runs is not released; None when every node has passed, since this is the last one."""
    if run.file != run.data.working_file:
        return f"{run.file} is a scratch file (PLIE_WAREHOUSE)"
    left_out = {kind: (count, all_) for kind, (count, all_) in planned.items() if count not in (None, all_)}
    if left_out or not run.is_whole:
        counts = ", ".join(f"{count} of {all_} {kind}s" for kind, (count, all_) in left_out.items())
        return f"a part of the project ran ({counts})" if counts else "a part of the project was asked for"
    if not run.has_unit_tests and not run.options.without_unit_tests:
        return "the unit tests were left out, which plie build --without-unit-tests may do"
    return None


def _release(session: duckdb.DuckDBPyConnection, run: Run, passed: dict[str, int]) -> Published:
    """Write everything, then put it in place. ``passed``: what ran, by kind."""
    data = run.data
    if BuildInputs.read(run.options, data.accepted) != run.inputs:
        raise ReleaseError(
            f"the deliveries in force or the sources changed while the build ran; {UNTOUCHED}; run it again"
        )
    if run.options.deliveries == STORE:
        demand_rows(session, data)
    versions = {"great_expectations": version("great_expectations")} | engine_versions()
    record = {"deliveries": run.inputs.deliveries, "passed": passed, "versions": versions}
    attested, is_placed = {*data.attestations.glob("*")}, False
    with ExitStack() as undo:
        try:
            with copy_of_working_file(session, data.building / "release" / data.warehouse.name) as copy:
                coming = history.prepare(data, copy, run.inputs.deliveries, run.inputs.rules)
                undo.callback(shutil.rmtree, coming, ignore_errors=True)
                docs = _prepare_docs(data)
                undo.callback(shutil.rmtree, docs, ignore_errors=True)
                note = build_attestation.attest(data, copy, record)
                if note not in attested:
                    undo.callback(note.unlink, missing_ok=True)

                def place() -> None:
                    nonlocal is_placed
                    # Changes that a client left beside the old file are not of the new one.
                    Path(f"{data.warehouse}.wal").unlink(missing_ok=True)
                    commit(copy, data.warehouse)
                    undo.pop_all()
                    is_placed = True
                    history.commit(coming)
                    lead_to(data.validation, docs)
                    build_attestation.delete_all_but(data, note)

                return publish(data, warehouse=copy, place=place)
        except (OSError, duckdb.Error, ReleaseError) as error:
            stands = "is the warehouse now, but" if is_placed else "was not put in place:"
            raise ReleaseError(f"the build passed and {stands} {error}") from error


def demand_rows(session: duckdb.DuckDBPyConnection, data: DataFolder) -> None:
    """Raise ``ReleaseError`` unless staging has as many rows of the deliveries in force as their manifests say."""
    missing = []
    for (kind, table), said in rows_in_force(Store(data.accepted)).items():
        [read] = session.execute(f"select count(*) from staging.stg_{kind}__{table}").fetchone()
        if read != said:
            missing.append(f"\n  {kind}, {table}: {said} rows in force, {read} read")
    if missing:
        raise ReleaseError(
            f"dbt did not read the rows of the store {data.accepted}; {UNTOUCHED}; give the data folder a plain name"
            f" (PLIE_DATA_DIR) and run it again{''.join(missing)}"
        )


def _prepare_docs(data: DataFolder) -> Path:
    """Take the Data Docs of this build beside those in place; returns their folder."""
    data.validations.mkdir(mode=OWNER_ONLY, exist_ok=True)
    if data.validation.is_dir() and not data.validation.is_symlink():
        # As a build of an earlier version, or plie validate, left them.
        before = data.validations / uuid.uuid4().hex
        data.validation.rename(before)
        lead_to(data.validation, before)
    for left in data.validations.iterdir():
        if left != data.validation.resolve():
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() and not left.is_symlink() else left.unlink()
    written, docs = data.building / data.validation.name, data.validations / uuid.uuid4().hex
    commit_folder(written, readers=False)
    written.rename(docs)
    sync(data.validations)
    return docs
