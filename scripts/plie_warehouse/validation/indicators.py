"""The long table of indicators, made from the recomputed aggregates of every subject (D18, D61)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from plie_warehouse.errors import PlieError
from plie_warehouse.validation.frames import TERRITORY_KEY
from plie_warehouse.validation.tables import TableRules
from plie_warehouse.validation.tools import RATE_DECIMALS, quotient_text, scaled

INDICATOR_KEY = [*TERRITORY_KEY, "indicator_code", "cut", "cut_value", "method_version"]
# Beginning of the name of a mart -> the file whose TABLE_RULES hold its second implementation.
SECOND_IMPLEMENTATIONS = {
    "plie": "recomputed_plie.py",
    "clause": "recomputed_clause.py",
    "network": "recomputed_network.py",
    "survey": "recomputed_network.py",
    "head": "declared/activity.yml",
    "mde": "declared/activity.yml",
}
INDICATOR_MEASURES = ("numerator", "denominator", "value", "unit", "coverage")


class MissingRuleError(PlieError):
    """A measure of the registry has no second implementation."""

    def __init__(self, table: str, measure: str) -> None:
        file = SECOND_IMPLEMENTATIONS.get(table.partition("_")[0], "recompute.py")
        super().__init__(
            f"the measure {measure} of {table} has no second implementation: add it to TABLE_RULES of"
            f" scripts/plie_warehouse/validation/{file}"
        )


def _with_decimals(figures: pd.Series) -> pd.Series:
    """Figures as the long table writes them: text with six decimals."""

    def padded(figure: str) -> str:
        whole, _, part = figure.partition(".")
        return f"{whole}.{part:0<{RATE_DECIMALS}}"

    texts = {figure: padded(figure) for figure in figures.dropna().unique()}
    return figures.map(texts).astype(object).where(figures.notna(), None)


def indicator_definitions(reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows of ``measures`` that are indicators: which columns of which aggregate make which indicator (D61)."""
    return reference["measures"][reference["measures"]["indicator_code"].notna()]


def indicators(
    tables: Mapping[str, pd.DataFrame], definitions: pd.DataFrame, table_rules: Mapping[str, TableRules]
) -> pd.DataFrame:
    """The long table from the aggregates: one row per indicator, cut value and territory, measures as text
    (D18, D61).

    ``tables``: table -> its rows, measures as text; ``table_rules``: the rules of the same tables.
    ``definitions``: see ``indicator_definitions``. Columns: ``INDICATOR_KEY``,
    ``INDICATOR_MEASURES`` and ``rule_id``. A figure whose numerator is unknown, because its table was not
    delivered, is no row: missing is not zero. Raises ``MissingRuleError`` for a measure that is not recomputed.
    """
    pieces = []
    for definition in definitions.to_dict("records"):
        table = definition["mart"]
        parts = ("measure", "numerator", "denominator", "coverage_numerator", "coverage_denominator")
        for measure in (definition[part] for part in parts):
            if table not in table_rules or (isinstance(measure, str) and measure not in tables[table]):
                raise MissingRuleError(table, measure)
        rules, rows = table_rules[table], tables[table]
        if "cut" in rules.cuts:
            rows = rows[rows["cut"] == definition["cut"]]
        cut_columns = [column for column in rules.cuts if column != "cut"]
        cut_value: pd.Series | str = "total"
        for position, column in enumerate(cut_columns):
            cut_value = rows[column] if position == 0 else cut_value + "/" + rows[column]

        rows = rows[rows[definition["numerator"]].notna()] if isinstance(definition["numerator"], str) else rows[:0]
        if len(rows):
            pieces.append(_of_definition(rows, definition, cut_value))
    columns = [*INDICATOR_KEY, *INDICATOR_MEASURES, "rule_id"]
    return pd.concat(pieces, ignore_index=True)[columns] if pieces else pd.DataFrame(columns=columns, dtype=object)


def _of_definition(rows: pd.DataFrame, definition: Mapping[str, str], cut_value: pd.Series | str) -> pd.DataFrame:
    """The figures of an indicator from the rows of its table."""

    def figure(name: str) -> pd.Series | None:
        column = definition[name]
        return _with_decimals(rows[column]) if isinstance(column, str) else None

    covered, base = definition["coverage_numerator"], definition["coverage_denominator"]
    coverage = None
    if isinstance(covered, str) and isinstance(base, str):
        coverage = quotient_text(scaled(rows[covered], RATE_DECIMALS), scaled(rows[base], RATE_DECIMALS))
    columns = {
        **{name: rows[name] for name in TERRITORY_KEY},
        **{name: definition[name] for name in ("indicator_code", "cut", "method_version", "unit", "rule_id")},
        "cut_value": cut_value,
        "numerator": figure("numerator"),
        "denominator": figure("denominator"),
        "value": figure("measure"),
        "coverage": coverage,
    }
    return pd.DataFrame(columns, index=rows.index)
