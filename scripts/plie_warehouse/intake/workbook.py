"""Sheets of an XLSX workbook to rows of text, cell by cell as a person reads them.

calamine reads the cells. It does not tell how a cell is formatted, which cells hold an error, nor which a formula: the
XML of the sheet and of the styles tells. A sheet whose cells are shown otherwise than their value reads (000123, 80 %)
is read by openpyxl, cell by cell, at twenty times the cost.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

import openpyxl
from defusedxml.ElementTree import fromstring
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, to_excel
from python_calamine import CalamineWorkbook, SheetTypeEnum

from plie_warehouse.intake.archive import Budget, open_archive, read_member
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.decode import Refused, visible
from plie_warehouse.intake.possible_years import is_possible_year

_STRICT = b"http://purl.oclc.org/ooxml/"
_FORMULA = re.compile(rb"<(?:[A-Za-z0-9]+:)?f[\s>/]")
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_CELL = re.compile(rb"""<(?:[A-Za-z0-9]+:)?c\s[^>]{0,200}?\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")

# What a number format says in quotes, after a backslash or in brackets is no place of a digit or of a part of a date.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_.|\*.', re.IGNORECASE)
_NO_FORMAT = ("general", "standard", "général", "@", "")
_DATE_ONLY = re.compile(r"[dmyhs/\-.:, ;@]+|.*am/pm.*", re.IGNORECASE)
_PADDED = re.compile(r"0[0#?]")


@dataclass
class Sheet:
    """A sheet that has cells. ``rows``: without lines that hold nothing; ``lines``: their numbers; ``height``: number
    of its last line; ``faults``: why its rows must not be read if it is a table; ``epoch``: day 0."""

    name: str
    rows: list[list[str]]
    lines: list[int]
    height: int
    epoch: datetime.datetime
    faults: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Book:
    """What the parts of a workbook tell that calamine does not. ``paths``: sheet -> name of its part;
    ``needs_formats``: whether some cell may be shown otherwise than its value reads."""

    paths: dict[str, str]
    epoch: datetime.datetime
    needs_formats: bool


def read_sheets(content: bytes, file: str, budget: Budget) -> Iterator[Sheet | Refused]:
    """Each visible or hidden sheet that has cells, or why it cannot be read.

    Dates are ISO, whole numbers without decimals, booleans oui and non. Formulas (their results may be out of date) and
    merged cells are faults. Raises ``Refused`` when the workbook itself cannot be read.
    """
    archive = open_archive(content, file, budget)
    damaged = Finding("STR-07", file, detail="Le classeur est endommagé ou n'est pas un fichier .xlsx.")
    try:
        with archive:
            book = _read_book(archive, file)
            parts = {name: _xml(archive, path, file) for name, path in book.paths.items()}
        calamine = CalamineWorkbook.from_filelike(io.BytesIO(content))
        kinds = {one.name: one.typ for one in calamine.sheets_metadata}
    except Refused:
        raise
    except Exception:  # calamine and the parser of XML let whatever they raise through
        raise Refused(damaged) from None
    names = [name for name in parts if kinds.get(name) == SheetTypeEnum.WorkSheet]
    if len(names) > budget.limits.sheets:
        raise Refused(Finding("STR-06", file, detail=f"Le classeur a plus de {budget.limits.sheets} feuilles."))
    if len(set(book.paths.values())) < len(book.paths):  # read again for each of its names
        raise Refused(damaged)
    for name in names:
        try:
            sheet = _read_sheet(calamine, book, name, parts[name], content, file, budget)
        except Refused as refused:
            yield refused
        except Exception:
            yield Refused(Finding("STR-07", file, detail=f"La feuille « {name} » est endommagée."))
        else:
            if sheet:
                yield sheet


def _xml(archive: zipfile.ZipFile, path: str, file: str) -> bytes:
    """A part of a workbook. Raises ``Refused`` for one that defines entities: no spreadsheet writes them."""
    content = read_member(archive, archive.getinfo(path), file)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused(Finding("STR-07", file, detail="Le classeur est endommagé ou n'est pas un fichier .xlsx."))
    return content


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _read_book(archive: zipfile.ZipFile, file: str) -> _Book:
    content = _xml(archive, "xl/workbook.xml", file)
    if _STRICT in content:
        detail = "Le classeur est au format « Strict Open XML » : l'enregistrer comme « Classeur Excel (.xlsx) »."
        raise Refused(Finding("STR-07", file, detail=detail))
    relations = {
        one.get("Id"): one.get("Target", "") for one in fromstring(_xml(archive, "xl/_rels/workbook.xml.rels", file))
    }
    paths: dict[str, str] = {}
    epoch = WINDOWS_EPOCH
    for one in fromstring(content).iter():
        if _local(one) == "workbookPr" and one.get("date1904", "0").lower() in ("1", "true"):
            epoch = MAC_EPOCH
        if _local(one) == "sheet":
            key = next((value for name, value in one.attrib.items() if name.endswith("}id")), None)
            target = relations.get(key, "")
            path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            if path in archive.NameToInfo:
                paths[one.get("name", "")] = path
    styles = "xl/styles.xml"
    needs = styles in archive.NameToInfo and any(map(_is_shown_otherwise, _formats(_xml(archive, styles, file))))
    return _Book(paths, epoch, needs)


def _formats(styles: bytes) -> set[str]:
    """The number formats that cells may have."""
    own, used = {}, set()
    for one in fromstring(styles).iter():
        if _local(one) == "numFmt":
            own[one.get("numFmtId")] = one.get("formatCode", "")
        elif _local(one) == "cellXfs":
            used |= {cell.get("numFmtId", "0") for cell in one}
    return {own.get(number, BUILTIN_FORMATS.get(int(number), "General")) for number in used}


def _is_shown_otherwise(number_format: str) -> bool:
    """Whether a cell of a format may read otherwise than calamine gives it: zeros before a number, a percentage, or a
    format that is a date for one reader and none for another."""
    first = number_format.split(";")[0]
    if first.lower() in _NO_FORMAT[:1] + _NO_FORMAT[3:] or number_format in BUILTIN_FORMATS.values():
        return "%" in first
    bare = _LITERAL.sub("", first)
    if _DATE_ONLY.fullmatch(bare):
        return False
    return bool(re.search(r"[A-Za-z%]", bare) or _PADDED.search(bare.split(".")[0]))


def _read_sheet(
    calamine: CalamineWorkbook, book: _Book, name: str, xml: bytes, content: bytes, file: str, budget: Budget
) -> Sheet | None:
    limits = budget.limits
    sheet = calamine.get_sheet_by_name(name)
    if sheet.start is None:
        return None
    if sheet.height > limits.rows:
        raise Refused(
            Finding("STR-06", file, limits.rows, detail=f"La feuille « {name} » dépasse {limits.rows} lignes.")
        )
    if book.needs_formats or _ERROR.search(xml):
        found = _formatted(content, name, limits.columns)
    else:
        left = [""] * sheet.start[1]
        found = ([*left, *map(as_text, cells[: limits.columns])] for cells in sheet.iter_rows())
    rows: list[list[str]] = []
    lines: list[int] = []
    for number, row in enumerate(found, start=1):
        while row and not row[-1].strip():
            row.pop()
        if row:
            rows.append(row)
            lines.append(number)
    if not rows:
        return None
    read = Sheet(name, rows, lines, lines[-1], book.epoch)
    formula = _FORMULA.search(xml)
    if formula:
        before = list(_CELL.finditer(xml, max(0, formula.start() - 1000), formula.start()))
        cell = before[-1] if before else None
        line, header = int(cell[2]) if cell else None, rows[0]
        place = openpyxl.utils.column_index_from_string(cell[1].decode()) - 1 if cell else len(header)
        column = header[place] if line != lines[0] and place < len(header) else ""
        detail = (
            f"La feuille « {name} » contient {len(_FORMULA.findall(xml))} formule(s) : les remplacer par leurs valeurs"
            " (copier, puis collage spécial, valeurs)."
        )
        read.faults.append(Finding("STR-07", file, line, column, detail=detail))
    if merged := sheet.merged_cell_ranges:
        detail = f"La feuille « {name} » a des cellules fusionnées : les défusionner."
        read.faults.append(Finding("STR-07", file, min(first[0] for first, _ in merged) + 1, detail=detail))
    return read


def _formatted(content: bytes, name: str, columns: int) -> Iterator[list[str]]:
    """Rows of a sheet whose cells are read with their formats."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheet = book[name]
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(max_col=columns):
            yield [
                _as_shown(cell.value, cell.number_format, book.epoch) if cell.value is not None else ""
                for cell in cells
            ]
    finally:
        book.close()


def _as_shown(value: object, number_format: str, epoch: datetime.datetime) -> str:
    """A cell as its format shows it, as far as the format adds to the value."""
    first = number_format.split(";")[0]
    bare = _LITERAL.sub("", first)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        # What openpyxl takes for a date: the word standard has a d in it.
        if first.lower() not in _NO_FORMAT and is_date_format(bare):
            return as_text(value)
        value = to_excel(value, epoch)
    text = as_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return text
    if "%" in bare:
        return f"{as_text(round(float(value) * 100, 10))}%"
    whole = bare.split(".")[0]
    digits = re.sub(r"[^0#?]", "", whole)
    if "0" in digits and text.isdecimal():
        # Every place from the first 0 on is shown, as a digit.
        return text.zfill(len(digits) - digits.index("0"))
    return text


def as_text(value: object) -> str:
    """A cell as a CSV export of it would read."""
    if value is None:
        return ""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        # Fifteen digits, as the spreadsheet shows them: the others are noise of its own arithmetic.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    return str(value)


def as_day(text: str, epoch: datetime.datetime, year: int) -> str:
    """A spreadsheet's day number, of a year that can be in a delivery of ``year``, as an ISO date; any other text as it
    is."""
    if text.isdecimal() and len(text) == 5:
        day = from_excel(int(text), epoch).date()
        if is_possible_year(day.year, year):
            return day.isoformat()
    return text


def as_month(text: str) -> str:
    """A month that a spreadsheet took for its first day as AAAA-MM; any other text as it is."""
    return text[:7] if re.fullmatch(r"\d{4}-\d{2}-01", text) else text
