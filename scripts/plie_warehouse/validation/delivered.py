"""What happens to delivered rows before any rule of their subject: row acceptance (D1B), and the count of what came
of each row. The same for every kind of delivery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from plie_warehouse.validation.frames import YEAR
from plie_warehouse.validation.tools import UNKNOWN, in_set

ACCOUNTED = ("rows_delivered", "rows_kept", "rows_excluded")


def reasons_of_acceptance(
    staged: Mapping[str, pd.DataFrame],
    keys: Mapping[str, list[str]],
    delivery: list[str],
    supported_years: Sequence[int] | None,
) -> dict[str, pd.Series]:
    """Reasons met of row acceptance, in this order: the row's own defect, a year without parameters, a refused
    delivery, a duplicate (D1B).

    ``staged``: table -> one row per delivered row. ``keys``: table -> its key. ``delivery``: the columns that
    name one delivery, which two different rows with one key refuse in all these tables. ``supported_years``:
    ``None`` for registers, which have no reporting year. Returns for each table one reason per row (``None`` =
    accepted), on the index of the table.
    """
    reasons: dict[str, pd.Series] = {}
    refused: list[pd.DataFrame] = []
    repeated: dict[str, pd.Index] = {}
    for table, rows in staged.items():
        reason = rows["defect"].astype(object).where(rows["defect"].notna(), None)
        if supported_years is not None:
            unsupported = ~rows[YEAR].isin(list(supported_years))
            reason = reason.mask(reason.isna() & unsupported, "annee_non_prise_en_charge")
        key = keys[table]
        usable = rows.loc[reason.isna(), list(dict.fromkeys([*delivery, *key, "record_hash"]))]
        usable = usable[usable.duplicated(key, keep=False)]
        repeated[table] = usable.index
        versions = usable.drop_duplicates()
        refused.append(versions.loc[versions.duplicated(key, keep=False), delivery])
        reasons[table] = reason
    refused_deliveries = pd.concat(refused, ignore_index=True)
    for table, rows in staged.items():
        reason = reasons[table]
        in_refused = in_set(rows, refused_deliveries, delivery)
        reason = reason.mask(reason.isna() & in_refused, "livraison_refusee")
        identity = [*keys[table], "record_hash"]
        usable = rows.loc[repeated[table]]
        usable = usable[reason.loc[repeated[table]].isna()].sort_values(["source_file", "source_row"])
        reason = reason.copy()
        reason.loc[usable.index[usable.duplicated(identity, keep="first")]] = "doublon"
        reasons[table] = reason
    return reasons


def outcome_of_rows(
    staged: Mapping[str, pd.DataFrame],
    reasons: Mapping[str, pd.Series],
    quality_reasons: pd.DataFrame,
    year_columns: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The excluded rows, and the count of delivered, kept and excluded rows: nothing is lost (D1A, D42).

    ``reasons``: table -> reason of each staged row. ``year_columns``: table -> column that gives its year,
    where it is not the reporting year. Returns ``exclusions``, one row per excluded row: year,
    ``supplier_code``, ``source_table``, ``source_file``, ``source_row``, ``reason_code``, ``rule_id``; and
    ``accounting``, one row per year, supplier and table with the counts of ``ACCOUNTED``.
    """
    excluded, counted = [], []
    for table, rows in staged.items():
        origin = rows[["source_file", "source_row"]].assign(
            **{
                YEAR: rows[(year_columns or {}).get(table, YEAR)],
                "supplier_code": rows["supplier_code"].str.upper().fillna(UNKNOWN),
                "source_table": table,
            }
        )
        out = reasons[table].notna()
        excluded.append(origin[out].assign(reason_code=reasons[table][out]))
        counts = origin[[YEAR, "supplier_code", "source_table"]].assign(
            rows_delivered=1, rows_kept=(~out).astype(int), rows_excluded=out.astype(int)
        )
        group = [YEAR, "supplier_code", "source_table"]
        counted.append(counts.groupby(group, dropna=False)[list(ACCOUNTED)].sum().reset_index())
    exclusions = pd.concat(excluded, ignore_index=True).merge(
        quality_reasons[["reason_code", "source_table", "rule_id"]],
        on=["reason_code", "source_table"],
        how="left",
        validate="many_to_one",
    )
    accounting = pd.concat(counted, ignore_index=True)
    return exclusions, accounting
