"""Which suppliers the registers know: those that the network head delivered, else the list embedded for the PLIE."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from plie_warehouse.contract import load_kind, read_seed
from plie_warehouse.intake.delivered_frames import CLEAN
from plie_warehouse.intake.plain import no_pattern
from plie_warehouse.intake.store import Store, StoreError

REGISTER_KIND = "network"

# Kind of supplier -> (table of its register, column of the code, whether a list of it is embedded).
_REGISTERS = {"plie": ("plie_register", "plie_code", True), "clause": ("clause_structures", "structure_code", False)}

# Said to whoever no register can know.
NO_REGISTER_FR = {
    "clause": "Aucun registre des structures de la clause n'a été livré (network, « clause_structures ») :"
    " la structure compte au niveau national seulement."
}


@dataclass(frozen=True)
class Register:
    """The codes of one kind, upper case. ``codes``: None when there is no register to look into."""

    codes: frozenset[str] | None

    @property
    def digest(self) -> str:
        """Name of what it says: a verdict given beside another register is given anew."""
        return hashlib.sha256("\n".join(sorted(self.codes or ())).encode()).hexdigest() if self.codes else ""


def load_registers(store: Store) -> Mapping[str, Register]:
    """Kind of supplier -> its register: every code of the deliveries in force, whatever their year, since a structure
    that closed stays one that existed. A row that lacks a required value counts for nobody.

    Raises ``StoreError`` when a delivered register cannot be read.
    """
    return {
        kind: Register(_delivered(store, table, column) or (_embedded(table, column) if is_embedded else None))
        for kind, (table, column, is_embedded) in _REGISTERS.items()
    }


def _embedded(table: str, column: str) -> frozenset[str]:
    return frozenset(row[column].upper() for row in read_seed(table))


def _delivered(store: Store, table: str, column: str) -> frozenset[str]:
    """Codes of the register in force in the store; none when none was delivered."""
    paths = []
    for one in store.manifests():
        if one.kind == REGISTER_KIND and table in (one.current or {}).get("files", {}):
            if table in store.faults(one):
                year = one.reporting_year
                raise StoreError(
                    f"the register {table} of {year} in the store is damaged: send the network delivery again,"
                    " or bring the store back from a copy"
                )
            paths.append(no_pattern(store.data_path(table, one.supplier_code, one.reporting_year, one.in_force)))
    if not paths:
        return frozenset()
    required = [one.name for one in load_kind(REGISTER_KIND).table(table).columns if one.required]
    complete = " and ".join(f"{CLEAN.format(name)} is not null" for name in required)
    try:
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"select distinct upper({CLEAN.format(column)}) from read_parquet(?, union_by_name = true)"
                f" where {complete}",
                [paths],
            ).fetchall()
    except duckdb.Error as error:
        raise StoreError(f"the register {table} could not be read: {error}") from error
    return frozenset(code for (code,) in rows)
