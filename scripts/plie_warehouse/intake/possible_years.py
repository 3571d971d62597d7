"""Years that a delivery can speak of (seeds/reference/parameters.csv, by the year that it describes)."""

from __future__ import annotations

from functools import cache

from plie_warehouse.contract import parameter


@cache
def is_possible_year(said: int, year: int) -> bool:
    """Whether something of a delivery that describes ``year`` may have happened, or be to happen, in a year."""
    return parameter("intake_first_year", year) <= said <= year + parameter("intake_future_years", year)


@cache
def is_possible_birth_year(said: int, year: int) -> bool:
    """Whether a person of a delivery that describes ``year`` may be born in a year."""
    return parameter("intake_min_age", year) <= year - said <= parameter("intake_max_age", year)
