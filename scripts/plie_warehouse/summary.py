"""The short table at the end of a build."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table


def percent(rate: Decimal | None) -> str:
    """A rate as readers see it: one decimal, rounded half up (D55); a dash when there is none (D18)."""
    if rate is None:
        return "–"
    return f"{(rate * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)} %".replace(".", ",")


def number(value: Decimal | int | None, decimals: int = 0) -> str:
    """A number as readers see it: rounded half up (D55), thousands apart, a comma; a dash when there is none."""
    if value is None:
        return "–"
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,}".replace(",", "\u202f").replace(".", ",")


def _table(title: str, *headings: str, left: tuple[str, ...] = ()) -> Table:
    """A table of numbers behind the columns ``left``, which are texts."""
    table = Table(*left, title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def show_outcomes(warehouse: Path, console: Console) -> None:
    """Per year the national exits, positive exits and the three rates (D15); hours and ETP of the clause (D40 to D46);
    rows excluded, by year and reason."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        outcomes = connection.execute(
            "select reporting_year, parcours, entries, exits, positive_exits, exits_excluding_neutralised,"
            " positive_rate_raw, positive_rate_neutralised, positive_per_entry"
            " from marts.plie_outcomes where territory_kind = 'national' order by reporting_year"
        ).fetchall()
        clause = connection.execute(
            "select h.reporting_year, h.hours_delivered, h.hours_counted, h.hours_per_etp, h.beneficiaries,"
            " h.procurements, a.facilitators_etp, a.hours_per_facilitator_etp"
            " from marts.clause_hours_etp as h left join marts.clause_facilitator_activity as a"
            " using (reporting_year, territory_kind, territory_code)"
            " where territory_kind = 'national' and h.cut = 'total' order by h.reporting_year"
        ).fetchall()
        delivered = connection.execute(
            "select source_table, sum(rows_delivered), sum(rows_kept), sum(rows_excluded)"
            " from quality.row_accounting group by all order by source_table"
        ).fetchall()
        excluded = connection.execute(
            "select source_table, reason_code, rule_id, reporting_year, count(*)"
            " from quality.exclusions group by all order by source_table, reason_code"
        ).fetchall()

    headings = ("année", "parcours", "entrées", "sorties", "positives", "brut", "hors neutralisées", "par entrée")
    table = _table("Résultats nationaux (FR)", *headings)
    for year, parcours, entries, exits, positive, base, raw, neutralised, per_entry in outcomes:
        table.add_row(
            *map(str, (year, parcours, entries, exits, positive)),
            f"{percent(raw)} ({positive}/{exits})",
            f"{percent(neutralised)} ({positive}/{base})",
            f"{percent(per_entry)} ({positive}/{entries})",
        )
    console.print(table)
    table = _table(
        "Clause sociale (FR)", "année", "heures livrées", "comptées", "ETP", "participants", "marchés",
        "ETP des facilitateurs", "heures par facilitateur à temps plein",
    )  # fmt: skip
    for year, hours, counted, divisor, persons, procurements, etp, per_facilitator_etp in clause:
        etp_of_hours = f"{number(counted / divisor)} (/ {number(divisor)})"
        shown = (number(hours, 2), number(counted, 2), etp_of_hours, number(persons), number(procurements))
        table.add_row(str(year), *shown, number(etp, 2), number(per_facilitator_etp))
    console.print(table)
    for source, rows, kept, left_out in delivered:
        console.print(f"{source}: {rows} lignes livrées = {kept} retenues + {left_out} exclues")
    years = sorted({row[0] for row in [*outcomes, *clause]})
    counts: dict[tuple[str, str, str], Counter[int | None]] = defaultdict(Counter)
    for source, reason, rule, year, rows in excluded:
        counts[source, reason, rule][year if year in years else None] += rows
    table = _table(
        "Lignes exclues, par année et raison", *map(str, years), "autre année", left=("table", "raison", "règle")
    )
    for (source, reason, rule), by_year in counts.items():
        table.add_row(source, reason, rule, *(str(by_year[year] or "") for year in (*years, None)))
    console.print(table)


def show_seconds(seconds: Mapping[str, float], console: Console) -> None:
    """Wall time of each stage, in seconds."""
    parts = ", ".join(f"{stage} {value:.1f} s" for stage, value in seconds.items())
    console.print(f"Durée {sum(seconds.values()):.1f} s : {parts}")
