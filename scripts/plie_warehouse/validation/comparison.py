"""Which tables are judged: the private ones against what the rules give, the published ones against the private
ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pandas as pd

from plie_warehouse.validation.changes import CHANGES, PUBLISHED_CHANGES, readable_changes, year_changes
from plie_warehouse.validation.changes import RULES_OF as CHANGE_RULES
from plie_warehouse.validation.checks import (
    Checked,
    compared_aggregate,
    compared_exclusions,
    compared_fact,
    compared_indicators,
    compared_suppliers,
    compared_table,
    rules_of_reasons,
)
from plie_warehouse.validation.declared import declared
from plie_warehouse.validation.deliveries import Part
from plie_warehouse.validation.frames import PLIE, PUBLISHED_TABLES, YEAR, Warehouse, as_boolean
from plie_warehouse.validation.indicators import INDICATOR_KEY, INDICATOR_MEASURES, indicator_definitions
from plie_warehouse.validation.joined import Texts
from plie_warehouse.validation.published import compared_published
from plie_warehouse.validation.recompute import (
    DIMENSIONS,
    FACT_RULES,
    HEAD_TABLES,
    READER_TABLES,
    SUPPLIER_KINDS,
    TABLE_RULES,
    Facts,
    Recomputed,
)
from plie_warehouse.validation.recomputed_readers import SCORECARD, beside_others
from plie_warehouse.validation.recomputed_signals import EXIT_SIGNAL_RULES, EXIT_SIGNALS
from plie_warehouse.validation.revisions import REVISIONS, compared_revisions

Reference = Mapping[str, pd.DataFrame]

SUBJECTS = {row["table"]: row["subject"] for row in declared("tables")}


def compared_facts(
    subject: str, facts: Facts, part: Part, warehouse: Warehouse, reference: Reference
) -> Iterator[Checked]:
    """The facts of a subject, one table after the other. ``facts``: what the rules give of a part of the deliveries; a
    table is taken out of it once it is laid beside the warehouse's, since it has most of all rows."""
    of_reason = rules_of_reasons(reference)
    for table in [*facts]:
        expected, rules = facts.pop(table), FACT_RULES[table]
        columns = dict.fromkeys([*rules.key, *rules.columns])
        found = warehouse.texts("marts", table, columns, part.condition)
        compared = compared_fact(subject, table, rules, expected, found, of_reason.get(table))
        del expected
        yield compared


def compared_rest(
    rules: Recomputed, warehouse: Warehouse, reference: Reference, last: Mapping[str, pd.DataFrame] | None = None
) -> dict[str, Callable[[], Checked]]:
    """Table -> how it is laid beside the rules, when it is called for: quality tables, dimensions, aggregates, the long
    table, what changed and what was revised.

    ``last``: what the build before left, see ``revisions.read_last``.
    """
    definitions = indicator_definitions(reference)
    reasons = reference["quality_reasons"]
    excluding = reasons[as_boolean(reasons["excludes_row"]).fillna(False).astype(bool)]["rule_id"]

    def aggregate(table: str) -> Checked:
        expected, found = rules.aggregates[table], warehouse.texts("marts", table)
        return compared_aggregate(SUBJECTS[table], table, TABLE_RULES[table], expected, found)

    def suppliers(table: str, expected: pd.DataFrame, schema: str, **how: object) -> Checked:
        return compared_suppliers("quality", table, expected, warehouse.texts(schema, table), **how)

    def with_level(found: Mapping[str, Texts]) -> dict[str, Texts]:
        """A table of several levels, each row known by that of its territory."""
        return {**found, "level": found["territory_kind"]}

    return {
        "exclusions": lambda: compared_exclusions(
            rules.exclusions, warehouse.texts("quality", "exclusions"), SUPPLIER_KINDS, excluding
        ),
        "row_accounting": lambda: suppliers("row_accounting", rules.accounting, "quality", kinds=SUPPLIER_KINDS),
        "clause_hours_accounting": lambda: suppliers("clause_hours_accounting", rules.hours_accounting, "quality"),
        EXIT_SIGNALS: lambda: compared_fact(
            "quality",
            EXIT_SIGNALS,
            EXIT_SIGNAL_RULES,
            rules.exit_signals,
            warehouse.texts("quality", EXIT_SIGNALS),
        ),
        "network_signals": lambda: suppliers("network_signals", rules.signals, "quality", supplier="subject_code"),
        **{
            table: partial(suppliers, table, rules.dimensions[table], "marts", supplier=supplier)
            for table, supplier in DIMENSIONS.items()
        },
        **{
            table: partial(suppliers, table, rules.head[table], "marts", supplier=supplier)
            for table, supplier in HEAD_TABLES.items()
        },
        **{
            table: partial(suppliers, table, rules.readers[table], "marts", supplier=supplier)
            for table, supplier in READER_TABLES.items()
        },
        **{table: partial(aggregate, table) for table in TABLE_RULES},
        "indicators": lambda: compared_indicators(
            rules.indicators,
            warehouse.texts("marts", "indicators", [*INDICATOR_KEY, *INDICATOR_MEASURES, "build_id"]),
            str(warehouse.value("build_id", "marts", "build_info")),
        ),
        "esf_indicators": lambda: compared_suppliers(
            "indicators",
            "esf_indicators",
            rules.esf_indicators.assign(level=rules.esf_indicators["territory_kind"]),
            with_level(warehouse.texts("marts", "esf_indicators")),
            supplier="territory_code",
        ),
        CHANGES: lambda: compared_table(
            "indicators",
            CHANGES,
            CHANGE_RULES[CHANGES],
            year_changes(rules.indicators, definitions),
            warehouse.texts("marts", CHANGES),
        ),
        REVISIONS: lambda: compared_revisions(
            rules.indicators, warehouse.rows("quality", REVISIONS), last or {}, definitions
        ),
    }


def compared_readers(warehouse: Warehouse, reference: Reference) -> Iterator[Checked]:
    """The published tables beside the marts that were judged before: nothing else is shown, and what may be (D60)."""
    definitions = indicator_definitions(reference)
    private = {table: warehouse.rows("marts", table) for table in PUBLISHED_TABLES}
    published = {table: warehouse.rows("published", table) for table in PUBLISHED_TABLES}
    yield from compared_published(private, published, TABLE_RULES, reference)
    del private, published
    figures = pd.DataFrame(
        {
            name: column.as_series()
            for name, column in warehouse.texts(
                "marts", "indicators", [*INDICATOR_KEY, "value", "numerator", "denominator", "unit"]
            ).items()
        }
    )
    statuses = [*INDICATOR_KEY, "status", "numerator_status", "denominator_status"]
    shown = {name: column.as_series() for name, column in warehouse.texts("published", "indicators", statuses).items()}
    expected = readable_changes(year_changes(figures, definitions), pd.DataFrame(shown), definitions)
    yield compared_table(
        "published",
        PUBLISHED_CHANGES,
        CHANGE_RULES[PUBLISHED_CHANGES],
        expected.assign(**{YEAR: expected[YEAR].astype(str)}),
        warehouse.texts("published", CHANGES),
    )
    long_table = {
        name: column.as_series()
        for name, column in warehouse.texts(
            "published", "indicators", [*INDICATOR_KEY, "value", "numerator", "denominator"]
        ).items()
    }
    cards = beside_others(pd.DataFrame(long_table), warehouse.rows("published", "dim_plie"), reference)
    yield compared_suppliers("published", SCORECARD, cards, warehouse.texts("published", SCORECARD), supplier=PLIE)
