"""The second, independent enforcement of the rules: recompute them in pandas, compare, let Great Expectations
judge.

``validate`` is the entry point. ``frames`` reads the warehouse. The rules are written by subject: ``recomputed_plie``
(D01 to D33), ``recomputed_clause`` (D40 to D47) and ``recomputed_network`` (D50 to D58), on what they share:
``delivered`` (row acceptance, D1B), ``tables`` (shapes of figures, territories), ``tools`` (dates, exact numbers,
parameters). ``recompute`` applies them all, ``indicators`` makes the long table, ``changes`` what changed from year to
year (D55), ``revisions`` which figures a build moved (D61), ``published`` judges what readers get of it (D60).
``validation_report`` compares both sides and writes what differs, ``validation_suites`` holds the Great Expectations
suites, ``validation_worker`` the process that runs them, and ``site`` makes their pages readable without a network.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from plie_warehouse.validation import site
from plie_warehouse.validation.changes import CHANGES, PUBLISHED_CHANGES, compare_changes, year_changes
from plie_warehouse.validation.frames import (
    AGGREGATE_TABLES,
    ALL_BUT_CLAUSE,
    FACT_TABLES,
    Warehouse,
    WarehouseError,
    read_warehouse,
)
from plie_warehouse.validation.indicators import indicator_definitions
from plie_warehouse.validation.published import compare_published
from plie_warehouse.validation.recompute import (
    DIMENSIONS,
    FACT_RULES,
    SUPPLIER_KINDS,
    TABLE_RULES,
    Recomputed,
    apply_rules,
)
from plie_warehouse.validation.revisions import REVISIONS, compare_revisions, read_last
from plie_warehouse.validation.validation_report import (
    Comparison,
    SuiteOutcome,
    ValidationResult,
    as_json,
    compare_aggregate,
    compare_exclusions,
    compare_fact,
    compare_indicators,
    compare_suppliers,
    failure_lines,
    gather,
    no_differences,
    rules_of_reasons,
)
from plie_warehouse.validation.validation_worker import ValidationWorker

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "AGGREGATE_TABLES",
    "FACT_TABLES",
    "ValidationResult",
    "WarehouseError",
    "comparisons",
    "failure_lines",
    "validate",
]

JSON_NAME = "validation.json"

# What a validation leaves in its output folder; only these are replaced by the next one.
WRITTEN = ("index.html", "expectations", "validations", "static", JSON_NAME)


# Every suite, in the order in which they are told.
SUITES = (
    "exclusions",
    "row_accounting",
    "clause_hours_accounting",
    *DIMENSIONS,
    *FACT_RULES,
    *TABLE_RULES,
    "indicators",
    CHANGES,
    PUBLISHED_CHANGES,
    REVISIONS,
    "published",
)


def comparisons(
    warehouse: Warehouse, rules: Recomputed, last: Mapping[str, pd.DataFrame] | None = None
) -> dict[str, Callable[[], Comparison]]:
    """Suite -> its comparison, which is made when it is called for; the largest tables first: indicators, changes,
    revisions, published tables, aggregates, the facts that the warehouse has, quality tables, dimensions.

    ``last``: what the build before left, see ``revisions.read_last``.
    """
    found, reference, aggregates = warehouse.quality, warehouse.reference, warehouse.aggregates
    definitions = indicator_definitions(reference)
    of_reason = rules_of_reasons(reference)

    @cache
    def changes() -> Mapping[str, Comparison]:
        expected = year_changes(rules.indicators, definitions)
        return compare_changes(expected, warehouse.long, warehouse.long["published_indicators"], definitions)

    return {
        "indicators": lambda: compare_indicators(rules.indicators, aggregates["indicators"]),
        CHANGES: lambda: changes()[CHANGES],
        PUBLISHED_CHANGES: lambda: changes()[PUBLISHED_CHANGES],
        REVISIONS: lambda: compare_revisions(rules.indicators, warehouse.long[REVISIONS], last or {}, definitions),
        "published": lambda: compare_published(rules.aggregates, warehouse.published, TABLE_RULES, reference),
        **{
            table: partial(compare_aggregate, table, table_rules, rules.aggregates[table], aggregates[table])
            for table, table_rules in TABLE_RULES.items()
        },
        **{
            table: partial(compare_fact, table, FACT_RULES[table], rules.facts[table], facts, of_reason.get(table))
            for table, facts in warehouse.facts.items()
        },
        "exclusions": lambda: compare_exclusions(rules.exclusions, found["exclusions"], SUPPLIER_KINDS),
        "row_accounting": lambda: compare_suppliers(
            "row_accounting", rules.accounting, found["row_accounting"], kinds=SUPPLIER_KINDS
        ),
        "clause_hours_accounting": lambda: compare_suppliers(
            "clause_hours_accounting", rules.hours_accounting, found["clause_hours_accounting"]
        ),
        **{
            name: partial(compare_suppliers, name, rules.dimensions[name], warehouse.dimensions[name], supplier)
            for name, supplier in DIMENSIONS.items()
        },
    }


def _unexplained(suites: list[SuiteOutcome], differences: object) -> list[dict[str, str]]:
    """Failing expectations of tables in which no single value differs: the table's own shape is wrong."""
    import pandas as pd

    explained = set()
    if isinstance(differences, pd.DataFrame):
        explained = set(zip(differences["table"], differences["rule_id"], strict=True))
    return [
        {
            "rule_id": one.rule_id,
            "table": suite.name,
            "reporting_year": "",
            "territory_kind": "",
            "territory_code": "",
            "cut": "",
            "measure": one.expectation,
            "expected": one.description,
            "found": f"{one.failing_rows} failing rows",
            "note": "",
        }
        for suite in suites
        for one in suite.expectations
        if not one.success and (suite.name, one.rule_id) not in explained
    ]


def validate(
    warehouse: Path, output: Path, progress: Callable[[str], None] | None = None, last: Path | None = None
) -> ValidationResult:
    """Validate one warehouse file and write the Data Docs and ``validation.json`` into ``output``.

    ``warehouse``: path of the private DuckDB file, opened read-only. ``output``: folder, made when missing;
    what an earlier validation left there is replaced, and nothing else is touched. ``progress``: called with
    lines of progress. ``last``: folder of what the build before left, when the warehouse was compared with it; without
    it the revisions are judged only by where they lead.

    Raises ``WarehouseError`` when the file or one of its tables is missing or the process that judges died,
    ``ValueError`` when the reference lists contradict themselves.
    """
    import pandas as pd

    progress = progress or (lambda line: None)
    clock, seconds = time.perf_counter(), {}

    def lap(name: str) -> None:
        nonlocal clock
        now = time.perf_counter()
        seconds[name] = now - clock
        clock = now

    progress(f"reading {warehouse}")
    output.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".making-", dir=output.resolve()))
    try:
        with ValidationWorker(warehouse, made) as worker:
            content = read_warehouse(warehouse, ALL_BUT_CLAUSE)
            lap("read")
            progress("recomputing the rules from the staged rows")
            differences, values = [], 0
            with pd.option_context("mode.copy_on_write", True):
                rules = apply_rules(content, worker.clause_rules)
                lap("recompute")
                compared = (make() for make in comparisons(content, rules, read_last(last)).values())
                for one in chain(compared, worker.clause_facts()):
                    worker.judge(one)
                    differences.append(one.differences)
                    values += one.values_compared
            del content, rules
            different = gather(differences)
            lap("compare")
            progress(f"{values} values compared, {len(different)} differences; Great Expectations judges")
            verdicts, pages = worker.verdicts()
        outcomes = [replace(verdicts[name], page=pages[name]) for name in SUITES]
        for number, suite in enumerate(outcomes, start=1):
            failed = sum(not one.success for one in suite.expectations)
            verdict = "ok" if not failed else f"{failed} failed"
            progress(f"[{number}/{len(outcomes)}] {suite.name}: {len(suite.expectations)} expectations, {verdict}")
        extra = _unexplained(outcomes, different)
        failures = gather([different, pd.DataFrame(extra) if extra else no_differences()])
        site.make_readable(made, outcomes, failures)
        (made / JSON_NAME).write_text(as_json(outcomes, failures, values), encoding="utf-8")
        for name in WRITTEN:
            old = output / name
            if old.is_dir():
                shutil.rmtree(old)
            else:
                old.unlink(missing_ok=True)
            if (made / name).exists():
                (made / name).rename(old)
    except BrokenExecutor as error:
        raise WarehouseError(f"the process that judges died ({error}): run it again") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    lap("judge and write")
    return ValidationResult(
        success=all(outcome.success for outcome in outcomes) and failures.empty,
        suites=outcomes,
        failures=failures,
        values_compared=values,
        docs=output / "index.html",
        json=output / JSON_NAME,
        seconds=seconds,
    )
