"""What the second implementation declares of its tables, one CSV a list, written by hand from the text of the rules.

``tables``: the aggregates of a subject, the columns of their cut (beside year and territory), the rule of "these rows
and no others", the lowest kind of territory. ``measures``: see ``tables.Measure``. ``fact_columns``: column of a fact
-> the rule that decides it; one without a rule of its own is the delivered value and stands under the rule that uses
it. ``delivered_columns``: the columns of a delivered table, how a cell of each is read, its list of codes, whether a
row needs it, whether a rule reads it (else it only tells two rows apart, D1B). ``code_lists``: code lists that have a
reference list of their own; the others are in ``reference.code_lists``. ``activity.yml`` declares the registers of the
network head's own work, columns, aggregates and figures in one place; the lists have its rows too.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def declared(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one list, in its order; an empty cell is the empty text."""
    with (Path(__file__).parent / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [*reader]
    added = _ACTIVITY.get(name)
    blank = dict.fromkeys(reader.fieldnames or (), "")
    return tuple([*rows, *(blank | row for row in added())] if added else rows)


@cache
def activity() -> Mapping[str, Any]:
    """What ``activity.yml`` says."""
    return yaml.safe_load((Path(__file__).parent / "activity.yml").read_text(encoding="utf-8"))


def _activity_columns() -> Iterator[dict[str, str]]:
    for table, said in activity()["registers"].items():
        for column, how in said["columns"].items():
            reading, _, code_list = how.rstrip("!").partition(" ")
            row = {"kind": "activity", "table": table, "column": column, "reading": reading, "code_list": code_list}
            yield row | {"is_required": "yes" if how.endswith("!") else "", "is_read": "yes"}


def _activity_tables() -> Iterator[dict[str, str]]:
    for table in activity()["figures"]:
        row = {"subject": "activity", "table": table, "cuts": "cut cut_value"}
        yield row | {"row_rule_id": "D70", "supplier_kind": "national"}


def _activity_measures() -> Iterator[dict[str, str]]:
    for table, figures in activity()["figures"].items():
        for name in dict.fromkeys(figure["name"] for figure in figures):
            figure = next(one for one in figures if one["name"] == name)
            row = {"table": table, "measure": name, "rule_id": figure.get("rule", "D70")}
            if "over" in figure:
                above, below = figure["over"]
                mean = {"decimals": "4", "nature": "mean"} if figure.get("is_mean") else {}
                row |= {"numerator": above, "denominator": below, **mean}
            elif "total" in figure:
                register, _, column = figure["total"].partition(".")
                if activity()["registers"][register]["columns"][column].rstrip("!") == "days":
                    row["decimals"] = "2"
            yield row


_ACTIVITY = {"delivered_columns": _activity_columns, "tables": _activity_tables, "measures": _activity_measures}
