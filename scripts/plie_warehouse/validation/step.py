"""The second enforcement of the rules as a step of dbt: the tables of the run in, what was expected of them out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from plie_warehouse import history
from plie_warehouse.validation import failure_lines, validate
from plie_warehouse.working_file import copy_of_working_file, current_run

COLUMNS = {
    "suite": "varchar",
    "expectation": "varchar",
    "rule_id": "varchar",
    "table_name": "varchar",
    "column_name": "varchar",
    "evaluated_count": "bigint",
    "unexpected_count": "bigint",
    "first_unexpected_keys": "varchar",
    "success": "boolean",
}


def validation_results(session: Any) -> Any:
    """What ``quality.validation_results`` holds, a relation with ``COLUMNS``. The Data Docs are written beside the
    working file. Raises ``WarehouseError`` when the tables cannot be judged."""
    run = current_run()
    with copy_of_working_file(session, run.data.building / "judged" / run.file.name) as copy:
        output = run.data.building / run.data.validation.name
        result = validate(copy, output, last=history.last_of(run.data, run.options.deliveries))
    lines = {
        (table, rule): "\n".join(failure_lines(rows))
        for (table, rule), rows in result.failures.groupby(["table", "rule_id"])
    }
    rows = [
        (
            suite.name, one.expectation, one.rule_id, suite.name, None, suite.rows, one.failing_rows,
            lines.get((suite.name, one.rule_id)), one.success,
        )
        for suite in result.suites
        for one in suite.expectations
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    typed = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in COLUMNS.items())
    return session.from_df(found).project(typed)
