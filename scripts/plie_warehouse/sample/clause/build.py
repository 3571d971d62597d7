"""Put the deliveries of the social clause together, with the two files of the network head."""

from __future__ import annotations

import random

from plie_warehouse.sample.build import DEFAULT_SEED, Table
from plie_warehouse.sample.clause import population
from plie_warehouse.sample.clause.edge_cases import edge_case_rows
from plie_warehouse.sample.clause.golden import golden_rows
from plie_warehouse.sample.clause.network import network_rows
from plie_warehouse.sample.clause.population import Contract, Lot
from plie_warehouse.sample.clause.rows import Key
from plie_warehouse.sample.clause.spellings import CLAUSE_COLUMNS, COLUMNS, STYLES
from plie_warehouse.sample.spellings import code_map_rows, write_cell


def build_clause_sample(seed: int = DEFAULT_SEED) -> dict[str, Table]:
    """Return the rows of the clause and network tables and of code_maps as text; the same seed gives the same rows.

    Deliveries stand in order of year and structure; in each, the drawn rows come first.
    """
    rng = random.Random(f"clause {seed}")  # a stream of its own: the PLIE's rows do not depend on it
    lots = {structure.code: population.draw_lots(structure, rng) for structure in population.STRUCTURES}
    contracts = [
        contract
        for structure in population.STRUCTURES
        for contract in population.draw_contracts(structure, lots[structure.code], rng)
    ]
    every_lot = [lot for of_structure in lots.values() for lot in of_structure]
    committed = population.hours_committed(contracts, list(dict.fromkeys(every_lot)), rng)

    tables: dict[str, Table] = {name: [] for name in COLUMNS}
    for year in population.YEARS:
        for code, of_structure in lots.items():
            own = [one for one in contracts if one.person.structure.code == code and one.in_year(year)]
            worked = {lot.key for one in own for month, lot, *_ in one.hours if month.year == year}
            for lot in of_structure:
                if lot.key in worked or lot.notified_on.year == year:
                    _append(tables, "procurements", code, year, _lot_values(lot, committed), rng)
            persons = {id(one.person): one.person for one in own}
            for person in persons.values():
                _append(tables, "beneficiaries", code, year, vars(person), rng)
            for contract in own:
                _append(tables, "work_contracts", code, year, _contract_values(contract), rng)
                for values in _hours_values(contract, year):
                    _append(tables, "hours", code, year, values, rng)
    for table, cells in [*edge_case_rows(), *golden_rows(), *network_rows()]:
        tables[table].append({column: cells.get(column, "") for column in COLUMNS[table]})
    for name in CLAUSE_COLUMNS:  # a stable sort: the order within a delivery stays
        tables[name].sort(key=lambda cells: (cells["reporting_year"].strip(), cells["structure_code"].strip()))
    tables["code_maps"] = code_map_rows(STYLES, tables, "structure_code")
    return tables


def _append(
    tables: dict[str, Table], name: str, code: str, year: int, values: dict[str, object], rng: random.Random
) -> None:
    values = values | {"reporting_year": year, "structure_code": code}
    tables[name].append({column: write_cell(column, values.get(column), STYLES[code], rng) for column in COLUMNS[name]})


def _lot_key(key: Key) -> dict[str, object]:
    return dict(zip(("buyer_id", "procurement_id", "lot_no"), key, strict=True))


def _lot_values(lot: Lot, committed: dict[Key, object]) -> dict[str, object]:
    return vars(lot) | _lot_key(lot.key) | {"hours_committed": committed[lot.key]}


def _contract_values(contract: Contract) -> dict[str, object]:
    return vars(contract) | {"beneficiary_id": contract.person.beneficiary_id}


def _hours_values(contract: Contract, year: int) -> list[dict[str, object]]:
    return [
        {"work_contract_id": contract.work_contract_id, "month": f"{month:%Y-%m}", "hours": hours, "proof": proof}
        | _lot_key(lot.key)
        for month, lot, hours, proof in contract.hours
        if month.year == year
    ]
