"""The check results of the last deliveries as one table, which quality.check_results reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pandas as pd

from plie_warehouse.intake.checks import BLOCKING, load_checks
from plie_warehouse.intake.plain import no_pattern
from plie_warehouse.intake.store import Store, StoreError

COLUMNS = [
    "kind",
    "reporting_year",
    "supplier_code",
    "check_id",
    "source_table",
    "severity",
    "rule_id",
    "status",
    "numerator",
    "denominator",
    "threshold",
]

# The words of quality.check_results for how grave a check is, and for a check that looks at all tables.
SEVERITIES = {BLOCKING: "erreur"}
WHOLE_DELIVERY = "livraison"


def update_check_results(store: Store, verdicts: Iterable[Mapping[str, Any]]) -> None:
    """Replace the rows of these deliveries; those of others stay. Raises ``StoreError``."""
    rows = []
    for verdict in verdicts:
        for one in verdict["checks"]:
            if not (check := load_checks().get(one["check_id"])):
                # A check of earlier rules: the next intake judges the delivery anew.
                continue
            delivered = one["status"] != "not_delivered"
            rows.append(
                (
                    verdict["kind"],
                    verdict["reporting_year"],
                    verdict["supplier_code"],
                    check.check_id,
                    WHOLE_DELIVERY,
                    SEVERITIES.get(check.severity, check.severity),
                    check.rule_id,
                    one["status"],
                    one["numerator"] if delivered else None,
                    one["denominator"] if delivered else None,
                    one["threshold"],
                )
            )
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"numerator": "Int64", "denominator": "Int64"})
    frame = frame.sort_values(["kind", "reporting_year", "supplier_code", "check_id"], ignore_index=True)
    path = store.check_results_path
    if path.exists():
        try:
            with duckdb.connect() as connection:
                connection.register("fresh", frame)
                frame = connection.execute(
                    "select * from read_parquet(?) as old where not exists (select 1 from fresh"
                    " where fresh.kind = old.kind and fresh.reporting_year = old.reporting_year"
                    " and fresh.supplier_code = old.supplier_code)"
                    " union all by name select * from fresh order by kind, reporting_year, supplier_code, check_id",
                    [no_pattern(path)],
                ).df()
        except duckdb.Error as error:
            raise StoreError(f"the check results could not be read: {error}") from error
    store.write_check_results(frame)
