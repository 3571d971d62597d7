"""Lay what the marts hold beside what the rules say, and report what differs.

Two shapes come out of each comparison:

- a *checked* frame, which Great Expectations judges. It never holds a participant's pseudonym: aggregates
  have none, and tables with one row per person are reduced to counts by year and supplier;
- *differences*, one row per failing comparison, in the columns of ``DIFFERENCE_COLUMNS``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from plie_warehouse.validation.frames import TERRITORY_KEY, YEAR
from plie_warehouse.validation.indicators import INDICATOR_KEY, INDICATOR_MEASURES
from plie_warehouse.validation.tables import FactRules, Measure, TableRules, tables_of

DIFFERENCE_COLUMNS = [
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
]

# Text of an empty value, so that null against null is equal and null against a value is not.
NULL = "null"

FOUND = "__found"
EXPECTED = "__expected"

# Example lines named for one failing comparison of rows.
LINES_SHOWN = 5

# Differences printed and kept for one rule.
SHOWN_PER_RULE = 20

# Columns whose values are not even counted in a message: identifiers (dates are left out by their type).
QUIET_COLUMNS = (
    "participant_id",
    "parcours_no",
    "referent_id",
    "step_id",
    "beneficiary_id",
    "employer_id",
    "awardee_id",
)


@dataclass(frozen=True)
class Comparison:
    """One table laid beside the rules.

    ``checked``: the frame that Great Expectations judges; ``differences``: see ``DIFFERENCE_COLUMNS``;
    ``values_compared``: number of single values compared.
    """

    name: str
    checked: pd.DataFrame
    differences: pd.DataFrame
    values_compared: int


@dataclass(frozen=True)
class ExpectationOutcome:
    """Verdict of one expectation: its rule, severity, a sentence, and the number of rows that failed it."""

    rule_id: str
    severity: str
    description: str
    expectation: str
    success: bool
    failing_rows: int


@dataclass(frozen=True)
class SuiteOutcome:
    """Verdict of one suite, in the order of its expectations. ``page``: its page, relative to the output
    folder.
    """

    name: str
    rows: int
    expectations: list[ExpectationOutcome]
    page: str = ""

    @property
    def success(self) -> bool:
        """Did every expectation hold?"""
        return all(outcome.success for outcome in self.expectations)


@dataclass(frozen=True)
class ValidationResult:
    """Outcome of one validation.

    ``success``: every expectation of every suite held. ``failures``: one row per failing comparison or
    expectation, columns ``DIFFERENCE_COLUMNS``. ``docs`` and ``json``: the written site's first page and the
    machine-readable copy.
    """

    success: bool
    suites: list[SuiteOutcome]
    failures: pd.DataFrame
    values_compared: int
    docs: Path
    json: Path
    seconds: Mapping[str, float] = field(default_factory=dict)


def no_differences() -> pd.DataFrame:
    """An empty frame of differences."""
    return pd.DataFrame({column: pd.Series(dtype=object) for column in DIFFERENCE_COLUMNS})


def gather(pieces: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Differences of several comparisons, in a stable order."""
    filled = [piece for piece in pieces if len(piece)]
    if not filled:
        return no_differences()
    together = pd.concat(filled, ignore_index=True)[DIFFERENCE_COLUMNS].astype(object)
    together = together.where(together.notna(), "")
    order = together.astype(str).sort_values(DIFFERENCE_COLUMNS, kind="stable").index
    return together.loc[order].reset_index(drop=True)


# -------------------------------------------------------------------------------------- aggregates


def compare_aggregate(table: str, rules: TableRules, expected: pd.DataFrame, found: pd.DataFrame) -> Comparison:
    """Compare one aggregate mart, every measure of every row.

    ``expected`` and ``found``: key columns and measures as text. The checked frame has one row per key that
    either side holds: the key, ``row__found``/``row__expected`` (``present`` or ``missing``) and for each
    measure ``<measure>__found``/``<measure>__expected`` as text and ``<measure>`` as a number. A row that one
    side lacks fails once, by ``row``; its measures are then left equal.
    """
    key = list(rules.key)
    measures = list(rules.measures)
    left = _text_keys(expected, key)[[*key, *measures]]
    absent = [column for column in measures if column not in found.columns]
    right = found.assign(**{column: "no such column" for column in absent})
    right = _text_keys(right, key)[[*key, *measures]]
    joined = _merged_by_text(left, right, key)
    side = joined["_side"].astype(str)
    columns: dict[str, pd.Series] = {
        f"row{EXPECTED}": side.map({"both": "present", "left_only": "present", "right_only": "missing"}),
        f"row{FOUND}": side.map({"both": "present", "left_only": "missing", "right_only": "present"}),
    }
    both = side == "both"
    differences = []
    row_off = joined[~both].assign(
        measure="row",
        expected=columns[f"row{EXPECTED}"][~both],
        found=columns[f"row{FOUND}"][~both],
        rule_id=rules.row_rule_id,
    )
    differences.append(row_off)
    for measure, rule in rules.measures.items():
        want, have = joined[f"{measure}{EXPECTED}"], joined[f"{measure}{FOUND}"]
        if rule.any_decimals:
            want, have = _shortest(want), _shortest(have)
        want, have = want.fillna(NULL), have.fillna(NULL)
        columns[f"{measure}{EXPECTED}"] = want.where(both, NULL)
        columns[f"{measure}{FOUND}"] = have.where(both, NULL)
        columns[measure] = pd.to_numeric(joined[f"{measure}{FOUND}"], errors="coerce")
        off = both & (want != have)
        differences.append(
            joined.loc[off].assign(measure=measure, expected=want[off], found=have[off], rule_id=rule.rule_id)
        )
    checked = pd.concat([joined[key], pd.DataFrame(columns)], axis=1)
    gathered = pd.concat([piece for piece in differences if len(piece)] or [row_off], ignore_index=True)
    cut = pd.Series("", index=gathered.index, dtype=object)
    for name in rules.cuts:
        cut = cut + ("" if name == rules.cuts[0] else ", ") + name + "=" + gathered[name].astype(str)
    gathered = gathered.assign(table=table, cut=cut, note="")
    return Comparison(table, checked, gathered[DIFFERENCE_COLUMNS], int(both.sum()) * len(measures))


def _shortest(figures: pd.Series) -> pd.Series:
    """Figures as text without the zeros at the end of their decimals."""
    return figures.map(lambda figure: figure.rstrip("0").rstrip(".") if "." in figure else figure, na_action="ignore")


def _text_keys(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The frame with its key columns as text, so that a year read as text meets a year read as a number; what is
    missing is the empty text."""
    keys = {}
    for column in key:
        places, values = pd.factorize(frame[column].astype(object))
        # Each different value once: keys repeat themselves. The last is that of the place -1.
        texts = np.array([*map(str, values), ""], dtype=object)
        keys[column] = pd.Series(texts[places], index=frame.index)
    return frame.assign(**keys)


def _merged_by_text(left: pd.DataFrame, right: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Both sides by their key (texts, none missing), in its order: every row of either, with the column ``_side``."""
    shared = {column: pd.CategoricalDtype(sorted({*left[column].unique(), *right[column].unique()})) for column in key}
    # Places of categories are numbers: compared and put in order far sooner than texts.
    joined = left.astype(shared).merge(
        right.astype(shared), on=key, how="outer", suffixes=(EXPECTED, FOUND), indicator="_side", sort=True
    )
    return joined.astype(dict.fromkeys(key, object))


def compare_indicators(expected: pd.DataFrame, found: pd.DataFrame) -> Comparison:
    """Compare the long table, each indicator by the rule of its definition.

    ``expected``: see ``recompute.indicators``; ``found``: the mart as text. The checked frame has one row per
    key: ``rule_id``, ``row__…`` and ``figure__…``, where a figure is the text ``numerator / denominator =
    value unit, on coverage``.
    """
    rules = TableRules(
        cuts=tuple(column for column in INDICATOR_KEY if column not in TERRITORY_KEY),
        row_rule_id="D18",
        measures={measure: Measure("") for measure in INDICATOR_MEASURES},
    )
    compared = compare_aggregate("indicators", rules, expected, found)
    frame = compared.checked
    code_and_cut = ["indicator_code", "cut"]
    rule_of = expected[[*code_and_cut, "rule_id"]].drop_duplicates(code_and_cut)
    figures = {}
    for side in (FOUND, EXPECTED):
        part = {measure: frame[f"{measure}{side}"] for measure in INDICATOR_MEASURES}
        ratio = part["numerator"] + " / " + part["denominator"] + " = " + part["value"]
        figures[f"figure{side}"] = ratio + " " + part["unit"] + ", on " + part["coverage"]
    checked = frame[[*rules.key, f"row{FOUND}", f"row{EXPECTED}"]].assign(**figures)
    checked = checked.merge(rule_of, on=code_and_cut, how="left").fillna({"rule_id": rules.row_rule_id})
    builds = _text_keys(found, list(rules.key))[[*rules.key, "build_id"]].drop_duplicates(list(rules.key))
    checked = checked.merge(builds, on=list(rules.key), how="left")
    differences = compared.differences
    code = differences["cut"].str.extract(r"indicator_code=(.*?), cut=(.*?), cut_value=")
    keyed = differences.assign(indicator_code=code[0], **{"_cut": code[1]})
    rule = keyed.merge(
        rule_of.rename(columns={"cut": "_cut", "rule_id": "_rule"}), on=["indicator_code", "_cut"], how="left"
    )["_rule"]
    by_row = (differences["measure"] == "row").to_numpy()
    named = pd.Series(rule.to_numpy(), index=differences.index).where(~by_row, rules.row_rule_id)
    return Comparison("indicators", checked, differences.assign(rule_id=named), compared.values_compared)


# ------------------------------------------------------------------------------------------- facts


def _lines(rows: pd.DataFrame) -> str:
    """Where to look: up to five delivered lines, as file:line. A line number is no pseudonym."""
    shown = rows[["source_file", "source_row"]].dropna().drop_duplicates().sort_values(["source_file", "source_row"])
    text = ", ".join(f"{Path(str(file)).name}:{row}" for file, row in shown.head(LINES_SHOWN).itertuples(index=False))
    return f"lines {text}" if text else ""


def _value_pairs(expected: pd.Series, found: pd.Series) -> str:
    """How often which code was found for which: counts only."""
    pairs = pd.DataFrame({"e": expected, "f": found}).value_counts(sort=True).head(3)
    return "; ".join(f"{count} x {want} expected, {have} found" for (want, have), count in pairs.items())


def rules_of_reasons(reference: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """Table of facts -> reason -> its rule, where columns stand under the rule of their reason."""
    reasons = reference["quality_reasons"]
    of_hours = reasons[reasons["source_table"] == "hours"]
    return {"fct_clause_hours": dict(zip(of_hours["reason_code"], of_hours["rule_id"], strict=True))}


def compare_fact(
    table: str,
    rules: FactRules,
    expected: pd.DataFrame,
    found: pd.DataFrame,
    rule_of_reason: Mapping[str, str] | None = None,
) -> Comparison:
    """Compare one fact row by row, every column of its rules.

    ``expected``: recomputed facts with ``source_file`` and ``source_row``; ``found``: the mart.
    ``rule_of_reason``: reason -> its rule, for the columns that stand under the rule of the reason. The
    checked frame has one row per year, supplier, rule and measure: ``rule_id``, ``measure``, ``expected`` and
    ``found`` (text): the number of rows, of rows missing, of rows too many, of repeated keys, and per column
    the number of differing rows.
    """
    key, group = rules.key, [YEAR, rules.supplier]
    for column in (*key, *rules.columns):
        if column not in found.columns:
            found = found.assign(**{column: None})
    repeated = found.duplicated(key, keep="first")
    unique = found[~repeated]
    columns = [column for column in rules.columns if column not in key]
    joined = expected[[*key, *columns, "source_file", "source_row"]].merge(
        unique[[*key, *columns]], on=key, how="outer", suffixes=(EXPECTED, FOUND), indicator="_side"
    )
    both = (joined["_side"] == "both").to_numpy()

    def count(rows: pd.DataFrame) -> pd.Series:
        return rows.groupby(group, dropna=False).size()

    groups = joined[group].drop_duplicates().sort_values(group)
    index = pd.MultiIndex.from_frame(groups)

    def measured(measure: str, rule_id: str, want: pd.Series | int, have: pd.Series) -> pd.DataFrame:
        wanted = want.reindex(index, fill_value=0) if isinstance(want, pd.Series) else pd.Series(want, index=index)
        had = have.reindex(index, fill_value=0)
        frame = groups.assign(table=table, rule_id=rule_id, measure=measure)
        return frame.assign(expected=wanted.to_numpy().astype(str), found=had.to_numpy().astype(str))

    missing, extra = joined[joined["_side"] == "left_only"], joined[joined["_side"] == "right_only"]
    checked = [
        measured("rows", rules.row_rule_id, count(expected), count(found)),
        measured("missing rows", rules.row_rule_id, 0, count(missing)),
        measured("rows too many", rules.row_rule_id, 0, count(extra)),
        measured("repeated keys", rules.key_rule_id, 0, count(found[repeated])),
    ]
    notes: dict[tuple, str] = {
        ("missing rows", rules.row_rule_id, *names): _lines(rows)
        for names, rows in missing.groupby(group, dropna=False)
    }
    for column in columns:
        want, have = joined[f"{column}{EXPECTED}"], joined[f"{column}{FOUND}"]
        differing = joined[both & ~_same(want, have)]
        measure = f"rows with another {column}"
        for rule_id, rows in _by_rule(differing, column, rules, rule_of_reason or {}):
            checked.append(measured(measure, rule_id, 0, count(rows)))
            for names, some in rows.groupby(group, dropna=False):
                note = _lines(some)
                spoken = column not in QUIET_COLUMNS and want.dtype.kind != "M"
                if spoken:
                    pairs = _value_pairs(
                        some[f"{column}{EXPECTED}"].astype(object).where(some[f"{column}{EXPECTED}"].notna(), NULL),
                        some[f"{column}{FOUND}"].astype(object).where(some[f"{column}{FOUND}"].notna(), NULL),
                    )
                    note = f"{pairs}; {note}"
                notes[(measure, rule_id, *names)] = note
    frame = pd.concat(checked, ignore_index=True)
    frame[YEAR] = frame[YEAR].astype(object)
    off = frame[frame["expected"] != frame["found"]]
    note = [notes.get(names, "") for names in off[["measure", "rule_id", *group]].itertuples(index=False, name=None)]
    differences = off.rename(columns={rules.supplier: "territory_code"}).assign(
        territory_kind=rules.supplier_kind, cut="", note=note
    )
    return Comparison(table, frame, differences[DIFFERENCE_COLUMNS], int(both.sum()) * len(columns))


def _by_rule(
    differing: pd.DataFrame, column: str, rules: FactRules, rule_of_reason: Mapping[str, str]
) -> list[tuple[str, pd.DataFrame]]:
    """The rows that differ in a column, by the rule that they break: that of the column or, where the column
    stands under the rule of the reason, that of the reason expected, else of the reason found.
    """
    own = rules.columns[column]
    if rules.reason_column is None or column not in rules.by_reason:
        return [(own, differing)]
    reasons = differing[f"{rules.reason_column}{EXPECTED}"]
    reasons = reasons.where(reasons.notna(), differing[f"{rules.reason_column}{FOUND}"])
    decided = reasons.map(rule_of_reason).fillna(own)
    return [(rule_id, differing[decided == rule_id]) for rule_id in sorted({own, *decided})]


def _same(want: pd.Series, have: pd.Series) -> np.ndarray:
    """Equal values, or both unknown."""
    try:
        equal = (want == have).fillna(False).to_numpy(dtype=bool)
    except (TypeError, ValueError):
        equal = (want.astype(object).map(str) == have.astype(object).map(str)).to_numpy(dtype=bool)
    return equal | (want.isna() & have.isna()).to_numpy()


# ----------------------------------------------------------------------------------------- quality


def compare_exclusions(expected: pd.DataFrame, found: pd.DataFrame, supplier_kinds: Mapping[str, str]) -> Comparison:
    """Compare ``quality.exclusions`` row by row: the same delivered rows, each with the same first reason and
    rule. ``supplier_kinds``: delivered table -> kind of its suppliers.

    Checked frame: one row per year, supplier, source table, reason and rule: ``excluded rows`` and ``rows not
    excluded so`` (delivered lines that only one side excludes for that reason). Year and supplier are empty
    where the row's own cell cannot be read.
    """
    group = [YEAR, "supplier_code", "source_table", "reason_code", "rule_id"]
    line = ["source_file", "source_row"]
    left, right = _text_keys(expected, group)[[*group, *line]], _text_keys(found, group)[[*group, *line]]
    joined = left.merge(right, on=[*group, *line], how="outer", indicator="_side")
    groups = joined[group].drop_duplicates().sort_values(group)
    index = pd.MultiIndex.from_frame(groups)

    def count(rows: pd.DataFrame) -> np.ndarray:
        return rows.groupby(group).size().reindex(index, fill_value=0).to_numpy().astype(str)

    off_lines = joined[joined["_side"] != "both"]
    checked = pd.concat(
        [
            groups.assign(measure="excluded rows", expected=count(left), found=count(right)),
            groups.assign(measure="rows not excluded so", expected="0", found=count(off_lines)),
        ],
        ignore_index=True,
    )
    notes = {keys: _lines(rows) for keys, rows in off_lines.groupby(group)}
    off = checked[checked["expected"] != checked["found"]]
    differences = off.assign(
        table="exclusions",
        territory_kind=off["source_table"].map(supplier_kinds),
        territory_code=off["supplier_code"],
        cut=off["source_table"] + ", " + off["reason_code"],
        note=[notes.get(keys, "") for keys in off[group].itertuples(index=False, name=None)],
    )
    return Comparison("exclusions", checked, differences[DIFFERENCE_COLUMNS], len(joined))


# Quality tables and dimensions with one row per supplier.
OTHER_RULES = {**tables_of("quality"), **tables_of("dimension")}


def compare_suppliers(
    name: str,
    expected: pd.DataFrame,
    found: pd.DataFrame,
    supplier: str = "supplier_code",
    kinds: Mapping[str, str] | None = None,
) -> Comparison:
    """Compare a table of ``OTHER_RULES`` in the shape of ``compare_aggregate``: its supplier is the territory. A
    dimension has no year.

    ``supplier``: column of its code; ``kinds``: delivered table -> kind of its suppliers, where they are of several.
    """
    rules = OTHER_RULES[name]

    def shaped(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(
            **{YEAR: frame.get(YEAR, "")},
            territory_kind=frame["source_table"].map(kinds) if kinds else rules.supplier_kind,
            territory_code=frame[supplier],
            **{measure: frame[measure].map(str, na_action="ignore") for measure in rules.measures},
        )

    return compare_aggregate(name, rules, shaped(expected), shaped(found))


# --------------------------------------------------------------------------------- what is written


def as_json(result_suites: list[SuiteOutcome], failures: pd.DataFrame, values_compared: int) -> str:
    """The machine-readable outcome. Nothing in it depends on the clock, the machine or the folder."""
    shown = failures.groupby("rule_id", sort=True).head(SHOWN_PER_RULE)
    counts = failures.groupby("rule_id", sort=True).size()
    content = {
        "success": bool(all(suite.success for suite in result_suites) and failures.empty),
        "values_compared": values_compared,
        "suites": [
            {
                "name": suite.name,
                "success": suite.success,
                "rows": suite.rows,
                "expectations": [vars(outcome) for outcome in suite.expectations],
            }
            for suite in result_suites
        ],
        "failures_by_rule": {rule: int(count) for rule, count in counts.items()},
        "failures": [{name: str(value) for name, value in row.items()} for row in shown.to_dict("records")],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def failure_lines(failures: pd.DataFrame, limit: int = SHOWN_PER_RULE) -> list[str]:
    """The failures as lines of text, by rule, at most ``limit`` lines a rule and then how many more there
    are.
    """
    lines: list[str] = []
    for rule, rows in failures.groupby("rule_id", sort=True):
        lines.append(f"{rule}: {len(rows)} difference{'s' if len(rows) > 1 else ''}")
        for row in rows.head(limit).itertuples(index=False):
            where = " ".join(part for part in (str(row.reporting_year), row.territory_kind, row.territory_code) if part)
            cut = f" [{row.cut}]" if row.cut else ""
            note = f" ({row.note})" if row.note else ""
            lines.append(
                f"  {where or 'all'}: {row.table}.{row.measure}{cut}: expected {row.expected}, found {row.found}{note}"
            )
        if len(rows) > limit:
            lines.append(f"  … and {len(rows) - limit} more")
    return lines
