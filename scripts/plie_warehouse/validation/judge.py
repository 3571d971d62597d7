"""Great Expectations judges: one suite a table, each expectation with its rule (``meta.rule_id``) and severity, and the
Data Docs of all. What failed is read from its results alone.

``critical``: a figure or a row is wrong; ``warning``: the table is right but not as the contract shapes it. Both make
the validation fail.

Import this module only where something is judged: Great Expectations takes seconds to import.
"""

from __future__ import annotations

import datetime
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

# Before the import: the library reads this once, and nothing here may call out.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import numpy as np
import pandas as pd
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import MulticolumnMapMetricProvider
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_condition_partial import (
    multicolumn_condition_partial,
)
from great_expectations.expectations.row_conditions import Column

from plie_warehouse.validation.checks import Check, Checked
from plie_warehouse.validation.joined import EXPECTED, FOUND
from plie_warehouse.validation.outcomes import KEYS_SHOWN, ExpectationOutcome, SuiteOutcome, failures_of

# Failing rows of one expectation that are told one by one.
ROWS_TOLD = 200

# Its notes on temporary folders are no news to whoever runs a build; the module sets its own level.
logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)

SITE = "data_docs"

# The site shows a run by this name and moment: a constant, so that the same data gives the same files (D05).
RUN = RunIdentifier(run_name="validation", run_time=datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC))


class ColumnPairsEqual(MulticolumnMapMetricProvider):
    """Of each row: is the first column equal to the second, the third to the fourth, and so on?"""

    condition_metric_name = "multicolumn_values.pairs_equal"
    condition_domain_keys = ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if")
    condition_value_keys = ()

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, **_: Any) -> pd.Series:
        names = [*column_list.columns]
        equal = np.ones(len(column_list), dtype=bool)
        for left, right in zip(names[::2], names[1::2], strict=True):
            equal &= (column_list[left] == column_list[right]).to_numpy(dtype=bool)
        return pd.Series(equal, index=column_list.index)


class ExpectColumnPairsToBeEqual(MulticolumnMapExpectation):
    """Expect each row to have the same value in the first and the second column, in the third and the fourth, and so
    on.

    One expectation for all columns of a rule: the library's own one takes a pair at a time, and each expectation has
    its price.
    """

    map_metric: ClassVar[str] = ColumnPairsEqual.condition_metric_name
    ignore_row_if: Literal["all_values_are_missing", "any_value_is_missing", "never"] = "never"
    args_keys: ClassVar[tuple[str, ...]] = ("column_list",)


def expectations(checked: Checked) -> list[gx.expectations.Expectation]:
    """The expectations of a table, in the order of its checks."""
    return [_expectation(check) for check in checked.checks]


def _expectation(check: Check) -> gx.expectations.Expectation:
    said: dict[str, Any] = {
        "meta": {
            "rule_id": check.rule_id,
            "severity": check.severity,
            "description": check.sentence,
            "columns": ", ".join(check.columns),
        },
        "description": f"{check.rule_id}: {check.sentence} ({', '.join(check.columns)})",
        "severity": check.severity,
    }
    if check.when:
        said["row_condition"] = Column(check.when[0]) == check.when[1]
    if check.values is not None:
        [column] = check.columns
        return gx.expectations.ExpectColumnValuesToBeInSet(column=column, value_set=[*check.values], **said)
    pairs = [f"{column}{side}" for column in check.columns for side in (EXPECTED, FOUND)]
    return ExpectColumnPairsToBeEqual(column_list=pairs, **said)


class Judge:
    """Great Expectations at work: table after table, then their Data Docs.

    ``docs``: folder of the site, empty or absent; without it no page is written.
    """

    def __init__(self, docs: Path | None = None) -> None:
        self.docs = docs
        self.context = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        for site in list(self.context.get_site_names()):
            self.context.delete_data_docs_site(site)
        if docs is not None:
            self.context.add_data_docs_site(
                site_name=SITE,
                site_config={
                    "class_name": "SiteBuilder",
                    "show_how_to_buttons": False,
                    "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs)},
                    "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                },
            )
        # How many parts of each table were judged.
        self.judged: dict[str, int] = {}
        # One batch for all tables, of which each takes the place of the one before, so that none is kept in memory.
        asset = self.context.data_sources.add_pandas("warehouse").add_dataframe_asset("table")
        self.batch = asset.add_batch_definition_whole_dataframe("rows")

    def judge(self, checked: Checked) -> SuiteOutcome:
        """The verdict on one table.

        The first pass asks only whether each expectation holds; a second suite ``<name>.details`` repeats the failing
        ones, counts the rows that fail and names the first.
        """
        name = f"{checked.subject}.{checked.table}"
        self.judged[name] = part = self.judged.get(name, 0) + 1
        if part > 1:
            name = f"{name}.{part}"
        first = self._run(name, checked.frame, expectations(checked), "BOOLEAN_ONLY")
        told = {_identity(one.expectation_config): one for one in first.results}
        details = {}
        if failing := {identity for identity, one in told.items() if not one.success}:
            details = dict(self._details(name, checked, failing))
        # A check that Great Expectations did not judge has no outcome.
        outcomes = [
            _outcome(checked, check, told[identity], *details.get(identity, (0, [])))
            for check in checked.checks
            if (identity := (check.rule_id, ", ".join(check.columns), check.sentence)) in told
        ]
        return SuiteOutcome(checked.subject, checked.table, len(checked.frame), checked.values, outcomes)

    def _run(self, name: str, frame: pd.DataFrame, asked: list, result_format: Any) -> Any:
        suite = self.context.suites.add(gx.ExpectationSuite(name=name, expectations=asked))
        definition = gx.ValidationDefinition(name=name, data=self.batch, suite=suite)
        self.context.validation_definitions.add(definition)
        return definition.run(batch_parameters={"dataframe": frame}, result_format=result_format, run_id=RUN)

    def _details(self, name: str, checked: Checked, failing: set) -> Iterator[tuple[tuple, tuple[int, list[int]]]]:
        """How many rows fail each of some expectations, and the first of them, by their place in the frame."""
        again = []
        for expectation in expectations(checked):
            if _identity(expectation.configuration) in failing:
                expectation.id = None
                again.append(expectation)
        # The pages name a failing row by its index: let that be the words of its key, and its number among those of
        # the same words.
        words = pd.Series(checked.words())
        again_there = words.groupby(words).cumcount()
        words = pd.Index(words.where(again_there == 0, words + " (" + (again_there + 1).astype(str) + ")"))
        result_format = {"result_format": "SUMMARY", "partial_unexpected_count": ROWS_TOLD}
        details = self._run(f"{name}.details", checked.frame.set_index(words), again, result_format)
        places = pd.Series(range(len(words)), index=words)
        for one in details.results:
            told = [_word(entry) for entry in one.result.get("partial_unexpected_index_list") or []]
            count = int(one.result.get("unexpected_count") or 0)
            yield _identity(one.expectation_config), (count, places.loc[told].tolist())

    def write(self) -> None:
        """Write the Data Docs of all that was judged."""
        self.context.build_data_docs(site_names=[SITE])


def _word(entry: Any) -> str:
    return str(next(iter(entry.values()))) if isinstance(entry, Mapping) else str(entry)


def _identity(configuration: Any) -> tuple[str, str, str]:
    """What tells one expectation of a suite from another."""
    meta = configuration.meta
    return meta["rule_id"], meta["columns"], meta["description"]


def _outcome(checked: Checked, check: Check, result: Any, unexpected: int, places: list[int]) -> ExpectationOutcome:
    """Raises ``ValueError`` when an expectation could not be judged."""
    if any(one.get("raised_exception") for one in _exceptions(result)):
        raise ValueError(f"Great Expectations cannot judge {checked.table}, {check.rule_id}: {result.exception_info}")
    return ExpectationOutcome(
        rule_id=check.rule_id,
        severity=check.severity,
        description=check.sentence,
        expectation=result.expectation_config.type,
        columns=check.columns,
        evaluated=checked.judged_rows(check),
        unexpected=unexpected,
        success=bool(result.success),
        first_keys=tuple(checked.words(places[:KEYS_SHOWN])),
        failures=failures_of(checked, check, places),
    )


def _exceptions(result: Any) -> Iterator[Mapping[str, Any]]:
    """What was raised: said of the expectation, or of each of its metrics."""
    raised = result.exception_info or {}
    yield from [raised] if "raised_exception" in raised else raised.values()
