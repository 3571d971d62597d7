"""The list of checks (seeds/reference/intake_checks.csv), what a check finds, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from plie_warehouse.contract import parameter, read_seed

STRUCTURE, RECORD, PLAUSIBILITY = ("structure", "record", "plausibility")
BLOCKING, WARNING = "bloquant", "avertissement"

# Findings kept for one check of one delivery; the total says how many there were.
FINDINGS_KEPT = 1000


@dataclass(frozen=True)
class Check:
    """One check. ``parameter``: name of the parameter that gives the threshold, '' when the list gives it."""

    check_id: str
    floor: str
    severity: str
    threshold: float | None
    parameter: str
    rule_id: str
    label_fr: str
    problem_fr: str
    remedy_fr: str
    message_en: str

    def share_allowed(self, year: int) -> float:
        """Largest share that passes in a year."""
        return parameter(self.parameter, year) if self.parameter else float(self.threshold or 0)


@cache
def load_checks() -> dict[str, Check]:
    """Check id -> check, in the order of the list."""
    return {
        row["check_id"]: Check(**{**row, "threshold": float(row["threshold"]) if row["threshold"] else None})
        for row in read_seed("intake_checks")
    }


@dataclass(frozen=True)
class Finding:
    """One thing to mend. ``row``: line of the file, the header being line 1; None when it is the file as a whole;
    ``rows``: number of the rows that it is about, ``row`` being the first; ``lines``: which, when there are several.
    ``detail`` is added to the sentence of the check, ``remedy`` to its remedy. ``table`` is for the counts only."""

    check_id: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    detail: str = ""
    remedy: str = ""
    table: str = ""
    rows: int = 1
    lines: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, str | int | list[int] | None]:
        """What the verdict holds of it."""
        check = load_checks()[self.check_id]
        return {
            "check_id": self.check_id,
            "file": self.file,
            "row": self.row,
            "rows": self.rows,
            "lines": sorted(self.lines) or [self.row] * (self.row is not None),
            "column": self.column,
            "value": self.value,
            "problem": f"{check.problem_fr} {self.detail}".strip(),
            "remedy": f"{check.remedy_fr} {self.remedy}".strip(),
        }


@dataclass(frozen=True)
class CheckResult:
    """A check of one delivery: pass, fail, not_applicable (not reached, or nothing to look at), not_delivered."""

    check_id: str
    status: str
    numerator: int
    denominator: int
    threshold: float

    def as_dict(self) -> dict[str, str | int | float]:
        check = load_checks()[self.check_id]
        return {
            "check_id": self.check_id,
            "floor": check.floor,
            "severity": check.severity,
            "status": self.status,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "threshold": self.threshold,
        }


def judge_share(check_id: str, year: int, counts: Iterable[tuple[int, int]]) -> CheckResult:
    """A check of rows from its (failing rows, rows) by table: the table with the largest share decides.

    A share that a parameter allows also takes a few rows to fail, unless all rows do: one bad exit out of four is not a
    delivery without meaning.
    """
    check = load_checks()[check_id]
    allowed = check.share_allowed(year)
    filled = [(bad, rows) for bad, rows in counts if rows]
    if not filled:
        return CheckResult(check_id, "not_applicable", 0, 0, allowed)
    bad, rows = max(filled, key=lambda one: one[0] / one[1])
    failed = bad > allowed * rows
    if failed and check.parameter and bad < rows and bad < parameter("intake_min_bad_rows", year):
        failed = False
    return CheckResult(check_id, "fail" if failed else "pass", bad, rows, allowed)
