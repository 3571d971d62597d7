"""Header cells to canonical columns: canonical names and French headers, whatever the case, accents and blanks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from plie_warehouse.contract import Table
from plie_warehouse.intake.checks import Finding

_NOT_WORD = re.compile(r"[^a-z0-9]+")


# Headers come again with every file; what is no header may be long.
@lru_cache(maxsize=512)
def normalised(text: str) -> str:
    """Lower case, no accent, single blanks between words of letters and digits."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("€", "eur").replace("°", "o "))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", plain.casefold()).strip()


@cache
def known_headers(table: Table) -> dict[str, str]:
    """Normalised header -> canonical column. Raises ``ValueError`` when one header stands for two columns."""
    known: dict[str, str] = {}
    for column in table.columns:
        for header in (column.name, *column.aliases):
            if known.setdefault(normalised(header), column.name) != column.name:
                raise ValueError(f"table {table.name}: header {header} stands for two columns")
    return known


@dataclass(frozen=True)
class Header:
    """Where the columns of a file are. ``places``: canonical column -> index; ``unknown``: header -> index."""

    places: dict[str, int]
    unknown: dict[str, int]
    findings: list[Finding]


def read_header(table: Table, cells: Sequence[str], file: str) -> Header:
    """Map the header cells of one file (STR-08 to STR-11). Nameless columns are left to the caller."""
    known = known_headers(table)
    places: dict[str, int] = {}
    unknown: dict[str, int] = {}
    findings: list[Finding] = []
    for index, cell in enumerate(cells):
        name = normalised(cell)
        if not name:
            continue
        column = known.get(name)
        if column is None:
            unknown[cell.strip()] = index
        elif column in places:
            findings.append(Finding("STR-09", file, 1, column, cell, f"La colonne « {column} » apparaît deux fois."))
        else:
            places[column] = index
    for column in table.columns:
        if column.name in places or column.may_be_absent:
            continue
        names = " ou ".join(f"« {name} »" for name in (column.name, *column.aliases[:1]))
        check = "STR-08" if column.required else "STR-11"
        findings.append(Finding(check, file, 1, column.name, "", f"Il manque {names} : {column.description}"))
    findings += [
        Finding("STR-10", file, 1, header, "", f"La colonne « {header} » n'est pas dans le modèle.")
        for header in unknown
    ]
    return Header(places, unknown, findings)


def recognised(table: Table, cells: Sequence[str]) -> int:
    """How many columns of a table a line of headers names."""
    known = known_headers(table)
    return len({known[name] for cell in cells if (name := normalised(cell)) in known})
