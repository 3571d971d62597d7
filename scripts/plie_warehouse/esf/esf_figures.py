"""The common indicators of one intermediate body on one day, from the private warehouse.

No row read here names a person: an incomplete participation is told by the file and line that it was delivered in.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from plie_warehouse.errors import PlieError, UsageError
from plie_warehouse.files import owner_only
from plie_warehouse.paths import PROJECT, DataFolder

# What a date of its own is made from, in the order of the graph.
MODELS = ("int_plie__esf_stays", "int_plie__esf_participations", "int_plie__esf_results", "esf_indicators")

Row = dict[str, Any]

_LEVELS = """
    (i.territory_kind = 'oi' and i.territory_code = $oi)
    or (i.territory_kind = 'plie' and i.territory_code in (select plie_code from managed))
    or (i.territory_kind = 'operation' and split_part(i.territory_code, '/', 1) in (select plie_code from managed))
"""
_MANAGED = """
    with managed as (
        select plie_code from intermediate.int_plie__territories where territory_kind = 'oi' and territory_code = $oi
    )
"""


class EsfIdentityError(PlieError):
    """An identity of D84 does not hold: nothing is exported but the rows that have to be completed."""

    exit_code = 1


@dataclass(frozen=True)
class Figures:
    """What is exported. ``indicators``: rows of ``marts.esf_indicators`` of the body, its PLIE and their operations,
    with ``reason_fr``;
    ``identities``: one row per territory, category of region, sex and identity of D84; ``incomplete``: one row per
    participation and indicator of which its value is not known; ``bridge``: ``marts.esf_bridge`` of its PLIE, for
    the end of a year. ``name``: of the body; ``period``: of the programme; ``build``: the build that is in place."""

    oi: str
    name: str
    day: date
    period: str
    build: str
    indicators: list[Row]
    identities: list[Row]
    incomplete: list[Row]
    bridge: list[Row]


def read_figures(data: DataFolder, oi: str, day: date) -> Figures:
    """The figures of a body on a day. Raises ``UsageError`` for a body, or a day, that has none."""
    if not data.warehouse.exists():
        raise UsageError(f"{data.warehouse} is missing: run make build first")
    with _warehouse_at(data, day) as warehouse:
        return _read(warehouse, oi.upper(), day)


@contextmanager
def _warehouse_at(data: DataFolder, day: date) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse with the indicators of a day: as it is, or a copy in which they are made for a day that is no
    cut-off date of its own."""
    with duckdb.connect(str(data.warehouse), read_only=True) as warehouse:
        [(last, there)] = warehouse.execute(
            "select as_of_date, exists (from marts.esf_indicators where cutoff_date = $day) from marts.build_info",
            {"day": day},
        ).fetchall()
        if day > last:
            raise UsageError(f"{day} is after {last}, the extraction date of the warehouse")
        if there:
            yield warehouse
            return
    with owner_only(), TemporaryDirectory(prefix=".esf-", dir=data.root) as folder:
        # Of the same name as the warehouse, since DuckDB names its catalogue after the file.
        scratch = Path(folder) / data.warehouse.name
        scratch.write_bytes(data.warehouse.read_bytes())
        _make(scratch, Path(folder), day)
        with duckdb.connect(str(scratch), read_only=True) as warehouse:
            yield warehouse


def _make(scratch: Path, folder: Path, day: date) -> None:
    """Make the indicators of a day in a scratch file. Raises ``PlieError`` when dbt fails."""
    command = [sys.executable, "-m", "dbt.cli.main", "run", "--quiet", "--select", *MODELS]
    command += ["--vars", f"{{esf_date: '{day}'}}", "--target-path", str(folder / "target")]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    environment = os.environ | {"PLIE_WAREHOUSE": str(scratch)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PlieError(f"the indicators of {day} could not be made: {(done.stdout + done.stderr).strip()}")


def _rows(warehouse: duckdb.DuckDBPyConnection, query: str, **values: Any) -> list[Row]:
    found = warehouse.execute(query, values)
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _read(warehouse: duckdb.DuckDBPyConnection, oi: str, day: date) -> Figures:
    indicators = _rows(
        warehouse,
        f"{_MANAGED} select i.*, r.label_fr as reason_fr from marts.esf_indicators as i"
        " inner join reference.esf_indicator_list as l using (indicator_code)"
        " inner join reference.esf_availability_reasons as r using (reason_code)"
        f" where i.cutoff_date = $day and ({_LEVELS}) order by i.territory_kind <> 'oi',"
        " i.territory_kind <> 'plie', i.territory_code, i.region_category <> 'total', i.region_category,"
        " l.display_order, i.sex <> 'total', i.sex",
        oi=oi,
        day=day,
    )
    if not any(row["territory_kind"] == "oi" for row in indicators):
        periods = warehouse.execute("select first_day, last_day from reference.esf_programmes").fetchall()
        if not any(first <= day <= last for first, last in periods):
            raise UsageError(f"{day} is in no programme period of the ESF+ (reference.esf_programmes)")
        raise UsageError(f"no intermediate body {oi} manages the credits of a PLIE that delivered for {day}")
    [(build,)] = warehouse.execute("select build_id from marts.build_info").fetchall()
    return Figures(
        oi=oi,
        name=indicators[0]["territory_name"],
        day=day,
        period=indicators[0]["programme_period"],
        build=build,
        indicators=indicators,
        identities=identities(indicators),
        incomplete=_incomplete(warehouse, oi, day),
        bridge=_rows(
            warehouse,
            f"{_MANAGED} select b.* from marts.esf_bridge as b inner join managed using (plie_code)"
            " where make_date(b.reporting_year, 12, 31) = $day"
            " order by b.plie_code, array_position(['participants', 'leavers', 'employment'], b.subject), b.line_no",
            oi=oi,
            day=day,
        ),
    )


def identities(indicators: list[Row]) -> list[Row]:
    """One row per territory, category of region, sex and identity of D84: both sides, and ``holds``: yes, no, or None
    where an indicator that it needs is not available."""
    groups: dict[tuple, dict[str, Row]] = {}
    for row in indicators:
        key = tuple(row[name] for name in ("territory_kind", "territory_code", "region_category", "sex"))
        groups.setdefault(key, {})[row["indicator_code"]] = row
    found = []
    for key, rows in groups.items():
        value = {code: row["numerator"] for code, row in rows.items()}
        parts = [value[code] for code in ("EECO02", "EECO04", "EECO05")]
        pairs = [
            ("EECO02 + EECO04 + EECO05 = EECO01", None if None in parts else sum(parts), "=", value["EECO01"]),
            ("EECO03 ≤ EECO02", value["EECO03"], "<=", value["EECO02"]),
            *((f"{code} ≤ base", row["numerator"], "<=", row["base"]) for code, row in rows.items() if "R" in code),
        ]
        for name, left, sign, right in pairs:
            holds = None if left is None or right is None else left == right if sign == "=" else left <= right
            found.append(
                dict(zip(("territory_kind", "territory_code", "region_category", "sex"), key, strict=True))
                | {"identity": name, "left": left, "right": right, "holds": holds}
            )
    return found


def _incomplete(warehouse: duckdb.DuckDBPyConnection, oi: str, day: date) -> list[Row]:
    """The participations of the body's PLIE whose value of an indicator is not known, by the line of their first
    entry."""
    listed = _rows(warehouse, "select * from reference.esf_indicator_list where applies order by display_order")
    concerned = {
        "participants": "true",
        "leavers": "r.participant_id is not null",
        "leavers_inactive": "r.participant_id is not null and p.is_inactive",
        "leavers_not_employed": "r.participant_id is not null and not p.is_employed",
        "due": "coalesce(r.is_due, false)",
        "due_employed": "coalesce(r.is_due, false) and p.is_employed",
    }
    attributes = {
        name: "r" if name.startswith(("left_", "later_")) else "p" for name in (row["attribute"] for row in listed)
    }
    pieces = []
    for row in listed:
        name, about = row["attribute"], concerned[row["base"]]
        lacks = "false" if name == "is_participant" else f"{attributes[name]}.{name} is null"
        pieces.append(
            f"select {row['display_order']} as display_order, '{row['indicator_code']}' as indicator_code, p.plie_code,"
            " p.esf_operation_id, p.source_file, p.source_row from of_body as p"
            " left join intermediate.int_plie__esf_results as r using (cutoff_date, plie_code, esf_operation_id,"
            f" participant_id) where coalesce({about}, true) and {lacks}"
        )
    return _rows(
        warehouse,
        f"{_MANAGED}, of_body as (select p.* from intermediate.int_plie__esf_participations as p inner join managed"
        " using (plie_code) where p.cutoff_date = $day and p.is_in_programme), lacking as ("
        + " union all ".join(pieces)
        + ") select lacking.plie_code, lacking.esf_operation_id, lacking.source_file, lacking.source_row,"
        " lacking.indicator_code, l.label_fr, l.columns_needed, l.is_sensitive from lacking"
        " inner join reference.esf_indicator_list as l using (indicator_code)"
        " order by lacking.plie_code, lacking.source_file, lacking.source_row, lacking.display_order",
        oi=oi,
        day=day,
    )
