"""The worker process of the validation: it applies the rules of the clause, which has most of the rows, and then runs
Great Expectations, while the first process does the rest.
"""

from __future__ import annotations

from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from plie_warehouse.processes import end_with_parent, spawn_context
from plie_warehouse.validation.frames import CLAUSE, read_warehouse
from plie_warehouse.validation.recompute import FACT_RULES, ClauseRules, apply_clause_rules
from plie_warehouse.validation.validation_report import Comparison, SuiteOutcome, compare_fact, rules_of_reasons

if TYPE_CHECKING:
    from plie_warehouse.validation.validation_suites import Judge


class ValidationWorker:
    """Work in a process of its own, done in the order in which it is asked for. A context manager.

    ``warehouse``: path of the private file; ``docs``: empty folder for the Data Docs. What a task raises, its future
    raises; ``BrokenExecutor`` when the process died.
    """

    def __init__(self, warehouse: Path, docs: Path) -> None:
        self._pool = ProcessPoolExecutor(1, spawn_context(), _start, (warehouse, docs))
        self._rules = self._pool.submit(_clause_rules)
        self._facts = self._pool.submit(_clause_facts)
        self._pool.submit(_load)
        self._verdicts: dict[str, Future[SuiteOutcome]] = {}

    def __enter__(self) -> ValidationWorker:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def clause_rules(self) -> ClauseRules:
        """What the rules of the clause say, without the facts: these are compared there."""
        return self._rules.result()

    def clause_facts(self) -> list[Comparison]:
        """The facts of the clause laid beside the rules."""
        return self._facts.result()

    def judge(self, one: Comparison) -> None:
        """Have a table judged."""
        self._verdicts[one.name] = self._pool.submit(_judge, one.name, one.checked)

    def verdicts(self) -> tuple[dict[str, SuiteOutcome], dict[str, str]]:
        """The verdict on each table that was given to be judged, and the page of each in the Data Docs, which are
        written then."""
        pages = self._pool.submit(_write)
        return {name: verdict.result() for name, verdict in self._verdicts.items()}, pages.result()


# What the process keeps from task to task.
_kept: dict[str, object] = {}


def _start(warehouse: Path, docs: Path) -> None:
    end_with_parent()
    _kept.update(warehouse=warehouse, docs=docs)


def _clause_rules() -> ClauseRules:
    content = read_warehouse(_kept["warehouse"], CLAUSE)
    with pd.option_context("mode.copy_on_write", True):
        rules = apply_clause_rules(content)
    _kept.update(reference=content.reference, found=content.facts, expected=rules.facts)
    return rules.without_facts()


def _clause_facts() -> list[Comparison]:
    # Taken: nobody needs these rows any more. Without them, the rules were not applied, and said why.
    found, expected = _kept.pop("found", {}), _kept.pop("expected", {})
    with pd.option_context("mode.copy_on_write", True):
        of_reason = rules_of_reasons(_kept["reference"]) if found else {}
        return [
            compare_fact(table, FACT_RULES[table], expected[table], rows, of_reason.get(table))
            for table, rows in found.items()
        ]


def _load() -> None:
    """Great Expectations takes seconds to import: while the first process still compares."""
    if "reference" in _kept:
        from plie_warehouse.validation.validation_suites import Judge

        _kept["judge"] = Judge(_kept["docs"], _kept["reference"])


def _judge(name: str, checked: pd.DataFrame) -> SuiteOutcome:
    judge: Judge = _kept["judge"]
    return judge.judge(name, checked)


def _write() -> dict[str, str]:
    judge: Judge = _kept["judge"]
    return judge.write()
