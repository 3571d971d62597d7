"""The file that dbt works in, as a dbt-duckdb plugin (profiles.yml): what readers open is put in place whole by the
last node of the graph (``release.release_step``), so that nothing of a build is seen before it has passed.

A build of the whole project starts with an empty file. A part of it goes on in the file of the build before, or in a
copy of the warehouse when there is none, because it needs tables that it does not make. One dbt at a time works in a
data folder. Nobody but the owner reads what a build writes: pseudonymised rows, figures that are not protected yet.

A file that ``PLIE_WAREHOUSE`` names instead is a scratch file: no other dbt is kept from it, and it is not released.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from dbt import selected_resources
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note
from dbt_common.exceptions import DbtRuntimeError
from dbt_common.invocation import get_invocation_id
from duckdb import DuckDBPyConnection

from plie_warehouse.build_inputs import BuildInputs, Options, program_fingerprint
from plie_warehouse.files import OWNER_ONLY, locked, replace
from plie_warehouse.paths import ALL_LEVELS, SAMPLE, STORE, DataFolder
from plie_warehouse.python_parser import parse_one_at_a_time
from plie_warehouse.sql import text

# dbt loads this module when it opens its file, before nodes compile in threads.
parse_one_at_a_time()

# Options of dbt that leave nodes or rows out. Unit tests may be left out: they bring rows of their own.
PARTS = ("SELECT", "EXCLUDE", "SELECTOR", "RESOURCE_TYPES", "EMPTY", "SAMPLE")
UNIT_TESTS = {"unit_test"}


@dataclass(frozen=True)
class Run:
    """One invocation of dbt on ``file``. ``inputs``, and ``program``, the checksum of the code of the second
    enforcement: as they were when it started; ``is_whole``: it started with an empty working file and was asked for
    every node, but perhaps for no unit test (``has_unit_tests``); ``memory_limit``: what DuckDB may take, as its
    setting says it."""

    file: Path
    data: DataFolder
    options: Options
    inputs: BuildInputs
    program: str
    is_whole: bool
    has_unit_tests: bool
    memory_limit: str


_run: list[Run] = []


def current_run() -> Run:
    """What dbt runs in this process."""
    return _run[-1]


def asks_for_everything() -> bool:
    """Whether dbt was asked for a build of all nodes, unit tests perhaps left out. ``dbt retry`` selects nothing."""
    flags = get_flags()
    return (
        flags.WHICH == "build"
        and not any(getattr(flags, part, None) for part in PARTS)
        and _left_out() <= UNIT_TESTS
        and bool(selected_resources.SELECTED_RESOURCES)
    )


def _left_out() -> set[str]:
    return {str(kind) for kind in getattr(get_flags(), "EXCLUDE_RESOURCE_TYPES", None) or ()}


class Plugin(BasePlugin):
    """Prepares the file before dbt opens it, and tells each connection how the build is named."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        self._options = Options(
            as_of_date=str(plugin_config.get("as_of_date") or "") or None,
            deliveries=str(plugin_config.get("deliveries", SAMPLE)),
            published_levels=str(plugin_config.get("published_levels", ALL_LEVELS)),
            without_unit_tests=str(plugin_config.get("without_unit_tests")).lower() == "true",
        )
        self._memory_limit = str(plugin_config.get("memory_limit", "80%"))
        # The lock goes with the plugin, which dbt-duckdb keeps as long as the connection.
        self._lock: AbstractContextManager[None] | None = None
        self._invocation: str | None = None

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Before the file is opened. Raises ``DbtRuntimeError`` when another dbt works in the data folder, or when the
        store of accepted deliveries does not hold what it should."""
        # A mode given to a file afterwards would not do: what does not fit into memory lies beside the file, and so
        # does what is not in it yet, in files that DuckDB makes and removes as it goes.
        os.umask(0o077)
        data, self._file = DataFolder.from_environment(), Path(creds.path).resolve()
        self._is_scratch = self._file != data.working_file
        if not self._is_scratch:
            data.create()

            def refuse() -> None:
                raise DbtRuntimeError(f"another build is running in {data.root}; wait for it to end")

            if not self._lock:
                lock = locked(data.root / ".build.lock", refuse)
                lock.__enter__()
                self._lock = lock
            is_whole = asks_for_everything()
            if is_whole and self._options.deliveries == STORE:
                demand_deliveries(data)
            elif is_whole:
                spare_deliveries(data)
            prepare(data, is_whole)
        for path in (creds.path, f"{creds.path}.wal"):
            # One of another owner is theirs to close.
            with suppress(FileNotFoundError, PermissionError):
                Path(path).chmod(0o600)

    def configure_cursor(self, cursor: DuckDBPyConnection) -> None:
        """For each connection of a node. A second dbt in the same process finds the first one's connection open."""
        if self._invocation != get_invocation_id():
            self._begin(cursor)
        cursor.execute(
            f"set variable build_id = {text(self._inputs.build_id)}; set variable rules = {text(self._inputs.rules)}"
        )

    def _begin(self, cursor: DuckDBPyConnection) -> None:
        is_first, self._invocation = self._invocation is None, get_invocation_id()
        data = DataFolder.from_environment()
        self._inputs = BuildInputs.read(self._options, data.accepted)
        is_whole = not self._is_scratch and asks_for_everything()
        if is_whole and not is_first:
            drop_everything(cursor)
        _run[:] = [
            Run(
                file=self._file,
                data=data,
                options=self._options,
                inputs=self._inputs,
                program=program_fingerprint(),
                is_whole=is_whole,
                has_unit_tests=not _left_out() & UNIT_TESTS,
                memory_limit=self._memory_limit,
            )
        ]


def demand_deliveries(data: DataFolder) -> None:
    """Mend what can be mended of the store. Raises ``DbtRuntimeError`` when it does not hold what it should."""
    # Imported here: a build of the sample needs no store.
    from plie_warehouse.intake.store import Store, StoreError
    from plie_warehouse.intake.store_check import demand_store, demand_whole_store
    from plie_warehouse.intake.store_repair import repair

    store = Store(data.accepted)
    try:
        demand_store(data)
        with store.locked(lambda: fire_event(Note(msg="une prise en charge est en cours : attente"))):
            repair(store, data)
            demand_whole_store(data)
    except StoreError as error:
        raise DbtRuntimeError(str(error)) from error


def spare_deliveries(data: DataFolder) -> None:
    """Raise ``DbtRuntimeError`` when readers have figures of deliveries, which the sample must not replace."""
    # Imported here: dbt loads the plugin for every command.
    from plie_warehouse.release.release_store import ReleaseStore

    now = ReleaseStore(data.serving, data.quarantine).manifest()
    if now and now["deliveries"]["source"] == STORE:
        raise DbtRuntimeError(
            f"the embedded sample would replace the release of the deliveries, {now['published_id']}, in {data.root};"
            " to build from the deliveries run make consolidate, or dbt build --vars 'deliveries: store'; to build the"
            " sample name another data folder (PLIE_DATA_DIR)"
        )


def prepare(data: DataFolder, is_whole: bool) -> None:
    """Make the folder of the working file ready, ``data.building``: empty for the whole project; else as it was left,
    with a copy of the warehouse when there is no file in it, or none that can be read."""
    if is_whole and data.building.exists():
        shutil.rmtree(data.building)
    data.building.mkdir(mode=OWNER_ONLY, exist_ok=True)
    data.building.chmod(OWNER_ONLY)
    # What a killed build left beside its file: unprotected figures of the disclosure control, a draft of a release.
    for path in data.building.iterdir():
        if path.name not in (data.working_file.name, f"{data.working_file.name}.wal", data.validation.name):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
    if not is_whole:
        _go_on(data)


def _go_on(data: DataFolder) -> None:
    """Leave a working file that a part can go on from."""
    log = Path(f"{data.working_file}.wal")
    if log.exists() and not _can_be_read(data.working_file):
        data.working_file.unlink(missing_ok=True)
        fire_event(Note(msg="a killed build left a working file that cannot be read: going on from the warehouse"))
    if not data.working_file.exists():
        log.unlink(missing_ok=True)
        if data.warehouse.exists():
            replace(data.working_file, lambda draft: shutil.copyfile(data.warehouse, draft))


def _can_be_read(file: Path) -> bool:
    """Whether DuckDB can read a file with the changes that lie beside it, which it then takes into the file. What a
    killed build wrote may fail there: DuckDB 1.5 cannot replay a comment on a table with a check constraint. A file
    that is in use, or not one of DuckDB, is for dbt to say."""
    try:
        duckdb.connect(str(file)).close()
    except duckdb.Error as error:
        return "replaying WAL" not in str(error)
    return True


def drop_everything(cursor: DuckDBPyConnection) -> None:
    """Empty the file that is open."""
    schemas = cursor.execute(
        "select schema_name from duckdb_schemas() where database_name = current_database() and not internal"
    ).fetchall()
    for (schema,) in schemas:
        cursor.execute(f'drop schema "{schema}" cascade')


@contextmanager
def copy_of_working_file(session: DuckDBPyConnection, copy: Path) -> Iterator[Path]:
    """A copy of the file that ``session`` works in, with all that was committed; it is gone afterwards, unless it was
    given another name. Another process copies, because to close the file in this one would release DuckDB's lock."""
    file = current_run().file
    with session.cursor() as cursor:
        cursor.execute("checkpoint")
    log = Path(f"{file}.wal")
    if log.exists() and log.stat().st_size:
        raise OSError(f"changes lie beside {file} still: run it again")
    copy.parent.mkdir(mode=OWNER_ONLY, exist_ok=True)
    try:
        copied = subprocess.run(["cp", file, copy], capture_output=True, text=True, check=False)
        if copied.returncode:
            raise OSError(f"the working file could not be copied: {copied.stderr.strip()}")
        yield copy
    finally:
        copy.unlink(missing_ok=True)
