"""The table at the end of an intake."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from plie_warehouse.intake import Intake
from plie_warehouse.intake.checks import load_checks
from plie_warehouse.intake.delivery_report import STATUS_FR
from plie_warehouse.intake.plain import shown
from plie_warehouse.paths import DataFolder


def first_reason(verdict: dict) -> str:
    """The first check that refused a delivery, in words."""
    failed = [one for one in verdict["checks"] if one["status"] == "fail" and one["severity"] == "bloquant"]
    return f"{failed[0]['check_id']} {load_checks()[failed[0]['check_id']].label_fr}" if failed else ""


def show_intake(intake: Intake, data: DataFolder, console: Console) -> None:
    """Accepted and unchanged deliveries by number, refused ones by name with the first reason."""
    for sentence in intake.ignored:
        console.print(f"ignoré : {escape(shown(sentence))}")
    counts = ", ".join(f"{len(intake.with_status(status))} {words}" for status, words in STATUS_FR.items())
    console.print(f"{len(intake.verdicts)} livraisons : {counts}")
    accepted = intake.with_status("accepted")
    if accepted:
        names = ", ".join(f"{one['supplier_code']}/{one['reporting_year']}" for one in accepted)
        console.print(f"acceptées : {names}")
    notes = Counter(note for one in intake.verdicts for note in one.get("notes", ()))
    for note, count in notes.items():
        console.print(f"{count} livraisons : {escape(shown(note))}")
    show_refused(intake, console)
    console.print(f"Verdicts : {data.verdicts}")


def show_refused(intake: Intake, console: Console) -> None:
    """The suppliers to write to."""
    refused = intake.with_status("refused")
    if not refused:
        return
    table = Table(title="Livraisons refusées", title_justify="left")
    for heading in ("nature", "fournisseur", "année", "première raison"):
        table.add_column(heading)
    table.add_column("points", justify="right")
    for one in refused:
        year, points = str(one["reporting_year"]), str(one["findings_total"])
        table.add_row(one["kind"], one["supplier_code"], year, first_reason(one), points)
    console.print(table)
