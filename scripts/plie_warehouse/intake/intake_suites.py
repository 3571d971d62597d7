"""Great Expectations suites derived from the contract: one per table and stage, over the rows of all new deliveries.

Each expectation names its check and the column it looks at; which rows fail, and so whose they are, comes after, and
only for what failed. Import this module only when there are rows to judge: the library takes seconds to load.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass

# Before the import: the library reads this once, and nothing here may call out.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig

from plie_warehouse.contract import FORMATS_FR, PATTERNS, YEAR, Column, Table, load_codes, load_kind
from plie_warehouse.intake.checks import STRUCTURE
from plie_warehouse.intake.delivered_frames import FOUND
from plie_warehouse.intake.hints import MADE_A_DAY
from plie_warehouse.intake.signals import signals_of

# Its notes on temporary folders are no news to whoever runs an intake; that module sets its own level.
for name in ("great_expectations", "great_expectations.data_context.types.base"):
    logging.getLogger(name).setLevel(logging.WARNING)

# Scientific notation, a decimal part added to a whole number, an error cell: what a spreadsheet does to identifiers.
# Without a sign or a decimal part an E is a letter: procurements have numbers such as 21E04.
# So are days made of a code or a lot (02-01 becomes 02-janv), and what a column too narrow shows (#####).
DAMAGED = (
    r"^(?:[+-]?\d(?:[.,]\d+)?[eE]\+\d+|[+-]?\d[.,]\d+[eE]\d+|\d+[.,]0+|#[A-Z/0]+[!?]?|#{2,}"
    rf"|{MADE_A_DAY})$"
)

IMPOSSIBLE_FR = "L'année est impossible : la valeur n'est pas conservée."

IDENTIFIER_TYPES = ("text", "siret", "supplier")


@dataclass(frozen=True)
class Judged:
    """What an expectation looks at: check, column of the table (or names, for a key), and what a finding adds."""

    check_id: str
    column: str
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Failure:
    """Rows of the frame that fail one expectation."""

    judged: Judged
    rows: pd.Index


def expectations(table: Table, stage: str) -> list[gx.expectations.Expectation]:
    """The expectations of a table at a stage, from its contract."""
    return _structure(table) if stage == STRUCTURE else _record(table)


def _say(check_id: str, column: str, detail: str = "", remedy: str = "") -> dict:
    return {"meta": {"check_id": check_id, "column": column, "detail": detail, "remedy": remedy}}


def _structure(table: Table) -> list[gx.expectations.Expectation]:
    expect = gx.expectations
    made: list[gx.expectations.Expectation] = [
        expect.ExpectColumnValuesToNotBeNull(column=name, **_say("STR-14", name)) for name in table.key
    ]
    if table.supplier_column:
        made.append(
            expect.ExpectColumnPairValuesToBeEqual(
                column_A=f"{table.supplier_column}__said",
                column_B="supplier",
                ignore_row_if="either_value_is_missing",
                **_say("STR-12", table.supplier_column),
            )
        )
    if YEAR in table.names and not table.is_of_other_years:
        made.append(
            expect.ExpectColumnPairValuesToBeEqual(
                column_A=YEAR, column_B="year", ignore_row_if="either_value_is_missing", **_say("STR-13", YEAR)
            )
        )
    key = ", ".join(table.local_key or table.key)
    made.append(expect.ExpectColumnValuesToBeBetween(column="contents_of_key", max_value=1, **_say("STR-15", key)))
    return made


def _record(table: Table) -> list[gx.expectations.Expectation]:
    expect = gx.expectations
    made: list[gx.expectations.Expectation] = []
    for column in table.columns:
        if column.required and not column.key:
            made.append(expect.ExpectColumnValuesToNotBeNull(column=column.name, **_say("ENR-01", column.name)))
        made += _type_of(column)
        if column.type in IDENTIFIER_TYPES:
            made.append(
                expect.ExpectColumnValuesToNotMatchRegex(
                    column=column.name, regex=DAMAGED, **_say("ENR-08", column.name)
                )
            )
    for number, link in enumerate(table.links):
        said = ", ".join(link.columns)
        detail = f"Rien dans « {link.table} » (feuille « {load_kind(table.kind).table(link.table).sheet} »)."
        made.append(
            expect.ExpectColumnValuesToBeInSet(
                column=f"linked_{number}", value_set=[FOUND], **_say("ENR-05", said, detail)
            )
        )
    for first, last in table.date_orders:
        made.append(
            expect.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=f"{last}__day",
                column_B=f"{first}__day",
                or_equal=True,
                ignore_row_if="either_value_is_missing",
                **_say("ENR-06", last, f"Elle précède « {table.column(first).header} »."),
            )
        )
    for signal in signals_of(table):
        said = _say(signal.check_id, ", ".join(signal.columns), signal.detail)
        made.append(expect.ExpectColumnValuesToBeNull(column=signal.flag, **said))
    key = ", ".join(table.local_key or table.key)
    made.append(expect.ExpectColumnValuesToBeBetween(column="copy_number", max_value=1, **_say("ENR-07", key)))
    return made


def _type_of(column: Column) -> list[gx.expectations.Expectation]:
    """A typed column reads; a coded one is in its list. A yes or no is read or not, it is no code of a list."""
    expect = gx.expectations
    unreadable = "ENR-02" if column.required else "ENR-03"
    attended = f"Attendu : {FORMATS_FR[column.type]}."
    if column.code_list:
        codes = sorted({code.code for code in load_codes() if code.code_list == column.code_list})
        boolean = column.type == "boolean"
        remedy = attended if boolean or len(codes) > 25 else f"Codes : {', '.join(codes)}."
        unknown = "ENR-10" if column.required else "ENR-04"
        said = _say(unreadable if boolean else unknown, column.name, "", remedy)
        return [expect.ExpectColumnValuesToBeInSet(column=f"{column.name}__code", value_set=codes, **said)]
    if column.type in PATTERNS:
        said = _say(unreadable, column.name, "", attended)
        return [expect.ExpectColumnValuesToMatchRegex(column=column.name, regex=PATTERNS[column.type], **said)]
    return []


def _impossible(table: Table, frame: pd.DataFrame) -> list[gx.expectations.Expectation]:
    """No year that cannot be, in the columns of a frame that have some. Without a required value a row does not count:
    what makes many so refuses the delivery."""
    return [
        gx.expectations.ExpectColumnValuesToBeNull(
            column=f"{column.name}__impossible",
            **_say("ENR-02" if column.required else "ENR-09", column.name, IMPOSSIBLE_FR if column.required else ""),
        )
        for column in table.columns
        if f"{column.name}__impossible" in frame
    ]


def judge(stage: str, frames: Mapping[Table, pd.DataFrame]) -> dict[Table, list[Failure]]:
    """Run the suites of a stage; table -> what failed. Raises ``RuntimeError`` when an expectation cannot be evaluated:
    a check that did not run is not a check that passed."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    source = context.data_sources.add_pandas("landing")
    found: dict[Table, list[Failure]] = {}
    for table, frame in frames.items():
        definition = source.add_dataframe_asset(table.name).add_batch_definition_whole_dataframe("all")
        batch = definition.get_batch({"dataframe": frame})
        given = expectations(table, stage) + (_impossible(table, frame) if stage != STRUCTURE else [])
        first = batch.validate(
            gx.ExpectationSuite(f"{table.name}_{stage}", expectations=given), result_format="BOOLEAN_ONLY"
        )
        failed = [_again(result, given) for result in first.results if not result.success]
        if not failed:
            found[table] = []
            continue
        detailed = batch.validate(
            gx.ExpectationSuite(f"{table.name}_{stage}_failed", expectations=failed), result_format="COMPLETE"
        )
        found[table] = [_failure(result, frame) for result in detailed.results if not result.success]
    return found


def _again(result: object, given: list[gx.expectations.Expectation]) -> gx.expectations.Expectation:
    """The expectation that a result is about."""
    meta = result.expectation_config.meta
    kind = result.expectation_config.type
    return next(one for one in given if one.expectation_type == kind and _same(one.meta, meta))


def _same(one: dict, other: dict) -> bool:
    return all(one[name] == other[name] for name in ("check_id", "column", "detail"))


def _failure(result: object, frame: pd.DataFrame) -> Failure:
    meta = result.expectation_config.meta
    if result.exception_info.get("raised_exception", False):
        raise RuntimeError(f"{meta['check_id']} of {meta['column']} was not evaluated: {result.exception_info}")
    places = result.result.get("unexpected_index_list")
    if places is None:
        raise RuntimeError(f"{meta['check_id']} of {meta['column']} failed without naming its rows")
    judged = Judged(meta["check_id"], meta["column"], meta["detail"], meta["remedy"])
    return Failure(judged, pd.Index(places))
