"""Text whose accents were lost on the way: written in one encoding and read in another, once or twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.read import Reading

# What French text is written with beside ASCII.
_FRENCH = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ°ºª²³€£§«»’‘“”–—…·•ñÑ\u00a0\u202f")

# The signs of it that are common enough for a guess.
_COMMON = frozenset("àâçéèêëîïôùûœÀÂÉÈÊÎÔŒ°«»’–")

# Encodings that files of this trade are written in, and read as Windows-1252: UTF-8, Mac, DOS.
_ENCODINGS = ("utf-8", "mac_roman", "cp850")

# Latin letters that UTF-8 becomes when it is read as Windows-1252 are French ones now and then: "Â°", "â€™".
_TWICE = re.compile(r"Â[°«»\u00a0²³§£·]|â€")

# A letter that became a question mark or the sign for what cannot be read.
_LOST = re.compile(r"\N{REPLACEMENT CHARACTER}|[^\W\d_]\?[^\W\d_]")


def garbled_texts(reading: Reading) -> Iterator[Finding]:
    """One finding (STR-25) per text column, with its first garbled value and what it was, where that can be told."""
    for rows in reading.tables.values():
        for column in rows.table.columns:
            if column.unit != "texte":
                continue
            cells = rows.columns[column.name]
            suspects = {cell: was for cell in set(cells) if (was := ungarbled(cell)) is not None}
            lines = [(line, cell) for line, cell in zip(rows.lines, cells, strict=True) if cell in suspects]
            if lines:
                line, cell = lines[0]
                was = f"« {cell} » est sans doute « {suspects[cell]} ». " if suspects[cell] else ""
                detail = f"{was}{len(lines)} valeur{'s' if len(lines) > 1 else ''} de « {column.header} »."
                yield Finding("STR-25", rows.file, line, column.name, cell, detail, table=rows.table.name)


def ungarbled(text: str) -> str | None:
    """What a garbled text was, '' when that is lost; None for a text that seems whole."""
    if _LOST.search(text):
        return ""
    if text.isascii() or _is_french(text):
        return None
    for encoding in _ENCODINGS:
        try:
            was = _bytes(text).decode(encoding)
        except UnicodeError:
            continue
        if all(sign.isascii() or sign in _COMMON for sign in was):
            return was
    return None


def _is_french(text: str) -> bool:
    return all(sign.isascii() or sign in _FRENCH for sign in text) and not _TWICE.search(text)


def _bytes(text: str) -> bytes:
    """The bytes that were read as Windows-1252; the five that it has no sign for are read as their own number."""
    return b"".join(bytes([ord(sign)]) if "\x80" <= sign <= "\x9f" else sign.encode("cp1252") for sign in text)
