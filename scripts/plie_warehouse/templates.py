"""What suppliers start from, derived from the contract: an empty workbook per kind, and the input dictionary."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from plie_warehouse.contract import FORMATS_FR, KINDS, SUPPLIER_KINDS, Kind, Table, load_codes, load_kind
from plie_warehouse.text import render

LISTS_SHEET, HELP_SHEET = "Listes", "Aide"

# Rows that have drop-down lists; more rows may be filled without.
ROWS_WITH_LISTS = 5000

# Spellings that a yes or no may have are many; a list offers two.
OFFERED = {"boolean": ("oui", "non")}

TITLES = {
    "plie": "Livraison d'un PLIE",
    "clause": "Livraison d'une structure de la clause sociale",
    "network": "Registres de la tête de réseau",
    "survey": "Enquête annuelle auprès des PLIE",
    "activity": "Registres de l'activité de la tête de réseau",
}

_BOLD, _WRAP = Font(bold=True), Alignment(wrap_text=True, vertical="top")
_REQUIRED = PatternFill("solid", fgColor="FFF2CC")


def codes_of(code_list: str) -> list[tuple[str, str]]:
    """(what to write, label) of a code list, as a supplier is offered it."""
    codes = [(code.spelling, code.label) for code in load_codes() if code.code_list == code_list and not code.valid_to]
    offered = OFFERED.get(code_list)
    return [one for one in codes if one[0] in offered] if offered else codes


def write_templates(folder: Path, kinds: Iterable[str] = KINDS) -> list[Path]:
    """Write ``modele_<kind>.xlsx`` for each kind; returns the paths. Raises ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in kinds:
        path = folder / f"modele_{kind}.xlsx"
        template(load_kind(kind)).save(path)
        paths.append(path)
    return paths


def template(kind: Kind) -> Workbook:
    """An empty workbook: a sheet per table with its French headers and drop-down lists, the help, the lists."""
    book = Workbook()
    book.remove(book.active)
    # A moment of its own would make two equal templates differ.
    book.properties.created = book.properties.modified = datetime.datetime(2022, 1, 1)
    book.properties.title = TITLES[kind.name]
    lists = sorted({column.code_list for table in kind.tables for column in table.columns if column.code_list})
    ranges = {name: _list_range(place, len(codes_of(name))) for place, name in enumerate(lists, start=1)}
    for table in kind.tables:
        _table_sheet(book.create_sheet(table.sheet), table, ranges)
    _help_sheet(book.create_sheet(HELP_SHEET), kind)
    sheet = book.create_sheet(LISTS_SHEET)
    for place, name in enumerate(lists, start=1):
        sheet.cell(1, place, name).font = _BOLD
        sheet.column_dimensions[get_column_letter(place)].width = 26
        for row, (code, _) in enumerate(codes_of(name), start=2):
            sheet.cell(row, place, code).number_format = "@"
    return book


def _list_range(place: int, count: int) -> str:
    letter = get_column_letter(place)
    return f"{LISTS_SHEET}!${letter}$2:${letter}${count + 1}"


def _table_sheet(sheet: Worksheet, table: Table, ranges: dict[str, str]) -> None:
    """Headers only. Every column is text, so that a spreadsheet changes neither zeros, dates nor long numbers."""
    sheet.freeze_panes = "A2"
    for place, column in enumerate(table.columns, start=1):
        letter = get_column_letter(place)
        cell = sheet.cell(1, place, column.header)
        cell.font, cell.alignment = _BOLD, _WRAP
        if column.required:
            cell.fill = _REQUIRED
        sheet.column_dimensions[letter].width = max(14, len(column.header) + 2)
        sheet.column_dimensions[letter].number_format = "@"
        cells = f"{letter}2:{letter}{ROWS_WITH_LISTS + 1}"
        rule = DataValidation(type="list", formula1=ranges[column.code_list]) if column.code_list else DataValidation()
        rule.allow_blank = True
        rule.showInputMessage = True
        rule.promptTitle = column.header[:32]
        rule.prompt = f"{column.description} Format : {FORMATS_FR[column.type]}."[:255]
        # A supplier may have codes of its own: the list helps, it does not forbid.
        rule.showErrorMessage = False
        rule.add(cells)
        sheet.add_data_validation(rule)


def _help_sheet(sheet: Worksheet, kind: Kind) -> None:
    """How to deliver, each column, each code."""
    say = [
        TITLES[kind.name],
        "Une livraison décrit une année entière ; une livraison corrigée remplace la précédente en entier.",
        "Les colonnes sur fond jaune sont obligatoires. Une cellule vide veut dire « inconnu », jamais « non ».",
        "Aucun nom de personne, numéro de sécurité sociale, téléphone, adresse ni date de naissance complète :"
        " une livraison qui en contient est refusée et n'est pas conservée.",
        "Pas de formule ni de cellules fusionnées. Les codes de vos propres logiciels sont acceptés"
        " s'ils sont dans la table de correspondance.",
    ]
    for line in say:
        sheet.append([line])
    sheet["A1"].font = _BOLD
    sheet.append([])
    titles = (
        "feuille", "colonne", "nom dans l'entrepôt", "sens", "format", "unité", "obligatoire", "exemple", "sert à",
        "liste",
    )  # fmt: skip
    sheet.append(titles)
    for cell in sheet[sheet.max_row]:
        cell.font = _BOLD
    for table in kind.tables:
        for column in table.columns:
            sheet.append(
                [
                    table.sheet,
                    column.header,
                    column.name,
                    column.description,
                    FORMATS_FR[column.type],
                    column.unit,
                    "oui" if column.required else "non",
                    column.example,
                    column.feeds,
                    column.code_list or "",
                ]
            )
    sheet.append([])
    sheet.append(["liste", "code", "libellé"])
    for cell in sheet[sheet.max_row]:
        cell.font = _BOLD
    for name in sorted({column.code_list for table in kind.tables for column in table.columns if column.code_list}):
        for code, label in codes_of(name):
            sheet.append([name, code, label])
    for letter, width in zip("ABCDEFGHIJ", (24, 32, 26, 60, 40, 14, 12, 20, 34, 20), strict=True):
        sheet.column_dimensions[letter].width = width


def dictionary() -> str:
    """The input dictionary: every delivered column of every kind, as one Markdown page."""
    return render(
        "dictionary.md",
        kinds=[load_kind(name) for name in KINDS],
        supplier_kinds=SUPPLIER_KINDS,
        titles=TITLES,
        formats=FORMATS_FR,
        codes=load_codes(),
    )
