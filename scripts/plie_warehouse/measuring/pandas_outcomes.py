"""The outcomes of the PLIE alone, by pandas from the delivered files: what a script for this one table costs.

Run as a program, ``python -m plie_warehouse.measuring.pandas_outcomes SOURCE WAREHOUSE``, in a process of its own.
"""

from __future__ import annotations

import sys

import duckdb
import pandas as pd

from plie_warehouse.validation import recomputed_network, recomputed_plie
from plie_warehouse.validation.cells import Codes
from plie_warehouse.validation.deliveries import Deliveries
from plie_warehouse.validation.frames import Warehouse

TABLE = "plie_outcomes"


def outcomes(source: str, warehouse: Warehouse) -> pd.DataFrame:
    """``marts.plie_outcomes`` from the deliveries, one row per year and territory. ``source``: ``sample`` or ``store``;
    of ``warehouse`` only the reference lists are read, and the extraction date."""
    reference = warehouse.reference()
    as_of_date = str(warehouse.value("as_of_date", "marts", "build_info"))
    deliveries = Deliveries.of_environment(source, as_of_date, Codes(reference))
    parts = deliveries.parts("plie")
    heard = frozenset().union(*(part.years for part in parts))
    network = recomputed_network.judge_rows(deliveries.read("network"), deliveries.read("survey"), heard, reference)
    found = [
        recomputed_plie.aggregate(
            TABLE,
            recomputed_plie.judge_rows(deliveries.read("plie", part), reference, as_of_date),
            reference,
            network.plie_register,
            recomputed_network.last_bodies(network),
        )
        for part in parts
    ]
    return pd.concat(found, ignore_index=True)


if __name__ == "__main__":
    with duckdb.connect(sys.argv[2], read_only=True) as connection, pd.option_context("mode.copy_on_write", True):
        outcomes(sys.argv[1], Warehouse(connection))
