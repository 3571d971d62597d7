"""The registers of the network head's own work, D70 to D72, written a second time in pandas: which rows count, and what
is counted. What each register and figure is stands in ``declared/activity.yml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from plie_warehouse.validation.declared import activity
from plie_warehouse.validation.delivered import outcome_of_rows, reasons_of_acceptance
from plie_warehouse.validation.frames import PLIE, TERRITORY_KEY, YEAR
from plie_warehouse.validation.tables import tables_of
from plie_warehouse.validation.tools import RATE_DECIMALS, number_text, quotient_text, scaled

KIND = "activity"
DELIVERY_YEAR = "delivery_year"
TOTAL = "total"
# Days are whole numbers of hundredths.
DAY_DECIMALS = 2

REGISTERS: Mapping[str, Mapping[str, Any]] = activity()["registers"]
FIGURES: Mapping[str, list[Mapping[str, Any]]] = activity()["figures"]
CUTS: Mapping[str, Mapping[str, list[str]]] = activity()["cuts"]
TABLE_RULES = tables_of(KIND)


@dataclass(frozen=True)
class Rows:
    """What the rules say of each delivered row. ``exclusions`` and ``accounting``: see ``delivered.outcome_of_rows``;
    ``kept``: register -> its rows that count, with ``at_year_end`` and what the row says that each belongs to;
    ``delivered``: register -> the years of which it was delivered and not refused."""

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    kept: Mapping[str, pd.DataFrame]
    delivered: Mapping[str, frozenset[int]]


def _day(year: pd.Series, month: int, day: int) -> pd.Series:
    return pd.to_datetime(year.astype("int64").map(lambda one: f"{one:04d}-{month:02d}-{day:02d}"))


def _named(rows: pd.DataFrame, name: str) -> pd.Series:
    """What a column calls something: the code, else the text as delivered."""
    if f"delivered_{name}" not in rows:
        return rows[name]
    return rows[name].where(rows[name].notna(), rows[f"delivered_{name}"].str.upper())


def judge_rows(delivered: Mapping[str, pd.DataFrame], reference: Mapping[str, pd.DataFrame]) -> Rows:
    """Apply the rules to each delivered row: row acceptance, each register by itself (D1B), then what names a row that
    is not there, ends before it begins, is of another year, or belongs to an excluded row (D70)."""
    frames = {table: delivered[table].reset_index(drop=True) for table in REGISTERS}
    reasons: dict[str, pd.Series] = {}
    for table, said in REGISTERS.items():
        keyed = frames[table].assign(**{f"key {name}": _named(frames[table], name) for name in said["key"]})
        key = [DELIVERY_YEAR, *(f"key {name}" for name in said["key"])]
        reasons |= reasons_of_acceptance({table: keyed}, {table: key}, [DELIVERY_YEAR], None)

    def things(table: str, which: pd.Series) -> set[tuple[int, str]]:
        rows = frames[table][which]
        return {*zip(rows[DELIVERY_YEAR], rows[REGISTERS[table]["key"][0]], strict=True)}

    accepted = {table: things(table, reasons[table].isna()) for table in REGISTERS}
    years = {table: {*frames[table][DELIVERY_YEAR]} for table in REGISTERS}

    def names(table: str) -> list[tuple[int, object]]:
        rows = frames[table]
        return [*zip(rows[DELIVERY_YEAR], rows[REGISTERS[table]["of"][1]], strict=True)]

    def exclude(table: str, mask: pd.Series, reason: str) -> None:
        mask = mask.fillna(False).astype(bool)
        reasons[table] = reasons[table].mask(reasons[table].isna() & mask, reason)

    for table, said in REGISTERS.items():
        rows = frames[table]
        if "of" in said:
            other = said["of"][0]
            missing = [
                pd.notna(thing) and year in years[other] and (year, thing) not in accepted[other]
                for year, thing in names(table)
            ]
            exclude(table, pd.Series(missing, index=rows.index, dtype=bool), "orphelin")
        if "follow" in said:
            first, last = said["follow"]
            exclude(table, rows[last] < rows[first], "dates_inversees")
        if "happens" in said:
            first, last = said["happens"][0], said["happens"][-1]
            after = rows[first] > _day(rows[DELIVERY_YEAR], 12, 31)
            exclude(table, after | (rows[last] < _day(rows[DELIVERY_YEAR], 1, 1)), "hors_annee")
    for table, said in REGISTERS.items():
        if "of" in said and "happens" not in said:
            other = said["of"][0]
            gone = things(other, reasons[other].notna()) - things(other, reasons[other].isna())
            mask = pd.Series([name in gone for name in names(table)], index=frames[table].index, dtype=bool)
            exclude(table, mask, "rattachement_exclu")

    exclusions, accounting = outcome_of_rows(
        frames, reasons, reference["quality_reasons"], dict.fromkeys(REGISTERS, DELIVERY_YEAR)
    )
    kept = {table: _with_year_end(table, frames[table][reasons[table].isna()]) for table in REGISTERS}
    heard = {
        table: frozenset(
            int(year)
            for year in frames[table].loc[
                reasons[table].isna() | reasons[table].isin(["hors_annee", "rattachement_exclu"]), DELIVERY_YEAR
            ]
        )
        for table in REGISTERS
    }
    return Rows(exclusions, accounting, {table: _with_its_own(table, kept) for table in kept}, heard)


def _with_year_end(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """``at_year_end``: there on 31 December, of what lasts; anything else is."""
    there = pd.Series(True, index=rows.index)
    happens = REGISTERS[table].get("happens", [])
    if happens:
        last = _day(rows[DELIVERY_YEAR], 12, 31)
        there = ~(rows[happens[0]] > last) & ~(rows[happens[-1]] < last)
    return rows.assign(at_year_end=there.astype(bool))


def _with_its_own(table: str, kept: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows with the columns of the row that each belongs to; what a row says itself comes first."""
    rows = kept[table]
    if "of" not in REGISTERS[table]:
        return rows
    other, name = REGISTERS[table]["of"]
    columns = [one for one in REGISTERS[other]["columns"] if one not in rows.columns]
    thing = REGISTERS[other]["key"][0]
    linked = kept[other][[DELIVERY_YEAR, thing, *columns]].rename(columns={thing: name})
    return rows.merge(linked, on=[DELIVERY_YEAR, name], how="left")


# ------------------------------------------------------------------------------------------ figures


def _is(rows: pd.DataFrame, column: str, values: object) -> pd.Series:
    """Whether a column has one of some values; an unknown one has none."""
    wanted = values if isinstance(values, list) else [values]
    return rows[column].map(lambda value: pd.notna(value) and value in wanted).astype(bool)


def _counted(figure: Mapping[str, Any], rows: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """The rows that a figure is of."""
    for column, values in figure.get("only", {}).items():
        rows = rows[_is(rows, column, values)]
    for column, values in figure.get("not", {}).items():
        rows = rows[~_is(rows, column, values)]
    for column in figure.get("known", ()):
        rows = rows[rows[column].notna()]
    for column, name in figure.get("above", {}).items():
        dated = parameters[parameters["name"] == name]
        most = [_in_force(dated, int(year)) for year in rows[DELIVERY_YEAR]]
        rows = rows[(rows[column] > pd.Series(most, index=rows.index, dtype="float64")).fillna(False).astype(bool)]
    return rows[rows["at_year_end"]] if figure.get("at_year_end") else rows


def _in_force(dated: pd.DataFrame, year: int) -> float:
    day = pd.Timestamp(year, 12, 31)
    since, until = pd.to_datetime(dated["valid_from"]), pd.to_datetime(dated["valid_to"])
    return float(dated.loc[~(since > day) & ~(until < day), "value"].iloc[0])


def _source(figure: Mapping[str, Any]) -> tuple[str, str, str]:
    """How a figure is made, of which register and column."""
    how = next(one for one in ("count", "different", "total", "last") if one in figure)
    register, _, column = figure[how].partition(".")
    return how, register, column


def _figure(figure: Mapping[str, Any], rows: pd.DataFrame) -> object:
    """The figure of some rows; whole numbers, of days the hundredths; unknown where nothing known gives it."""
    how, register, column = _source(figure)
    if how == "count":
        return len(rows)
    values = rows[column]
    if how == "different":
        return 0 if rows.empty else values.nunique() or pd.NA
    known = rows[values.notna()]
    if known.empty:
        return pd.NA
    reading = REGISTERS[register]["columns"][column].rstrip("!")
    numbers = scaled(known[column], DAY_DECIMALS) if reading == "days" else known[column]
    if how == "total":
        return int(numbers.sum())
    return int(numbers.loc[known[REGISTERS[register]["happens"][0]].idxmax()])


def _values_of_cut(table: str, cut: str, year: int, rows: Rows, lists: pd.DataFrame) -> list[str]:
    """The values that a cut shows: the codes of its list in force, or those that occur in what is counted."""
    if cut == TOTAL:
        return [TOTAL]
    column, *of_list = CUTS[table][cut]
    if of_list:
        codes = lists[lists["code_list"] == of_list[0]]
        day = pd.Timestamp(year, 12, 31)
        since, until = pd.to_datetime(codes["valid_from"]), pd.to_datetime(codes["valid_to"])
        return codes.loc[~(since > day) & ~(until < day), "code"].astype(str).tolist()
    found: set[str] = set()
    for figure in FIGURES[table]:
        if cut in figure.get("by", ()):
            kept = rows.kept[_source(figure)[1]]
            found |= {*kept.loc[kept[DELIVERY_YEAR] == year, column].dropna()}
    return sorted(found)


def aggregate(table: str, rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One aggregate as text: one row per year, cut and value, of the country."""
    counts = [figure for figure in FIGURES[table] if "over" not in figure]
    names = [*dict.fromkeys(figure["name"] for figure in counts)]
    made = []
    for cut in dict.fromkeys(cut for figure in counts for cut in figure["by"]):
        of_cut = [figure for figure in counts if cut in figure["by"]]
        for year in sorted(set().union(*(rows.delivered[_source(figure)[1]] for figure in of_cut))):
            for value in _values_of_cut(table, cut, year, rows, reference["code_lists"]):
                line = dict.fromkeys(names, pd.NA) | {YEAR: year, "cut": cut, "cut_value": value}
                for figure in of_cut:
                    register = _source(figure)[1]
                    if year not in rows.delivered[register]:
                        continue
                    mine = rows.kept[register]
                    mine = _counted(figure, mine[mine[DELIVERY_YEAR] == year], reference["parameters"])
                    if cut != TOTAL and not figure.get("of_all"):
                        mine = mine[_is(mine, CUTS[table][cut][0], value)]
                    line[figure["name"]] = _figure(figure, mine)
                made.append(line)
    columns = [*TERRITORY_KEY, "cut", "cut_value", *names]
    found = pd.DataFrame(made).assign(territory_kind="national", territory_code="FR") if made else pd.DataFrame()
    found = found.reindex(columns=columns)
    return TABLE_RULES[table].as_text(found.astype({YEAR: "Int64", **dict.fromkeys(names, "Int64")}))


# ------------------------------------------------------------------------------- D72: action sheets


def action_persons(steps: pd.DataFrame, parcours: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """Who has counted steps with the code of an action, one row per year, code and person: ``has_ended``, whether all
    of them had ended by 31 December, and a flag for each profile, ``NA`` where it is not known (D33).

    ``steps`` and ``parcours``: facts of a part of the deliveries.
    """
    mine = steps[steps["action_code"].notna()]
    mine = mine.assign(has_ended=(mine["end_date"] <= _day(mine[YEAR], 12, 31)).fillna(False).astype(bool))
    group = [YEAR, "action_code", PLIE, "participant_id"]
    persons = mine.groupby(group).agg(parcours_no=("parcours_no", "min"), has_ended=("has_ended", "all")).reset_index()
    flags = parcours[[YEAR, PLIE, "participant_id", "parcours_no"]].copy()
    for profile, attribute, wanted in profiles[["profile", "attribute", "attribute_value"]].itertuples(index=False):
        values = parcours[attribute]
        spelled = values.map({True: "true", False: "false"}) if values.dtype == "boolean" else values
        flags[f"in {profile}"] = (spelled == wanted).where(values.notna(), pd.NA).astype("boolean")
    return persons.merge(flags, on=[YEAR, PLIE, "participant_id", "parcours_no"], how="left")


def sheets(rows: Rows, lists: pd.DataFrame, plie: pd.DataFrame, departments: pd.DataFrame) -> pd.DataFrame:
    """``action_sheets`` as text. ``plie``: one row per PLIE of the registers, with its name and department."""
    found = rows.kept["action_sheets"]
    labels = lists[lists["code_list"] == "action_theme"].set_index("code")["label_fr"]
    named = plie[[PLIE, "name", "department_code"]].rename(columns={"name": "plie_name"})
    regions = departments[["department_code", "region_code"]].drop_duplicates()
    found = found.merge(named, on=PLIE, how="left").merge(regions, on="department_code", how="left")
    days = {name: found[name].dt.strftime("%Y-%m-%d") for name in ("starts_on", "ends_on")}
    return found.assign(
        **{YEAR: found[DELIVERY_YEAR].astype(str), "theme_label_fr": found["theme"].map(labels)},
        **{name: day.astype(object).where(day.notna(), None) for name, day in days.items()},
    )


def sheet_figures(rows: Rows, persons: pd.DataFrame) -> pd.DataFrame:
    """``action_sheet_figures`` as text: what each sheet declares, and what the steps with its code count beside it."""
    found = rows.kept["action_sheet_figures"]
    counted = [_counted_beside(figure, persons) for figure in found.to_dict("records")]
    parts = pd.DataFrame(counted, columns=["numerator", "denominator"], index=found.index).astype("Int64")
    declared = scaled(found["value"], RATE_DECIMALS)
    # Percent of a share that is rounded to the millionth, and a number as it is; both as millionths.
    share = scaled(quotient_text(parts["numerator"], parts["denominator"]), RATE_DECIMALS) * 100
    number = (parts["numerator"] * 10**RATE_DECIMALS).where(parts["denominator"].isna(), pd.NA)
    value = share.where(parts["denominator"].notna(), number).astype("Int64")
    return found.assign(
        **{YEAR: found[DELIVERY_YEAR].astype(str), "label_fr": found["label"]},
        line_no=found["line_no"].astype(str),
        declared_value=number_text(declared, RATE_DECIMALS),
        numerator=number_text(parts["numerator"], 0),
        denominator=number_text(parts["denominator"], 0),
        counted_value=number_text(value, RATE_DECIMALS),
        counted_less_declared=number_text(value - declared, RATE_DECIMALS),
    )


def _counted_beside(figure: Mapping[str, Any], persons: pd.DataFrame) -> tuple[object, object]:
    """Numerator and denominator (``NA`` for a number) of a declared figure from the persons of its action."""
    mine = persons[(persons[YEAR] == figure[DELIVERY_YEAR]) & (persons["action_code"] == figure["sheet_id"])]
    if pd.notna(figure["plie_code"]):
        mine = mine[mine[PLIE] == figure["plie_code"]]
    counted_as = figure["counted_as"]
    if mine.empty or pd.isna(counted_as):
        return pd.NA, pd.NA
    if counted_as == "personnes":
        return len(mine), pd.NA
    if counted_as == "terminees":
        return int(mine["has_ended"].sum()), len(mine)
    known = mine[f"in {counted_as}"].dropna()
    return int(known.sum()), len(known)
