"""Hand-made frames for the tests of the second enforcement: the reference seeds, and staged rows of a few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pandas as pd
import yaml

from plie_warehouse.paths import PROJECT
from plie_warehouse.validation import frames
from plie_warehouse.validation.checks import Checked
from plie_warehouse.validation.judge import Judge
from plie_warehouse.validation.outcomes import Failure, failures

SEEDS = PROJECT / "seeds" / "reference"

NUMBERS = {
    "reporting_year",
    "delivery_year",
    "parcours_no",
    "source_row",
    "birth_year",
    "education_level",
    "jobseeker_months",
    "headcount",
    "partner_companies",
}


def reference_lists() -> dict[str, pd.DataFrame]:
    """The reference seeds as the warehouse holds them: text, flags as booleans."""
    lists = {}
    for table in frames.REFERENCE_TABLES:
        frame = pd.read_csv(SEEDS / f"{table}.csv", dtype=str, keep_default_na=False).replace({"": None})
        for column in frame.columns:
            if column.startswith("is_") or column == "in_durable_share":
                frame[column] = frames.as_boolean(frame[column])
        lists[table] = frame
    return lists


REFERENCE = reference_lists()


def with_parameter(name: str, value: str | None) -> dict[str, pd.DataFrame]:
    """The reference seeds with another value of a parameter, or without it."""
    parameters = REFERENCE["parameters"]
    others, its_own = (parameters[is_it] for is_it in (parameters["name"] != name, parameters["name"] == name))
    changed = others if value is None else pd.concat([others, its_own.assign(value=value)])
    return REFERENCE | {"parameters": changed}


def reasons(result: Any, table: str) -> dict[int, str]:
    """Excluded rows of one table: position of the row (from 0) -> reason."""
    rows = result.exclusions[result.exclusions["source_table"] == table]
    return {int(line) - 2: reason for line, reason in zip(rows["source_row"], rows["reason_code"], strict=True)}


def only_row(rows: pd.DataFrame, **wanted: object) -> dict[str, Any]:
    """The one row with these values."""
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, wanted
    return rows.iloc[0].to_dict()


def of(row: Mapping[str, Any], *columns: str) -> tuple[Any, ...]:
    """Some values of a row."""
    return tuple(row[column] for column in columns)


def staged_frame(table: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Staged rows with the columns and types of their table; what a row does not give is unknown."""
    rows = list(rows)
    return _typed(table, rows) if rows else _no_rows(table).copy()


@cache
def _no_rows(table: str) -> pd.DataFrame:
    """Most tables of most tests have none."""
    return _typed(table, [])


def _typed(table: str, rows: list[Mapping[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=frames.staged_columns(table))
    for column in frame.columns:
        if column.endswith(("_date", "_on")) or column == "month":
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
        elif column.startswith("is_"):
            frame[column] = frame[column].astype("boolean")
        elif column in NUMBERS:
            frame[column] = frame[column].astype("Int64")
        else:
            frame[column] = frame[column].astype(object).where(frame[column].notna(), None)
    return frame


def refused(*checked: Checked) -> list[Failure]:
    """What Great Expectations refuses of some tables, value by value."""
    judge = Judge()
    return failures([judge.judge(one) for one in checked])


def cases(subject: str) -> dict[str, list]:
    """The cases of a subject in tests/cases, by rule: each the row given and what the rule says of it."""
    return yaml.safe_load((PROJECT / "tests" / "cases" / f"{subject}.yml").read_text(encoding="utf-8"))


def same_text(left: object, right: object) -> bool:
    """Equal, or both empty."""
    return bool((pd.isna(left) and pd.isna(right)) or left == right)
