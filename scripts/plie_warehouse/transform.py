"""Run dbt once for everything: its start costs more than the SQL of the sample."""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from plie_warehouse.files import owner_only
from plie_warehouse.paths import PROJECT, DataFolder

# Rows of a failed test that its message lists.
PROBLEMS_SHOWN = 5


@dataclass
class DbtOutcome:
    """What a dbt run left: ``success``; ``messages``, one text per failed node; ``nodes``, how many ran;
    ``seconds``, wall time by stage and, under ``node seconds``, time summed over the nodes of each kind (two threads
    overlap, so that these add up to more than the wall); ``seconds_of``, node -> its time."""

    success: bool
    messages: list[str]
    nodes: int
    seconds: dict[str, float]
    node_seconds: dict[str, float] = field(default_factory=dict)
    seconds_of: dict[str, float] = field(default_factory=dict)


def run_dbt(
    command: list[str],
    data: DataFolder,
    variables: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> DbtOutcome:
    """Run one dbt command on the working file of ``data``.

    ``command``: as on the command line, without ``dbt``. ``variables``: dbt vars that differ from the project's.
    ``progress``: called with the name of each node that ends. Raises nothing: a failure to start is an outcome with a
    message.
    """
    os.environ["PLIE_DATA_DIR"] = str(data.root)
    os.environ.pop("PLIE_WAREHOUSE", None)
    started = time.perf_counter()
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    seconds = {"start of dbt": time.perf_counter() - started}

    def on_event(event: Any) -> None:
        if event.info.name == "NodeFinished":
            progress(event.data.node_info.node_name)

    arguments = [*command, "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--quiet"]
    if variables:
        arguments += ["--vars", json.dumps(dict(variables))]
    started = time.perf_counter()
    # dbt changes the mask of the process (see working_file.py); it is restored here.
    with owner_only():
        result = dbtRunner(callbacks=[on_event]).invoke(arguments)
        invoked = time.perf_counter() - started
        # dbt-duckdb keeps its connection, and with it the lock, for the next command.
        DuckDBConnectionManager.close_all_connections()
    # dbt captures the warnings of the whole process; restore them for what runs after it.
    logging.captureWarnings(False)
    logging.getLogger().setLevel(logging.WARNING)

    # An error before any node ran: a project that does not parse, an unknown option.
    if not getattr(result.result, "results", None):
        return DbtOutcome(bool(result.success), [str(result.exception)] if result.exception else [], 0, seconds)
    ran = result.result.results
    seconds["parsing and compiling"] = max(invoked - result.result.elapsed_time, 0.0)
    seconds["seeds, models and tests"] = result.result.elapsed_time
    node_seconds: dict[str, float] = defaultdict(float)
    for one in ran:
        node_seconds[str(one.node.resource_type)] += one.execution_time
    seconds_of = {one.node.name: one.execution_time for one in ran}
    file = data.working_file
    messages = [
        f"{one.node.resource_type} {one.node.name}: {one.status}: {_said(one.message or '')}{_problems(one, file)}"
        for one in ran
        if str(one.status) in {"error", "fail", "runtime error"}
    ]
    return DbtOutcome(bool(result.success), messages, len(ran), seconds, dict(node_seconds), seconds_of)


def _said(message: str) -> str:
    """A message of dbt; of a model in Python that raised an error for the user, the sentences without the traceback."""
    found = re.search(r"^plie_warehouse\.[\w.]+Error: (.*)", message, re.DOTALL | re.MULTILINE)
    return found[1].strip() if found else message


def _problems(test: Any, warehouse: Path) -> str:
    """What the rows of a failed test say in their column ``problem``: of which mart and measure, and what to do."""
    if str(test.status) != "fail":
        return ""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(f"from ({test.node.compiled_code}) limit {PROBLEMS_SHOWN}")
        names = [name for name, *_ in rows.description]
        if "problem" not in names:
            return ""
        return "".join("\n    " + " ".join(str(value) for value in row if value is not None) for row in rows.fetchall())
