"""Apply the rules of every subject to one warehouse: the PLIE (``recomputed_plie.py``), the social clause
(``recomputed_clause.py``), the network's registers and survey (``recomputed_network.py``). A new subject adds its
tables and rules here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from plie_warehouse.validation import recomputed_clause, recomputed_network, recomputed_plie
from plie_warehouse.validation.frames import PLIE, STRUCTURE, YEAR, Warehouse
from plie_warehouse.validation.indicators import indicator_definitions, indicators
from plie_warehouse.validation.tables import FactRules, TableRules

TABLE_RULES: Mapping[str, TableRules] = {
    **recomputed_plie.TABLE_RULES,
    **recomputed_clause.TABLE_RULES,
    **recomputed_network.TABLE_RULES,
}

FACT_RULES: Mapping[str, FactRules] = {**recomputed_plie.FACT_RULES, **recomputed_clause.FACT_RULES}

# Delivered table -> the kind of what its rows are about: a kind of territory, or a register of the network head.
SUPPLIER_KINDS: Mapping[str, str] = {
    **dict.fromkeys(recomputed_plie.TABLE_KEYS, "plie"),
    **dict.fromkeys((*recomputed_clause.TABLE_KEYS, *recomputed_clause.NETWORK_DELIVERY), "structure"),
    **dict.fromkeys(recomputed_network.REGISTER_KEYS, "network"),
    **dict.fromkeys(recomputed_network.SURVEY_KEYS, "plie"),
}

# Dimension of suppliers -> the column of the code.
DIMENSIONS = {"dim_clause_structure": STRUCTURE, "dim_plie": PLIE}


@dataclass(frozen=True)
class Recomputed:
    """What the rules say of one warehouse.

    ``exclusions`` and ``accounting``: of the rows of every delivered table, see
    ``delivered.outcome_of_rows``. ``hours_accounting``: see ``recomputed_clause.hours_by_outcome``. ``facts``: table of
    facts -> one row per key. ``dimensions``: those of suppliers, as text. ``aggregates``: table -> one
    row per year, territory and cut, measures as text. ``indicators``: see the function of that name.
    """

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    hours_accounting: pd.DataFrame
    facts: Mapping[str, pd.DataFrame]
    dimensions: Mapping[str, pd.DataFrame]
    aggregates: Mapping[str, pd.DataFrame]
    indicators: pd.DataFrame


@dataclass(frozen=True)
class ClauseRules:
    """What the rules of the clause say: the parts of ``Recomputed`` that are theirs (``dimension``: that of the
    structures), and what the network asks of them, see ``recomputed_network.Others``."""

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    hours_accounting: pd.DataFrame
    facts: Mapping[str, pd.DataFrame]
    dimension: pd.DataFrame
    aggregates: Mapping[str, pd.DataFrame]
    structures: pd.DataFrame
    facilitators: pd.DataFrame

    def without_facts(self) -> ClauseRules:
        """The same without its rows, which are many."""
        return replace(self, facts={})


def apply_clause_rules(warehouse: Warehouse) -> ClauseRules:
    """Apply the rules of the clause. Raises ``ValueError`` for a contradiction in the reference lists."""
    reference = warehouse.reference
    rows = recomputed_clause.judge_rows(warehouse.staged["clause"], warehouse.staged["network"], reference)
    return ClauseRules(
        exclusions=rows.exclusions,
        accounting=rows.accounting,
        hours_accounting=recomputed_clause.accounting_text(rows.hours_accounting),
        facts=rows.facts,
        dimension=recomputed_clause.dimension(rows, reference["departments"]),
        aggregates={
            table: recomputed_clause.aggregate(table, rows, reference) for table in recomputed_clause.TABLE_RULES
        },
        structures=rows.named,
        facilitators=rows.facilitators,
    )


def apply_rules(warehouse: Warehouse, of_clause: Callable[[], ClauseRules] | None = None) -> Recomputed:
    """Apply the rules to a warehouse: rows, aggregates, indicators. ``of_clause`` gives what those of the clause say,
    when they are applied elsewhere. Raises ``ValueError`` for a contradiction in the reference lists.
    """
    reference = warehouse.reference
    of_plie = recomputed_plie.judge_rows(warehouse.staged["plie"], reference)
    of_network = recomputed_network.judge_rows(warehouse.staged, reference)
    tables = {
        table: recomputed_plie.aggregate(table, of_plie, reference, of_network.plie_register)
        for table in recomputed_plie.TABLE_RULES
    }
    clause_rules = of_clause() if of_clause else apply_clause_rules(warehouse)
    tables |= clause_rules.aggregates
    others = recomputed_network.Others(
        accepted=of_plie.accepted,
        heard=frozenset(
            int(year) for rows in warehouse.staged["plie"].values() for year in rows[YEAR].dropna().unique()
        ),
        clause_structures=clause_rules.structures,
        facilitators=clause_rules.facilitators,
    )
    tables |= {
        table: recomputed_network.aggregate(table, of_network, others, reference)
        for table in recomputed_network.TABLE_RULES
    }
    subjects = (of_plie, clause_rules, of_network)
    return Recomputed(
        exclusions=pd.concat([one.exclusions for one in subjects], ignore_index=True),
        accounting=pd.concat([one.accounting for one in subjects], ignore_index=True),
        hours_accounting=clause_rules.hours_accounting,
        facts={**of_plie.facts, **clause_rules.facts},
        dimensions={
            "dim_clause_structure": clause_rules.dimension,
            "dim_plie": recomputed_network.dimension(of_network, of_plie.accepted, reference["departments"]),
        },
        aggregates=tables,
        indicators=indicators(tables, indicator_definitions(reference), TABLE_RULES),
    )
