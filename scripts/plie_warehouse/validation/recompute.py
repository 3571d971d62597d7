"""Apply the rules of every subject to one warehouse: the PLIE (``recomputed_plie.py``), the social clause
(``recomputed_clause.py``), the network's registers and survey (``recomputed_network.py``), the registers of its own
work (``recomputed_activity.py``). A new subject adds its
tables and rules here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from plie_warehouse.validation import (
    recomputed_activity,
    recomputed_clause,
    recomputed_esf,
    recomputed_head,
    recomputed_network,
    recomputed_plie,
    recomputed_readers,
    recomputed_signals,
)
from plie_warehouse.validation.delivered import ACCOUNTED, outcome_of_rows
from plie_warehouse.validation.deliveries import Deliveries, Part
from plie_warehouse.validation.frames import PARCOURS_KEY, PLIE, STRUCTURE
from plie_warehouse.validation.indicators import indicator_definitions, indicators
from plie_warehouse.validation.tables import FactRules, TableRules, territories_of
from plie_warehouse.validation.tools import Parameters, flag_of

TABLE_RULES: Mapping[str, TableRules] = {
    **recomputed_plie.TABLE_RULES,
    **recomputed_esf.TABLE_RULES,
    **recomputed_clause.TABLE_RULES,
    **recomputed_network.TABLE_RULES,
    **recomputed_activity.TABLE_RULES,
}

FACT_RULES: Mapping[str, FactRules] = {**recomputed_plie.FACT_RULES, **recomputed_clause.FACT_RULES}

# Delivered table -> the kind of what its rows are about: a kind of territory, or a register of the network head.
SUPPLIER_KINDS: Mapping[str, str] = {
    **dict.fromkeys(recomputed_plie.TABLE_KEYS, "plie"),
    **dict.fromkeys((*recomputed_clause.TABLE_KEYS, *recomputed_clause.NETWORK_DELIVERY), "structure"),
    **dict.fromkeys(recomputed_network.REGISTER_KEYS, "network"),
    **dict.fromkeys(recomputed_network.SURVEY_KEYS, "plie"),
    **dict.fromkeys(recomputed_activity.REGISTERS, "activity"),
}

# Table of what the network head delivers -> the column of what a row is about.
HEAD_TABLES = {
    "action_sheets": "sheet_id",
    "action_sheet_figures": "sheet_id",
    "dim_mde": "mde_code",
    "dim_member": "member_code",
    "dim_oi": "oi_code",
    "oi_plie": PLIE,
    "network_participants": PLIE,
    "historical_results": "indicator_code",
    "network_targets": PLIE,
    "plie_target_results": PLIE,
    "esf_bridge": PLIE,
}

# Table for readers -> the column of what a row is about.
READER_TABLES = {recomputed_readers.CALENDAR: "date_day", recomputed_readers.COMPARISON: PLIE}

# Dimension of suppliers -> the column of the code.
DIMENSIONS = {"dim_clause_structure": STRUCTURE, "dim_plie": PLIE}


Facts = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Recomputed:
    """What the rules say of the deliveries.

    ``exclusions`` and ``accounting``: of the rows of every delivered table, see
    ``delivered.outcome_of_rows``. ``hours_accounting``: see ``recomputed_clause.hours_by_outcome``. ``dimensions``:
    those of suppliers, as text. ``aggregates``: table -> one row per year, territory and cut, measures as text.
    ``indicators``: see the function of that name. ``head``, ``readers``: table of ``HEAD_TABLES``, of
    ``READER_TABLES`` -> its rows as text.
    ``signals``, ``exit_signals``: see ``recomputed_signals``.
    ``esf_indicators``: see ``recomputed_esf.tables``.
    """

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    hours_accounting: pd.DataFrame
    dimensions: Mapping[str, pd.DataFrame]
    aggregates: Mapping[str, pd.DataFrame]
    indicators: pd.DataFrame
    head: Mapping[str, pd.DataFrame]
    readers: Mapping[str, pd.DataFrame]
    signals: pd.DataFrame
    exit_signals: pd.DataFrame
    esf_indicators: pd.DataFrame


def apply_rules(
    deliveries: Deliveries, reference: Mapping[str, pd.DataFrame], facts_of: Callable[[str, Facts, Part], None]
) -> Recomputed:
    """Apply the rules to the deliveries: rows, aggregates, indicators.

    ``facts_of`` is given the facts of a subject, table -> one row per key, part of the deliveries after part: they are
    most of all rows, and nothing here keeps them. Raises ``ValueError`` for a contradiction in the reference lists.
    """
    network, survey = deliveries.read("network"), deliveries.read("survey")
    plie_parts = deliveries.parts("plie")
    heard = frozenset().union(*(part.years for part in plie_parts))
    of_network = recomputed_network.judge_rows(network, survey, heard, reference)
    registers = recomputed_clause.judge_registers(network, reference)
    bodies = recomputed_network.last_bodies(of_network)
    of_activity = recomputed_activity.judge_rows(deliveries.read("activity"), reference)
    pieces: dict[str, list[pd.DataFrame]] = {}
    parameters: Parameters = {}

    def add(**frames: pd.DataFrame) -> None:
        for name, frame in frames.items():
            pieces.setdefault(name, []).append(frame)

    def one(name: str) -> pd.DataFrame:
        return pd.concat(pieces.pop(name), ignore_index=True)

    for part in plie_parts:
        plie = recomputed_plie.judge_rows(deliveries.read("plie", part), reference, deliveries.as_of_date)
        add(exclusions=plie.exclusions, accounting=plie.accounting, accepted=plie.accepted)
        add(followups=plie.followups, delivered=plie.delivered, stays=plie.stays, plies=plie.plies)
        add(entries=plie.parcours.loc[plie.parcours["is_entry"], PARCOURS_KEY], ended=_ended(plie.exits, reference))
        parameters |= plie.parameters
        add(exit_signals=recomputed_signals.exit_signals(plie.exits, plie.parameters))
        add(actions=recomputed_activity.action_persons(plie.steps, plie.parcours, reference["profiles"]))
        for table in recomputed_plie.TABLE_RULES:
            add(**{table: recomputed_plie.aggregate(table, plie, reference, of_network.plie_register, bodies)})
        facts = plie.facts
        del plie
        facts_of("plie", facts, part)
    for part in deliveries.parts("clause"):
        clause = recomputed_clause.judge_rows(deliveries.read("clause", part), registers, reference)
        add(exclusions=clause.exclusions, accounting=clause.accounting, structures=clause.structures)
        add(hours_accounting=clause.hours_accounting)
        for table in recomputed_clause.TABLE_RULES:
            add(**{table: recomputed_clause.aggregate(table, clause, reference)})
        facts = clause.facts
        del clause
        facts_of("clause", facts, part)
    stays = one("stays")
    followups = recomputed_esf.with_reasons(one("followups"), one("delivered"), stays)
    reasons = {"followups": followups["reason"]}
    outcome = outcome_of_rows({"followups": followups}, reasons, reference["quality_reasons"])
    add(exclusions=outcome[0], accounting=outcome[1])
    register = of_network.plie_register
    esf = recomputed_esf.tables(
        parameters,
        stays,
        followups,
        recomputed_esf.Facts(one("entries"), one("ended")),
        territories_of(one("plies"), register, reference["departments"], PLIE, "plie", bodies),
        register,
        reference,
    )
    del stays
    add(exclusions=registers.exclusions, accounting=registers.accounting)
    add(exclusions=of_network.exclusions, accounting=of_network.accounting)
    add(exclusions=of_activity.exclusions, accounting=of_activity.accounting)
    accepted, departments = one("accepted"), reference["departments"]
    others = recomputed_network.Others(accepted, heard, registers.named, registers.facilitators)
    aggregates = {table: one(table) for table in (*recomputed_plie.TABLE_RULES, *recomputed_clause.TABLE_RULES)}
    aggregates |= {table: esf[table] for table in recomputed_esf.TABLE_RULES}
    for table in recomputed_network.TABLE_RULES:
        aggregates[table] = recomputed_network.aggregate(table, of_network, others, reference)
    for table in recomputed_activity.TABLE_RULES:
        aggregates[table] = recomputed_activity.aggregate(table, of_activity, reference)
    long_table = indicators(aggregates, indicator_definitions(reference), TABLE_RULES)
    measures, promised = reference["measures"], recomputed_head.targets(of_network)
    dimensions = {
        "dim_clause_structure": recomputed_clause.dimension(one("structures"), registers, departments),
        "dim_plie": recomputed_network.dimension(of_network, accepted, departments, reference["coordinate_boxes"]),
    }
    return Recomputed(
        exclusions=one("exclusions"),
        accounting=_summed(one("accounting"), ACCOUNTED),
        hours_accounting=recomputed_clause.accounting_text(_summed(one("hours_accounting"), ("row_count", "hours"))),
        dimensions=dimensions,
        aggregates=aggregates,
        indicators=long_table,
        esf_indicators=esf["esf_indicators"],
        head={
            "esf_bridge": esf["esf_bridge"],
            "dim_mde": recomputed_network.houses(of_network, reference),
            "dim_member": recomputed_network.member_names(of_network),
            "dim_oi": recomputed_network.bodies(of_network),
            "oi_plie": recomputed_network.plie_of_bodies(of_network, dimensions["dim_plie"]),
            "action_sheets": recomputed_activity.sheets(
                of_activity, reference["code_lists"], of_network.plie_register, departments
            ),
            "action_sheet_figures": recomputed_activity.sheet_figures(of_activity, one("actions")),
            "network_participants": recomputed_network.participants(of_network, others, departments),
            "historical_results": recomputed_head.historical_results(of_network, measures),
            "network_targets": recomputed_head.targets_as_text(promised),
            "plie_target_results": recomputed_head.target_results(promised, long_table, measures),
        },
        readers={
            recomputed_readers.CALENDAR: recomputed_readers.calendar(deliveries.as_of_date, reference),
            recomputed_readers.COMPARISON: recomputed_readers.beside_others(
                long_table, dimensions["dim_plie"], reference
            ),
        },
        signals=recomputed_signals.signals(of_network, registers.facilitators, reference),
        exit_signals=one("exit_signals"),
    )


def _ended(exits: pd.DataFrame, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What the bridge to the ESF+ needs of the exits of a year (D84)."""
    classes = reference["exit_classes"]
    durable = flag_of(exits["exit_class"], classes, "exit_class", "is_durable_job")
    return exits[[*PARCOURS_KEY, "is_neutralised", "is_dated_early"]].assign(is_durable_job=durable)


def _summed(accounting: pd.DataFrame, counts: Sequence[str]) -> pd.DataFrame:
    """One row for what several parts count: rows whose year cannot be read."""
    group = [name for name in accounting.columns if name not in counts]
    return accounting.groupby(group, dropna=False, sort=False)[[*counts]].sum().reset_index()
