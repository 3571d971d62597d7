"""Small tools that the rules of every subject share: months, exact numbers, look-ups, parameters.

Figures are whole numbers throughout, hours in hundredths: no binary float decides a tie.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from plie_warehouse.validation.frames import YEAR, as_boolean

RATE_DECIMALS = 6

# Stands in a table for a code that is neither national nor mapped, and for a supplier that a row does not name.
UNKNOWN = "inconnu"

# What the rules of a person ask of reference.parameters, see ``person_flags``.
PERSON_PARAMETERS = (
    "senior_min_age",
    "young_max_age",
    "unqualified_max_level",
    "low_qualified_max_level",
    "long_term_unemployed_months",
)

# Values of the parameters of a year: a whole number, or a decimal where one is allowed.
Parameters = Mapping[int, Mapping[str, int | Decimal]]


# ------------------------------------------------------------------------------------------- dates


def add_months(dates: pd.Series, months: pd.Series | int) -> pd.Series:
    """Each date plus whole calendar months, the day clamped at the end of the month (D11: 31/08 + 6 = 28/02).

    ``dates``: ``datetime64[us]``, ``NaT`` stays ``NaT``. ``months``: one number, or one per row on the same
    index.
    """
    days = dates.to_numpy().astype("datetime64[D]")
    shift = np.broadcast_to(np.asarray(months, dtype="int64"), days.shape)
    month = days.astype("datetime64[M]")
    day_of_month = (days - month.astype("datetime64[D]")).astype("int64")
    target = month + shift.astype("timedelta64[M]")
    last_day = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype("int64") - 1
    moved = target.astype("datetime64[D]") + np.minimum(day_of_month, last_day).astype("timedelta64[D]")
    moved[np.isnat(days)] = np.datetime64("NaT")
    return pd.Series(moved.astype("datetime64[us]"), index=dates.index)


def year_bounds(years: pd.Series) -> tuple[pd.Series, pd.Series]:
    """1 January and 31 December of each reporting year (no nulls) as dates."""
    first = (years.to_numpy(dtype="int64") - 1970).astype("datetime64[Y]")
    last = (first + 1).astype("datetime64[D]") - 1
    return (
        pd.Series(first.astype("datetime64[us]"), index=years.index),
        pd.Series(last.astype("datetime64[us]"), index=years.index),
    )


# ----------------------------------------------------------------------------------------- numbers


def scaled(values: pd.Series, places: int) -> pd.Series:
    """Decimals (text as DuckDB writes them, or ``Decimal``) as whole numbers of 10^-``places``, ``Int64``.

    ``NA`` stays ``NA``. Raises ``ValueError`` for a value with more decimals: nothing is rounded here.
    """
    whole: dict[object, int] = {}
    for value in values.dropna().unique():
        shifted = Decimal(value).scaleb(places)
        if shifted != shifted.to_integral_value():
            raise ValueError(f"{value} has more than {places} decimals")
        whole[value] = int(shifted)
    return values.map(whole).astype("Int64")


def number_text(values: pd.Series, places: int = 0) -> pd.Series:
    """Whole numbers of 10^-``places`` as text with that many decimals, ``None`` where unknown."""

    def written(value: int) -> str:
        if not places:
            return str(value)
        whole, part = divmod(abs(value), 10**places)
        return f"{'-' if value < 0 else ''}{whole}.{part:0{places}d}"

    text = [
        None if unknown else written(int(value))
        for value, unknown in zip(values.tolist(), values.isna().tolist(), strict=True)
    ]
    return pd.Series(text, index=values.index, dtype=object)


def quotient_text(
    numerator: pd.Series, denominator: pd.Series, decimals: int = RATE_DECIMALS, factor: int = 1
) -> pd.Series:
    """Exact quotients of whole numbers, rounded half up, as text with ``decimals`` decimals (D55).

    ``None`` where the denominator is 0 or either side is unknown (D18). ``factor``: multiplies the numerator,
    to bring two units together (hundredths over millionths: 10 000).
    """
    unit = factor * 10**decimals
    unknown = (numerator.isna() | denominator.isna()).tolist()
    rounded = [
        None if empty or bottom <= 0 else (2 * int(top) * unit + int(bottom)) // (2 * int(bottom))
        for top, bottom, empty in zip(numerator.tolist(), denominator.tolist(), unknown, strict=True)
    ]
    return number_text(pd.Series(rounded, index=numerator.index, dtype=object), decimals)


# ---------------------------------------------------------------------------------------- look-ups


def is_true(flags: pd.Series) -> pd.Series:
    """A nullable flag as a plain mask: unknown is not true."""
    return flags.astype("boolean").fillna(False).astype(bool)


def lookup(codes: pd.Series, code_list: pd.DataFrame, key: str, column: str) -> pd.Series:
    """For each code its value in one column of a code list; unknown codes give ``None`` or ``NA``."""
    return codes.map(code_list.set_index(key)[column])


def flag_of(codes: pd.Series, code_list: pd.DataFrame, key: str, column: str) -> pd.Series:
    """For each code its flag in a code list, as ``boolean``; ``NA`` for an unknown code."""
    return codes.map(dict(zip(code_list[key], as_boolean(code_list[column]), strict=True))).astype("boolean")


def in_set(frame: pd.DataFrame, keys: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Mask over ``frame``: is its combination of these columns among the rows of ``keys``?"""
    wanted = keys[columns].drop_duplicates().assign(_there=True)
    there = frame[columns].merge(wanted, on=columns, how="left")["_there"].notna()
    return pd.Series(there.to_numpy(), index=frame.index)


def attach(frame: pd.DataFrame, other: pd.DataFrame, columns: list[str], values: list[str]) -> pd.DataFrame:
    """``frame`` with some columns of ``other``, keeping its own index. Raises ``ValueError`` when ``other`` has
    two rows for one key.
    """
    if other.duplicated(columns).any():
        raise ValueError(f"two rows for one key: {', '.join(columns)}")
    joined = frame.merge(other[[*columns, *values]], on=columns, how="left")
    joined.index = frame.index
    return joined


# -------------------------------------------------------------------------------------- parameters


def delivered_years(tables: Collection[pd.DataFrame]) -> list[int]:
    """The reporting years that occur in some staged tables, those that a calendar has."""
    years = {int(year) for rows in tables for year in rows[YEAR].dropna().unique()}
    return sorted(year for year in years if 1 <= year <= 9999)


def parameters_of_years(
    parameters: pd.DataFrame, years: Sequence[int], names: Sequence[str], decimals: Collection[str] = ()
) -> dict[int, dict[str, int | Decimal]]:
    """Year -> parameter -> value in force on 31 December of that year; a year that lacks one is left out.

    ``parameters``: one row per name and period of validity. ``names``: those that a year must have;
    ``decimals``: those of them that may have decimals, given as ``Decimal``, the others as whole numbers.
    Raises ``ValueError`` when two values of one parameter are in force on the same day, or when a value that
    must be a whole number is not.
    """
    frame = parameters[parameters["name"].isin(list(names))].copy()
    frame["valid_from"] = pd.to_datetime(frame["valid_from"]).astype("datetime64[us]")
    frame["valid_to"] = pd.to_datetime(frame["valid_to"]).astype("datetime64[us]")
    full: dict[int, dict[str, int | Decimal]] = {}
    for year in years:
        day = np.datetime64(f"{year:04d}-12-31", "us")
        in_force = frame[(frame["valid_from"] <= day) & (frame["valid_to"].isna() | (frame["valid_to"] >= day))]
        if in_force["name"].duplicated().any():
            twice = sorted(in_force.loc[in_force["name"].duplicated(), "name"])
            raise ValueError(f"two values in force on 31/12/{year} for: {', '.join(twice)}")
        values: dict[str, int | Decimal] = {}
        for name, value in zip(in_force["name"], in_force["value"], strict=True):
            exact = Decimal(str(value))
            if name not in decimals and exact != exact.to_integral_value():
                raise ValueError(f"parameter {name} is not a whole number: {value}")
            values[name] = exact if name in decimals else int(exact)
        if len(values) == len(names):
            full[int(year)] = values
    return full


def person_flags(rows: pd.DataFrame, age: pd.Series, parameters: Parameters) -> dict[str, pd.Series]:
    """What the rules derive of a person: D30 (``age`` on the day that decides), D31 (levels), D32 (duration). A flag is
    ``NA`` where what it rests on is unknown (D33).
    """
    level, months = rows["education_level"], rows["jobseeker_months"]
    return {
        "is_senior": age >= parameter_of(rows, parameters, "senior_min_age"),
        "is_young": age < parameter_of(rows, parameters, "young_max_age"),
        "is_unqualified": level <= parameter_of(rows, parameters, "unqualified_max_level"),
        "is_low_qualified": level <= parameter_of(rows, parameters, "low_qualified_max_level"),
        "is_long_term_unemployed": months >= parameter_of(rows, parameters, "long_term_unemployed_months"),
    }


def with_first_failing(reasons: pd.Series, rows: pd.DataFrame, tests: Mapping[str, pd.Series]) -> pd.Series:
    """Reasons completed by the first test that each of ``rows`` fails; ``tests``: reason -> mask over ``rows``."""
    failed = np.select([mask.to_numpy(dtype=bool) for mask in tests.values()], list(tests), default="")
    hit = failed != ""
    reasons.loc[rows.index[hit]] = failed[hit]
    return reasons


def parameter_of(rows: pd.DataFrame, parameters: Parameters, name: str) -> pd.Series:
    """The value of one whole-number parameter for each row, by its reporting year."""
    return rows[YEAR].map({year: values[name] for year, values in parameters.items()}).astype("int64")
