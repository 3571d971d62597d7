"""The scorecard of the PLIE (D62): the interval of Wilson, and that it shows nothing that the published indicators do
not, which the release and the attack both look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from plie_warehouse.attack import published as attacked
from plie_warehouse.attack.published import AttackError
from plie_warehouse.errors import ReleaseError
from plie_warehouse.release import suppression_patterns
from plie_warehouse.release.released_tables import Table
from plie_warehouse.validation.recomputed_readers import wilson

QUANTILE = Decimal("1.959964")


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        # The first four as R. G. Newcombe prints them (Statistics in Medicine, 1998, method 3).
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
        (29, 29, "0.8830", "1.0000"),
    ],
)
def test_the_interval_is_that_of_wilson(numerator: int, denominator: int, low: str, high: str) -> None:
    found = wilson(Decimal(numerator), Decimal(denominator), QUANTILE)
    assert tuple(str(Decimal(bound).quantize(Decimal("0.0001"))) for bound in found) == (low, high)


def published(database: str) -> str:
    """Two PLIE of a region, one with a suppressed figure, and what is said of the other."""
    return f"""
        create schema {database}.published;
        create table {database}.published.indicators as from (values
            ('plie', '59-01', 0.6, 12, 20, 'publie'), ('plie', '59-02', null, null, 20, 'masque_primaire'),
            ('plie', '59-03', 0.7, 7, 10, 'publie'), ('region', '32', 0.5, 20, 40, 'publie'),
            ('national', 'FR', 0.4, 40, 100, 'publie')
        ) as t(territory_kind, territory_code, value, numerator, denominator, status),
        (values (2021, 'r', 'total', 'total', 'm-1')) as k(
            reporting_year, indicator_code, cut, cut_value, method_version
        );
        create table {database}.published.plie_scorecard as from (values
            ('59-01', '32', 0.6, 12, 20, 0.386582, 0.781193, 0.5, 0.4, 2, 2),
            ('59-03', '32', 0.7, 7, 10, 0.396774, 0.892209, 0.5, 0.4, 1, 2)
        ) as t(
            plie_code, region_code, value, numerator, denominator, interval_low, interval_high, region_value,
            national_value, value_rank, ranked_plie
        ), (values (2021, 'r', 'total', 'total', 'm-1')) as k(
            reporting_year, indicator_code, cut, cut_value, method_version
        );
    """


@pytest.fixture
def look(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Both, after a change: what the release refuses and the attack cannot explain."""
    with duckdb.connect() as connection:

        def both(change: str) -> None:
            for database, check, error in (
                (
                    "stage",
                    lambda: suppression_patterns.check(
                        connection, [Table("published", "plie_scorecard", "One row.", (), (), 2, "", 0)]
                    ),
                    ReleaseError,
                ),
                ("served", lambda: attacked._demand_repeated(connection), AttackError),
            ):
                connection.execute(f"attach ':memory:' as {database}; {published(database)}")
                check()
                connection.execute(f"use {database}.published; {change}; use memory")
                with pytest.raises(error, match=r"plie_scorecard ?: [12] "):
                    check()

        yield both


@pytest.mark.parametrize(
    "change",
    [
        "update plie_scorecard set value = 0.9 where plie_code = '59-01'",
        "update plie_scorecard set region_value = 0.9 where plie_code = '59-01'",
        "update plie_scorecard set national_value = null where plie_code = '59-01'",
        "update plie_scorecard set numerator = 13 where plie_code = '59-01'",
        "update plie_scorecard set denominator = null where plie_code = '59-01'",
        # The figure, or a count, is suppressed.
        "update indicators set status = 'masque_secondaire' where territory_code = '59-01'",
        "update plie_scorecard set plie_code = '59-02' where plie_code = '59-01'",
        "update plie_scorecard set numerator = null where plie_code = '59-01';"
        " update indicators set numerator = null where territory_code = '59-01'",
    ],
)
def test_what_the_indicators_do_not_show_is_refused(look: Callable[[str], None], change: str) -> None:
    look(change)


@pytest.mark.parametrize(
    "change",
    ["update plie_scorecard set value_rank = 3 where plie_code = '59-01'", "update plie_scorecard set ranked_plie = 3"],
)
def test_a_rank_among_more_than_the_published_ones_is_no_news_to_hide(change: str) -> None:
    """It would place a PLIE that is suppressed."""
    with duckdb.connect() as connection:
        connection.execute(f"attach ':memory:' as served; {published('served')} use served.published; {change}")
        with pytest.raises(AttackError, match="ne se déduisent pas"):
            attacked._demand_repeated(connection)
