"""Bytes of a CSV file to rows of text. Nothing is sniffed from rows: the header line decides, against the contract."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from plie_warehouse.intake.checks import Finding

SEPARATORS = (";", ",", "\t")

# A year of the largest supplier is about 2 MB.
MAX_FILE_BYTES = 100 << 20
MAX_LINE_BYTES = 64 << 10

_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# Accented letters and typographic signs as UTF-8 writes them; Windows-1252 text has no such pairs.
_UTF8_SIGNS = re.compile(rb"\xc3[\x80-\xbf]|\xc5[\x92\x93\xb8]|\xe2\x80[\x90-\xa6]|\xe2\x82\xac")

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")


class Refused(Exception):
    """A file that cannot be read; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.check_id)
        self.finding = finding


@dataclass(frozen=True)
class Grid:
    """Rows of one file or sheet, the header apart. ``lines``: line of the file on which each row begins."""

    header: list[str]
    header_line: int
    rows: list[list[str]]
    lines: list[int]


def decode(content: bytes, file: str) -> str:
    """Text of a CSV file, UTF-8 or Windows-1252. Raises ``Refused`` (STR-02, STR-03, STR-06, STR-07)."""
    if not content.strip():
        raise Refused(Finding("STR-02", file, detail="Le fichier est vide."))
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        detail = "C'est un classeur ou une archive, pas un texte : lui donner l'extension .xlsx ou .zip."
        raise Refused(Finding("STR-07", file, detail=detail))
    if content.startswith(_WIDE_MARKS):
        raise Refused(Finding("STR-03", file, 1, detail="Son encodage est UTF-16 ou UTF-32, qui n'est pas accepté."))
    _limit_lines(content, file)
    place = content.find(b"\0")
    if place >= 0:
        detail = "Il contient des caractères nuls (NUL) : encodage UTF-16, ou fichier abîmé."
        raise Refused(Finding("STR-03", file, _line_at(content, place), detail=detail))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        broken_at = error.start
    if _UTF8_SIGNS.search(content):
        detail = (
            "Il mélange deux encodages, UTF-8 et Windows-1252 ; cette ligne est la première qui n'est pas en UTF-8."
        )
        raise Refused(Finding("STR-03", file, _line_at(content, broken_at), detail=detail))
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        detail = "Son encodage n'est ni UTF-8 ni Windows-1252."
        raise Refused(Finding("STR-03", file, _line_at(content, error.start), detail=detail)) from None


def _limit_lines(content: bytes, file: str) -> None:
    """Raise ``Refused`` (STR-06) for a line no export writes, before anything is copied."""
    if len(content) <= MAX_LINE_BYTES:
        return
    start, number = 0, 1
    for end in _LINE_ENDS.finditer(content):
        if end.start() - start > MAX_LINE_BYTES:
            break
        start, number = end.end(), number + 1
    else:
        if len(content) - start <= MAX_LINE_BYTES:
            return
    detail = f"La ligne {number} est trop longue (plus de {MAX_LINE_BYTES} caractères)."
    raise Refused(Finding("STR-06", file, number, detail=detail))


def _line_at(content: bytes, place: int) -> int:
    return 1 + len(_LINE_ENDS.findall(content, 0, place))


def parse(text: str, file: str, recognised: Callable[[Sequence[str]], int]) -> Grid:
    """Rows of a CSV text. ``recognised``: how many known columns a line of headers names.

    Raises ``Refused``: no separator gives a known header (STR-04), a row is not as wide as the header or a quotation
    mark is left open (STR-05), there is no row at all (STR-02).
    """
    skipped = 0
    if re.match(r"sep=.\r?\n", text):  # a hint that spreadsheets write for themselves
        text, skipped = text.split("\n", 1)[1], 1
    scores = {separator: recognised(_first_record(text, separator)) for separator in SEPARATORS}
    separator = max(SEPARATORS, key=lambda one: scores[one])
    if scores[separator] == 0:
        detail = "Aucune colonne attendue n'y est reconnue : séparateur, ligne de titre, ou fichier d'une autre nature."
        raise Refused(Finding("STR-04", file, 1, detail=detail))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1 + skipped
    try:
        for row in reader:
            if "".join(row).strip():
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1 + skipped
    except csv.Error:
        detail = f"Un guillemet ouvert à partir de la ligne {line} n'est pas fermé, ou un guillemet est mal placé."
        raise Refused(Finding("STR-05", file, line, detail=detail)) from None
    return Grid(rows[0], lines[0], rows[1:], lines[1:])


def _first_record(text: str, separator: str) -> list[str]:
    start = text.lstrip("\r\n\ufeff ")[:MAX_LINE_BYTES]
    try:
        return next(csv.reader(io.StringIO(start, newline=""), delimiter=separator), [])
    except csv.Error:
        return []


def level(grid: Grid, file: str) -> list[Finding]:
    """Cut every row to the width of the header, in place, where only blanks are lost; STR-05 for the other rows."""
    width = len(grid.header)
    findings = []
    for place, row in enumerate(grid.rows):
        if len(row) == width:
            continue
        if len(row) > width and not "".join(row[width:]).strip():
            del row[width:]
            continue
        detail = f"Elle a {len(row)} colonnes, l'en-tête en a {width}."
        if place == len(grid.rows) - 1 and len(row) < width:
            detail += " C'est la dernière : le fichier est peut-être coupé."
        findings.append(Finding("STR-05", file, grid.lines[place], detail=f"Nombre de colonnes : {detail}"))
    return findings
