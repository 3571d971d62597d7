"""Write a landing folder of the simulated network."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd

from plie_warehouse.simulator.plie_targets import PlieTargets
from plie_warehouse.simulator.simulated_activity import activity_years, write_activity
from plie_warehouse.simulator.simulated_clause import ClauseTargets, Structures, draw_clause_year
from plie_warehouse.simulator.simulated_network import Network, network_years
from plie_warehouse.simulator.simulated_plie import Population, drawn_places, settled_sizes
from plie_warehouse.simulator.simulated_plie_delivery import draw_year
from plie_warehouse.simulator.simulated_survey import draw_survey
from plie_warehouse.simulator.writing import Style, write_suppliers

KINDS = ("plie", "clause", "network", "survey", "activity")
HEAD_STYLE = Style.of(1)  # how the head of the network writes


def simulate(
    output: Path,
    seed: int,
    years: Sequence[int] = (),
    clause_years: Sequence[int] = (),
    kinds: Collection[str] = KINDS,
    scale: float = 1.0,
    panel_years: Sequence[int] = (),
) -> list[Path]:
    """Write the deliveries under ``output`` and return the files; the same arguments give the same bytes.

    ``years``: of the PLIE and of the survey; ``clause_years``: of the clause; the registers go with both. ``scale``:
    multiple of the national volume, for the same suppliers. ``panel_years``: others, which only the PLIE of a panel
    deliver; their survey is the usual one. A year is the same whichever others are written with it.
    Raises ``QuotaError`` when a scale leaves too little to share out, ``ValueError`` for a year asked for in both ways.
    """
    if both := sorted({*years} & {*panel_years}):
        raise ValueError(f"all PLIE deliver a year or those of the panel: {both}")
    structures = Structures(ClauseTargets(scale), seed)
    network = Network(structures, seed)
    targets = PlieTargets(scale)
    written: list[Path] = []
    if "plie" in kinds:
        written += _plie(output, seed, years, targets, network)
        for panel, mine in targets.panels_of(panel_years).items():
            written += _plie(output, seed, mine, PlieTargets(scale, panel), network)
    if "survey" in kinds:
        sizes = settled_sizes(drawn_places(targets, seed)[1], targets)
        for year in (*years, *panel_years):
            written += _head(output / "survey" / str(year), draw_survey(network.delivering, sizes, year, seed))
    if "clause" in kinds:
        for year in clause_years:
            written += _suppliers(output / "clause", structures.codes, draw_clause_year(structures, year), year)
    if "network" in kinds:
        for year in network_years([*years, *panel_years], clause_years):
            written += _head(output / "network" / str(year), network.of(year))
    if "activity" in kinds:
        # What the head tells of its own work goes with the registers that it keeps.
        of_registers = network_years([*years, *panel_years], clause_years)
        for year in sorted({*of_registers} & {*activity_years()}):
            written += write_activity(output / "activity" / str(year), year)
    return written


def _plie(output: Path, seed: int, years: Sequence[int], targets: PlieTargets, network: Network) -> list[Path]:
    """The files of the PLIE, of all or of a panel as ``targets`` has it."""
    if not years:
        return []
    codes = network.delivering
    panel = [place for place, code in enumerate(codes) if network.region_of(code) in targets.panel_regions]
    population = Population(targets, years, seed, panel, codes)
    in_body = set(network.intermediate_bodies["plie_code"])
    managed = [place for place, code in enumerate(codes) if code in in_body]
    written = []
    for year in years:
        written += _suppliers(output / "plie", codes, draw_year(population, codes, year, managed), year)
    return written


def _suppliers(folder: Path, codes: Sequence[str], tables: Mapping[str, pd.DataFrame], year: int) -> list[Path]:
    """The files of every supplier of a kind, each in its own style."""
    places = sorted(set(next(iter(tables.values()))["place"]))
    folders = {place: folder / codes[place] / str(year) for place in places}
    return write_suppliers(folders, tables, {place: Style.of(place) for place in places})


def _head(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[Path]:
    """The files of the head of the network."""
    return write_suppliers({0: folder}, tables, {0: HEAD_STYLE})
