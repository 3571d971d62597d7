"""The action sheets of a PLIE, of a region or of the PLIE of a body: the catalogue as it is published, without what the
sheets declare; a PLIE's own sheet has what they declare too, and what steps count beside it (D72)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

import duckdb
from markupsafe import Markup

from plie_warehouse.report.places import BODY, Place
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.published import Published
from plie_warehouse.report.typography import SPACE, alphabetical

# What stands behind a declared number of these units; behind those of others, the label of the unit.
SIGNS = {"nombre": "", "part": f"{SPACE}%", "euros": f"{SPACE}€"}


def of_place(published: Published, place: Place) -> list[dict[str, Any]]:
    """The sheets whose action runs in the year, each as the last register up to the year after says, by theme."""
    column = {"plie": "plie_code", BODY: "plie_code", "region": "region_code"}.get(place.territory.kind)
    if column is None:
        return []
    codes = [one.code for one in place.members] or [place.territory.code]
    running = of_year(published, place.year, f" and list_contains(?, {column})", [codes])
    return [row | {"period": _period(row["starts_on"], row["ends_on"]), "declared": []} for row in running]


def of_year(published: Published, year: int, where: str = "", parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The same of all territories, or of those that ``where`` says."""
    rows = published.optional_rows(
        "published.action_sheets",
        f"select * from published.action_sheets where reporting_year <= ?{where}"
        " qualify row_number() over (partition by sheet_id order by reporting_year desc) = 1",
        [year + 1, *parameters],
    )
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    return [row for row in _by_theme(rows) if (row["starts_on"] or first) <= last and (row["ends_on"] or last) >= first]


def catalogue(published: Published) -> list[tuple[str, list[dict[str, Any]]]]:
    """All sheets by theme, each as the last register says."""
    rows = published.optional_rows(
        "published.action_sheets",
        "select sheets.*, territory.territory_name as region from published.action_sheets as sheets"
        " left join published.dim_territory as territory on territory.territory_kind = 'region'"
        " and territory.territory_code = sheets.region_code"
        " qualify row_number() over (partition by sheet_id order by reporting_year desc) = 1",
    )
    filled = [row | {"period": _period(row["starts_on"], row["ends_on"])} for row in _by_theme(rows)]
    return [
        (theme or "Thème non connu", list(of)) for theme, of in groupby(filled, key=lambda row: row["theme_label_fr"])
    ]


def _by_theme(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sheets in the order of the alphabet by theme and title; those of no known theme last."""
    return sorted(
        rows,
        key=lambda row: (
            row["theme_label_fr"] is None,
            *(alphabetical(row[name] or "") for name in ("theme_label_fr", "title")),
            row["sheet_id"],
        ),
    )


def _period(start: datetime.date | None, end: datetime.date | None) -> str:
    if start and end:
        return f"du {start:%d/%m/%Y} au {end:%d/%m/%Y}"
    return f"depuis le {start:%d/%m/%Y}" if start else f"jusqu'au {end:%d/%m/%Y}" if end else ""


def with_declared(
    actions: list[dict[str, Any]], warehouse: duckdb.DuckDBPyConnection, ledger: Ledger
) -> list[dict[str, Any]]:
    """The same with what each sheet declares, with its unit and its qualifier, and what steps count beside it."""
    found = []
    for action in actions:
        rows = warehouse.execute(
            "select figures.label_fr, declared_value, unit, lower(units.label_fr), qualifier, counted_value,"
            " counted_less_declared from marts.action_sheet_figures as figures left join reference.code_lists as units"
            " on units.code_list = 'action_unit' and units.code = figures.unit"
            " where reporting_year = ? and sheet_id = ? order by line_no",
            [action["reporting_year"], action["sheet_id"]],
        ).fetchall()
        found.append(action | {"declared": [_said(ledger, *row) for row in rows]})
    return found


def _said(
    ledger: Ledger, label: str, declared: Any, unit: str | None, unit_label: str | None, qualifier: str | None,
    counted: Any, apart: Any,
) -> Markup:  # fmt: skip
    sign = SIGNS.get(unit or "", f"{SPACE}{unit_label}" if unit_label else "")

    def number(value: Any, meaning: str) -> Markup:
        exact = Fraction(value)
        return ledger.other(exact, meaning, 0 if exact.denominator == 1 else 1) + sign

    text = Markup("<bdi>{}</bdi>{}: {}").format(label, SPACE, f"{qualifier} " if qualifier else "")
    text += Markup("non connu") if declared is None else number(declared, "chiffre déclaré par une fiche action")
    if counted is not None:
        text += Markup(" ; compté d’après les étapes : ") + number(counted, "chiffre compté d'après les étapes")
    if apart is not None:
        text += Markup(" (écart {}").format("+" if apart > 0 else "") + number(apart, "compté moins déclaré") + ")"
    return text
