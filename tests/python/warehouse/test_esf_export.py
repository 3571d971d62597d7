"""What ``plie esf`` writes for an intermediate body: the figures counted by hand, nothing of a person, nothing at all
where an identity of D84 is broken."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from shared import Built

from plie_warehouse.files import mode_of

DAY = "2021-12-31"
InProcess = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(built: Built, tmp_path: Path) -> Path:
    shutil.copyfile(built.warehouse, tmp_path / "warehouse.duckdb")
    return tmp_path


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def figure(folder: Path, code: str, sex: str = "Total") -> tuple[str, str, str]:
    [row] = [
        row for row in rows(folder, "indicateurs.csv")
        if (row["Code"], row["Catégorie de région"], row["Indicateur"], row["Sexe"]) == ("OI-36", "Toutes", code, sex)
    ]  # fmt: skip
    return row["Nombre"], row["Base"], row["Disponibilité"]


def test_the_export_of_the_golden_body(data: Path, in_process: InProcess) -> None:
    code, said, _ = in_process("esf", "--oi", "oi-36", "--date", DAY, data=data)
    folder = data / "esf" / "OI-36" / DAY
    assert code == 0 and str(folder) in said and "identities hold" in said
    assert figure(folder, "EECO01") == ("6", "6", "disponible")
    assert figure(folder, "EECO01", "Femmes") == ("2", "2", "disponible")
    assert figure(folder, "EECO09") == ("4", "6", "partiel")
    assert figure(folder, "EECO15") == ("", "", "non disponible")
    assert {row["Niveau"] for row in rows(folder, "indicateurs.csv")} == {
        "Organisme intermédiaire",
        "PLIE",
        "Opération",
    }
    bridge = [row for row in rows(folder, "passage.csv") if row["Chiffre"] == "Participants"]
    assert sum(int(row["Nombre"]) for row in bridge[:-1]) == int(bridge[-1]["Nombre"]) == 6
    book = load_workbook(folder / "indicateurs.xlsx", read_only=True)
    summary = [row for row in book["Synthèse"].iter_rows(values_only=True) if row[0] == "Toutes"]
    assert [row[1] for row in summary][:2] == ["EECO01", "EECO02"] and summary[0][3:7] == (6, 2, 4, 0)
    assert next(row for row in summary if row[1] == "EECO09")[10:] == (
        "partiel",
        "Des personnes concernées n'ont pas de valeur : le nombre est un minimum.",
    )
    assert book.sheetnames == ["Synthèse", "Indicateurs", "Identités", "Passage", "À compléter", "Lisez-moi"]
    holds = {row[7] for row in book["Identités"].iter_rows(min_row=2, values_only=True)}
    assert "oui" in holds and "NON" not in holds


def test_it_is_for_its_owner_and_names_nobody(data: Path, in_process: InProcess) -> None:
    in_process("esf", "--oi", "OI-36", "--date", DAY, data=data)
    folder = data / "esf" / "OI-36" / DAY
    assert {mode_of(path) for path in folder.iterdir()} == {0o600}
    assert mode_of(folder) == mode_of(folder.parent) == mode_of(folder.parent.parent) == 0o700
    book = load_workbook(folder / "indicateurs.xlsx", read_only=True)
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    texts = [path.read_text(encoding="utf-8-sig") for path in folder.glob("*.csv")]
    assert not [text for text in (*texts, *cells) if re.search(r"SYN-|participant_id|Identifiant", text)]
    lacking = {(row["Ligne"], row["Indicateur"]) for row in rows(folder, "a-completer.csv")}
    # The level of 12, the last of its delivery, and what 2 was 29 days after leaving.
    assert len({line for line, indicator in lacking if indicator == "EECO09"}) == 1
    assert {indicator for _, indicator in lacking} >= {"EECO09", "EECO13", "EECR04"}


def test_a_day_of_its_own_is_made_for_the_export(data: Path, in_process: InProcess) -> None:
    """On 13 October the first of those who leave has left, on 29 November two have; what is there stays as it is."""
    before = (data / "warehouse.duckdb").stat().st_mtime_ns
    code, _, errors = in_process("esf", "--oi", "OI-36", "--date", "2021-11-29", data=data)
    assert code == 0, errors
    folder = data / "esf" / "OI-36" / "2021-11-29"
    assert figure(folder, "EECR02")[1] == "2" and figure(folder, "EECO01")[0] == "6"
    assert figure(folder, "EECR05") == ("0", "0", "disponible")
    assert rows(folder, "passage.csv") == []
    assert (data / "warehouse.duckdb").stat().st_mtime_ns == before
    assert [path.name for path in data.iterdir() if path.name.startswith(".")] == []


def test_a_broken_identity_refuses_and_names_the_rows(
    corrupt: Callable[..., Path], tmp_path: Path, in_process: InProcess
) -> None:
    corrupt(
        "update marts.esf_indicators set numerator = numerator - 1, base_known = base_known - 1"
        " where indicator_code = 'EECO02' and territory_code = 'OI-36' and sex = 'total'",
        "update intermediate.int_plie__esf_participations set is_unemployed = null, is_inactive = null,"
        " is_employed = null where participant_id = 'SYN-36-01-0010'",
    )
    code, _, errors = in_process("esf", "--oi", "OI-36", "--date", DAY, data=tmp_path)
    assert code == 1 and "EECO02 + EECO04 + EECO05 = EECO01: 5 and 6" in errors
    assert re.search(r"36-01 participants\.csv:\d+", errors) and "SYN-" not in errors
    folder = tmp_path / "esf" / "OI-36" / DAY
    assert [path.name for path in folder.iterdir()] == ["a-completer.csv"]


@pytest.mark.parametrize(
    ("oi", "day", "says"),
    [
        ("OI-77", DAY, "no intermediate body OI-77"),
        ("OI-36", "2020-12-31", "no programme period"),
        ("OI-36", "2022-07-01", "extraction date"),
    ],
)
def test_a_body_or_day_without_figures(oi: str, day: str, says: str, data: Path, in_process: InProcess) -> None:
    code, _, errors = in_process("esf", "--oi", oi, "--date", day, data=data)
    assert code == 2 and says in errors
    assert not (data / "esf").exists()
