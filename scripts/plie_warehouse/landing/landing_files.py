"""Write one file of a delivery: CSV in any accepted separator and encoding, a workbook, or a ZIP of CSVs.

The same rows give the same bytes: nothing written here carries the time at which it was written.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

Sheet = tuple[Sequence[str], Sequence[Sequence[object]]]  # (header cells, rows of cells)

LONG_AGO = (2022, 1, 31, 12, 0, 0)


def csv_bytes(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    separator: str = ";",
    encoding: str = "utf-8",
    line_end: str = "\r\n",
) -> bytes:
    """A CSV file, header first. A cell is quoted only when it must be."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def write_bytes(path: Path, content: bytes) -> Path:
    """Write ``content``, with the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def zip_bytes(members: Mapping[str, bytes], level: int = 6) -> bytes:
    """A ZIP of ``members`` (name → content), in their order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=level)
    return target.getvalue()


def workbook_bytes(sheets: Mapping[str, Sheet]) -> bytes:
    """A workbook with a sheet per table; a date becomes a date cell shown as DD/MM/YYYY, a number a number cell."""
    book = Workbook(write_only=True)
    for title, (header, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(list(header))
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    target = io.BytesIO()
    book.save(target)
    return _settled(target.getvalue())


def _cell(sheet: object, value: object) -> object:
    if not isinstance(value, datetime.date):
        return value if value != "" else None
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = "DD/MM/YYYY"
    return cell


def _settled(content: bytes) -> bytes:
    """The same workbook without the time of writing."""
    members = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            members[name] = archive.read(name)
    stamp = f"{datetime.datetime(*LONG_AGO):%Y-%m-%dT%H:%M:%SZ}".encode()
    core = "docProps/core.xml"
    members[core] = re.sub(rb"(?<=W3CDTF\">)[^<]+", stamp, members[core])
    return zip_bytes(members)
