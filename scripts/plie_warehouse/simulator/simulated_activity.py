"""The registers of the network head's own work, and the action sheets: as many rows as give the printed figures.

Nothing is drawn: the same year gives the same files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from plie_warehouse.contract import Table, load_kind
from plie_warehouse.landing.landing_files import csv_bytes, write_bytes
from plie_warehouse.landing.landing_headers import header_line
from plie_warehouse.simulator.targets import load_targets

KIND = "activity"
MONTHS = 12
QUARTERS = 4

Row = dict[str, str]


def activity_years() -> list[int]:
    """The years of which the reports print something."""
    return sorted(load_targets(KIND))


def write_activity(folder: Path, year: int) -> list[Path]:
    """Write the registers of a year under a folder; returns the files."""
    of_year = load_targets(KIND)[year]
    sheets = of_year.pop("sheets", {})
    tables = {name: [row for entry in entries for row in _rows(name, entry, year)] for name, entries in of_year.items()}
    tables |= _sheets(sheets)
    contract = load_kind(KIND)
    written = []
    for name, rows in tables.items():
        table = contract.table(name)
        lines = [[row.get(column, "") for column in table.names] for row in _named(table, rows, tables, year)]
        content = csv_bytes(header_line(name, table.names, 0), lines, ";", "utf-8-sig")
        written.append(write_bytes(folder / f"{name}.csv", content))
    return written


def _rows(table: str, entry: Mapping[str, Any], year: int) -> Iterator[Row]:
    """The rows of one entry of the targets."""
    said = {
        name: str(value)
        for name, value in entry.items()
        if name not in ("rows", "share_out", "territory", "members", "countries", "houses")
    }
    shared = entry.get("share_out", {})
    if table in ("web_statistics", "rh_tpe_activity"):
        [(name, total)] = shared.items()
        for place, part in enumerate(_parts(Fraction(total), MONTHS, 1), start=1):
            yield said | {"month": f"{year}-{place:02d}", name: part}
        return
    for country in entry.get("countries", ()):
        yield said | {"country_code": country}
    for _ in range(entry.get("members", 0)):
        yield dict(said)
    for place in range(entry.get("houses", 0)):
        yield said | {"mde_code": f"MDE-{place + 1:03d}"}
    if {"countries", "members", "houses"} & {*entry}:
        return
    count = entry.get("rows", 1)
    parts = {
        name: _parts(Fraction(str(total)), count, QUARTERS if name == "days" else 1) for name, total in shared.items()
    }
    for place in range(count):
        row = said | {name: shares[place] for name, shares in parts.items()}
        if "territory" in entry:
            kind = f"{entry['subject'][:1]}{entry['territory_level'][:1]}{entry['kind'][:1]}".upper()
            row["territory_code"] = f"{kind}-{place % entry['territory'] + 1:02d}"
        yield row


def _parts(total: Fraction, count: int, units: int) -> list[str]:
    """A total over so many rows, each a whole number of parts of one, as equal as can be."""
    whole = int(total * units)
    parts = [Fraction(whole // count + (place < whole % count), units) for place in range(count)]
    return [f"{float(part):g}".replace(".", ",") for part in parts]


def _named(table: Table, rows: list[Row], tables: Mapping[str, list[Row]], year: int) -> Iterator[Row]:
    """Rows with their own code, the one of the row that they belong to, and a day, where the targets give none."""
    days = _days(len(rows), year)
    for place, row in enumerate(rows, start=1):
        named = dict(row)
        for column in table.columns:
            if column.key and not named.get(column.name):
                named[column.name] = _code(table, column.name, place, tables)
        if table.day and not named.get(table.day):
            named[table.day] = days[place - 1]
        yield named


def _code(table: Table, column: str, place: int, tables: Mapping[str, list[Row]]) -> str:
    for link in table.links:
        if column in link.columns:
            # The trainees of the sessions of the head, in turn; the structures of RH TPE likewise.
            others = tables[link.table]
            of_head = [number for number, one in enumerate(others, start=1) if one.get("organiser", "ave") == "ave"]
            return _code_of(link.table, of_head[(place - 1) % len(of_head)])
    return _code_of(table.name if column != "trainee_id" else "trainees", place)


def _code_of(table: str, place: int) -> str:
    prefix = "EX" if table == "experts" else "".join(word[0] for word in table.split("_")).upper()
    return f"{prefix}-{place:02d}"


def _days(count: int, year: int) -> list[str]:
    """Days spread over the year, one for each row."""
    first, step = date(year, 1, 5), 350 // max(count, 1)
    return [(first + timedelta(days=step * place)).isoformat() for place in range(count)]


def _sheets(sheets: Mapping[str, Any]) -> dict[str, list[Row]]:
    """The action sheets and what they declare."""
    if not sheets:
        return {}
    figures = [
        {"sheet_id": sheet_id, "line_no": str(place)} | {name: str(value) for name, value in figure.items()}
        for sheet_id, said in sheets.items()
        for place, figure in enumerate(said["figures"], start=1)
    ]
    return {
        "action_sheets": [{"sheet_id": sheet_id} | said["sheet"] for sheet_id, said in sheets.items()],
        "action_sheet_figures": figures,
    }
