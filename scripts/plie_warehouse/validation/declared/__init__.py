"""What the second implementation declares of its tables, one CSV a list, written by hand from the text of the rules.

``tables``: the aggregates of a subject, the columns of their cut (beside year and territory), the rule of "these rows
and no others", the lowest kind of territory. ``measures``: see ``tables.Measure``. ``fact_columns``: column of a fact
-> the rule that decides it; one without a rule of its own is the delivered value and stands under the rule that uses
it. ``delivered_columns``: the columns of a delivered table, how a cell of each is read, its list of codes, whether a
row needs it, whether a rule reads it (else it only tells two rows apart, D1B). ``code_lists``: code lists that have a
reference list of their own; the others are in ``reference.code_lists``.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def declared(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one list, in its order; an empty cell is the empty text."""
    with (Path(__file__).parent / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
