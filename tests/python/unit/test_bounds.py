"""Amounts and volumes that cannot be, and texts that lost their accents: each refused or told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile import good, good_clause, good_network, workbook, write

from plie_warehouse.contract import load_kind, parameter
from plie_warehouse.intake import bounds, take_in
from plie_warehouse.intake.bounds import beyond_bounds
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.discover import discover
from plie_warehouse.intake.garbled import garbled_texts, ungarbled
from plie_warehouse.intake.plausibility import compare
from plie_warehouse.intake.read import read
from plie_warehouse.landing.landing_files import write_bytes
from plie_warehouse.paths import DataFolder

YEAR = 2021


def found(tmp_path: Path) -> list[Finding]:
    """What is found in the one delivery of the landing, read as it lies there."""
    [delivery], _ = discover(tmp_path / "landing")
    reading = read(delivery)
    assert not reading.findings
    return [*beyond_bounds(reading), *garbled_texts(reading)]


@pytest.mark.parametrize(
    ("table", "column", "value", "refused", "says"),
    [
        ("hours", "hours", "999999999,99", True, "au-dessus de 10 000."),
        ("hours", "hours", "-999999999,99", True, "au-dessus de 10 000."),
        ("hours", "hours", "10000", False, ""),
        ("procurements", "hours_committed", "999999999.99", True, "au-dessus de 5 000 000."),
        ("procurements", "hours_committed", "450000", False, ""),
    ],
)
def test_a_number_of_a_cell(tmp_path: Path, table: str, column: str, value: str, refused: bool, says: str) -> None:
    """1,200 rows of 999 999 999,99 hours were accepted, and the build died of an overflow."""
    tables = good_clause("CL-59-01", lots=3)
    for row in tables[table][1:]:
        row[column] = value
    write(tmp_path / "landing" / "clause" / "CL-59-01" / str(YEAR), tables)
    told = [(one.check_id, one.row, one.value) for one in found(tmp_path)]
    assert told == ([("STR-22", 3, value)] if refused else [])
    assert not refused or f"{len(tables[table]) - 1} lignes {says}" in found(tmp_path)[0].detail


def test_such_a_delivery_is_refused(tmp_path: Path) -> None:
    tables = good_clause("CL-59-01", lots=3)
    tables["hours"][1]["hours"] = "999999999,99"
    write(tmp_path / "landing" / "clause" / "CL-59-01" / str(YEAR), tables)
    [verdict] = take_in(tmp_path / "landing", DataFolder(tmp_path / "data")).verdicts
    assert verdict["status"] == "refused"
    [finding] = verdict["findings"]
    assert "« Heures » : 1 ligne au-dessus de 10 000." in finding["problem"]
    assert "Vérifier l'unité" in finding["remedy"]


def bounded(monkeypatch: pytest.MonkeyPatch, name: str, value: float) -> None:
    monkeypatch.setattr(bounds, "parameter", lambda one, year: value if one == name else parameter(one, year))


def test_the_sum_of_a_delivery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell may be, all of them cannot; the bound of the test is a small one."""
    tables = good_clause("CL-59-01", lots=3)
    for row in tables["hours"]:
        row["hours"] = "100,5"
    for row in tables["procurements"]:
        row["hours_committed"] = "10"
    write(tmp_path / "landing" / "clause" / "CL-59-01" / str(YEAR), tables)
    bounded(monkeypatch, "intake_max_hours_of_delivery", 301.5)
    assert found(tmp_path) == []
    bounded(monkeypatch, "intake_max_hours_of_delivery", 301)
    [finding] = found(tmp_path)
    assert finding.check_id == "STR-22"
    assert finding.detail == "« Heures » : 302 au total de la livraison, au plus 301."


def test_more_persons_than_a_supplier_can_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """900,000 participants of one new PLIE, seven times the network, were accepted; here the bound is twenty."""
    assert parameter("intake_max_persons", YEAR) < 130_000, "one supplier is less than the network"
    bounded(monkeypatch, "intake_max_persons", 20)
    write(tmp_path / "landing" / "plie" / "59-09" / str(YEAR), good("59-09", people=20))
    assert found(tmp_path) == []
    write(tmp_path / "landing" / "plie" / "59-09" / str(YEAR), good("59-09", people=21))
    [finding] = found(tmp_path)
    assert (finding.check_id, finding.detail) == ("STR-23", "« Participants » : 21 lignes, au plus 20.")


def test_a_delivery_far_above_the_largest_of_the_others() -> None:
    """A warning, with both numbers, once enough others have delivered."""

    def profile(rows: int) -> dict:
        return {name: {"rows": rows, "blank": 0.0} for name in ("participants", "steps", "exits")}

    others = [profile(100 + 10 * place) for place in range(8)]
    kind = load_kind("plie")
    for rows, network, fails in ((600, others, 3), (500, others, 0), (600, others[:7], 0)):
        _, findings = compare(kind, YEAR, profile(rows), None, network)
        assert len([one for one in findings if one.check_id == "PLA-05"]) == fails, rows
    [first, *_] = [one for one in compare(kind, YEAR, profile(600), None, others)[1] if one.check_id == "PLA-05"]
    assert first.detail == "« Participants » : 600 lignes ; le plus gros des autres fournisseurs en a 170."


@pytest.mark.parametrize(
    ("text", "was"),
    [
        ("PLIE du Plateau Žduen n¡ 1", "PLIE du Plateau éduen n° 1"), ("VŽzelay", "Vézelay"),
        ("ChÃ¢teauroux", "Châteauroux"), ("Ã‰vry", "Évry"), ("BÃ©thune", "Béthune"), ("Ch‚teau", "Chéteau"),
        ("l'Isle-d'AbeÂ°", "l'Isle-d'Abe°"), ("Ch?teauroux", ""), ("B\ufffdthune", ""),
        ("Châteauroux", None), ("Évry-Courcouronnes", None), ("PLIE de l’Agglomération", None), ("Œuvre n° 2", None),
        ("Où ?", None), ("Łódź", None), ("Lille", None), ("Nœux-les-Mines", None), ("À définir – 2021…", None),
    ],
)  # fmt: skip
def test_texts_that_lost_their_accents(text: str, was: str | None) -> None:
    assert ungarbled(text) == was


def test_names_of_a_workbook_that_lost_their_accents(tmp_path: Path) -> None:
    """Mac Roman that was read as Windows-1252 before: one warning per column, with what it was."""
    tables = good_network(str(YEAR), ["CL-59-01", "CL-59-02"])
    for place, row in enumerate(tables["clause_structures"], start=1):
        row["name"] = f"Métropole éduenne n° {place}".encode("mac_roman").decode("cp1252")
    write_bytes(tmp_path / "landing" / "network" / str(YEAR) / "registres.xlsx", workbook(tables))
    [finding] = found(tmp_path)
    assert (finding.check_id, finding.row) == ("STR-25", 2)
    assert finding.detail == (
        "« MŽtropole Žduenne n¡ 1 » est sans doute « Métropole éduenne n° 1 ». 2 valeurs de « Nom »."
    )
