"""Bytes of a CSV file to rows of text. Nothing is sniffed from rows: the header line decides, against the contract."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.limits import Limits

SEPARATORS = (";", ",", "\t")

# Signs of a spoilt word that a sentence shows.
WORD_SHOWN = 40

# Lines among which a header is looked for.
FIRST_LINES = 30

_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# Accented letters and typographic signs as UTF-8 writes them; Windows-1252 text has no such pairs.
_UTF8_SIGNS = re.compile(rb"\xc3[\x80-\xbf]|\xc5[\x92\x93\xb8]|\xe2\x80[\x90-\xa6]|\xe2\x82\xac")

# The same once more: UTF-8 that was taken for Windows-1252 and written as UTF-8 again.
_TWICE = re.compile("Ã[\u00a0-\u00bfŠŒŽ‚-›€™šœžŸˆ˜]|Â[\u00a0-\u00bf]|â€[™˜œ¦“”]|\N{REPLACEMENT CHARACTER}")

# Letters with an accent in Mac OS Roman and in the code pages of DOS, which are signs or nothing in Windows-1252,
# inside a word; letters with an accent of Windows-1252, of which a file in French has some.
_ODD_LETTER = re.compile(rb"[A-Za-z][\x81-\x84\x87-\x8a\x8d-\x90\x9d\x9e](?![\x80-\xff])|[\x82\x8a\x8e-\x90][a-z]")
_ACCENT = re.compile(rb"[A-Za-z][\xc0-\xff]|[\xc0-\xff][a-z]")

# Signs that nobody sees or types.
_INVISIBLE = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
# What needs no look: signs of ASCII that are seen, blanks and ends of lines.
_PLAIN = bytes([*range(32, 127), *b"\t\r\n"])
# A control sign as a workbook writes it, also found in what was exported from one.
_ESCAPED = re.compile("_x00[01][0-9A-Fa-f]_")

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")


class Refused(Exception):
    """A file that cannot be read; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.check_id)
        self.finding = finding


@dataclass(frozen=True)
class Lines:
    """What the lines of a file or sheet are: they add up to ``total``. ``inner``: those inside a cell that began on a
    line before; ``other``: a hint for spreadsheets, lines above the header."""

    total: int
    header: int
    rows: int
    blank: int
    inner: int
    other: int = 0


@dataclass(frozen=True)
class Grid:
    """Rows of one file or sheet, the header apart. ``lines``: line of the file on which each row begins. ``is_cut``:
    the last row does not end as the others do."""

    header: list[str]
    header_line: int
    rows: list[list[str]]
    lines: list[int]
    counted: Lines = field(default_factory=lambda: Lines(0, 0, 0, 0, 0))
    is_cut: bool = False


def visible(text: str) -> str:
    """Text as a person sees it: without signs that take no place."""
    # Most texts are plain, and that is seen sooner than it is made.
    if text.isascii() and text.isprintable() and "_x00" not in text:
        return text
    return _INVISIBLE.sub("", _ESCAPED.sub("", text) if "_x00" in text else text)


def decode(content: bytes, file: str, limits: Limits) -> str:
    """Text of a CSV file, UTF-8 or Windows-1252. Raises ``Refused`` (STR-02, STR-03, STR-06, STR-07)."""
    if not content.strip():
        raise Refused(Finding("STR-02", file, detail="Le fichier est vide."))
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        detail = "C'est un classeur ou une archive, pas un texte : lui donner l'extension .xlsx ou .zip."
        raise Refused(Finding("STR-07", file, detail=detail))
    if content.startswith(_WIDE_MARKS):
        raise Refused(Finding("STR-03", file, 1, detail="Son encodage est UTF-16 ou UTF-32, qui n'est pas accepté."))
    _limit_lines(content, file, limits.line_bytes)
    place = content.find(b"\0")
    if place >= 0:
        detail = "Il contient des caractères nuls (NUL) : encodage UTF-16, ou fichier abîmé."
        raise Refused(Finding("STR-03", file, _line_at(content, place), detail=detail))
    try:
        return _legible(content.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        broken_at = error.start
    if _UTF8_SIGNS.search(content):
        detail = (
            "Il mélange deux encodages, UTF-8 et Windows-1252 ; cette ligne est la première qui n'est pas en UTF-8."
        )
        raise Refused(Finding("STR-03", file, _line_at(content, broken_at), detail=detail))
    odd = _ODD_LETTER.search(content)
    if odd and not _ACCENT.search(content):
        start = odd.start()
        word = re.search(rb"[^\s;,\"]*$", content[:start])[0] + re.match(rb"[^\s;,\"]*", content[start:])[0]
        detail = (
            f"Ses lettres accentuées sont abîmées (« {word.decode('cp1252', 'replace')[:WORD_SHOWN]} ») : le fichier"
            " a été enregistré au format Macintosh ou MS-DOS."
        )
        raise Refused(Finding("STR-03", file, _line_at(content, odd.start()), detail=detail))
    try:
        return _legible(content.decode("cp1252"), file)
    except UnicodeDecodeError as error:
        detail = "Son encodage n'est ni UTF-8 ni Windows-1252."
        raise Refused(Finding("STR-03", file, _line_at(content, error.start), detail=detail)) from None


def _legible(text: str, file: str) -> str:
    """The text as a person sees it. Raises ``Refused`` (STR-03) when its accents were encoded twice."""
    # Most texts are plain but for a few signs, and those say whether there is anything to look for.
    odd = text.encode().translate(None, _PLAIN).decode()
    if _TWICE.search(odd) and (twice := _TWICE.search(text)):
        start = twice.start()
        word = re.search(r"[^\s;,\"]*$", text[:start])[0] + re.match(r"[^\s;,\"]*", text[start:])[0]
        detail = f"Ses lettres accentuées sont abîmées (« {word[:WORD_SHOWN]} ») : elles ont été encodées deux fois."
        raise Refused(Finding("STR-03", file, 1 + text.count("\n", 0, twice.start()), detail=detail))
    return visible(text) if "_x00" in text or _INVISIBLE.search(odd) else text


def _limit_lines(content: bytes, file: str, most: int) -> None:
    """Raise ``Refused`` (STR-06) for a line no export writes, before anything is copied."""
    start = 0
    while len(content) - start > most:
        # All lines that end before this one does are short enough.
        end = max(content.rfind(sign, start, start + most + 1) for sign in (b"\n", b"\r"))
        if end < 0:
            number = _line_at(content, start)
            detail = f"La ligne {number} est trop longue (plus de {most} caractères)."
            raise Refused(Finding("STR-06", file, number, detail=detail))
        start = end + 1


def _line_at(content: bytes, place: int) -> int:
    return 1 + len(_LINE_ENDS.findall(content, 0, place))


def parse(text: str, file: str, recognised: Callable[[Sequence[str]], int], limits: Limits) -> Grid:
    """Rows of a CSV text. ``recognised``: how many known columns a line of headers names.

    Raises ``Refused``: no separator gives a known header on the first line (STR-04), a quotation mark is left open or
    swallows lines (STR-05), there are too many rows (STR-06).
    """
    skipped = 0
    if re.match(r"sep=.\r?\n", text):  # a hint that spreadsheets write for themselves
        text, skipped = text.split("\n", 1)[1], 1
    firsts = {separator: _first_records(text, separator, limits.line_bytes) for separator in SEPARATORS}
    # The first line has the names of the columns, but for what lies above it.
    scores = {one: max(map(recognised, firsts[one][:1]), default=0) for one in SEPARATORS}
    if max(scores.values()) <= 1:
        scores = {one: max(map(recognised, firsts[one]), default=0) for one in SEPARATORS}
    separator = max(SEPARATORS, key=lambda one: scores[one])
    if scores[separator] == 0:
        detail = "Aucune colonne attendue n'y est reconnue : séparateur, ligne de titre, ou fichier d'une autre nature."
        raise Refused(Finding("STR-04", file, 1 + skipped, detail=detail))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    line, blank, inner = 1 + skipped, 0, 0
    try:
        for row in reader:
            end = reader.line_num + skipped
            if end > line:
                inner += end - line
                _not_swallowed(row, rows, separator, file, line, end)
            if (row and row[0].strip()) or "".join(row).strip():
                rows.append(row)
                lines.append(line)
                if len(rows) > limits.rows:
                    detail = f"Il a plus de {limits.rows} lignes."
                    raise Refused(Finding("STR-06", file, line, detail=detail))
            else:
                blank += 1
            line = end + 1
    except csv.Error:
        detail = f"Un guillemet ouvert à partir de la ligne {line} n'est pas fermé, ou un guillemet est mal placé."
        raise Refused(Finding("STR-05", file, line, detail=detail)) from None
    counted = Lines(line - 1, 1, len(rows) - 1, blank, inner, skipped)
    return find_header(rows, lines, recognised, file, counted, is_cut=text[-1] not in "\r\n")


def find_header(
    rows: list[list[str]],
    lines: list[int],
    recognised: Callable[[Sequence[str]], int],
    file: str,
    counted: Lines,
    *,
    is_cut: bool = False,
) -> Grid:
    """The grid of some rows, of which one is there. Raises ``Refused`` (STR-04) when lines lie above the header."""
    first = recognised(rows[0])
    scores = [first, *map(recognised, rows[1:FIRST_LINES] if first <= 1 else ())]
    place = scores.index(max(scores))
    if place:
        last = lines[place] - 1
        detail = f"Les noms de colonnes sont à la ligne {lines[place]} : supprimer les lignes {lines[0]} à {last}."
        raise Refused(Finding("STR-04", file, lines[0], detail=detail))
    return Grid(rows[0], lines[0], rows[1:], lines[1:], counted, is_cut)


def _not_swallowed(row: list[str], rows: list[list[str]], separator: str, file: str, first: int, last: int) -> None:
    """Raise ``Refused`` (STR-05) for a quoted cell of several lines that holds as many separators as a row: a quotation
    mark has opened it that belongs to no cell, and the rows in it would be lost. ``rows``: those read so far."""
    width = len(rows[0]) if rows else len(row)
    swallowed = any(("\n" in cell or "\r" in cell) and cell.count(separator) >= max(width - 1, 1) for cell in row)
    if swallowed or (rows and len(row) != width):
        detail = (
            f"Un guillemet ouvert à la ligne {first} ne se ferme qu'à la ligne {last} : ces lignes n'en"
            " font plus qu'une. Supprimer ces deux guillemets, ou doubler ceux qui font partie du texte."
        )
        raise Refused(Finding("STR-05", file, first, detail=detail))


def _first_records(text: str, separator: str, most: int) -> list[list[str]]:
    start = io.StringIO(text.lstrip("\r\n\ufeff ")[:most], newline="")
    found: list[list[str]] = []
    try:
        for record in csv.reader(start, delimiter=separator):
            found.append(record)
            if len(found) == FIRST_LINES:
                break
    except csv.Error:
        pass
    return found
