"""Sheets of an XLSX workbook to rows of text, cell by cell as a person reads them."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator

import openpyxl
from openpyxl.utils.datetime import from_excel

from plie_warehouse.intake.archive import open_archive
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.decode import Grid, Refused

MAX_ROWS, MAX_COLUMNS = 200_000, 200

_MERGED = re.compile(rb'<mergeCell\s[^>]*ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')

# 1 January 1930 to 31 December 2079: a whole number in a date column that means a day in a spreadsheet.
SERIAL_DAYS = range(10_959, 65_745)


def read_sheets(content: bytes, file: str) -> Iterator[tuple[str, Grid | Refused]]:
    """Each visible or hidden sheet that has cells: its name, and its rows or why they cannot be read.

    Dates are ISO, whole numbers without decimals, booleans oui and non. A sheet with formulas (their results may be out
    of date) or merged cells is refused. Raises ``Refused`` when the workbook itself cannot be read.
    """
    open_archive(content, file)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        names = book.sheetnames
    except Exception:  # openpyxl lets whatever its parsers raise through
        raise Refused(
            Finding("STR-07", file, detail="Le classeur est endommagé ou n'est pas un fichier .xlsx.")
        ) from None
    try:
        for name in names:
            sheet = book[name]
            if not hasattr(sheet, "iter_rows"):  # a sheet of charts
                continue
            try:
                grid = _read_sheet(book, sheet, content, file)
            except Refused as refused:
                yield name, refused
                continue
            except Exception:
                detail = f"La feuille « {name} » est endommagée."
                yield name, Refused(Finding("STR-07", file, detail=detail))
                continue
            if grid:
                yield name, grid
    finally:
        book.close()


def _read_sheet(book: object, sheet: object, content: bytes, file: str) -> Grid | None:
    rows: list[list[str]] = []
    lines: list[int] = []
    formulas: list[tuple[int, int]] = []
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        if number > MAX_ROWS:
            raise Refused(Finding("STR-06", file, number, detail=f"La feuille dépasse {MAX_ROWS} lignes."))
        row = []
        for place, cell in enumerate(cells):
            if cell.data_type == "f":
                formulas.append((number, place))
            row.append(as_text(cell.value))
        while row and not row[-1]:
            row.pop()
        if row:
            rows.append(row)
            lines.append(number)
    if not rows:
        return None
    header = rows[0]
    if formulas:
        number, place = formulas[0]
        column = header[place] if number != lines[0] and place < len(header) else ""
        detail = f"La feuille « {sheet.title} » contient {len(formulas)} formule(s) : les remplacer par leurs valeurs"
        raise Refused(
            Finding("STR-07", file, number, column, detail=f"{detail} (copier, puis collage spécial, valeurs).")
        )
    merged = _merged_rows(sheet, content)
    if merged:
        detail = f"La feuille « {sheet.title} » a des cellules fusionnées : les défusionner."
        raise Refused(Finding("STR-07", file, min(merged), detail=detail))
    width = len(header)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return Grid(header, lines[0], rows[1:], lines[1:])


def _merged_rows(sheet: object, content: bytes) -> list[int]:
    """First rows of the merged areas; the library does not list them while it streams."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = archive.read(sheet._worksheet_path)
    return [int(first) for _, first, _, _ in _MERGED.findall(found)]


def as_text(value: object) -> str:
    """A cell as a CSV export of it would read."""
    if value is None:
        return ""
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


def as_day(text: str) -> str:
    """A spreadsheet's day number as an ISO date; any other text as it is."""
    if text.isdecimal() and len(text) == 5 and int(text) in SERIAL_DAYS:
        return from_excel(int(text)).date().isoformat()
    return text


def as_month(text: str) -> str:
    """A month that a spreadsheet took for its first day as AAAA-MM; any other text as it is."""
    return text[:7] if re.fullmatch(r"\d{4}-\d{2}-01", text) else text
