"""Cells as they are stored: text as delivered; by the type of the column, what a spreadsheet or an export made of a
value is taken back. What cannot be taken back without a doubt is left, for a check to find."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache

from plie_warehouse.contract import Column, load_codes, read_seed
from plie_warehouse.intake.delivered_headers import normalised
from plie_warehouse.intake.workbook import as_day, as_month

# What exports write for a cell that holds nothing.
BLANKS = frozenset({"null", "(null)", "<null>", "n/a", "<na>", "nan", "nat", "none", "\\n"})
_LONGEST_BLANK = max(map(len, BLANKS))

_MIDNIGHT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4})[ T]00?:00(?::00(?:[.,]0{1,9})?)?(?:Z|\+00:?00)?"
)
_WHOLE = re.compile(r"(-?[0-9]{1,15})[.,]0{1,10}")


class Repair(dict[str, str]):
    """Cell as delivered -> cell as stored, of one column. ``epoch``: day 0 of the workbook, None for a text file;
    ``year``: that of the delivery."""

    def __init__(self, column: Column, epoch: datetime | None, year: int) -> None:
        super().__init__()
        self.column, self.epoch, self.year = column, epoch, year

    def __missing__(self, cell: str) -> str:
        self[cell] = stored = self._stored(cell)
        return stored

    def _stored(self, cell: str) -> str:
        column, bare = self.column, cell.strip()
        if column.type == "text" and not column.code_list:
            return "" if len(bare) <= _LONGEST_BLANK and bare.casefold() in BLANKS else cell
        if bare.casefold() in BLANKS:
            return ""
        if column.code_list:
            return label_code(column.code_list, column.name, bare) or cell
        if column.type in ("integer", "year"):
            whole = _WHOLE.fullmatch(bare)
            return whole[1] if whole else cell
        if column.type == "date":
            midnight = _MIDNIGHT.fullmatch(bare)
            return midnight[1] if midnight else as_day(cell, self.epoch, self.year) if self.epoch else cell
        if column.type == "month" and self.epoch:
            return as_month(cell)
        return cell


def label_code(code_list: str, field: str, text: str) -> str | None:
    """The code whose label in the dictionary of the network a text is; None for a code, a code of a supplier's own, or
    a text that is no label."""
    spellings, labels = _dictionary(code_list)
    if text.lower() in spellings or text.lower() in _mapped(field):
        return None
    return labels.get(normalised(text))


@cache
def _dictionary(code_list: str) -> tuple[frozenset[str], dict[str, str]]:
    """Spellings of a list in lower case, and label -> code for labels that stand for one code."""
    codes = [code for code in load_codes() if code.code_list == code_list]
    several: dict[str, set[str]] = {}
    for code in codes:
        if code.label:
            several.setdefault(normalised(code.label), set()).add(code.spelling)
    return (
        frozenset(code.spelling.lower() for code in codes),
        {label: min(spellings, key=len) for label, spellings in several.items() if len(spellings) == 1},
    )


@cache
def _mapped(field: str) -> frozenset[str]:
    return frozenset(row["local_code"].lower() for row in read_seed("code_maps") if row["field"] == field)
