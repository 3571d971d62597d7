"""What the attack is told of the private file: what a supplier knows of itself, and where two years agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from plie_warehouse.attack.knowledge import SHAPES
from plie_warehouse.attack.published import AttackError, Registry
from plie_warehouse.attack.system import SUPPLIER_KINDS
from plie_warehouse.sql import text

Supplier = tuple[str, str]
# Of each supplier: number of the territory and year, number of the measure, value.
Own = dict[Supplier, list[tuple[int, int, float]]]


@contextmanager
def _opened(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            yield connection
    except duckdb.Error as error:
        raise AttackError(f"{warehouse} : illisible ({error})") from error


def own_figures(warehouse: Path, registry: Registry) -> Own:
    """The figures of each supplier, as the private marts have them. Raises ``AttackError`` when they cannot be read."""
    found: Own = defaultdict(list)
    kinds = ", ".join(map(text, SUPPLIER_KINDS.values()))
    with _opened(warehouse) as connection:
        for table, shape in SHAPES.items():
            described = {name for name, *_ in connection.execute(f"describe marts.{table}").fetchall()}
            columns = [column for column in shape.cells if column in described]
            named = ", ".join(("reporting_year", "territory_kind", "territory_code", *shape.cuts, *columns))
            rows = connection.execute(f"select {named} from marts.{table} where territory_kind in ({kinds})")
            for year, kind, code, *rest in rows.fetchall():
                cuts, values = rest[: len(shape.cuts)], rest[len(shape.cuts) :]
                unit = registry.units.get((year, kind, code))
                for column, value in zip(columns, values, strict=True):
                    measure = registry.measures.get(shape.cells[column](*cuts))
                    if None not in (unit, measure, value):
                        found[kind, code].append((unit, measure, float(value)))
    return found


def agreeing_years(warehouse: Path) -> frozenset[tuple[int, str, str]]:
    """Year and territory whose parcours are its entries and the stock of the year before. Raises ``AttackError`` when
    the figures cannot be read."""
    with _opened(warehouse) as connection:
        return frozenset(
            connection.execute(
                "select later.reporting_year, territory_kind, territory_code"
                " from marts.plie_outcomes as later"
                " inner join marts.plie_outcomes as before using (territory_kind, territory_code)"
                " where before.reporting_year = later.reporting_year - 1"
                " and before.stock_31_dec + later.entries = later.parcours"
            ).fetchall()
        )
