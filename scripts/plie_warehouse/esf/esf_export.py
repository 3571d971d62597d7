"""The files that an intermediate body sends and keeps: a workbook and CSV, for their owner only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from plie_warehouse.esf.esf_figures import EsfIdentityError, Figures, Row, read_figures
from plie_warehouse.files import owner_only, replace
from plie_warehouse.paths import DataFolder

KINDS = {"oi": "Organisme intermédiaire", "plie": "PLIE", "operation": "Opération"}
SEXES = {"total": "Total", "femme": "Femmes", "homme": "Hommes", "inconnu": "Sexe inconnu"}
CATEGORIES = {
    "total": "Toutes", "moins_developpee": "Moins développée", "transition": "En transition",
    "plus_developpee": "Plus développée", "inconnu": "Inconnue",
}  # fmt: skip
OF_ALL = ("Base", "Base connue", "Taux connu ou de réponse", "Disponibilité", "Motif")
AVAILABILITIES = {"available": "disponible", "partial": "partiel", "not_available": "non disponible"}
SUBJECTS = {"participants": "Participants", "leavers": "Sorties", "employment": "Emploi à la sortie"}
HOLDS = {True: "oui", False: "NON", None: "non vérifiable"}

# Rows that an error names; characters that a column of the workbook shows at most.
NAMED, WIDEST = 20, 60

Sheet = tuple[list[str], list[list[object]]]  # header, rows


def export(data: DataFolder, oi: str, day: date) -> tuple[Path, Figures]:
    """Write the export of a body and a day; returns its folder and what is in it.

    Raises ``EsfIdentityError`` when an identity of D84 does not hold, and leaves only the rows that have to be
    completed; ``UsageError`` for a body or a day without figures.
    """
    figures = read_figures(data, oi, day)
    folder = data.root / "esf" / figures.oi.replace("/", "_") / str(day)
    sheets = {
        "Synthèse": _summary(figures),
        "Indicateurs": _indicators(figures),
        "Identités": _identities(figures),
        "Passage": _bridge(figures),
        "À compléter": _incomplete(figures),
        "Lisez-moi": _about(figures),
    }
    broken = [row for row in figures.identities if row["holds"] is False]
    with owner_only():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("indicateurs.xlsx", "indicateurs.csv", "passage.csv"):
            (folder / name).unlink(missing_ok=True)
        _write(folder / "a-completer.csv", _csv(sheets["À compléter"]))
        if broken:
            raise EsfIdentityError(_refusal(figures, broken, folder))
        _write(folder / "indicateurs.csv", _csv(sheets["Indicateurs"]))
        _write(folder / "passage.csv", _csv(sheets["Passage"]))
        _write(folder / "indicateurs.xlsx", _workbook(sheets))
    return folder, figures


def _refusal(figures: Figures, broken: list[Row], folder: Path) -> str:
    """Which identities do not hold, and the rows that have to be completed for them."""
    told = [
        f"{row['identity']}: {row['left']} and {row['right']} ({row['territory_kind']} {row['territory_code']},"
        f" {row['sex']})"
        for row in broken
    ]
    rows = sorted(
        {f"{row['plie_code']} {row['source_file']}:{row['source_row']}" for row in figures.incomplete
         if row["indicator_code"] in ("EECO02", "EECO03", "EECO04", "EECO05")}
    )  # fmt: skip
    named = ", ".join(rows[:NAMED]) or "no row"
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    return (
        f"{len(broken)} identities of D84 do not hold, and nothing is exported: {'; '.join(told[:NAMED])}. Complete"
        f" labour_status_at_entry in {named}{more}; all are in {folder / 'a-completer.csv'}"
    )


def _summary(figures: Figures) -> Sheet:
    """The body alone: a row per indicator and category of region, the sexes side by side."""
    header = ["Catégorie de région", "Indicateur", "Libellé", *SEXES.values(), *OF_ALL]
    groups: dict[tuple[str, str], dict[str, Row]] = {}
    for row in figures.indicators:
        if row["territory_kind"] == "oi":
            groups.setdefault((row["region_category"], row["indicator_code"]), {})[row["sex"]] = row
    rows = []
    for (category, code), by_sex in groups.items():
        total = by_sex["total"]
        numbers = [by_sex[sex]["numerator"] if sex in by_sex else None for sex in SEXES]
        rows.append([CATEGORIES.get(category, category), code, total["label_fr"], *numbers, *_of_all(total)])
    return header, rows


def _of_all(row: Row) -> list[object]:
    """The columns ``OF_ALL``."""
    coverage = None if row["coverage"] is None else float(row["coverage"])
    return [row["base"], row["base_known"], coverage, AVAILABILITIES[row["availability"]], row["reason_fr"]]


def _indicators(figures: Figures) -> Sheet:
    header = [
        "Niveau", "Code", "Nom", "Catégorie de région", "Indicateur", "Libellé", "Sexe", "Nombre", *OF_ALL,
        "Version de la méthode",
    ]  # fmt: skip
    rows = [
        [
            KINDS[row["territory_kind"]], row["territory_code"], row["territory_name"],
            CATEGORIES.get(row["region_category"], row["region_category"]), row["indicator_code"], row["label_fr"],
            SEXES.get(row["sex"], row["sex"]), row["numerator"], *_of_all(row), row["method_version"],
        ]
        for row in figures.indicators
    ]  # fmt: skip
    return header, rows


def _identities(figures: Figures) -> Sheet:
    header = ["Niveau", "Code", "Catégorie de région", "Sexe", "Identité", "À gauche", "À droite", "Vérifiée"]
    rows = [
        [
            KINDS[row["territory_kind"]], row["territory_code"],
            CATEGORIES.get(row["region_category"], row["region_category"]), SEXES.get(row["sex"], row["sex"]),
            row["identity"], row["left"], row["right"], HOLDS[row["holds"]],
        ]
        for row in figures.identities
    ]  # fmt: skip
    return header, rows


def _bridge(figures: Figures) -> Sheet:
    header = ["Année", "PLIE", "Chiffre", "Ligne", "Nombre"]
    return header, [
        [row["reporting_year"], row["plie_code"], SUBJECTS[row["subject"]], row["label_fr"], row["line_value"]]
        for row in figures.bridge
    ]


def _incomplete(figures: Figures) -> Sheet:
    header = ["PLIE", "Opération", "Fichier", "Ligne", "Indicateur", "Libellé", "À renseigner", "Donnée sensible"]
    return header, [
        [
            row["plie_code"], row["esf_operation_id"], row["source_file"], row["source_row"], row["indicator_code"],
            row["label_fr"], row["columns_needed"], "oui" if row["is_sensitive"] else "non",
        ]
        for row in figures.incomplete
    ]  # fmt: skip


def _about(figures: Figures) -> Sheet:
    return ["Ce fichier", ""], [
        ["Organisme intermédiaire", f"{figures.oi} {figures.name}"],
        ["Période", figures.period],
        ["Cumul du début de la période au", figures.day.strftime("%d/%m/%Y")],
        ["Build", figures.build],
        ["Textes", "Règlement (UE) 2021/1057, annexe I ; docs/esf.md dit ce qui en a été lu"],
        ["Non disponible", "La donnée n'est pas livrée : ce n'est pas zéro"],
        ["À compléter", "Lignes du fichier des participants ; aucune donnée d'une personne n'y figure"],
        ["Diffusion", "Réservé à l'organisme : les petits effectifs ne sont pas masqués"],
    ]


def _csv(sheet: Sheet) -> bytes:
    """CSV as spreadsheets in France read it. A text that would be taken for a formula has a quote before it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(sheet[0])
    writer.writerows([[_plain(value) for value in row] for row in sheet[1]])
    return text.getvalue().encode("utf-8-sig")


def _plain(value: object) -> object:
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return str(value).replace(".", ",") if isinstance(value, float) else value


def _workbook(sheets: dict[str, Sheet]) -> bytes:
    book = Workbook(write_only=True)
    bold = Font(bold=True)
    for title, (header, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for number, column in enumerate(zip(header, *rows, strict=True), start=1):
            longest = max(len(str(value)) for value in column if value is not None)
            sheet.column_dimensions[get_column_letter(number)].width = min(longest, WIDEST) + 2

        def cells(values: Iterable[object], font: Font | None = None, sheet: object = sheet) -> Sequence[WriteOnlyCell]:
            made = []
            for value in values:
                cell = WriteOnlyCell(sheet, value)
                if isinstance(value, float):
                    cell.number_format = "0.0%"  # the only ones are rates
                if isinstance(value, str):
                    cell.data_type = "s"  # and no formula, whatever it begins with
                if font:
                    cell.font = font
                made.append(cell)
            return made

        sheet.append(cells(header, bold))
        for row in rows:
            sheet.append(cells(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _write(path: Path, content: bytes) -> None:
    """Replace a file of the owner alone."""
    replace(path, lambda temporary: temporary.write_bytes(content))
    path.chmod(0o600)
