"""Which territories get a sheet, and what stands around each."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from plie_warehouse.report.figures import SHOWN
from plie_warehouse.report.published import FRANCE, NATIONAL, Published, Territory

BODY = "oi"
KINDS = ("plie", "structure", "region", BODY)
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
    found = []
    for territory in published.territories:
        last = years.get((territory.kind, territory.code))
        if territory.kind in KINDS and (last == year or (last and territory.kind == "structure")):
            found.append(_place(published, territory, last))
    found += _bodies(published, year, {code for (kind, code), last in years.items() if kind == "plie" and last == year})
    return sorted(found, key=lambda place: (KINDS.index(place.territory.kind), place.territory.code))


def own_places(published: Published, year: int) -> list[Place]:
    """All that get a sheet of their own: the suppliers and the intermediate bodies."""
    return [place for place in places(published, year) if place.territory.kind in OWN_KINDS]


def _bodies(published: Published, year: int, delivering: set[str]) -> list[Place]:
    """The bodies of which a PLIE has figures in the year, each with all its PLIE (D5A)."""
    found = []
    for code, rows in groupby(_members_of_bodies(published), key=itemgetter("oi_code")):
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


def _members_of_bodies(published: Published) -> list[dict[str, Any]]:
    return published.rows("from published.oi_plie order by oi_code, plie_code")


def _place(published: Published, territory: Territory, year: int) -> Place:
    around, town = [], ""
    if territory.kind != "region":
        table, key = {"plie": ("dim_plie", "plie_code"), "structure": ("dim_clause_structure", "structure_code")}[
            territory.kind
        ]
        for row in published.rows(f"select * from published.{table} where {key} = ?", [territory.code]):
            town = row.get("town") or ""
            around = [
                Territory(kind, row[f"{name}_code"], row[f"{name}_name"])
                for kind, name in (("departement", "department"), ("region", "region"))
                if row[f"{name}_code"]
            ]
    bodies = (
        Territory(BODY, row["oi_code"], row["oi_name"])
        for row in _members_of_bodies(published)
        if territory.kind == "plie" and row["plie_code"] == territory.code
    )
    return Place(territory, year, (*around, Territory(NATIONAL, FRANCE, "France")), town, bodies=tuple(bodies))
