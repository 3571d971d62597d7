"""Third stage, warnings only: a delivery beside the supplier's previous year and beside the network of its year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import quantiles

import pandas as pd

from plie_warehouse.contract import Kind, Table, parameter
from plie_warehouse.intake.checks import CheckResult, Finding, load_checks

# Profile of a delivery: table -> {"rows": rows, "blank": share of its optional cells that are blank, or None}. A column
# that a file need not have is not among them: who delivers none leaves nothing out.
Profile = dict[str, dict[str, float | None]]


def profiles(frames: Mapping[Table, pd.DataFrame]) -> dict[int, Profile]:
    """Number of the delivery -> its profile, over the tables that have rows."""
    found: dict[int, Profile] = {}
    for table, frame in frames.items():
        optional = [column.name for column in table.columns if not column.required and not column.may_be_absent]
        rows = frame.groupby("delivery").size()
        blank = frame[optional].isna().groupby(frame["delivery"]).mean().mean(axis=1) if optional else None
        for number, count in rows.items():
            share = None if blank is None else round(float(blank[number]), 6)
            found.setdefault(int(number), {})[table.name] = {"rows": int(count), "blank": share}
    return found


def compare(
    kind: Kind, year: int, own: Profile, previous: Profile | None, network: Iterable[Profile]
) -> tuple[list[CheckResult], list[Finding]]:
    """PLA-01 to PLA-05 of one delivery. ``previous``: its profile of the year before, None when there is none.
    ``network``: profiles of the other suppliers of its kind for the year."""
    others = list(network)
    findings: list[Finding] = []
    counts: dict[str, list[int]] = {check: [0, 0] for check in ("PLA-01", "PLA-02", "PLA-03", "PLA-04", "PLA-05")}

    def judge(check: str, table: str, failed: bool, detail: str) -> None:
        counts[check][0] += failed
        counts[check][1] += 1
        if failed:
            findings.append(Finding(check, f"{table}", detail=detail, table=table))

    small = parameter("intake_volume_min_rows", year)
    ratio_max, change_max = parameter("intake_volume_ratio_max", year), parameter("intake_share_change_max", year)
    for table in kind.tables:
        name, called = table.name, f"« {table.sheet} »"
        rows, blank = _rows(own, name), _blank(own, name)
        if previous is not None:
            before = _rows(previous, name)
            if max(rows, before) >= small:
                far = rows > ratio_max * before or before > ratio_max * rows
                judge("PLA-01", name, far, f"{called} : {rows:.0f} lignes, contre {before:.0f} l'année précédente.")
            blank_before = _blank(previous, name)
            if blank is not None and blank_before is not None and min(rows, before) >= small:
                detail = f"{called} : {_percent(blank)} de cellules vides, contre {_percent(blank_before)}."
                judge("PLA-02", name, abs(blank - blank_before) > change_max, detail)
        main = kind.tables[0].name
        most = max((_rows(one, name) for one in others), default=0)
        if len(others) >= parameter("intake_spread_min_suppliers", year) and max(rows, most) >= small:
            detail = f"{called} : {rows:.0f} lignes ; le plus gros des autres fournisseurs en a {most:.0f}."
            judge("PLA-05", name, rows > parameter("intake_network_ratio_max", year) * most, detail)
        if name != main and _rows(own, main) >= small:
            spread = _spread([_rows(one, name) / _rows(one, main) for one in others if _rows(one, main) >= small], year)
            share = rows / _rows(own, main)
            if spread:
                usual = f"le réseau va de {spread[0]:.2f} à {spread[1]:.2f}"
                detail = f"{called} : {share:.2f} ligne par ligne de « {kind.tables[0].sheet} » ; {usual}."
                judge("PLA-03", name, not spread[0] <= share <= spread[1], detail)
        if blank is not None and rows >= small:
            spread = _spread([value for one in others if (value := _blank(one, name)) is not None], year)
            if spread:
                usual = f"le réseau va de {_percent(spread[0])} à {_percent(spread[1])}"
                detail = f"{called} : {_percent(blank)} de cellules vides ; {usual}."
                judge("PLA-04", name, not spread[0] <= blank <= spread[1], detail)
    results = []
    for check, (failed, base) in counts.items():
        status = "not_applicable" if not base else "fail" if failed else "pass"
        results.append(CheckResult(check, status, failed, base, load_checks()[check].share_allowed(year)))
    return results, findings


def _rows(profile: Profile, table: str) -> float:
    return float((profile.get(table) or {}).get("rows") or 0)


def _blank(profile: Profile, table: str) -> float | None:
    return (profile.get(table) or {}).get("blank")


def _spread(values: list[float], year: int) -> tuple[float, float] | None:
    """Quartiles of the network, widened by some interquartile ranges; None when too few suppliers make it."""
    if len(values) < parameter("intake_spread_min_suppliers", year):
        return None
    first, _, third = quantiles(values, n=4, method="inclusive")
    # A network where all say the same is no reason to warn about a hundredth.
    room = max(third - first, parameter("intake_spread_min_iqr", year)) * parameter("intake_spread_iqr_max", year)
    return max(first - room, 0.0), third + room


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
