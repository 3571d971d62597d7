"""Apply the rules of every subject to one warehouse: the PLIE (``plie.py``) and the social clause
(``clause.py``). A new subject adds its tables and rules here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from plie_warehouse.validation import clause, plie
from plie_warehouse.validation.frames import Warehouse
from plie_warehouse.validation.indicators import indicators
from plie_warehouse.validation.tables import FactRules, TableRules

TABLE_RULES: Mapping[str, TableRules] = {**plie.TABLE_RULES, **clause.TABLE_RULES}

FACT_RULES: Mapping[str, FactRules] = {**plie.FACT_RULES, **clause.FACT_RULES}

# Delivered table -> the kind of territory that its suppliers are.
SUPPLIER_KINDS: Mapping[str, str] = {
    **dict.fromkeys(plie.TABLE_KEYS, "plie"),
    **dict.fromkeys((*clause.TABLE_KEYS, *clause.NETWORK_DELIVERY), "structure"),
}


@dataclass(frozen=True)
class Recomputed:
    """What the rules say of one warehouse.

    ``exclusions`` and ``accounting``: of the rows of every delivered table, see
    ``delivered.outcome_of_rows``. ``hours_accounting``: see ``clause.hours_by_outcome``. ``facts``: table of
    facts -> one row per key. ``structures``: ``dim_clause_structure`` as text. ``aggregates``: table -> one
    row per year, territory and cut, measures as text. ``indicators``: see the function of that name.
    """

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    hours_accounting: pd.DataFrame
    facts: Mapping[str, pd.DataFrame]
    structures: pd.DataFrame
    aggregates: Mapping[str, pd.DataFrame]
    indicators: pd.DataFrame


def apply_rules(warehouse: Warehouse) -> Recomputed:
    """Apply the rules to a warehouse: rows, aggregates, indicators. Raises ``ValueError`` for a contradiction
    in the reference lists.
    """
    reference = warehouse.reference
    of_plie = plie.judge_rows(warehouse.staged["plie"], reference)
    of_clause = clause.judge_rows(warehouse.staged["clause"], warehouse.staged["network"], reference)
    tables = {table: plie.aggregate(table, of_plie, reference) for table in plie.TABLE_RULES}
    tables |= {table: clause.aggregate(table, of_clause, reference) for table in clause.TABLE_RULES}
    return Recomputed(
        exclusions=pd.concat([of_plie.exclusions, of_clause.exclusions], ignore_index=True),
        accounting=pd.concat([of_plie.accounting, of_clause.accounting], ignore_index=True),
        hours_accounting=clause.accounting_text(of_clause.hours_accounting),
        facts={**of_plie.facts, **of_clause.facts},
        structures=clause.dimension(of_clause, reference["departments"]),
        aggregates=tables,
        indicators=indicators(tables, reference["indicator_definitions"], TABLE_RULES),
    )
