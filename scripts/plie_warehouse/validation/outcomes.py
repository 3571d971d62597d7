"""What Great Expectations said, for programs and for people: an outcome for each expectation, a line for each value
that differs in a row that it refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from plie_warehouse.validation.checks import Check, Checked
from plie_warehouse.validation.frames import YEAR
from plie_warehouse.validation.joined import EXPECTED, FOUND

FAILURE_COLUMNS = (
    "rule_id",
    "table",
    YEAR,
    "territory_kind",
    "territory_code",
    "cut",
    "measure",
    "expected",
    "found",
    "note",
)
Failure = dict[str, str]

# Failures printed and kept for one rule, and rows named for one expectation.
SHOWN_PER_RULE = 20
KEYS_SHOWN = 5


@dataclass(frozen=True)
class ExpectationOutcome:
    """Verdict on one expectation: its rule, severity, a sentence, the ``columns`` that it judges; how many rows it
    ``evaluated``, and how many it did not expect. ``first_keys``: in words, the first of these; ``failures``: what
    differs in them, columns ``FAILURE_COLUMNS``."""

    rule_id: str
    severity: str
    description: str
    expectation: str
    columns: tuple[str, ...]
    evaluated: int
    unexpected: int
    success: bool
    first_keys: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class SuiteOutcome:
    """Verdict on one table, in the order of its expectations. ``rows``: those of its frame; ``values``: laid side by
    side."""

    subject: str
    table: str
    rows: int
    values: int
    expectations: list[ExpectationOutcome]

    @property
    def name(self) -> str:
        return f"{self.subject}.{self.table}"

    def with_part(self, other: SuiteOutcome) -> SuiteOutcome:
        """The verdict on both parts of a table that was judged part after part."""
        both = zip(self.expectations, other.expectations, strict=True)
        return SuiteOutcome(
            self.subject,
            self.table,
            self.rows + other.rows,
            self.values + other.values,
            [
                replace(
                    one,
                    evaluated=one.evaluated + more.evaluated,
                    unexpected=one.unexpected + more.unexpected,
                    success=one.success and more.success,
                    first_keys=(one.first_keys + more.first_keys)[:KEYS_SHOWN],
                    failures=one.failures + more.failures,
                )
                for one, more in both
            ],
        )

    @property
    def success(self) -> bool:
        """Did every expectation hold?"""
        return all(outcome.success for outcome in self.expectations)


@dataclass(frozen=True)
class ValidationResult:
    """Outcome of one validation. ``docs`` and ``json``: the written site's first page and the machine-readable copy."""

    suites: list[SuiteOutcome]
    docs: Path
    json: Path
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def success(self) -> bool:
        """Every expectation of every suite held."""
        return all(suite.success for suite in self.suites)

    @property
    def failures(self) -> list[Failure]:
        return failures(self.suites)

    @property
    def values_compared(self) -> int:
        return sum(suite.values for suite in self.suites)


def failures(suites: Iterable[SuiteOutcome]) -> list[Failure]:
    """What differs, in a stable order."""
    found = [one for suite in suites for outcome in suite.expectations for one in outcome.failures]
    return sorted(found, key=lambda one: tuple(one[column] for column in FAILURE_COLUMNS))


def failures_of(checked: Checked, check: Check, places: list[int]) -> tuple[Failure, ...]:
    """What differs in the rows of a table that an expectation refused. ``places``: of these rows."""
    found = []
    for place in places:
        row = checked.frame.iloc[place]
        where = checked.place(row)
        if check.values is not None:
            [column] = check.columns
            found.append(where | _said(check, column, check.sentence, str(row[column])))
            continue
        for column in check.columns:
            expected, actual = str(row[f"{column}{EXPECTED}"]), str(row[f"{column}{FOUND}"])
            if expected != actual:
                found.append(where | _said(check, column, expected, actual))
    return tuple(found)


def _said(check: Check, column: str, expected: str, found: str) -> Failure:
    return {"rule_id": check.rule_id, "measure": column, "expected": expected, "found": found}


# --------------------------------------------------------------------------------- what is written

# Column of quality.validation_results -> its SQL type, because pandas cannot infer it without a row.
RESULT_COLUMNS = {
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


def as_rows(suites: Iterable[SuiteOutcome]) -> pd.DataFrame:
    """One row per suite, table, expectation, rule and columns: ``RESULT_COLUMNS``."""
    rows = [
        (
            suite.subject,
            one.expectation,
            one.rule_id,
            suite.table,
            ", ".join(one.columns),
            one.evaluated,
            one.unexpected,
            "; ".join(one.first_keys[:KEYS_SHOWN]) or None,
            one.success,
        )
        for suite in suites
        for one in suite.expectations
    ]
    return pd.DataFrame(rows, columns=[*RESULT_COLUMNS])


def as_json(suites: list[SuiteOutcome]) -> str:
    """The machine-readable outcome. Nothing in it depends on the clock, the machine or the folder."""
    by_rule: dict[str, int] = {}
    for suite in suites:
        for one in suite.expectations:
            if not one.success:
                by_rule[one.rule_id] = by_rule.get(one.rule_id, 0) + one.unexpected
    told: dict[str, list[Failure]] = {}
    for one in failures(suites):
        told.setdefault(one["rule_id"], []).append(one)
    content = {
        "success": all(suite.success for suite in suites),
        "values_compared": sum(suite.values for suite in suites),
        "suites": [
            {
                "name": suite.name,
                "subject": suite.subject,
                "table": suite.table,
                "success": suite.success,
                "rows": suite.rows,
                "values": suite.values,
                "expectations": [
                    {name: value for name, value in vars(one).items() if name != "failures"}
                    for one in suite.expectations
                ],
            }
            for suite in suites
        ],
        "failures_by_rule": by_rule,
        "failures": [one for of_rule in told.values() for one in of_rule[:SHOWN_PER_RULE]],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def from_json(text: str) -> list[SuiteOutcome]:
    """The outcomes that ``as_json`` wrote; of the failures those that it kept."""
    content = json.loads(text)
    return [
        SuiteOutcome(
            suite["subject"],
            suite["table"],
            suite["rows"],
            suite["values"],
            [
                ExpectationOutcome(
                    **one
                    | {
                        "columns": tuple(one["columns"]),
                        "first_keys": tuple(one["first_keys"]),
                        "failures": tuple(
                            failure
                            for failure in content["failures"]
                            if (failure["table"], failure["rule_id"]) == (suite["table"], one["rule_id"])
                            and failure["measure"] in one["columns"]
                            and not one["success"]
                        ),
                    }
                )
                for one in suite["expectations"]
            ],
        )
        for suite in content["suites"]
    ]


def failure_lines(found: list[Failure], limit: int = SHOWN_PER_RULE) -> list[str]:
    """What differs as lines of text, by rule, at most ``limit`` lines a rule and then how many more there are."""
    lines: list[str] = []
    for rule in sorted({one["rule_id"] for one in found}):
        rows = [one for one in found if one["rule_id"] == rule]
        lines.append(f"{rule}: {len(rows)} difference{'s' if len(rows) > 1 else ''}")
        for one in rows[:limit]:
            where = " ".join(one[part] for part in (YEAR, "territory_kind", "territory_code") if one[part])
            cut = f" [{one['cut']}]" if one["cut"] else ""
            note = f" ({one['note']})" if one["note"] else ""
            lines.append(
                f"  {where or 'all'}: {one['table']}.{one['measure']}{cut}: expected {one['expected']},"
                f" found {one['found']}{note}"
            )
        if len(rows) > limit:
            lines.append(f"  … and {len(rows) - limit} more")
    return lines
