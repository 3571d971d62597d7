"""What of the warehouse is judged, and by which rule: each table laid beside the one that the rules give, and what is
expected of the rows of both. Nothing is compared here: Great Expectations does it (``judge``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from plie_warehouse.validation.declared import declared
from plie_warehouse.validation.frames import TERRITORY_KEY, YEAR
from plie_warehouse.validation.indicators import INDICATOR_KEY, INDICATOR_MEASURES
from plie_warehouse.validation.joined import (
    EXPECTED,
    FOUND,
    NULL,
    PRESENT,
    ROW,
    TIMES,
    Columns,
    Texts,
    constant,
    joined,
    texts_of,
)
from plie_warehouse.validation.tables import FactRules, TableRules, tables_of

CRITICAL, WARNING = "critical", "warning"

Table = Mapping[str, Texts]

# Columns whose values are not told: each stands for a person, a firm, or a day in the life of a person.
PRIVATE_COLUMNS = frozenset(
    {"participant_id", "parcours_no", "referent_id", "step_id", "beneficiary_id", "employer_id", "awardee_id"}
)


@dataclass(frozen=True)
class Check:
    """What is expected of the rows of a table, by one rule, as data. ``sentence`` is for readers.

    ``columns``: of each row, both sides are the same (``values`` is ``None``), or only ``values`` stand there.
    ``when``: column and value of the rows that are judged; all without it.
    """

    rule_id: str
    columns: tuple[str, ...]
    sentence: str
    values: tuple[object, ...] | None = None
    when: tuple[str, str] | None = None
    severity: str = CRITICAL


@dataclass(frozen=True)
class Checked:
    """One table of the warehouse laid beside the rules.

    ``subject``: plie, clause, network, activity, quality, indicators or published. ``frame``: its rows, of both
    sides, see ``joined``; no column of it holds a pseudonym. ``key``: the columns that name a row to readers;
    ``territory``: the kinds of those of its suppliers, or the column that says it. ``values``: number of single values
    that are compared.
    """

    subject: str
    table: str
    frame: pd.DataFrame
    key: tuple[str, ...]
    checks: tuple[Check, ...]
    supplier: tuple[str, str | Mapping[str, str]] | None = None

    @property
    def values(self) -> int:
        """Number of values laid side by side."""
        both = (self.frame[f"{ROW}{EXPECTED}"] == PRESENT) & (self.frame[f"{ROW}{FOUND}"] == PRESENT)
        pairs = {column for check in self.checks if check.values is None for column in check.columns}
        return int(both.sum()) * len(pairs - {ROW, TIMES})

    def judged_rows(self, check: Check) -> int:
        """Number of rows that a check is about."""
        return len(self.frame) if check.when is None else int((self.frame[check.when[0]] == check.when[1]).sum())

    def words(self, places: list[int] | None = None) -> list[str]:
        """Rows in words, by their key, which names no person; all rows, or those at some places."""
        rows = self.frame if places is None else self.frame.iloc[places]
        parts = [_said(rows[name]) for name in self.key]
        return [" ".join(part for part in one if part) for one in zip(*parts, strict=True)]

    def place(self, row: pd.Series) -> dict[str, str]:
        """Where a row is: the columns of ``outcomes.FAILURE_COLUMNS`` that say it."""
        said = {name: "" if pd.isna(row[name]) or row[name] == NULL else str(row[name]) for name in self.key}
        line = f"{Path(said.pop('source_file', '')).name}:{said.pop('source_row', '')}".strip(":")
        if self.supplier:
            column, kind = self.supplier
            code = said.pop(column)
            kind = kind if isinstance(kind, str) else kind.get(said.get("source_table", ""), "")
        else:
            kind, code = said.pop("territory_kind"), said.pop("territory_code")
        return {
            "table": self.table,
            YEAR: said.pop(YEAR, ""),
            "territory_kind": kind,
            "territory_code": code,
            "cut": ", ".join(f"{name}={value}" for name, value in said.items() if value),
            "note": f"line {line}" if line else "",
        }


def _said(column: pd.Series) -> list[str]:
    """The values of a column in words, nothing for an empty one."""
    return ["" if pd.isna(value) or value == NULL else str(value) for value in column.tolist()]


def _rows_and_keys(row_rule_id: str, key_rule_id: str, rows: str, once: str, severity: str = CRITICAL) -> list[Check]:
    if row_rule_id == key_rule_id and severity == CRITICAL:
        return [Check(row_rule_id, (ROW, TIMES), f"{rows} {once}")]
    return [Check(row_rule_id, (ROW,), rows), Check(key_rule_id, (TIMES,), once, severity=severity)]


def _by_rule(columns: Mapping[str, str], sentence: str, sentences: Mapping[str, str] | None = None) -> list[Check]:
    """One check for each rule, over its columns. ``columns``: column -> rule."""
    checks = []
    for rule_id in dict.fromkeys(columns.values()):
        of_rule = tuple(column for column, rule in columns.items() if rule == rule_id)
        said = [sentences[column] for column in of_rule if sentences and sentences.get(column)]
        checks.append(Check(rule_id, of_rule, " ".join(said) or sentence))
    return checks


# -------------------------------------------------------------------------------------- aggregates


def _columns(table: pd.DataFrame | Table, names: Iterable[str]) -> Columns:
    """Columns of a table as texts; one that is not there has the same text in every row."""
    names = [*names]

    def read(name: str) -> Texts:
        if name not in table:
            some = next(column for column in names if column in table)
            return constant(
                "no such column", len(table) if isinstance(table, pd.DataFrame) else len(table[some].places)
            )
        return texts_of(table[name]) if isinstance(table, pd.DataFrame) else table[name]

    return Columns({name: partial(read, name) for name in names})


def compared_table(
    subject: str, table: str, rules: TableRules, expected: pd.DataFrame | Table, found: pd.DataFrame | Table
) -> Checked:
    """A table laid beside the rules, every measure of every row, in the words that ``declared`` has for it.

    ``expected`` and ``found``: key columns and measures.
    """
    names = [*rules.key, *rules.measures]
    sides = [dict(_columns(side, names)) for side in (expected, found)]
    for name, measure in rules.measures.items():
        if measure.any_decimals:
            for side in sides:
                side[name] = side[name].shortest()
    frame = joined(*sides, rules.key, [*rules.measures])
    words = next((row for row in declared("tables") if row["table"] == table), {})
    sentences = {row["measure"]: row["sentence"] for row in declared("measures") if row["table"] == table}
    checks = [
        *_rows_and_keys(
            rules.row_rule_id,
            words.get("once_rule_id") or rules.row_rule_id,
            words.get("rows") or "The rows of the rules, no other, none missing.",
            words.get("once") or "One row per year, territory and cut.",
            words.get("once_severity") or CRITICAL,
        ),
        *_by_rule(
            {name: measure.rule_id for name, measure in rules.measures.items()},
            "Each value is what the rule gives.",
            sentences,
        ),
    ]
    return Checked(subject, table, frame, tuple(rules.key), tuple(checks))


def _numbers(frame: pd.DataFrame, column: str) -> pd.Series:
    """What the warehouse has in a column, as numbers; unknown where it has none."""
    found = frame[f"{column}{FOUND}"]
    numbers = pd.to_numeric(pd.Series(found.cat.categories), errors="coerce").to_numpy(dtype=float)
    return pd.Series(numbers[found.cat.codes.to_numpy()], index=frame.index)


def compared_aggregate(
    subject: str,
    table: str,
    rules: TableRules,
    expected: pd.DataFrame,
    found: pd.DataFrame | Table,
) -> Checked:
    """An aggregate laid beside the rules, and what must hold of the figures of the warehouse themselves: identities,
    rates within their bounds and null where nothing is divided (D15, D18)."""
    checked = compared_table(subject, table, rules, expected, found)
    frame, checks = checked.frame, list(checked.checks)
    present = frame[f"{ROW}{FOUND}"] == PRESENT
    broken, outside = pd.Series(0, index=frame.index), pd.Series(0, index=frame.index)
    numbers = {name: _numbers(frame, name) for name in rules.measures}
    for name, measure in rules.measures.items():
        base = measure.base or measure.denominator
        if measure.numerator and base in numbers:
            empty = (numbers[base].fillna(0) == 0) | numbers[measure.numerator].isna()
            broken += (present & (numbers[name].isna() != empty)).astype(int)
            most = np.inf if measure.may_exceed_one or measure.may_be_negative else 1
            outside += ((numbers[name] > most) | (numbers[name] < (-1 if measure.may_be_negative else 0))).astype(int)
    extra = {"rates_not_null_with_base": broken, "rates_out_of_bounds": outside}
    checks += [
        Check("D18", ("rates_not_null_with_base",), "A rate is null where its denominator is 0, and only there.", (0,)),
        Check(
            "D15",
            ("rates_out_of_bounds",),
            "No rate but a growth is negative; none but those of two cohorts, and means, is above 1.",
            (0,),
        ),
    ]
    sums, identities = _identities(table, frame, numbers)
    checked = replace(checked, frame=frame.assign(**extra, **sums), checks=(*checks, *identities))
    return checked


def _sum(parts: list[pd.Series]) -> pd.Series:
    """A sum of figures as text, to the millionth; unknown when a part is."""
    return sum(part.mul(10**6).round() for part in parts).astype("Int64").astype(str)


def _identities(
    table: str, frame: pd.DataFrame, numbers: Mapping[str, pd.Series]
) -> tuple[dict[str, pd.Series], list[Check]]:
    """Both sides of each identity of a table as columns, and the checks; what a territory adds up to, too (D42)."""
    columns: dict[str, pd.Series] = {}
    checks = []
    pairs = [
        (
            one["left"],
            one["rule_id"],
            one["sentence"],
            *([numbers[part] for part in (one[f"{side}_parts"] or one[side]).split()] for side in ("left", "right")),
        )
        for one in declared("identities")
        if one["table"] == table
    ]
    if table == "clause_hours_etp":
        hours = numbers["hours_counted"]
        of_cut = hours.groupby([frame[name] for name in (*TERRITORY_KEY, "cut")], observed=True).transform("sum")
        delivered = [hours, numbers["hours_excluded"]]
        pairs += [
            ("hours delivered", "D42", "Delivered = counted + excluded.", [numbers["hours_delivered"]], delivered),
            (
                "hours of a cut",
                "D42",
                "The values of a cut add up to the territory.",
                [numbers["hours_counted_total"]],
                [of_cut],
            ),
        ]
    for place, (name, rule_id, sentence, left, right) in enumerate(pairs):
        column = f"{name} (identity {place + 1})"
        columns |= {f"{column}{EXPECTED}": _sum(right), f"{column}{FOUND}": _sum(left)}
        checks.append(Check(rule_id, (column,), sentence))
    return columns, checks


def compared_indicators(expected: pd.DataFrame, found: pd.DataFrame | Table, build_id: str) -> Checked:
    """The long table, each figure with its numerator, denominator and coverage by the rule of its definition (D18), and
    the build that made it (D61).

    ``expected``: see ``indicators.indicators``.
    """
    figure = ("value", *(name for name in INDICATOR_MEASURES if name != "value"))
    names = [*INDICATOR_KEY, *figure, "build_id"]
    rules = ["indicator_code", "cut"]
    sides = [_columns(side, names) for side in (expected.assign(build_id=build_id), found)]
    frame = joined(*sides, INDICATOR_KEY, [*figure, "build_id"])
    rule_of = {
        (one.indicator_code, one.cut): one.rule_id
        for one in expected[[*rules, "rule_id"]].drop_duplicates(rules).itertuples(index=False)
    }
    frame = frame.assign(rule_id=_rules_of(frame, rules, rule_of, "D18"))
    checks = [
        *_rows_and_keys(
            "D18",
            "D61",
            "The rows of the definitions, no other, none missing.",
            "One row per indicator, cut, territory and method version.",
        ),
        *(
            Check(rule_id, figure, f"The figures of the indicators of {rule_id}.", when=("rule_id", rule_id))
            for rule_id in sorted(set(rule_of.values()))
        ),
        Check("D61", ("build_id",), "Every figure carries the build that made it."),
    ]
    return Checked("indicators", "indicators", frame, tuple(INDICATOR_KEY), tuple(checks))


def _rules_of(frame: pd.DataFrame, columns: list[str], rule_of: Mapping[tuple, str], otherwise: str) -> pd.Categorical:
    """The rule of each row, by its values in ``columns``; each combination is looked up once."""
    number = np.zeros(len(frame), dtype="int64")
    for column in columns:
        number = number * (len(frame[column].cat.categories) + 1) + frame[column].cat.codes.to_numpy().astype("int64")
    places, different = pd.factorize(number)
    values = []
    for one in different.tolist():
        names = []
        for column in reversed(columns):
            one, place = divmod(one, len(frame[column].cat.categories) + 1)
            names.append(frame[column].cat.categories[place])
        values.append(rule_of.get(tuple(reversed(names)), otherwise))
    return pd.Categorical(np.array([*values, otherwise], dtype=object)[places])


# ------------------------------------------------------------------------------------------- facts


def rules_of_reasons(reference: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """Table of facts -> reason -> its rule, where columns stand under the rule of their reason."""
    reasons = reference["quality_reasons"]
    of_hours = reasons[reasons["source_table"] == "hours"]
    return {"fct_clause_hours": dict(zip(of_hours["reason_code"], of_hours["rule_id"], strict=True))}


def compared_fact(
    subject: str,
    table: str,
    rules: FactRules,
    expected: pd.DataFrame,
    found: pd.DataFrame | Table,
    rule_of_reason: Mapping[str, str] | None = None,
) -> Checked:
    """A table of facts laid beside the rules, every column of every row.

    ``expected``: recomputed facts with ``source_file`` and ``source_row``, by which a row is named: its key names a
    person. ``rule_of_reason``: reason -> its rule, for the columns that stand under the rule of the reason.
    """
    columns = [name for name in rules.columns if name not in rules.key]
    names = [*rules.key, *columns]
    frame = joined(
        _columns(expected, names),
        _columns(found, names),
        rules.key,
        columns,
        shown=[YEAR, rules.supplier, *rules.shown],
        private=PRIVATE_COLUMNS,
        lines=expected[["source_file", "source_row"]],
    )
    own = {name: rules.columns[name] for name in columns if name not in rules.by_reason}
    checks = [
        *_rows_and_keys(
            rules.row_rule_id, rules.key_rule_id, "The rows of the rules, no other, none missing.", "Each row once."
        ),
        *_by_rule(own, "Each column is what the rule gives."),
    ]
    if rules.by_reason:
        of_row = _rule_of_reason(frame, rules, rule_of_reason or {})
        frame = frame.assign(rule_id=of_row)
        judged = tuple(name for name in columns if name in rules.by_reason)
        checks += [
            Check(rule_id, judged, f"The rows that {rule_id} decides.", when=("rule_id", rule_id))
            for rule_id in of_row.categories
        ]
    return Checked(
        subject,
        table,
        frame,
        (YEAR, rules.supplier, *rules.shown, "source_file", "source_row"),
        tuple(checks),
        (rules.supplier, rules.supplier_kind),
    )


def _rule_of_reason(frame: pd.DataFrame, rules: FactRules, rule_of_reason: Mapping[str, str]) -> pd.Categorical:
    """The rule of each row: that of the reason expected, else of the reason found, else the column's own."""
    own = next(rules.columns[name] for name in rules.columns if name in rules.by_reason)
    possible = pd.CategoricalDtype(sorted({own, *rules.reason_rule_ids, *rule_of_reason.values()}))
    decided = pd.Series(None, index=frame.index, dtype=object)
    for suffix in (FOUND, EXPECTED):
        reasons = frame[f"{rules.reason_column}{suffix}"]
        words = np.array([rule_of_reason.get(reason) for reason in reasons.cat.categories], dtype=object)
        of_side = words[reasons.cat.codes.to_numpy()]
        decided = decided.where(pd.isna(of_side), of_side)
    return pd.Categorical(decided.fillna(own), dtype=possible)


# ----------------------------------------------------------------------------------------- quality

LINE = ["source_table", "source_file", "source_row"]


def compared_exclusions(
    expected: pd.DataFrame, found: pd.DataFrame | Table, supplier_kinds: Mapping[str, str], rule_ids: Iterable[str]
) -> Checked:
    """``quality.exclusions`` laid beside the rules: the same delivered rows, each with the same first reason and rule.

    ``supplier_kinds``: delivered table -> kind of its suppliers; ``rule_ids``: those that exclude rows.
    """
    columns = [YEAR, "supplier_code", "reason_code", "rule_id"]
    sides = [_columns(side, [*LINE, *columns]) for side in (expected, found)]
    frame = joined(*sides, LINE, columns, either=[YEAR, "supplier_code", "rule_id"])
    said = {*rule_ids, *frame["rule_id"].cat.categories}
    checks = [
        Check(rule_id, (ROW, *columns), f"The rows that {rule_id} excludes.", when=("rule_id", rule_id))
        for rule_id in sorted(said)
    ]
    key = (YEAR, "supplier_code", "source_table", "source_file", "source_row")
    return Checked("quality", "exclusions", frame, key, tuple(checks), ("supplier_code", supplier_kinds))


# Quality tables and dimensions with one row per supplier.
OTHER_RULES = {**tables_of("quality"), **tables_of("dimension")}


def compared_suppliers(
    subject: str,
    name: str,
    expected: pd.DataFrame,
    found: pd.DataFrame | Table,
    supplier: str = "supplier_code",
    kinds: Mapping[str, str] | None = None,
) -> Checked:
    """A table of ``OTHER_RULES`` laid beside the rules: its supplier is the territory. A dimension has no year.

    ``supplier``: column of its code; ``kinds``: delivered table -> kind of its suppliers, where they are of several.
    """
    rules = OTHER_RULES[name]

    def shaped(side: pd.DataFrame | Table) -> dict[str, Texts]:
        columns = dict(_columns(side, [supplier, *rules.cuts, *rules.measures, *([YEAR] if YEAR in side else [])]))
        columns["territory_code"] = columns[supplier]
        rows = len(columns[supplier].places)
        columns.setdefault(YEAR, constant("", rows))
        columns["territory_kind"] = (
            columns["source_table"].mapped(kinds) if kinds else constant(rules.supplier_kind, rows)
        )
        return columns

    return compared_table(subject, name, rules, shaped(expected), shaped(found))
