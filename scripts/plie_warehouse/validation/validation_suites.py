"""Great Expectations suites: one per table, each judging one checked frame (see ``report.py``).

Every expectation names its rule (``meta.rule_id``) and its severity. ``critical``: a figure or a row is
wrong; ``warning``: the table is right but not as the contract shapes it. Both make the validation fail.

Import this module only where the verdict is asked for: Great Expectations takes about five seconds to import.
"""

from __future__ import annotations

import datetime
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

# Before the import: the library reads this once, and nothing here may call out.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.row_conditions import Column

from plie_warehouse.validation import changes, recomputed_clause, recomputed_network, revisions
from plie_warehouse.validation.declared import declared
from plie_warehouse.validation.frames import TERRITORY_KEY, YEAR, as_boolean
from plie_warehouse.validation.indicators import indicator_definitions
from plie_warehouse.validation.recompute import FACT_RULES, TABLE_RULES
from plie_warehouse.validation.tables import TableRules
from plie_warehouse.validation.validation_report import (
    EXPECTED,
    FOUND,
    NULL,
    OTHER_RULES,
    ExpectationOutcome,
    SuiteOutcome,
)

CRITICAL, WARNING = "critical", "warning"

# Its notes on temporary folders are no news to whoever runs a build; the module sets its own level.
logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)

SITE = "data_docs"

# The site shows a run by this name and moment: a constant, so that the same data gives the same files (D05).
RUN = RunIdentifier(run_name="validation", run_time=datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC))


@dataclass(frozen=True)
class Suite:
    """One suite: a name, the frame it judges, its expectations, the columns that name a row of the frame."""

    name: str
    frame: pd.DataFrame
    expectations: list[gx.expectations.Expectation]
    key: list[str]


def _say(rule_id: str, description: str, severity: str = CRITICAL) -> dict[str, Any]:
    """What every expectation carries: rule, severity and one sentence."""
    return {
        "meta": {"rule_id": rule_id, "severity": severity, "description": description},
        "description": f"{rule_id}: {description}",
        "severity": severity,
    }


def _equal(column_a: str, column_b: str, rule_id: str, description: str, **more: Any) -> gx.expectations.Expectation:
    """Two columns hold the same text in every row; the frames write an empty value as text, so it counts."""
    description = f"{description} ({column_a}, {column_b})"
    return gx.expectations.ExpectColumnPairValuesToBeEqual(
        column_A=column_a, column_B=column_b, ignore_row_if="neither", **more, **_say(rule_id, description)
    )


def _in_set(column: str, values: Iterable[object], rule_id: str, description: str) -> gx.expectations.Expectation:
    """Only these values stand in a column."""
    return gx.expectations.ExpectColumnValuesToBeInSet(column=column, value_set=[*values], **_say(rule_id, description))


def compared_suite(name: str, frame: pd.DataFrame, rules: TableRules) -> Suite:
    """The suite of a frame of ``report.compare_aggregate``: its rows, each measure by its rule, each key once, and the
    identities, in the words that ``declared`` has for the table.
    """
    words = next(row for row in declared("tables") if row["table"] == name)
    sentences = {row["measure"]: row["sentence"] for row in declared("measures") if row["table"] == name}
    each = words["each"] or "{} is what the rule gives."
    expectations = [
        _equal(
            f"row{FOUND}",
            f"row{EXPECTED}",
            rules.row_rule_id,
            words["rows"] or "The rows of the rules, no other, none missing.",
        ),
        *(
            _equal(
                f"{measure}{FOUND}",
                f"{measure}{EXPECTED}",
                rule.rule_id,
                sentences.get(measure) or each.format(measure),
            )
            for measure, rule in rules.measures.items()
        ),
        gx.expectations.ExpectCompoundColumnsToBeUnique(
            column_list=rules.key,
            **_say(
                words["once_rule_id"] or rules.row_rule_id,
                words["once"] or "One row per year, territory and cut.",
                words["once_severity"] or CRITICAL,
            ),
        ),
    ]
    for one in declared("identities"):
        if one["table"] == name:
            for side in ("left", "right"):
                if parts := one[f"{side}_parts"].split():
                    # Unknown when a part is.
                    frame = frame.assign(**{one[side]: sum(frame[column] for column in parts)})
            expectations.append(_equal(one["left"], one["right"], one["rule_id"], one["sentence"]))
    return Suite(name, frame, expectations, rules.key)


# -------------------------------------------------------------------------------------- aggregates


def _derived(frame: pd.DataFrame, rules: TableRules) -> pd.DataFrame:
    """The frame plus two counts by row: ``rates_not_null_with_base``, rates that are null although their
    denominator is not 0 or given although it is (D18); ``rates_out_of_bounds``, rates below 0 or, where they
    cannot, above 1.
    """
    broken, outside = pd.Series(0, index=frame.index), pd.Series(0, index=frame.index)
    for name, measure in rules.measures.items():
        base = measure.base or measure.denominator
        if measure.numerator and base in frame:
            empty_base = frame[base].fillna(0) == 0
            empty_base |= frame[measure.numerator].isna()
            broken += (frame[name].isna() != empty_base).astype(int)
            above = frame[name] > (float("inf") if measure.may_exceed_one or measure.may_be_negative else 1)
            below = frame[name] < (-1 if measure.may_be_negative else 0)
            outside += (below | above).astype(int)
    present = frame[f"row{FOUND}"] == "present"
    return frame.assign(rates_not_null_with_base=broken.where(present, 0), rates_out_of_bounds=outside)


def _hundredths(frame: pd.DataFrame, name: str, *hours: pd.Series) -> pd.DataFrame:
    """The frame plus a column ``name``: a sum of hours as a whole number of hundredths, in text, where the
    table has the row (hours as binary floats do not add up).
    """
    total = sum((part.mul(100).round() for part in hours[1:]), start=hours[0].mul(100).round())
    present = frame[f"row{FOUND}"] == "present"
    return frame.assign(**{name: total.astype("Int64").astype(str).where(present, NULL)})


def aggregate_suite(
    table: str, frame: pd.DataFrame, territory_kinds: list[str], accepted: Mapping[str, list[str]]
) -> Suite:
    """Suite of one aggregate mart: the figures by rule, and what must hold of the table itself.

    ``frame``: see ``report.compare_aggregate``. ``territory_kinds``: all kinds known; a table has those of its
    own suppliers and those that are common to all. ``accepted``: column -> the only values that may stand there.
    """
    rules = TABLE_RULES[table]
    others = {one.supplier_kind for one in TABLE_RULES.values()} - {rules.supplier_kind}
    territory_kinds = [kind for kind in territory_kinds if kind not in others]
    suite = compared_suite(table, _derived(frame, rules), rules)
    expectations = suite.expectations
    expectations += [
        _in_set("territory_kind", territory_kinds, "D01", "Only the known kinds of territory."),
        _in_set("rates_not_null_with_base", [0], "D18", "A rate is null where its denominator is 0, and only there."),
        _in_set(
            "rates_out_of_bounds",
            [0],
            "D15",
            "No rate but a growth is negative; none but those of two cohorts, and means, is above 1.",
        ),
    ]
    for column, values in accepted.items():
        rule_id = rules.measures[column].rule_id if column in rules.measures else rules.row_rule_id
        expectations.append(_in_set(column, values, rule_id, f"{column} is a value of its list."))
    if table == "clause_hours_etp":
        of_cut = frame["hours_counted"].groupby([frame[column] for column in (*TERRITORY_KEY, "cut")])
        wide = _hundredths(suite.frame, "delivered, to the hundredth", frame["hours_delivered"])
        wide = _hundredths(wide, "counted and excluded", frame["hours_counted"], frame["hours_excluded"])
        wide = _hundredths(wide, "counted in all", frame["hours_counted_total"])
        suite = replace(suite, frame=_hundredths(wide, "counted over the cut", of_cut.transform("sum")))
        expectations += [
            _equal("delivered, to the hundredth", "counted and excluded", "D42", "Delivered = counted + excluded."),
            _equal("counted in all", "counted over the cut", "D42", "The values of a cut add up to the territory."),
        ]
    return suite


def indicator_suite(frame: pd.DataFrame, territory_kinds: list[str], rule_ids: list[str], codes: list[str]) -> Suite:
    """Suite of ``indicators``: each figure with its numerator, denominator and coverage, by rule (D18, D61).

    ``frame``: one row per indicator, cut and territory, with ``figure__found`` and ``figure__expected``
    (text).
    """
    expect = gx.expectations
    key = [*TERRITORY_KEY, "indicator_code", "cut", "cut_value", "method_version"]
    expectations = [
        _equal(f"row{FOUND}", f"row{EXPECTED}", "D18", "The rows of the definitions, no other, none missing."),
        *(
            _equal(
                f"figure{FOUND}",
                f"figure{EXPECTED}",
                rule_id,
                f"Numerator, denominator, value, coverage and unit of the indicators of {rule_id}.",
                row_condition=Column("rule_id") == rule_id,
            )
            for rule_id in rule_ids
        ),
        expect.ExpectCompoundColumnsToBeUnique(
            column_list=key, **_say("D61", "One row per indicator, cut, territory and method version.")
        ),
        _in_set("territory_kind", territory_kinds, "D01", "Only the known kinds of territory."),
        _in_set("indicator_code", codes, "D61", "Only defined indicators."),
        expect.ExpectColumnValuesToNotBeNull(
            column="method_version", **_say("D61", "Every figure carries its method version.")
        ),
        expect.ExpectColumnValuesToNotBeNull(
            column="build_id",
            row_condition=Column(f"row{FOUND}") == "present",
            **_say("D61", "Every figure carries the build that made it."),
        ),
    ]
    return Suite("indicators", frame, expectations, key)


# ---------------------------------------------------------------------------------- counts of rows


def counted_suite(name: str, frame: pd.DataFrame, key: list[str], what: str, rule_ids: Iterable[str]) -> Suite:
    """Suite of a table with one row per person, or of the exclusions, on a frame of counts: one expectation
    for each rule of ``rule_ids`` and for each that the frame names beside them.

    ``frame``: ``rule_id``, ``measure``, ``expected``, ``found`` (text) and the columns of ``key``.
    """
    expectations = [
        _equal(
            "found",
            "expected",
            rule_id,
            f"{what} agree with {rule_id}.",
            row_condition=Column("rule_id") == rule_id,
        )
        for rule_id in sorted({*rule_ids, *frame["rule_id"]})
    ]
    return Suite(name, frame, expectations, key)


# ----------------------------------------------------------------------------------------- verdict


def accepted_codes(reference: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, list[str]]]:
    """Table -> column -> the values that may stand there, read from the reference lists."""
    families = reference["step_families"]
    reasons = [*reference["exit_reasons"]["exit_reason"]]
    unknown = [*families.loc[as_boolean(families["is_unknown"]).fillna(False).astype(bool), "step_family"]]
    lists = reference["code_lists"]
    jobs = [
        *reference["contract_types"]["contract_type"],
        *lists.loc[lists["code_list"].isin(["employer_category", "naf_section"]), "code"],
    ]
    profiles = {"profile": [*reference["profiles"]["profile"]]}
    cuts = recomputed_clause.cut_values(reference)
    parameters = reference["parameters"]
    divisors = pd.to_numeric(parameters.loc[parameters["name"] == "hours_per_etp", "value"]).tolist()
    return {
        "plie_outcomes": {},
        "plie_outcomes_by_profile": profiles,
        "plie_entry_profile": profiles,
        "plie_job_steps": {"cut": [*reference["job_step_groups"]["cut"].unique()]},
        "plie_caseload": {},
        "plie_step_mix": {"step_family": [*families["step_family"]]},
        "plie_exit_reasons": {
            "exit_reason": [*reasons, *unknown],
            "exit_class": [*reference["exit_classes"]["exit_class"]],
        },
        "plie_exit_jobs": {"cut_value": list(dict.fromkeys(jobs))},
        "clause_hours_etp": {
            "cut": list(dict.fromkeys(cuts["cut"])),
            "cut_value": list(dict.fromkeys(cuts["cut_value"])),
            "hours_per_etp": divisors,
        },
        "clause_beneficiary_profile": profiles,
        "clause_facilitator_activity": {"hours_per_etp": divisors},
        "network_coverage": {},
        "network_members": {"cut": ["total", "membership", "membership_type"]},
        **{mart: {"cut": list(cuts)} for mart, (_, cuts) in recomputed_network.MIXES.items()},
        "survey_team_size": {"team": [*lists.loc[lists["code_list"] == "team", "code"]]},
        "survey_partners": {},
    }


class Judge:
    """Great Expectations at work: suite after suite, then their Data Docs.

    ``docs``: folder of the site (must be empty); ``reference``: the reference lists, see ``frames.Warehouse``.
    """

    def __init__(self, docs: Path, reference: Mapping[str, pd.DataFrame]) -> None:
        self.docs, self.reference, self.accepted = docs, reference, accepted_codes(reference)
        self.context = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        for site in list(self.context.get_site_names()):
            self.context.delete_data_docs_site(site)
        self.context.add_data_docs_site(
            site_name=SITE,
            site_config={
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs)},
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            },
        )
        self.source = self.context.data_sources.add_pandas("warehouse")
        self.judged: list[str] = []

    def judge(self, name: str, checked: pd.DataFrame) -> SuiteOutcome:
        """The verdict on one checked frame of ``report.py``.

        The first pass asks only whether each expectation holds; a second suite ``<name>_details`` repeats the failing
        ones with all their details.
        """
        self.judged.append(name)
        return _run(self.context, self.source, suite_of(name, checked, self.reference, self.accepted))

    def write(self) -> dict[str, str]:
        """Write the Data Docs of all that was judged. Suite -> the page of its results, relative to the folder."""
        self.context.build_data_docs(site_names=[SITE])
        return {name: _page(self.docs, name) for name in self.judged}


def _page(docs: Path, suite: str) -> str:
    """The page of a suite's results, relative to the site's folder; empty when the site has none."""
    pages = sorted((docs / "validations" / suite).rglob("*.html"))
    return pages[0].relative_to(docs).as_posix() if pages else ""


def _run(context: Any, source: Any, suite: Suite) -> SuiteOutcome:
    """Judge one suite: booleans first, then details of what failed."""
    batches = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe(suite.name)

    def judge(name: str, frame: pd.DataFrame, expectations: list, result_format: Any) -> Any:
        registered = context.suites.add(gx.ExpectationSuite(name=name, expectations=expectations))
        definition = gx.ValidationDefinition(name=name, data=batches, suite=registered)
        context.validation_definitions.add(definition)
        return definition.run(batch_parameters={"dataframe": frame}, result_format=result_format, run_id=RUN)

    # Each expectation of one rule looks for its rows: by the number of the rule, and not letter by letter.
    by_rule = {column: "category" for column in ("rule_id",) if column in suite.frame}
    first = judge(suite.name, suite.frame.astype(by_rule), suite.expectations, "BOOLEAN_ONLY")
    failing = {_identity(result): 0 for result in first.results if not result.success}
    if failing:
        again = []
        for expectation in suite.expectations:
            if _identity_of(expectation.meta, expectation.expectation_type) in failing:
                copy = expectation.copy()
                copy.id = None
                again.append(copy)
        # The pages name a failing row by its index: let that be the words of its key.
        words = [suite.frame[column].map(lambda value: "" if pd.isna(value) else str(value)) for column in suite.key]
        details = judge(
            f"{suite.name}_details",
            suite.frame.set_index(pd.Index(words[0].str.cat(words[1:], sep=" "))),
            again,
            {"result_format": "COMPLETE", "partial_unexpected_count": 20},
        )
        for result in details.results:
            failing[_identity(result)] = int(result.result.get("unexpected_count") or 1)
    outcomes = []
    for result in first.results:
        meta = result.expectation_config.meta
        outcomes.append(
            ExpectationOutcome(
                rule_id=meta["rule_id"],
                severity=meta["severity"],
                description=meta["description"],
                expectation=result.expectation_config.type,
                success=bool(result.success),
                failing_rows=failing.get(_identity(result), 0),
            )
        )
    outcomes.sort(key=lambda one: (one.rule_id, one.expectation, one.description))
    return SuiteOutcome(name=suite.name, rows=len(suite.frame), expectations=outcomes)


def _identity_of(meta: Mapping[str, Any], kind: str) -> tuple[str, str, str]:
    return kind, meta["rule_id"], meta["description"]


def _identity(result: Any) -> tuple[str, str, str]:
    """What tells one expectation of a suite from another."""
    return _identity_of(result.expectation_config.meta, result.expectation_config.type)


def suite_of(
    name: str,
    checked: pd.DataFrame,
    reference: Mapping[str, pd.DataFrame],
    accepted: Mapping[str, Mapping[str, list[str]]],
) -> Suite:
    """The suite of one checked frame of ``report.py``. ``accepted``: see ``accepted_codes``."""
    kinds = [*reference["territory_kinds"]["territory_kind"]]
    if name == "exclusions":
        reasons = reference["quality_reasons"]
        excluding = reasons[as_boolean(reasons["excludes_row"]).fillna(False).astype(bool)]
        key = [YEAR, "supplier_code", "source_table", "reason_code", "rule_id", "measure"]
        return counted_suite(name, checked, key, "Excluded rows", excluding["rule_id"])
    if name in FACT_RULES:
        rules = FACT_RULES[name]
        return counted_suite(name, checked, [YEAR, rules.supplier, "rule_id", "measure"], "Rows", rules.rule_ids)
    if name in TABLE_RULES:
        return aggregate_suite(name, checked, kinds, accepted[name])
    if name == "indicators":
        definitions = indicator_definitions(reference)
        rule_ids = sorted(set(definitions["rule_id"]))
        return indicator_suite(checked, kinds, rule_ids, list(dict.fromkeys(definitions["indicator_code"])))
    if rules := {**OTHER_RULES, **changes.RULES_OF, **revisions.RULES_OF}.get(name):
        return compared_suite(name, checked, rules)
    return counted_suite(name, checked, [*TERRITORY_KEY, "cut", "measure"], "Published figures", ["D60"])
