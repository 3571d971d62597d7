"""Which territories get a sheet, and what stands around each."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from plie_warehouse.report.figures import SHOWN
from plie_warehouse.report.published import FRANCE, NATIONAL, Published, Territory

BODY = "oi"
KINDS = ("plie", "structure", "region", BODY)
# Kind of a supplier -> its dimension.
SUPPLIERS = {"plie": "dim_plie", "structure": "dim_clause_structure"}
OWN_KINDS = ("plie", "structure", BODY)
KIND_LABELS = {
    "plie": "PLIE", "structure": "Structure de la clause", "region": "Région", BODY: "Organisme intermédiaire",
}  # fmt: skip


class Place(NamedTuple):
    """A territory and those around it: department and region, where it has them. ``members``: the PLIE of a body;
    ``bodies``: those that manage the ESF credits of a PLIE."""

    territory: Territory
    year: int
    around: tuple[Territory, ...]
    town: str = ""
    members: tuple[Territory, ...] = ()
    bodies: tuple[Territory, ...] = ()


def places(published: Published, year: int) -> list[Place]:
    """All that get a sheet: the PLIE and regions that have figures in the year, the structures, each in its last year
    with a figure that is given, and the bodies of a PLIE that has figures in the year."""
    years = {
        (kind, code): given or last if kind == "structure" else last
        for kind, code, last, given in published.connection.execute(
            "select territory_kind, territory_code, max(reporting_year), max(reporting_year) filter (status = ?)"
            " from published.indicators where reporting_year <= ? group by territory_kind, territory_code",
            [SHOWN, year],
        ).fetchall()
    }
    rows = {
        (kind, row[f"{kind}_code"]): row
        for kind, table in SUPPLIERS.items()
        for row in published.rows(f"from published.{table}")
    }
    grouped = _members_of_bodies(published)
    found = []
    for territory in published.territories:
        last = years.get(territory[:2])
        if territory.kind in KINDS and (last == year or (last and territory.kind == "structure")):
            found.append(_place(territory, last, rows.get(territory[:2]), grouped))
    delivering = {code for (kind, code), last in years.items() if kind == "plie" and last == year}
    found += _bodies(grouped, year, delivering)
    return sorted(found, key=lambda place: (KINDS.index(place.territory.kind), place.territory.code))


def own_places(published: Published, year: int) -> list[Place]:
    """All that get a sheet of their own: the suppliers and the intermediate bodies."""
    return [place for place in places(published, year) if place.territory.kind in OWN_KINDS]


def _members_of_bodies(published: Published) -> list[dict[str, Any]]:
    return published.optional_rows("published.oi_plie", "from published.oi_plie order by oi_code, plie_code")


def _bodies(grouped: list[dict[str, Any]], year: int, delivering: set[str]) -> list[Place]:
    """The bodies of which a PLIE has figures in the year, each with all its PLIE (D5A)."""
    found = []
    for code, rows in groupby(grouped, key=itemgetter("oi_code")):
        of = list(rows)
        if delivering.isdisjoint(row["plie_code"] for row in of):
            continue
        region, name = of[0]["oi_region_code"], of[0]["oi_region_name"]
        found.append(
            Place(
                Territory(BODY, code, of[0]["oi_name"]), year,
                (*([Territory("region", region, name)] if region else []), Territory(NATIONAL, FRANCE, "France")),
                members=tuple(Territory("plie", row["plie_code"], row["plie_name"] or row["plie_code"]) for row in of),
            )
        )  # fmt: skip
    return found


def _place(territory: Territory, year: int, row: dict[str, Any] | None, grouped: list[dict[str, Any]]) -> Place:
    """A territory with its place; ``row``: that of a supplier in its dimension."""
    around = [
        Territory(kind, row[f"{name}_code"], row[f"{name}_name"])
        for kind, name in (("departement", "department"), ("region", "region"))
        if row and row[f"{name}_code"]
    ]
    bodies = (
        Territory(BODY, of["oi_code"], of["oi_name"])
        for of in grouped
        if territory.kind == "plie" and of["plie_code"] == territory.code
    )
    town = (row or {}).get("town") or ""
    return Place(territory, year, (*around, Territory(NATIONAL, FRANCE, "France")), town, bodies=tuple(bodies))
