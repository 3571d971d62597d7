"""Put the registers and the survey of the network head together. Nothing is drawn."""

from __future__ import annotations

from plie_warehouse.contract import load_kind
from plie_warehouse.sample.build import Table
from plie_warehouse.sample.network import registers, survey

# Kind -> table -> its rows. The sample delivers no register of the PLIE: the embedded one serves.
TYPED: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "network": {
        "plie_register": (),
        "mde_register": registers.MDE_REGISTER,
        "members": registers.MEMBERS,
        "member_structures": registers.MEMBER_STRUCTURES,
        "intermediate_bodies": registers.INTERMEDIATE_BODIES,
        "board_seats": registers.BOARD_SEATS,
    },
    "survey": {
        "survey_funding": survey.FUNDING,
        "survey_allocations": survey.ALLOCATIONS,
        "survey_teams": survey.TEAMS,
        "survey_partners": survey.PARTNERS,
    },
}

# Kind -> table -> its columns, as the contract has them.
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    kind: {table: tuple(load_kind(kind).table(table).names) for table in tables} for kind, tables in TYPED.items()
}


def build_network_sample() -> dict[str, Table]:
    """Return the rows of the tables by name, as text."""
    return {
        table: [dict(zip(COLUMNS[kind][table], cells, strict=True)) for cells in rows]
        for kind, tables in TYPED.items()
        for table, rows in tables.items()
    }
