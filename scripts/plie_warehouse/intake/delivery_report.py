"""The verdict of a delivery: for people (XLSX and CSV, in French) and for machines (JSON)."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from plie_warehouse.files import replace
from plie_warehouse.intake.checks import BLOCKING, FINDINGS_KEPT, CheckResult, Finding, load_checks
from plie_warehouse.intake.plain import shown as printable

STATUS_FR = {"accepted": "acceptée", "unchanged": "acceptée, déjà en vigueur", "refused": "refusée"}
FLOOR_FR = {"structure": "structure des fichiers", "record": "contenu des lignes", "plausibility": "vraisemblance"}
CHECK_FR = {
    "pass": "réussi",
    "fail": "à corriger",
    "not_applicable": "sans objet",
    "not_delivered": "non livré",
}
# A fault that would refuse the delivery if it were frequent.
TOLERATED_FR = "ligne à corriger"
HEADINGS = ("fichier", "ligne", "colonne", "valeur", "problème", "correction", "gravité", "contrôle")

_FORMULA = frozenset("=+-@\t\r\n")


def neutralised(text: str) -> str:
    """Text that a spreadsheet shows and never runs; full-width signs count as the plain ones that they become."""
    first = text.lstrip(" ")[:1]
    return f"'{text}" if first in _FORMULA or unicodedata.normalize("NFKC", first) in _FORMULA else text


def shown(findings: Iterable[Finding]) -> list[Finding]:
    """What a verdict shows of findings, in its order: at most ``FINDINGS_KEPT`` of a check."""
    order = {check_id: place for place, check_id in enumerate(load_checks())}
    severities = {check_id: check.severity for check_id, check in load_checks().items()}
    ordered = sorted(
        findings,
        key=lambda one: (severities[one.check_id] == "avertissement", order[one.check_id], one.file, one.row or 0),
    )
    kept = []
    seen: Counter[str] = Counter()
    for finding in ordered:
        seen[finding.check_id] += 1
        if seen[finding.check_id] <= FINDINGS_KEPT:
            kept.append(finding)
    return kept


def make_verdict(
    head: Mapping[str, Any],
    stage: str,
    results: Sequence[CheckResult],
    findings: Sequence[Finding],
    unshown: int = 0,
    notes: Sequence[str] = (),
    files: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The verdict as written to JSON. ``head``: kind, supplier, year, status, id. ``unshown``: findings that are not
    among ``findings`` since they would not be shown; ``findings_total`` counts all. ``notes``: sentences that ask for
    nothing. ``files``: what the lines of each file are."""
    order = {check_id: place for place, check_id in enumerate(load_checks())}
    return {
        **head,
        "floor_reached": stage,
        "notes": list(notes),
        "files": list(files),
        "checks": [result.as_dict() for result in sorted(results, key=lambda one: order[one.check_id])],
        "findings": [finding.as_dict() for finding in shown(findings)],
        "findings_total": len(findings) + unshown,
    }


def write_verdict(folder: Path, verdict: Mapping[str, Any], in_force: str) -> None:
    """Write verdict.xlsx, verdict.csv and, last, verdict.json. ``in_force``: the delivery in force now, or ''."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = {check["check_id"] for check in verdict["checks"] if check["status"] == "fail"}
    rows = [_row(finding, finding["check_id"] in failed) for finding in verdict["findings"]]
    _replace(folder / "verdict.xlsx", _workbook(verdict, rows, in_force))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows(rows)
    _replace(folder / "verdict.csv", text.getvalue().encode("utf-8-sig"))
    write_machine_verdict(folder, verdict)


def write_machine_verdict(folder: Path, verdict: Mapping[str, Any]) -> None:
    """Write verdict.json alone."""
    _replace(folder / "verdict.json", (json.dumps(verdict, ensure_ascii=False, indent=1) + "\n").encode())


def read_verdict(folder: Path) -> dict[str, Any] | None:
    """The verdict that is there, None when there is none or it cannot be read."""
    try:
        verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
        return verdict if verdict["status"] in STATUS_FR and verdict["checks"] is not None else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _replace(path: Path, content: bytes) -> None:
    replace(path, lambda temporary: temporary.write_bytes(content))


def _row(finding: Mapping[str, Any], is_failed: bool) -> list[str | int]:
    """``is_failed``: its check fails; else so few rows do that the delivery is accepted without them."""
    check = load_checks()[finding["check_id"]]
    texts = [
        finding["file"],
        finding["row"] or "",
        finding["column"],
        finding["value"],
        finding["problem"],
        finding["remedy"],
        check.severity if is_failed or check.severity != BLOCKING else TOLERATED_FR,
        check.check_id,
    ]
    return [printable(neutralised(one)) if isinstance(one, str) else one for one in texts]


def _workbook(verdict: Mapping[str, Any], rows: Sequence[Sequence[str | int]], in_force: str) -> bytes:
    book = Workbook(write_only=True)
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")

    def cells(sheet: Any, values: Sequence[Any], font: Font | None = None, wrap: bool = False) -> list[Any]:
        made = []
        for value in values:
            cell = WriteOnlyCell(sheet, value)
            if font:
                cell.font = font
            if wrap:
                cell.alignment = wrapped
            made.append(cell)
        return made

    sheet = book.create_sheet("Synthèse")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 60
    refused = verdict["status"] == "refused"
    if not refused:
        means = "Rien n'empêche la livraison de compter. Les avertissements aident à l'améliorer."
    else:
        kept = " : la dernière livraison acceptée reste en vigueur" if in_force else ""
        means = (
            f"Cette livraison n'est pas comptée{kept}. Corriger, puis livrer à nouveau tous les fichiers de l'année."
        )
    head = [
        ("Fournisseur", verdict["supplier_code"]),
        ("Année", verdict["reporting_year"]),
        ("Livraison", STATUS_FR[verdict["status"]]),
        ("Ce que cela veut dire", " ".join([means, *verdict["notes"]])),
        ("Étape atteinte", FLOOR_FR[verdict["floor_reached"]]),
        ("Points signalés", verdict["findings_total"]),
        ("Reçue le", verdict["received_at"]),
        ("Identifiant", verdict["delivery_id"][:12]),
    ]
    for name, value in head:
        sheet.append([*cells(sheet, [name], bold), *cells(sheet, [value], wrap=True)])
    sheet.append([])
    titles = ("contrôle", "ce qui est vérifié", "étape", "gravité", "résultat", "nombre", "sur", "part admise")
    sheet.append(cells(sheet, titles, bold))
    for one in verdict["checks"]:
        label = load_checks()[one["check_id"]].label_fr
        stage = FLOOR_FR[one["floor"]]
        figures = (one["numerator"], one["denominator"], one["threshold"])
        sheet.append([one["check_id"], label, stage, one["severity"], CHECK_FR[one["status"]], *figures])

    if verdict["files"]:
        sheet.append([])
        titles = (
            "fichier",
            "feuille",
            "lignes",
            "en-tête",
            "lignes de données",
            "vides",
            "suites de cellules",
            "autres",
        )
        sheet.append(cells(sheet, titles, bold))
        for one in verdict["files"]:
            names = [printable(neutralised(one[name])) for name in ("file", "sheet")]
            sheet.append([*names, *(one[name] for name in ("total", "header", "rows", "blank", "inner", "other"))])

    sheet = book.create_sheet("À corriger")
    for letter, width in zip("ABCDEFGH", (24, 8, 22, 24, 70, 70, 14, 10), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.append(cells(sheet, HEADINGS, bold))
    for row in rows:
        sheet.append(list(row))
    if verdict["findings_total"] > len(rows):
        rest = verdict["findings_total"] - len(rows)
        sheet.append(["", "", "", "", f"… et {rest} autres points des mêmes contrôles."])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
