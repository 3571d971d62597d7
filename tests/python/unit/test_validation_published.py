"""D60 and D85 a second time: what no published figure may be, on both sides."""

from __future__ import annotations

import pandas as pd
import pytest

from plie_warehouse.validation.published import _checks, _regions_with_operations

ESF = pd.DataFrame(
    [
        (2021, "national", "FR", "3"), (2021, "region", "24", "2"), (2021, "region", "24", "2"),
        (2021, "region", "32", "0"), (2021, "region", "84", None),
        (2022, "national", "FR", "3"), (2022, "region", "24", "2"), (2022, "region", "32", "1"),
    ],
    columns=["reporting_year", "territory_kind", "territory_code", "plie_with_operations"],
)  # fmt: skip


def test_regions_that_deliver_operations_are_counted_once() -> None:
    """Not those without operations, not those of which nothing is known, not the nation."""
    assert _regions_with_operations(ESF) == {2021: 1, 2022: 2}


def test_a_table_that_does_not_say_has_none() -> None:
    assert _regions_with_operations(ESF.drop(columns="plie_with_operations")) == {}


@pytest.mark.parametrize(
    ("regions", "status", "is_broken"),
    [(1, "publie", True), (2, "publie", False), (1, "non_diffuse", False), (None, "publie", False)],
)
def test_figures_of_too_few_regions_are_not_shown(regions: int | None, status: str, is_broken: bool) -> None:
    figures = pd.DataFrame(
        [{
            "territory_kind": "region", "status": status, "rule_value": "6", "persons": None, "national_value": "6",
            "base": None, "base_is_persons": False, "quantity": "personnes", "measure": "participants",
            "numerator_status": None, "base_status": None, "rank": 5, "finest_rank": 3, "min_cell": 5, "min_base": 11,
            "regions": regions, "min_regions": 2,
        }]
    )  # fmt: skip
    found = {promise for promise, is_so in _checks(figures).items() if is_so.fillna(False).any()}
    assert found == ({"figure of too few regions that is shown"} if is_broken else set())
