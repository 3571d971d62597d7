"""The report of an attack: a table for readers, JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from plie_warehouse.attack.attack import Outcome
from plie_warehouse.attack.components import ENDLESS
from plie_warehouse.attack.knowledge import ESF_GROWTH, Measure
from plie_warehouse.attack.published import PRIMARY, SECONDARY, WORDS
from plie_warehouse.attack.system import OUTSIDE

RECOVERED, TOO_NARROW, KNOWN_TO_PUBLIC, HELD = "retrouvé", "trop étroit", "donné par le national", "tient"
# In place of a table: what no figure shows, of a cumulated figure and that of the year before.
GROWTH = "accroissement"
# Figures that the terminal names, of those that were recovered or are too narrow; the JSON report has all.
SHOWN = 10


@dataclass(frozen=True)
class Figure:
    """One suppressed figure of one table, with its interval and result. ``highest``: None when nothing bounds it."""

    table: str
    column: str
    year: int
    territory_kind: str
    territory_code: str
    cut: str
    status: str
    lowest: float
    highest: float | None
    verdict: str
    by: str


def figures(outcome: Outcome) -> list[Figure]:
    """Every suppressed figure of every table, and the small counts of what is in no region."""
    findings, cells = outcome.findings, outcome.builder.cells
    number = np.full(len(cells.unit), -1)
    number[findings.target.cells] = np.arange(len(findings.target.cells))
    results = [_result(outcome, one) for one in range(len(findings.target.cells))]
    reasons = [_reason(outcome, one) for one in range(len(findings.target.cells))]

    def figure(one: int, table: str, column: str, cut: str, word: str) -> Figure:
        year, kind, code = cells.units[cells.unit[findings.target.cells[one]]]
        low, high = float(findings.low[one]) + 0.0, float(findings.high[one])
        highest = None if high >= ENDLESS else high
        return Figure(table, column, year, kind, code, cut, word, low, highest, results[one], reasons[one])

    found = []
    for column in outcome.reading.columns:
        if "/" in column.table:
            continue
        suppressed_rows = np.flatnonzero(np.isin(column.word, (PRIMARY, SECONDARY)))
        at = number[cells.matrix[column.unit[suppressed_rows], column.measure[suppressed_rows]]]
        for row, one in zip(suppressed_rows.tolist(), at.tolist(), strict=True):
            found.append(figure(one, column.table, column.column, column.labels[row], WORDS[column.word[row]]))
    for one in np.flatnonzero(findings.target.outside).tolist():
        if results[one] != HELD:
            measure: Measure = cells.measures[cells.measure[findings.target.cells[one]]]
            where = GROWTH if measure[1] == ESF_GROWTH else OUTSIDE
            found.append(figure(one, where, measure[1], ", ".join(measure[2:]), ""))
    return found


def _result(outcome: Outcome, one: int) -> str:
    findings = outcome.findings
    if not findings.recovered[one] and not findings.too_narrow[one]:
        return HELD
    if findings.known_to_public[one]:
        return KNOWN_TO_PUBLIC
    return RECOVERED if findings.recovered[one] else TOO_NARROW


def _reason(outcome: Outcome, one: int) -> str:
    """How a cell was recovered, in French; empty when it was not."""
    findings, alone = outcome.findings, outcome.alone
    if not findings.broken[one]:
        return ""
    if alone is not None:
        cells = outcome.builder.cells
        cell = findings.target.cells[one]
        key = (cells.units[cells.unit[cell]], cells.measures[cells.measure[cell]])
        if key not in alone:
            return "versions conservées ou années"
    return "affiché ailleurs" if findings.shown[one] else "calcul"


def show(outcome: Outcome, console: Console) -> None:
    """Print the numbers of each published table, then whether the attack succeeded."""
    found = figures(outcome)
    table = Table(title="Attaque des fichiers publiés", title_justify="left")
    table.add_column("table")
    for heading in ("chiffres masqués", "retrouvés", "plus étroits que promis", "donnés par le national"):
        table.add_column(heading, justify="right")
    counts = Counter((figure.table, figure.verdict) for figure in found)
    for name in sorted({figure.table for figure in found}):
        of = {verdict: counts[name, verdict] for verdict in (RECOVERED, TOO_NARROW, KNOWN_TO_PUBLIC, HELD)}
        table.add_row(name, str(sum(of.values())), str(of[RECOVERED]), str(of[TOO_NARROW]), str(of[KNOWN_TO_PUBLIC]))
    console.print(table)
    for note in outcome.notes:
        console.print(note)
    known = outcome.findings.known
    console.print(
        f"{len(outcome.findings.target.cells)} cellules distinctes, {known.components} systèmes liés"
        f" (le plus grand : {known.largest} cellules), {known.programmes} programmes linéaires et {known.searches} en"
        f" nombres entiers, {outcome.seconds:.1f} s"
    )
    undecided = int(outcome.findings.undecided.sum())
    if undecided:
        console.print(f"{undecided} cellules non tranchées en nombres entiers, faute de temps")
    share = f"{outcome.full_share * 100:.1f}".replace(".", ",")
    console.print(
        f"effectifs masqués pour eux-mêmes qui gardent toutes leurs valeurs possibles : {share} %"
        f" (promis : {outcome.level.full * 100:.0f} %)"
    )
    broken = [figure for figure in found if figure.verdict in (RECOVERED, TOO_NARROW)]
    for figure in broken[:SHOWN]:
        where = " ".join(part for part in (figure.territory_kind, figure.territory_code) if part)
        cut = f" ({figure.cut})" if figure.cut else ""
        by = f", {figure.by}" if figure.by else ""
        console.print(f"  {figure.year} {where} : {figure.table}.{figure.column}{cut} {figure.verdict}{by}")
    if len(broken) > SHOWN:
        console.print(f"  … et {len(broken) - SHOWN} autres")
    console.print("l'attaque réussit" if outcome.succeeded else "l'attaque échoue : rien n'est retrouvé")


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The whole report. It may hold suppressed figures: keep it with the private files."""
    found = figures(outcome)
    known = outcome.findings.known
    return {
        "succeeded": outcome.succeeded,
        "promise": vars(outcome.level),
        "full_share": outcome.full_share,
        "notes": outcome.notes,
        "seconds": round(outcome.seconds, 1),
        "cells": len(outcome.findings.target.cells),
        "undecided": int(outcome.findings.undecided.sum()),
        "components": known.components,
        "linear_programmes": known.programmes,
        "integer_programmes": known.searches,
        "verdicts": dict(Counter(figure.verdict for figure in found)),
        "figures": [vars(figure) for figure in found],
    }


def write_json(outcome: Outcome, path: Path) -> None:
    """Write the report to a file that only its owner may read."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(as_json(outcome), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
