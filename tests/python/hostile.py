"""Deliveries as they should not be: each case writes one supplier's files, and says what the intake must answer.

Everything here is small except two files made at test time: a line of 200 MB and a ZIP that unpacks to as much again.
No person is real. The pseudonyms of a case carry its supplier, so that a leak is found and attributed.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from plie_warehouse.contract import load_kind
from plie_warehouse.landing.landing_files import csv_bytes, write_bytes, zip_bytes
from plie_warehouse.landing.landing_headers import contract_of, header_line

YEAR = "2021"
NETWORK = "network"
MEGABYTE = 1 << 20
HUGE = 200 * MEGABYTE

COLUMNS = {table.name: tuple(table.names) for table in load_kind("plie").tables}
CLAUSE_COLUMNS = {
    "procurements": (
        "reporting_year", "structure_code", "procurement_id", "lot_no", "buyer_id", "buyer_type", "nature",
        "awardee_id", "awardee_type", "notified_on", "hours_committed",
    ),
    "beneficiaries": (
        "reporting_year", "structure_code", "beneficiary_id", "sex", "birth_year", "education_level",
        "jobseeker_months", "is_rsa", "is_disabled_worker", "is_qpv_resident", "eligibility_validated_on",
    ),
    "work_contracts": (
        "reporting_year", "structure_code", "work_contract_id", "beneficiary_id", "employer_id", "employer_type",
        "contract_type", "start_date", "end_date",
    ),
    "hours": (
        "reporting_year", "structure_code", "work_contract_id", "buyer_id", "procurement_id", "lot_no", "month",
        "hours", "proof",
    ),
}  # fmt: skip

NETWORK_COLUMNS = {
    "clause_structures": ("structure_code", "name", "structure_kind", "department_code", "opened_on", "closed_on"),
    "facilitators": ("reporting_year", "structure_code", "headcount", "fte"),
}

# What must appear nowhere once its file is refused. None of it belongs to anybody.
IDENTITIES = {
    "names": ("QUATREBARBES-LEGOUPIL Zéphirine", "VANDENBOSSCHE-TRICOT Anatole"),
    "nir": ("276035900112307", "2 76 03 59 001 123 07"),
    "mail": ("zephirine.quatrebarbes@exemple-prive.fr",),
    "phone": ("06 98 76 54 32", "0698765433"),
    "birth": ("17/03/1976", "1976-03-18"),
}

Row = dict[str, object]
Tables = dict[str, list[Row]]
Write = Callable[[Path, str], None]


@dataclass(frozen=True)
class Case:
    """One hostile delivery and the verdict that is due. ``check``: the check that must find something, None when none
    may; ``says``: what its French sentences must contain, as regular expressions without regard to case;
    ``where``: (file, row, column) that one of its findings must name, None for any. The network has one delivery a
    year and no supplier: its cases have years of their own."""

    name: str
    supplier: str
    write: Write
    accepted: bool
    check: str | None
    says: tuple[str, ...] = ()
    where: tuple[str | None, int | None, str | None] | None = None
    kind: str = "plie"
    year: str = YEAR

    @property
    def label(self) -> str:
        """Folder within the landing."""
        return f"{self.kind}/{self.year}" if self.kind == NETWORK else f"{self.kind}/{self.supplier}/{self.year}"


CASES: list[Case] = []


def case(
    supplier: str, accepted: bool, check: str | None = None, *says: str, **more: object
) -> Callable[[Write], Write]:
    """Register a function as the case of its name."""

    def register(write: Write) -> Write:
        CASES.append(Case(write.__name__, supplier, write, accepted, check, says, **more))
        return write

    return register


def pseudonym(supplier: str, number: int) -> str:
    return f"CANARI-{supplier}-{number:04d}"


def good(supplier: str, people: int = 20) -> Tables:
    """A valid PLIE delivery: ``people`` parcours, a step each, an exit for each fourth."""
    tables: Tables = {name: [] for name in COLUMNS}
    for number in range(1, people + 1):
        key = {
            "reporting_year": YEAR, "plie_code": supplier, "participant_id": pseudonym(supplier, number),
            "parcours_no": "1",
        }  # fmt: skip
        tables["participants"].append(key | {
            "entry_date": f"{1 + number % 28:02d}/0{1 + number % 6}/2021", "sex": ("femme", "homme")[number % 2],
            "birth_year": str(1960 + number), "education_level": str(1 + number % 6), "jobseeker_months": str(number),
            "is_rsa": ("oui", "non")[number % 2], "is_other_minimum_income": "non", "is_disabled_worker": "non",
            "is_qpv_resident": "oui", "referent_id": f"REF-{number % 2}",
        })  # fmt: skip
        tables["steps"].append(key | {
            "step_id": f"ET-{number}", "step_type": "formation", "start_date": "01/09/2021", "end_date": "15/10/2021",
        })  # fmt: skip
        if number % 4 == 0:
            tables["exits"].append(key | {"exit_date": "30/11/2021", "exit_reason": "abandon"})
    return tables


def good_clause(supplier: str, lots: int = 6) -> Tables:
    """A valid delivery of a clause structure: ``lots`` lots, each with a person, a contract and a month of hours."""
    tables: Tables = {name: [] for name in CLAUSE_COLUMNS}
    for number in range(1, lots + 1):
        head = {"reporting_year": YEAR, "structure_code": supplier}
        lot = {"buyer_id": siret(number), "procurement_id": f"M-{number}", "lot_no": "1"}
        contract = {"work_contract_id": f"CT-{number}"}
        person = {"beneficiary_id": pseudonym(supplier, number)}
        tables["procurements"].append(head | lot | {
            "buyer_type": "collectivite", "nature": "travaux", "awardee_id": f"ENT-{number}", "awardee_type": "ei",
            "notified_on": "15/01/2021", "hours_committed": "1200,5",
        })  # fmt: skip
        tables["beneficiaries"].append(head | person | {
            "sex": "femme", "birth_year": "1985", "education_level": "3", "jobseeker_months": "14", "is_rsa": "oui",
            "is_disabled_worker": "non", "is_qpv_resident": "non", "eligibility_validated_on": "10/01/2021",
        })  # fmt: skip
        tables["work_contracts"].append(head | contract | person | {
            "employer_id": f"ENT-{number}", "employer_type": "ei", "contract_type": "cddi",
            "start_date": "01/02/2021", "end_date": "31/07/2021",
        })  # fmt: skip
        tables["hours"].append(head | contract | lot | {"month": "2021-03", "hours": "84,25", "proof": "bulletin_paie"})
    return tables


def good_network(year: str, structures: Iterable[str]) -> Tables:
    """A valid delivery of the network head: the register of the clause structures, and their facilitators."""
    tables: Tables = {name: [] for name in NETWORK_COLUMNS}
    for number, code in enumerate(structures, start=1):
        tables["clause_structures"].append({
            "structure_code": code, "name": f"Structure {number}", "structure_kind": ("mde", "plie")[number % 2],
            "department_code": "59", "opened_on": f"01/01/{2000 + number % 9}", "closed_on": "",
        })  # fmt: skip
        tables["facilitators"].append(
            {"reporting_year": year, "structure_code": code, "headcount": "2", "fte": ("1,5", "0.80")[number % 2]}
        )
    return tables


def siret(number: int) -> str:
    """A SIRET that begins with a zero and whose two check digits hold."""
    siren = with_check_digit(f"05{number:06d}")
    return with_check_digit(f"{siren}0001")


def with_check_digit(digits: str) -> str:
    """``digits`` and the digit that makes the Luhn sum a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def columns_of(table: str) -> tuple[str, ...]:
    return (COLUMNS | CLAUSE_COLUMNS | NETWORK_COLUMNS).get(table) or tuple(contract_of(table).names)


def text(table: str, rows: Iterable[Mapping[str, object]], columns: Iterable[str] | None = None, **style: str) -> bytes:
    """A CSV of a table; ``columns`` when they are not those of the contract."""
    names = list(columns or columns_of(table))
    return csv_bytes(names, [[str(row.get(name, "")) for name in names] for row in rows], **style)


def write(folder: Path, tables: Tables, **instead: bytes | None) -> None:
    """The files of a delivery; ``instead`` has other bytes for a table, or None for no file at all."""
    for name, rows in tables.items():
        content = instead[name] if name in instead else text(name, rows)
        if content is not None:
            write_bytes(folder / f"{name}.csv", content)


def participants(supplier: str, columns: Iterable[str] | None = None, **style: str) -> bytes:
    """The file of the parcours of a valid delivery, written otherwise."""
    return text("participants", good(supplier)["participants"], columns, **style)


def members_of(supplier: str) -> dict[str, bytes]:
    """The files of a valid delivery, as members of an archive."""
    return {f"{name}.csv": text(name, rows) for name, rows in good(supplier).items()}


def fill(tables: Tables, column: str, value: object, *only: str) -> Tables:
    """Tables, all or ``only`` some, with one value in a column; a function gives the value for that of each row."""
    for name in only or tables:
        for row in tables[name]:
            row[column] = value(row[column]) if callable(value) else value
    return tables


def changed(name: str, place: str, values: Iterable[object]) -> Write:
    """What writes a good delivery with other values in a column of the first rows, one a row; ``place``: table and
    column."""
    table, column = place.split(".")

    def write_changed(folder: Path, supplier: str) -> None:
        tables = good_clause(supplier) if table in CLAUSE_COLUMNS else good(supplier)
        for row, value in zip(tables[table], values, strict=False):
            row[column] = value
        write(folder, tables)

    write_changed.__name__ = name
    return write_changed


def workbook(tables: Tables, change: Callable[[Workbook], None] | None = None) -> bytes:
    """A workbook with a sheet per table, changed by ``change`` before it is saved."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(columns_of(name))
        for row in rows:
            sheet.append([row.get(column) for column in columns_of(name)])
    if change:
        change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


# Files that are not what they should be ------------------------------------------------------------------------------


@case("59-01", False, "STR-02", r"vide", where=("participants.csv", None, None))
def empty_file(folder: Path, supplier: str) -> None:
    write(folder, good(supplier), participants=b"")


@case("59-02", False, "STR-02", r"aucune ligne|sans ligne|en-tête", where=("participants.csv", None, None))
def header_only(folder: Path, supplier: str) -> None:
    tables = good(supplier)
    write(folder, tables, participants=text("participants", []), steps=text("steps", []), exits=text("exits", []))


@case("59-03", True)
def nobody_left(folder: Path, supplier: str) -> None:
    """A file of exits with its header only: a year without exits is possible."""
    write(folder, good(supplier), exits=text("exits", []))


@case("59-04", False, "STR-08", r"colonne", r"exit_reason|motif|raison", where=("exits.csv", None, "exit_reason"))
def missing_column(folder: Path, supplier: str) -> None:
    tables = good(supplier)
    kept = [name for name in COLUMNS["exits"] if name != "exit_reason"]
    write(folder, tables, exits=text("exits", tables["exits"], kept))


@case("59-05", True, "STR-10", r"colonne", r"commentaire", where=("steps.csv", None, None))
def unknown_column(folder: Path, supplier: str) -> None:
    """Read without it, and said so."""
    tables = good(supplier)
    rows = [row | {"Commentaire": "rien à signaler"} for row in tables["steps"]]
    write(folder, tables, steps=text("steps", rows, [*COLUMNS["steps"], "Commentaire"]))


@case("59-06", False, "STR-04", r"séparateur|colonne", where=("participants.csv", None, None))
def wrong_separator(folder: Path, supplier: str) -> None:
    write(folder, good(supplier), participants=participants(supplier, separator="|"))


@case("59-07", False, "STR-03", r"encodage|encodé|UTF-8", where=("participants.csv", None, None))
def mixed_encodings(folder: Path, supplier: str) -> None:
    """Two exports glued together: the first half is UTF-8, the second Windows-1252."""
    tables = good(supplier)
    for row in tables["participants"]:
        row["referent_id"] = "Référent zélé"
    lines = text("participants", tables["participants"]).decode().splitlines(keepends=True)
    content = "".join(lines[:10]).encode() + "".join(lines[10:]).encode("cp1252")
    write(folder, tables, participants=content)


@case("59-08", False, "STR-03", r"UTF-16|encodage", where=("participants.csv", None, None))
def utf_16(folder: Path, supplier: str) -> None:
    write(folder, good(supplier), participants=participants(supplier, encoding="utf-16"))


@case("59-10", False, "STR-03", r"UTF-16|encodage|nul", where=("participants.csv", None, None))
def utf_16_without_mark(folder: Path, supplier: str) -> None:
    write(folder, good(supplier), participants=participants(supplier, encoding="utf-16-le"))


@case("59-11", False, "STR-03", r"nul", where=("participants.csv", None, None))
def nul_bytes(folder: Path, supplier: str) -> None:
    content = participants(supplier).replace(b"femme", b"fem\0me", 1)
    write(folder, good(supplier), participants=content)


@case("59-12", False, "STR-05", r"guillemet", where=("participants.csv", None, None))
def unbalanced_quotes(folder: Path, supplier: str) -> None:
    """One quotation mark opens a cell that never ends and swallows the rest of the file."""
    content = participants(supplier).replace(b";femme;", b';"femme;', 1)
    write(folder, good(supplier), participants=content)


@case("59-13", False, "STR-06", r"ligne", r"long|taille|caractères", where=("participants.csv", None, None))
def a_line_of_200_megabytes(folder: Path, supplier: str) -> None:
    write(folder, good(supplier))
    with (folder / "participants.csv").open("ab") as file:
        for _ in range(HUGE // MEGABYTE):
            file.write(b"x" * MEGABYTE)


@case("59-14", False, "STR-05", r"nombre de (colonnes|cellules)|cellules|colonnes", where=("steps.csv", 4, None))
def ragged(folder: Path, supplier: str) -> None:
    """Rows of different lengths; auto-detection reads such a file as one column."""
    tables = good(supplier)
    lines = text("steps", tables["steps"]).splitlines(keepends=True)
    lines[3] = lines[3].rstrip() + b";de trop;encore\r\n"
    lines[5] = b"2021;59-14;court\r\n"
    write(folder, tables, steps=b"".join(lines))


@case("62-01", True)
def quoted_line_breaks(folder: Path, supplier: str) -> None:
    """Not hostile, only legal: separators, quotation marks and line breaks inside quotes, blank lines at the end."""
    tables = good(supplier)
    tables["participants"][3]["referent_id"] = 'REF;"1"\r\nbis'
    content = text("participants", tables["participants"]) + b"\r\n\r\n;;;;;;;;;;;;;\r\n"
    write(folder, tables, participants=content)


@case("62-02", True)
def old_mac_line_ends(folder: Path, supplier: str) -> None:
    write(folder, good(supplier), participants=participants(supplier, line_end="\r"))


@case("26-02", False, "STR-01", r"exits", where=("exits.csv", None, None))
def missing_file(folder: Path, supplier: str) -> None:
    write(folder, good(supplier), exits=None)


@case("38-04", False, "STR-17", r"deux fois", where=("participants.xlsx", None, None))
def the_same_table_twice(folder: Path, supplier: str) -> None:
    write(folder, good(supplier))
    write_bytes(folder / "participants.xlsx", workbook({"participants": good(supplier)["participants"]}))


@case("42-01", False, "STR-04", r"premi[èe]re ligne", where=("participants.csv", 1, None))
def title_above_the_header(folder: Path, supplier: str) -> None:
    title = f"Export du 31/01/2022 - {supplier}\r\n".encode()
    write(folder, good(supplier), participants=title + participants(supplier))


@case("42-02", False, "STR-09", r"deux colonnes|deux fois", where=("participants.csv", 1, "sex"))
def two_columns_of_one_meaning(folder: Path, supplier: str) -> None:
    tables = good(supplier)
    rows = [row | {"Genre": row["sex"]} for row in tables["participants"]]
    write(folder, tables, participants=text("participants", rows, [*COLUMNS["participants"], "Genre"]))


@case("42-03", True, "STR-16", r"pas attendu", where=("@note.pdf", None, None))
def odd_file_names(folder: Path, supplier: str) -> None:
    """Names that a spreadsheet, a shell or SQL would take for something else."""
    tables = good(supplier)
    write(folder, tables, participants=None, exits=None)
    write_bytes(folder / "L'export; des 'participants' -- n°1.csv", text("participants", tables["participants"]))
    write_bytes(folder / "=sorties.csv", text("exits", tables["exits"]))
    write_bytes(folder / "@note.pdf", b"%PDF-1.4")


# Archives and workbooks ----------------------------------------------------------------------------------------------


@case("62-04", False, "STR-06", r"archive|ZIP|décompress|taille|volumin", where=("livraison.zip", None, None))
def zip_bomb(folder: Path, supplier: str) -> None:
    """Some 200 KB that unpack to 200 MB."""
    with zipfile.ZipFile(_made(folder / "livraison.zip"), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("participants.csv", "w") as member:
            member.write(participants(supplier))
            for _ in range(HUGE // MEGABYTE):
                member.write(b";" * MEGABYTE)
        for name in ("steps", "exits"):
            archive.writestr(f"{name}.csv", text(name, good(supplier)[name]))


@case("62-05", False, "STR-07", r"chemin|\.\./|nom", where=("livraison.zip", None, None))
def zip_that_climbs(folder: Path, supplier: str) -> None:
    members = members_of(supplier)
    members["../../../../evade.csv"] = members["participants.csv"]
    write_bytes(folder / "livraison.zip", zip_bytes(members))


@case("62-06", False, "STR-07", r"chemin|nom", where=("livraison.zip", None, None))
def zip_with_absolute_names(folder: Path, supplier: str) -> None:
    target = folder.resolve().parents[3] / "evade.csv"
    members = members_of(supplier)
    members[str(target)] = members["participants.csv"]
    write_bytes(folder / "livraison.zip", zip_bytes(members))


@case("62-07", False, "STR-07", r"archive|ZIP|imbriqu", where=("livraison.zip", None, None))
def zip_in_a_zip(folder: Path, supplier: str) -> None:
    write_bytes(folder / "livraison.zip", zip_bytes({"interne.zip": zip_bytes(members_of(supplier))}))


@case("62-08", False, "STR-07", r"tronqu|incompl|endommag|illisible|corromp|abîm", where=("livraison.zip", None, None))
def truncated_zip(folder: Path, supplier: str) -> None:
    content = zip_bytes(members_of(supplier))
    write_bytes(folder / "livraison.zip", content[: len(content) * 6 // 10])


@case("80-01", False, "STR-07", r"tronqu|incompl|endommag|illisible|corromp|abîm", where=("livraison.xlsx", None, None))
def truncated_workbook(folder: Path, supplier: str) -> None:
    content = workbook(good(supplier))
    write_bytes(folder / "livraison.xlsx", content[: len(content) * 6 // 10])


@case(
    "80-02",
    False,
    "STR-07",
    r"endommag|illisible|corromp|mot de passe|format|abîm",
    where=("livraison.xlsx", None, None),
)
def workbook_of_another_format(folder: Path, supplier: str) -> None:
    """An XLS, or an XLSX locked by a password: neither is a ZIP."""
    write_bytes(folder / "livraison.xlsx", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 4096)


@case("75-01", False, "STR-07", r"formule", where=("livraison.xlsx", 2, "entry_date"))
def workbook_with_formulas(folder: Path, supplier: str) -> None:
    def change(book: Workbook) -> None:
        book["participants"]["E2"] = "=DATE(2021,3,1)"

    write_bytes(folder / "livraison.xlsx", workbook(good(supplier), change))


@case("77-02", False, "STR-07", r"fusionn", where=("livraison.xlsx", 1, None))
def workbook_with_merged_headers(folder: Path, supplier: str) -> None:
    def change(book: Workbook) -> None:
        book["participants"].merge_cells("A1:C1")

    write_bytes(folder / "livraison.xlsx", workbook(good(supplier), change))


@case("92-02", False, "STR-06", r"taille", where=("livraison.xlsx", None, None))
def workbook_bomb(folder: Path, supplier: str) -> None:
    members = _members(workbook(good(supplier)))
    members["xl/media/image1.png"] = b"\0" * HUGE
    write_bytes(folder / "livraison.xlsx", zip_bytes(members, level=1))


@case("26-01", False, "STR-07", r"endommag|illisible|abîm", where=("livraison.xlsx", None, None))
def workbook_with_entities(folder: Path, supplier: str) -> None:
    """A few lines of XML that name each other until they stand for a gigabyte."""
    members = _members(workbook(good(supplier)))
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    bomb = sheet.replace("<sheetData>", '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row>')
    head = f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY e0 "aaaaaaaaaa">{entities}]>'
    members["xl/worksheets/sheet1.xml"] = (head + re.sub(r"^<\?xml.*?\?>", "", bomb)).encode()
    write_bytes(folder / "livraison.xlsx", zip_bytes(members))


@case("91-01", True)
def workbook_with_dates_as_numbers(folder: Path, supplier: str) -> None:
    """44256 is 1 March 2021; other dates are date cells, with a time of day or as text."""
    tables = good(supplier)
    tables["participants"][0]["entry_date"] = 44256
    tables["participants"][1]["entry_date"] = datetime.datetime(2021, 3, 2)
    tables["participants"][2]["entry_date"] = 44258.0
    write_bytes(folder / "livraison.xlsx", workbook(tables))


@case("91-02", True)
def workbook_with_a_key_that_changes_type(folder: Path, supplier: str) -> None:
    """The pseudonym 1001 is a whole number, a decimal number or text, from sheet to sheet and from row to row."""
    tables = good(supplier)
    for rows in tables.values():
        for place, row in enumerate(rows):
            number = 1000 + int(str(row["participant_id"])[-4:])
            row["participant_id"] = (number, float(number), str(number))[(place + len(rows)) % 3]
            row["parcours_no"] = (1, 1.0, "1")[place % 3]
    write_bytes(folder / "livraison.xlsx", workbook(tables))


@case("91-03", False, "STR-13", r"ann[ée]e|2020", where=("livraison.xlsx", None, None))
def workbook_with_sheets_of_two_years(folder: Path, supplier: str) -> None:
    tables = fill(good(supplier), "reporting_year", "2020", "exits")
    write_bytes(folder / "livraison.xlsx", workbook(fill(tables, "exit_date", "30/11/2020", "exits")))


# Rows ----------------------------------------------------------------------------------------------------------------


@case("92-01", False, "STR-15", r"cl[ée]|identifiant", r"différent", where=("participants.csv", None, None))
def two_contents_under_one_key(folder: Path, supplier: str) -> None:
    tables = good(supplier)
    tables["participants"].append(tables["participants"][0] | {"sex": "femme", "birth_year": "1999"})
    write(folder, tables)


@case("94-03", True, "ENR-07", r"doublon|répét|identique", where=("participants.csv", 22, None))
def the_same_row_twice(folder: Path, supplier: str) -> None:
    tables = good(supplier)
    tables["participants"].append(dict(tables["participants"][0]))
    write(folder, tables)


@case("93-01", False, "STR-12", r"autre", where=("participants.csv", None, "plie_code"))
def a_file_of_another_supplier(folder: Path, supplier: str) -> None:
    """The folder says 93-01, the rows 93-03."""
    write(folder, fill(good(supplier), "plie_code", "93-03"))


case("94-01", True, "ENR-02", r"date|existe", where=("participants.csv", 2, "entry_date"))(
    changed("one_date_that_does_not_exist", "participants.entry_date", ["31/02/2021"])
)


@case("94-02", False, "ENR-02", r"date|existe", where=("participants.csv", None, "entry_date"))
def dates_that_do_not_exist(folder: Path, supplier: str) -> None:
    """Every second one: too many for the delivery to mean anything."""
    tables = good(supplier)
    for row in tables["participants"][::2]:
        row["entry_date"] = "31/02/2021"
    write(folder, tables)


@case("63-01", False, "STR-14", r"cl[ée]|identifi", where=("steps.csv", 6, "step_id"))
def blank_key(folder: Path, supplier: str) -> None:
    tables = good(supplier)
    tables["steps"][4]["step_id"] = " \u00a0"
    write(folder, tables)


@case("73-01", False, "ENR-08", r"tableur", where=("exits.csv", None, "participant_id"))
def key_that_changes_type(folder: Path, supplier: str) -> None:
    """1001 in one file, 1001.0 in the other: a spreadsheet has been there."""
    tables = good(supplier)
    for name, rows in tables.items():
        for row in rows:
            row["participant_id"] = f"{1000 + int(str(row['participant_id'])[-4:])}{'.0' if name == 'exits' else ''}"
    write(folder, tables)


@case("21-01", False, "ENR-05", r"autre fichier", where=("steps.csv", 2, None))
def steps_of_nobody(folder: Path, supplier: str) -> None:
    """Steps of last year's export: no parcours of theirs is there."""
    write(folder, fill(good(supplier), "participant_id", lambda code: f"{code}9", "steps"))


@case("58-01", False, "ENR-06", r"pr[ée]c[èe]de", where=("steps.csv", 2, "end_date"))
def dates_in_reverse(folder: Path, supplier: str) -> None:
    tables = good(supplier)
    for row in tables["steps"]:
        row["start_date"], row["end_date"] = row["end_date"], row["start_date"]
    write(folder, tables)


@case("71-01", True, "ENR-02", r"date|existe", where=("participants.csv", 5, "entry_date"))
def a_fifth_of_bad_rows(folder: Path, supplier: str) -> None:
    """Four of twenty: just what the parameter lets pass."""
    _bad_dates(folder, supplier, 4)


@case("71-02", False, "ENR-02", r"date|existe", where=("participants.csv", 6, "entry_date"))
def more_than_a_fifth_of_bad_rows(folder: Path, supplier: str) -> None:
    _bad_dates(folder, supplier, 5)


def _bad_dates(folder: Path, supplier: str, count: int) -> None:
    tables = good(supplier)
    for row in tables["participants"][:count]:
        row["entry_date"] = "29/02/2021"
    tables["steps"] = tables["steps"][count:]
    write(folder, tables)


# Full-width digits are no number for the warehouse, so that they are none for the intake.
case("71-04", True, "ENR-03", r"année", where=("participants.csv", 2, "birth_year"))(
    changed("digits_of_another_script", "participants.birth_year", ["１９７６"])
)


@case("95-01", True, "ENR-04", r"code|liste", where=("participants.csv", 2, "sex"))
def formulas_as_text(folder: Path, supplier: str) -> None:
    """Cells that a spreadsheet would run, in columns whose findings quote the cell."""
    tables = good(supplier)
    for row, cell in zip(tables["participants"], FORMULAS, strict=False):
        row["sex"] = cell
    write(folder, tables)


FORMULAS = ('=HYPERLINK("http://exemple.invalid","x")', "+33", "-2+3", "@SUM(A1)", "\t=1+1")


@case("99-01", True, "STR-18", r"registre")
def not_in_the_register(folder: Path, supplier: str) -> None:
    write(folder, good(supplier))


@case("78-01", True)
def a_good_one(folder: Path, supplier: str) -> None:
    write(folder, good(supplier))


# Clause --------------------------------------------------------------------------------------------------------------


@case("CL-59-01", True, kind="clause")
def a_good_clause_delivery(folder: Path, supplier: str) -> None:
    write(folder, good_clause(supplier))


@case(
    "CL-59-02",
    False,
    "ENR-08",
    r"SIRET|14 chiffres|scientifique|tableur",
    where=(None, None, "buyer_id"),
    kind="clause",
)
def siret_in_scientific_notation(folder: Path, supplier: str) -> None:
    tables = fill(good_clause(supplier), "buyer_id", "5E+12", "hours")
    write(folder, fill(tables, "buyer_id", "1E+13", "procurements"))


@case("CL-59-03", False, "ENR-02", r"SIRET|14 chiffres|zéro", where=(None, None, "buyer_id"), kind="clause")
def siret_without_its_zero(folder: Path, supplier: str) -> None:
    write(folder, fill(good_clause(supplier), "buyer_id", lambda code: str(int(code)), "procurements", "hours"))


LOT = "buyer_id, procurement_id, lot_no"


def clause(
    supplier: str, accepted: bool, check: str | None = None, *says: str, **more: object
) -> Callable[[Write], Write]:
    """A case of a clause structure."""
    return case(supplier, accepted, check, *says, kind="clause", **more)


# One row of six: it will not count, the others do.
clause("CL-59-04", True, "ENR-05", r"procurements", where=("hours.csv", 2, LOT))(
    changed("hours_of_a_lot_that_is_missing", "hours.lot_no", ["2"])
)

# The procurements of another year's export.
clause("CL-59-05", False, "ENR-05", r"autre fichier", where=("hours.csv", 3, LOT))(
    changed(
        "hours_of_lots_that_are_all_missing", "procurements.procurement_id", [f"2020-{number}" for number in range(6)]
    )
)

clause("CL-59-06", False, "ENR-05", r"beneficiaries", where=("work_contracts.csv", 2, "beneficiary_id"))(
    changed("contracts_of_nobody", "beneficiaries.beneficiary_id", [f"AUTRE-{number}" for number in range(6)])
)

# 84,251 is not rounded, and 1.200 may be twelve hundred.
clause("CL-59-07", True, "ENR-02", r"deux décimales", r"n'arrondit pas", where=("hours.csv", 2, "hours"))(
    changed("hours_with_three_decimals", "hours.hours", ["84,251", "1.200", "84.2", "84"])
)

clause("CL-59-08", False, "ENR-02", r"centièmes", where=("hours.csv", 7, "hours"))(
    changed("hours_as_a_clock_shows_them", "hours.hours", ["84h15", "84 h 15", "84:15", "84H", "84:15:00", "84h"])
)

clause("CL-59-09", True, "ENR-03", r"milliers", where=("procurements.csv", 2, "hours_committed"))(
    changed("committed_hours_with_thousands", "procurements.hours_committed", ["1 200,50", "1.200,50", "12 000"])
)

clause("CL-59-10", False, "ENR-02", r"trop grand", where=("hours.csv", 2, "hours"))(
    changed("hours_without_end", "hours.hours", ["9" * 40, "1" + "0" * 9, "12345678901,5"])
)

# Negative, none, above a month: D43 is a rule of the models, and its exclusion shows in the quality tables.
clause("CL-59-11", True)(changed("hours_that_the_models_judge", "hours.hours", ["-10", "0", "744", "220,01"]))

clause("CL-59-12", False, "ENR-08", r"tableur", where=("procurements.csv", 4, "buyer_id"))(
    changed("one_siret_in_scientific_notation", "procurements.buyer_id", [siret(1), siret(2), "2.15904E+13"])
)


@clause("CL-59-13", False, "ENR-02", r"SIREN", r"établissement", where=("hours.csv", 2, "buyer_id"))
def sirens_for_sirets(folder: Path, supplier: str) -> None:
    write(folder, fill(good_clause(supplier), "buyer_id", lambda code: code[:9], "procurements", "hours"))


@clause("CL-59-14", False, "ENR-02", r"sans espace", where=("procurements.csv", 2, "buyer_id"))
def sirets_with_blanks(folder: Path, supplier: str) -> None:
    def apart(code: str) -> str:
        return f"{code[:3]} {code[3:6]} {code[6:9]}\u00a0{code[9:]}"

    write(folder, fill(good_clause(supplier), "buyer_id", apart, "procurements", "hours"))


clause("CL-59-15", True, "ENR-02", r"n'existe pas", r"2021-03 pour mars 2021", where=("hours.csv", 2, "month"))(
    changed("a_thirteenth_month", "hours.month", ["2021-13", "2021-12"])
)

clause("CL-59-16", False, "ENR-02", r"2021-03", r"mois sur deux chiffres", where=("hours.csv", 5, "month"))(
    changed("months_as_in_french", "hours.month", ["03/2021", "3/2021", "2021-3", "202103", "03-2021", "mars 2021"])
)

clause("CL-59-17", True, "ENR-02", r"mois seul, 2021-03", where=("hours.csv", 2, "month"))(
    changed("a_day_for_a_month", "hours.month", ["01/03/2021", "2021-03-01"])
)


@clause("CL-59-18", True, "ENR-02", r"mois seul, 2021-03", where=("livraison.xlsx", 3, "month"))
def months_as_date_cells(folder: Path, supplier: str) -> None:
    """A spreadsheet makes 1 March of 2021-03: that is the month again. 15 March is a day."""
    tables = good_clause(supplier)
    tables["hours"][0]["month"] = datetime.datetime(2021, 3, 1)
    tables["hours"][1]["month"] = datetime.datetime(2021, 3, 15)
    write_bytes(folder / "livraison.xlsx", workbook(tables))


@clause("CL-59-19", False, "STR-15", r"même clé", where=("hours.csv", 8, "work_contract_id, " + LOT + ", month"))
def two_hours_under_one_key(folder: Path, supplier: str) -> None:
    tables = good_clause(supplier)
    tables["hours"].append(tables["hours"][0] | {"hours": "84,26"})
    write(folder, tables)


@clause("CL-59-20", True, "ENR-07", r"répète", where=("hours.csv", 8, None))
def the_same_hours_twice(folder: Path, supplier: str) -> None:
    """84,50 and 84.5 are the same hours: a repetition, not a contradiction."""
    tables = good_clause(supplier)
    tables["hours"][0]["hours"] = "84,50"
    tables["hours"].append(tables["hours"][0] | {"hours": "84.5"})
    write(folder, tables)


clause("CL-59-21", False, "STR-12", r"autre fournisseur", where=("hours.csv", 2, "structure_code"))(
    changed("hours_of_another_structure", "hours.structure_code", ["CL-59-01"] * 6)
)


@clause("CL-99-99", True, "STR-18", r"registre", r"national")
def a_structure_that_the_register_does_not_know(folder: Path, supplier: str) -> None:
    write(folder, good_clause(supplier))


FRENCH_SHEETS = {
    "procurements": "Marchés", "beneficiaries": "Bénéficiaires", "work_contracts": "Contrats", "hours": "Heures",
}  # fmt: skip


@clause("CL-59-22", True)
def a_clause_workbook_in_french(folder: Path, supplier: str) -> None:
    """Sheets and headers in French, SIRET and lots as text, numbers and dates as cells of their own."""
    tables = fill(good_clause(supplier), "hours", 84.25, "hours")
    fill(tables, "start_date", datetime.datetime(2021, 2, 1), "work_contracts")

    def change(book: Workbook) -> None:
        for name, title in FRENCH_SHEETS.items():
            sheet = book[name]
            for cell, header in zip(sheet[1], header_line(name, columns_of(name), 0), strict=True):
                cell.value = header
            sheet.title = title

    write_bytes(folder / "livraison.xlsx", workbook(tables, change))


@clause("CL-59-23", True)
def a_clause_archive_in_french(folder: Path, supplier: str) -> None:
    files = {
        f"{FRENCH_SHEETS[name].lower()} {supplier} 2021.csv": text(name, rows, encoding="cp1252", separator="\t")
        for name, rows in good_clause(supplier).items()
    }
    write_bytes(folder / "livraison.zip", zip_bytes(files))


@clause("CL-59-24", True)
def a_year_without_hours(folder: Path, supplier: str) -> None:
    """Lots are followed, nobody has worked yet: the files are there, with their headers."""
    none = {name: text(name, []) for name in ("beneficiaries", "work_contracts", "hours")}
    write(folder, good_clause(supplier), **none)


@clause("CL-59-25", False, "STR-02", r"aucune ligne", where=("procurements.csv", None, None))
def no_lot_at_all(folder: Path, supplier: str) -> None:
    write(folder, good_clause(supplier), procurements=text("procurements", []))


@clause("CL-59-26", False, "STR-01", r"hours\.csv", r"Heures", where=("hours.csv", None, None))
def a_missing_hours_file(folder: Path, supplier: str) -> None:
    write(folder, good_clause(supplier), hours=None)


clause("CL-59-27", False, "ENR-06", r"précède", where=("work_contracts.csv", 2, "end_date"))(
    changed("contracts_in_reverse", "work_contracts.end_date", ["31/01/2021"] * 6)
)

clause("CL-59-28", True, "ENR-04", r"collectivite", where=("procurements.csv", 2, "buyer_type"))(
    changed("an_unknown_type_of_buyer", "procurements.buyer_type", ["métropole"])
)


@clause("CL-59-29", True)
def numbers_of_procurements(folder: Path, supplier: str) -> None:
    """What a buyer calls a procurement looks like a telephone number, or like a number that a spreadsheet spoilt."""
    numbers = ["0612345678", "21E04", "2021E12", "05.2021", "2021/07", "1.10"]
    tables = good_clause(supplier)
    for name in ("procurements", "hours"):
        for row, number in zip(tables[name], numbers, strict=True):
            row["procurement_id"] = number
    write(folder, tables)


@clause("CL-59-30", True, "STR-10", r"pas dans le modèle", where=("procurements.csv", 1, "Nom de l'acheteur"))
def names_of_bodies(folder: Path, supplier: str) -> None:
    """A buyer and a building site have names and addresses; nobody is identified by them."""
    tables = good_clause(supplier)
    more = {"Nom de l'acheteur": "Commune de Saint-Exemple", "Adresse du chantier": "1 place de l'Exemple"}
    columns = [*CLAUSE_COLUMNS["procurements"], *more]
    write(folder, tables, procurements=text("procurements", [row | more for row in tables["procurements"]], columns))


@clause("78-01", True)
def a_structure_with_the_code_of_a_plie(folder: Path, supplier: str) -> None:
    """The PLIE of the same code has its own delivery, in the same run."""
    write(folder, good_clause(supplier))


@clause("CL-13-01", False, "CNF-01", r"nom", where=("beneficiaries.csv", None, None))
def names_of_beneficiaries(folder: Path, supplier: str) -> None:
    tables = good_clause(supplier)
    column = "Nom du bénéficiaire"
    for place, row in enumerate(tables["beneficiaries"]):
        row[column] = IDENTITIES["names"][place % 2]
    columns = [*CLAUSE_COLUMNS["beneficiaries"], column]
    write(folder, tables, beneficiaries=text("beneficiaries", tables["beneficiaries"], columns))


@clause("CL-13-02", False, "CNF-01", r"nom", where=("work_contracts.csv", None, "work_contract_id"))
def contracts_named_after_persons(folder: Path, supplier: str) -> None:
    tables = good_clause(supplier, lots=2)
    for name in ("work_contracts", "hours"):
        for place, row in enumerate(tables[name]):
            row["work_contract_id"] = IDENTITIES["names"][place]
    write(folder, tables)


@clause("CL-13-03", False, "CNF-01", r"sécurité sociale", where=("beneficiaries.csv", 2, "beneficiary_id"))
def social_security_numbers_of_beneficiaries(folder: Path, supplier: str) -> None:
    tables = good_clause(supplier)
    for name in ("beneficiaries", "work_contracts"):
        tables[name][0]["beneficiary_id"] = IDENTITIES["nir"][0]
    write(folder, tables)


# Network -------------------------------------------------------------------------------------------------------------


def network(
    year: str, accepted: bool, check: str | None = None, *says: str, **more: object
) -> Callable[[Write], Write]:
    """A case of the network head, of a year of its own."""
    return case(NETWORK, accepted, check, *says, kind=NETWORK, year=year, **more)


def structures() -> list[str]:
    """The structures of the cases, save the one that no register knows."""
    return sorted({case.supplier for case in CASES if case.kind == "clause" and case.check != "STR-18"})


@network(YEAR, True)
def a_good_network_delivery(folder: Path, supplier: str) -> None:
    """The register that the clause structures of the same landing are looked up in, and their facilitators."""
    write(folder, good_network(YEAR, structures()))


@network("2020", True, "ENR-04", r"zéro initial : écrire 01", where=("clause_structures.csv", 2, "department_code"))
def departments_without_their_zero(folder: Path, supplier: str) -> None:
    tables = good_network("2020", structures())
    for row, code in zip(tables["clause_structures"], ("1", "9Z", "20"), strict=False):
        row["department_code"] = code
    write(folder, tables)


@network("2019", False, "STR-15", r"même clé", where=("clause_structures.csv", 3, "structure_code"))
def a_structure_in_two_departments(folder: Path, supplier: str) -> None:
    tables = good_network("2019", ["CL-99-99"])
    tables["clause_structures"].append(tables["clause_structures"][0] | {"department_code": "62"})
    write(folder, tables)


@network("2018", True, "ENR-03", r"virgule ou un point", where=("facilitators.csv", 4, "fte"))
def facilitators_that_nobody_counted(folder: Path, supplier: str) -> None:
    """A blank is unknown, and nothing to say about; a number with its unit is no number."""
    tables = good_network("2018", structures())
    tables["facilitators"][0].update(headcount="", fte="")
    tables["facilitators"][1].update(headcount="", fte="0,80")
    tables["facilitators"][2].update(headcount="3", fte="2,5 ETP")
    write(folder, tables)


@network("2017", False, "STR-13", r"année", where=("facilitators.csv", 2, "reporting_year"))
def facilitators_of_another_year(folder: Path, supplier: str) -> None:
    write(folder, good_network("2016", ["CL-99-99"]))


@network("2016", True, "ENR-06", r"précède", where=("clause_structures.csv", 2, "closed_on"))
def a_structure_closed_before_it_opened(folder: Path, supplier: str) -> None:
    tables = good_network("2016", structures())
    tables["clause_structures"][0]["closed_on"] = "31/12/1999"
    del tables["facilitators"]  # the network head has not counted them yet: a file of it may be missing
    write(folder, tables)


@case("02-01", False, "STR-12", r"autre|zéro|code", where=("participants.csv", None, "plie_code"))
def supplier_without_its_zero(folder: Path, supplier: str) -> None:
    """02-01 became 2-01."""
    write(folder, fill(good(supplier), "plie_code", "2-01"))


# Direct identifiers --------------------------------------------------------------------------------------------------


def _identified(folder: Path, supplier: str, column: str, values: tuple[str, ...], after: int | None = None) -> None:
    tables = good(supplier)
    for place, row in enumerate(tables["participants"]):
        if after is None or place >= after:
            row[column] = values[place % len(values)]
    columns = list(COLUMNS["participants"])
    if column not in columns:
        columns.insert(3, column)
    write(folder, tables, participants=text("participants", tables["participants"], columns))


@case("13-01", False, "CNF-01", r"nom|identit|identifiant direct|nominati", where=("participants.csv", None, None))
def a_column_of_names(folder: Path, supplier: str) -> None:
    _identified(folder, supplier, "Nom et prénom", IDENTITIES["names"])


@case("13-02", False, "CNF-01", r"NIR|sécurité sociale", where=("participants.csv", None, "participant_id"))
def social_security_numbers_as_pseudonyms(folder: Path, supplier: str) -> None:
    tables = good(supplier, people=8)
    tables["participants"][0]["participant_id"] = IDENTITIES["nir"][0]
    tables["participants"][1]["participant_id"] = IDENTITIES["nir"][1]
    write(folder, tables)


@case("71-03", False, "CNF-01", r"NIR|sécurité sociale", where=("livraison.xlsx", None, "referent_id"))
def social_security_numbers_as_numbers(folder: Path, supplier: str) -> None:
    tables = good(supplier)
    tables["participants"][7]["referent_id"] = int(IDENTITIES["nir"][0])
    write_bytes(folder / "livraison.xlsx", workbook(tables))


@case("13-03", False, "CNF-01", r"m[ée]l|mail|courriel", where=("participants.csv", None, "referent_id"))
def mail_addresses(folder: Path, supplier: str) -> None:
    _identified(folder, supplier, "referent_id", IDENTITIES["mail"])


@case("13-04", False, "CNF-01", r"téléphone", where=("participants.csv", None, "referent_id"))
def telephone_numbers(folder: Path, supplier: str) -> None:
    _identified(folder, supplier, "referent_id", IDENTITIES["phone"])


@case("83-01", False, "CNF-01", r"naissance", where=("participants.csv", None, "birth_year"))
def full_dates_of_birth(folder: Path, supplier: str) -> None:
    _identified(folder, supplier, "birth_year", IDENTITIES["birth"], after=15)


@case("38-01", False, "CNF-01", r"nom", where=("participants.csv", None, "participant_id"))
def names_as_pseudonyms(folder: Path, supplier: str) -> None:
    tables = good(supplier, people=2)
    for rows in tables.values():
        for row in rows:
            row["participant_id"] = IDENTITIES["names"][int(str(row["participant_id"])[-1]) - 1]
    write(folder, tables)


@case("38-02", False, "CNF-01", r"naissance", where=("livraison.xlsx", None, "birth_year"))
def birth_dates_of_a_workbook(folder: Path, supplier: str) -> None:
    tables = good(supplier)
    tables["participants"][4]["birth_year"] = datetime.datetime(1976, 3, 18)
    write_bytes(folder / "livraison.xlsx", workbook(tables))


@case("38-03", False, "CNF-01", r"naissance", where=("participants.csv", None, "birth_year"))
def birth_dates_as_day_numbers(folder: Path, supplier: str) -> None:
    """What a spreadsheet leaves of a date whose format was lost: 27837 is 18 March 1976."""
    _identified(folder, supplier, "birth_year", ("27837", "29221"))


@case("06-01", False, "CNF-01", r"t[ée]l[ée]?phone|téléphone")
def telephone_numbers_in_a_workbook(folder: Path, supplier: str) -> None:
    """Identifiers in a workbook and in a column that the contract does not know."""

    def change(book: Workbook) -> None:
        sheet = book["steps"]
        sheet["K1"] = "Contact"
        for place in range(2, 12):
            sheet[f"K{place}"] = IDENTITIES["phone"][place % 2]

    write_bytes(folder / "livraison.xlsx", workbook(good(supplier), change))


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def write_landing(landing: Path, cases: Iterable[Case] | None = None) -> None:
    """Write the deliveries of ``cases`` (all of them) under ``landing``."""
    for made in CASES if cases is None else cases:
        made.write(landing / made.label, made.supplier)
