"""Apply the rules of every subject to one warehouse: the PLIE (``recomputed_plie.py``), the social clause
(``recomputed_clause.py``), the network's registers and survey (``recomputed_network.py``). A new subject adds its
tables and rules here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from plie_warehouse.validation import recomputed_clause, recomputed_network, recomputed_plie
from plie_warehouse.validation.frames import PLIE, STRUCTURE, YEAR
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


Facts = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Recomputed:
    """What the rules say of the deliveries.

    ``exclusions`` and ``accounting``: of the rows of every delivered table, see
    ``delivered.outcome_of_rows``. ``hours_accounting``: see ``recomputed_clause.hours_by_outcome``. ``dimensions``: those
    of suppliers, as text. ``aggregates``: table -> one row per year, territory and cut, measures as text.
    ``indicators``: see the function of that name.
    """

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    hours_accounting: pd.DataFrame
    dimensions: Mapping[str, pd.DataFrame]
    aggregates: Mapping[str, pd.DataFrame]
    indicators: pd.DataFrame


def apply_rules(
    read: Callable[[str], Mapping[str, pd.DataFrame]],
    reference: Mapping[str, pd.DataFrame],
    facts_of: Callable[[str, Facts], None],
) -> Recomputed:
    """Apply the rules to the deliveries: rows, aggregates, indicators.

    ``read``: the delivered tables of a kind, see ``deliveries``. ``facts_of`` is given the facts of a subject, table ->
    one row per key, once they are made: they are most of all rows, and nothing here keeps them. Raises ``ValueError``
    for a contradiction in the reference lists.
    """
    network, survey, plie = read("network"), read("survey"), read("plie")
    heard = {table: rows[[YEAR]].drop_duplicates() for table, rows in plie.items()}
    of_network = recomputed_network.judge_rows({"network": network, "survey": survey, "plie": heard}, reference)
    of_plie = recomputed_plie.judge_rows(plie, reference)
    del plie
    aggregates = {
        table: recomputed_plie.aggregate(table, of_plie, reference, of_network.plie_register)
        for table in recomputed_plie.TABLE_RULES
    }
    facts_of("plie", of_plie.facts)
    # Most of all rows; nobody needs them any more.
    of_plie = replace(of_plie, **dict.fromkeys(("parcours", "exits", "steps"), pd.DataFrame()))
    of_clause = recomputed_clause.judge_rows(read("clause"), network, reference)
    aggregates |= {
        table: recomputed_clause.aggregate(table, of_clause, reference) for table in recomputed_clause.TABLE_RULES
    }
    facts_of("clause", of_clause.facts)
    dimension = recomputed_clause.dimension(of_clause, reference["departments"])
    of_clause = replace(of_clause, counting=pd.DataFrame(), shown=pd.DataFrame())
    others = recomputed_network.Others(
        accepted=of_plie.accepted,
        heard=frozenset(int(year) for rows in heard.values() for year in rows[YEAR].dropna()),
        clause_structures=of_clause.named,
        facilitators=of_clause.facilitators,
    )
    aggregates |= {
        table: recomputed_network.aggregate(table, of_network, others, reference)
        for table in recomputed_network.TABLE_RULES
    }
    subjects = (of_plie, of_clause, of_network)
    return Recomputed(
        exclusions=pd.concat([one.exclusions for one in subjects], ignore_index=True),
        accounting=pd.concat([one.accounting for one in subjects], ignore_index=True),
        hours_accounting=recomputed_clause.accounting_text(of_clause.hours_accounting),
        dimensions={
            "dim_clause_structure": dimension,
            "dim_plie": recomputed_network.dimension(of_network, of_plie.accepted, reference["departments"]),
        },
        aggregates=aggregates,
        indicators=indicators(aggregates, indicator_definitions(reference), TABLE_RULES),
    )
