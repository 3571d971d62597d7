"""Build the warehouse: dbt on a new file, then the second enforcement of the rules, then the release.

A build that fails, or dies, leaves the warehouse and the current release as they were. A build that passed becomes the
warehouse, with an attestation, and is released; a release that fails can be repeated (``make publish``).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from plie_warehouse import history, release, summary
from plie_warehouse.disclosure.engine import engine_versions
from plie_warehouse.errors import PlieError
from plie_warehouse.files import locked
from plie_warehouse.intake.store import Store, StoreError
from plie_warehouse.intake.store_check import demand_store, demand_whole_store, rows_in_force
from plie_warehouse.intake.store_repair import repair
from plie_warehouse.paths import ALL_LEVELS, PROJECT, SAMPLE, STORE, DataFolder
from plie_warehouse.processes import ProcessDied, run_in_subprocess
from plie_warehouse.release import ReleaseError, build_attestation
from plie_warehouse.transform import run_dbt

# What decides the figures: code, reference lists and deliveries.
FINGERPRINTED = (
    "dbt_project.yml",
    "requirements.lock",
    "macros",
    "models",
    "scripts/plie_warehouse/disclosure",
    "seeds",
)


class BuildError(PlieError):
    """The build could not start or one of its rules broke; the message says what, and what to do."""

    exit_code = 1


UNTOUCHED = "the last good warehouse stays in place, and so does what is published"


def fingerprint(as_of_date: str | None, deliveries: str, accepted: Path, published_levels: str = ALL_LEVELS) -> str:
    """Name of a build: the same code and data, published alike on the same extraction date, give the same name.

    ``accepted``: the store, whose manifests and refusals count when ``deliveries`` is ``store``.
    """
    digest = hashlib.sha256((as_of_date or "").encode())
    if published_levels != ALL_LEVELS:
        digest.update(published_levels.encode())
    if deliveries == STORE:
        for file in sorted([*accepted.glob("deliveries/**/*.json"), *accepted.glob("refused/**/*.json")]):
            content = json.loads(file.read_text(encoding="utf-8"))
            named = content["in_force"] if "in_force" in content else content["delivery_id"]
            digest.update(f"{file.relative_to(accepted).as_posix()}\0{named}\0".encode())
    for file in _fingerprinted():
        digest.update(file.relative_to(PROJECT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _fingerprinted() -> Iterator[Path]:
    for entry in FINGERPRINTED:
        path = PROJECT / entry
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                yield file


def rules_fingerprint(deliveries: str) -> str:
    """Name of the code and reference lists that decide the figures; of the embedded sample also its rows (seeds)."""
    digest = hashlib.sha256()
    for file in _fingerprinted():
        name = file.relative_to(PROJECT).as_posix()
        if deliveries == SAMPLE or not name.startswith("seeds/raw/"):
            digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def deliveries_in_force(deliveries: str, accepted: Path) -> dict[str, Any]:
    """The deliveries of the store that are in force. ``version``: number of deliveries of the same supplier and year
    that were accepted up to it."""
    paths = sorted(accepted.glob("deliveries/*/*/*.json")) if deliveries == STORE else []
    heads = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return {"source": deliveries, "in_force": [_in_force(head) for head in heads if head["in_force"]]}


def _in_force(head: dict[str, Any]) -> dict[str, Any]:
    accepted = [one["delivery_id"] for one in head["versions"]]
    return {
        "kind": head["kind"],
        "supplier_code": head["supplier_code"],
        "year": head["reporting_year"],
        "version": len(accepted) - accepted[::-1].index(head["in_force"]),
        "delivery_id": head["in_force"],
    }


@contextmanager
def only_build(data: DataFolder) -> Iterator[None]:
    """One build at a time in a data folder. Raises ``BuildError`` when another one runs."""

    def refuse() -> None:
        raise BuildError(f"another build is running in {data.root}; wait for it to end") from None

    data.create()
    with locked(data.root / ".build.lock", refuse):
        yield


def parse(
    data: DataFolder,
    as_of_date: str | None = None,
    deliveries: str = SAMPLE,
    published_levels: str = ALL_LEVELS,
) -> None:
    """Let dbt read the project as ``build`` with the same arguments will, which then starts at once. Raises
    ``BuildError`` when it cannot be read."""
    outcome = run_dbt(["parse"], *_dbt_settings(_building_file(data), data, as_of_date, deliveries, published_levels))
    if not outcome.success:
        raise BuildError("dbt cannot read the project\n" + "\n".join(outcome.messages))


def build(
    data: DataFolder,
    console: Console,
    as_of_date: str | None = None,
    deliveries: str = SAMPLE,
    unit_tests: bool = True,
    published_levels: str = ALL_LEVELS,
) -> None:
    """Build, validate and publish into ``data``.

    ``as_of_date``: extraction date (YYYY-MM-DD) written into what is published; the project's default when None.
    ``deliveries``: ``sample`` for the embedded seeds, ``store`` for what the intake accepted into ``data``.
    ``unit_tests``: also those of the SQL on rows of their own, which no delivery changes.
    ``published_levels``: ``all``, or ``national`` for the nation alone, without disclosure control.
    Raises ``BuildError`` when dbt or the validation fails, and leaves what readers see untouched;
    ``ReleaseError`` when the build passed and could not be published.
    """
    with only_build(data):
        # Private files are private from their first byte.
        os.umask(0o077)
        seconds: dict[str, float] = {}
        shutil.rmtree(data.building, ignore_errors=True)
        data.building.mkdir(parents=True)
        warehouse = _building_file(data)

        if deliveries == STORE:
            _demand_store(data, console)
        in_force = deliveries_in_force(deliveries, data.accepted)
        try:
            nodes = _transform(warehouse, data, as_of_date, deliveries, unit_tests, console, seconds, published_levels)
        finally:
            # First: a delivery that is replaced takes its files away, and dbt then fails for that alone.
            if deliveries_in_force(deliveries, data.accepted) != in_force:
                raise BuildError(f"the deliveries in force changed while it ran; {UNTOUCHED}; run it again")
        if deliveries == STORE:
            _demand_rows(warehouse, data)
        checked = _validate(warehouse, data, console, seconds, history.last_of(data, deliveries))

        record = {
            "deliveries": in_force,
            "passed": {"dbt_nodes": nodes} | checked,
            "versions": {"great_expectations": version("great_expectations")} | engine_versions(),
        }
        coming = history.prepare(data, warehouse, in_force, rules_fingerprint(deliveries))
        note = build_attestation.attest(data, warehouse, record)
        warehouse.replace(data.warehouse)
        history.commit(coming)
        build_attestation.delete_all_but(data, note)
        shutil.rmtree(data.validation, ignore_errors=True)
        (data.building / data.validation.name).replace(data.validation)
        shutil.rmtree(data.building)
        try:
            published = release.publish(data, lambda: console.print(release.WAITING))
        except ReleaseError as error:
            raise ReleaseError(f"the build passed and is the warehouse now, but {error}") from error
        seconds["publication"] = published.seconds

    summary.show_outcomes(data.warehouse, console)
    summary.show_seconds(seconds, console)
    console.print(f"Entrepôt (privé)      {data.warehouse}")
    release.show(published, data, console)
    console.print(f"Contrôles (Data Docs) {data.validation / 'index.html'}")


def _demand_store(data: DataFolder, console: Console) -> None:
    """Mend what can be mended of the store, and raise ``BuildError`` when it does not hold what it should."""
    store = Store(data.accepted)
    try:
        demand_store(data)
        with store.locked(lambda: console.print("une prise en charge est en cours : attente")):
            repair(store, data)
            demand_whole_store(data)
    except StoreError as error:
        raise BuildError(f"{error}\n  {UNTOUCHED}") from error


def _demand_rows(warehouse: Path, data: DataFolder) -> None:
    """Raise ``BuildError`` unless staging has every row of the deliveries in force, as many as their manifests say."""
    missing = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for (kind, table), said in rows_in_force(Store(data.accepted)).items():
            [read] = connection.execute(f"select count(*) from staging.stg_{kind}__{table}").fetchone()
            if read != said:
                missing.append(f"\n  {kind}, {table}: {said} rows in force, {read} read")
    if missing:
        raise BuildError(
            f"dbt did not read the rows of the store {data.accepted}; {UNTOUCHED}; give the data folder a plain name"
            f" (PLIE_DATA_DIR) and run it again{''.join(missing)}"
        )


def _building_file(data: DataFolder) -> Path:
    return data.building / data.warehouse.name


def _dbt_settings(
    warehouse: Path, data: DataFolder, as_of_date: str | None, deliveries: str, published_levels: str
) -> tuple[Path, str, dict[str, str]]:
    """Warehouse, name of the build and variables of a dbt run; sets the environment that the project reads."""
    # Only variables that differ from the project's, because any other set makes dbt parse the project again.
    variables = {"as_of_date": as_of_date} if as_of_date else {}
    if deliveries != SAMPLE:
        variables["deliveries"] = deliveries
    if published_levels != ALL_LEVELS:
        variables["published_levels"] = published_levels
    os.environ["PLIE_DATA_DIR"] = str(data.root)
    os.environ["PLIE_RULES"] = rules_fingerprint(deliveries)
    return warehouse, fingerprint(as_of_date, deliveries, data.accepted, published_levels), variables


def _transform(
    warehouse: Path,
    data: DataFolder,
    as_of_date: str | None,
    deliveries: str,
    unit_tests: bool,
    console: Console,
    seconds: dict[str, float],
    published_levels: str = ALL_LEVELS,
) -> int:
    """Run dbt; returns how many nodes ran, all without an error."""
    command = ["build"] if unit_tests else ["build", "--exclude-resource-type", "unit_test"]
    done = 0
    settings = _dbt_settings(warehouse, data, as_of_date, deliveries, published_levels)
    with console.status("dbt : démarrage") as status:

        def progress(name: str) -> None:
            nonlocal done
            done += 1
            status.update(f"dbt : {done} nœuds, {name}")

        try:
            # dbt runs in a subprocess, because its memory is then free for the validation.
            outcome = run_in_subprocess(run_dbt, command, *settings, progress=progress)
        except ProcessDied as error:
            raise BuildError(f"dbt {error}; {UNTOUCHED}; run it again") from error
    seconds.update(outcome.seconds)
    if not outcome.success:
        details = "\n".join(f"  {message}" for message in outcome.messages)
        raise BuildError(f"dbt failed; {UNTOUCHED}\n{details}")
    kinds = ", ".join(f"{kind} {value:.1f} s" for kind, value in sorted(outcome.node_seconds.items()))
    console.print(f"dbt : {outcome.nodes} nœuds sans erreur (temps cumulé par nature : {kinds})")
    return outcome.nodes


def _validate(
    warehouse: Path, data: DataFolder, console: Console, seconds: dict[str, float], last: Path
) -> dict[str, int]:
    """Run the suites, with the history of the build before in ``last``; returns how many suites and values passed."""
    # Imported here: Great Expectations takes seconds to load, and a failed dbt run does not need it.
    from plie_warehouse.validation import failure_lines, validate

    output = data.building / data.validation.name
    with console.status("Great Expectations"):
        result = validate(warehouse, output, last=last)
    seconds.update(result.seconds)
    if not result.success:
        details = "\n".join(f"  {line}" for line in failure_lines(result.failures))
        raise BuildError(f"a rule does not hold; {UNTOUCHED}\n{details}\n  Data Docs: {result.docs}")
    console.print(f"Great Expectations : {len(result.suites)} suites, {result.values_compared} valeurs comparées")
    return {"suites": len(result.suites), "values_compared": result.values_compared}
