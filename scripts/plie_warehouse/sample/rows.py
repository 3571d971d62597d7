"""Rows typed by hand: short constructors that take text, exactly as it will stand in the file."""

from __future__ import annotations

from plie_warehouse.sample import spellings
from plie_warehouse.sample.clause import spellings as clause_spellings

COLUMNS = spellings.COLUMNS | clause_spellings.COLUMNS

Delivered = tuple[str, dict[str, str]]  # (table, cells by column; a column left out is empty)


def row(table: str, **cells: str) -> Delivered:
    """One row of `table`; an unknown column is a mistake of ours and raises."""
    unknown = set(cells) - set(COLUMNS[table])
    if unknown:
        raise ValueError(f"{table} has no column {sorted(unknown)}")
    return table, cells


class Person:
    """One parcours of a PLIE, from which its rows of one or several deliveries are made."""

    def __init__(self, plie_code: str, number: int, parcours_no: str = "1", **profile: str) -> None:
        self.key = {
            "plie_code": plie_code,
            "participant_id": f"SYN-{plie_code}-{number:04d}",
            "parcours_no": parcours_no,
        }
        self.profile = profile

    def parcours(self, year: int | str, **changes: str) -> Delivered:
        return row("participants", **({"reporting_year": str(year)} | self.key | self.profile | changes))

    def step(self, year: int | str, step_id: str, step_type: str, start: str, end: str = "", **more: str) -> Delivered:
        cells = {"step_id": step_id, "step_type": step_type, "start_date": start, "end_date": end}
        return row("steps", **({"reporting_year": str(year)} | self.key | cells | more))

    def exit(self, year: int | str, exit_date: str, reason: str, **more: str) -> Delivered:
        cells = {"exit_date": exit_date, "exit_reason": reason}
        return row("exits", **({"reporting_year": str(year)} | self.key | cells | more))
