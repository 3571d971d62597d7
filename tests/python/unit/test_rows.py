"""Sums of variables as arrays: the same as one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from plie_warehouse.disclosure.rows import Row, Rows, connected, first_alike, part_of

SUMS: list[Row] = [
    (10.0, {0: 1, 1: 1, 2: -1}),
    (7.0, {3: 1, 4: 1}),
    (3.0, {2: 1, 5: 1}),
    (4.0, {6: 1}),
]
VALUE = np.array([4.0, 8, 2, 3, 4, 1, 4, 9])


def mask(*chosen: int) -> np.ndarray:
    return np.isin(np.arange(len(VALUE)), chosen)


def test_rows_are_the_sums_that_they_were_made_of() -> None:
    assert list(Rows.of(SUMS)) == SUMS
    assert list(Rows.of([])) == []
    assert Rows.of(SUMS).sizes.tolist() == [3, 2, 2, 1] and Rows.of(SUMS).first.tolist() == [0, 3, 2, 6]


def test_what_is_not_open_is_replaced_by_its_value() -> None:
    """A row in which nothing is open goes; one in which everything is stays as it is."""
    found = Rows.of(SUMS).substituted(mask(0, 2, 3, 4), VALUE)
    assert list(found) == [(2.0, {0: 1, 2: -1}), (7.0, {3: 1, 4: 1}), (2.0, {2: 1})]


def test_rows_are_chosen_by_their_variables() -> None:
    rows = Rows.of(SUMS)
    assert rows.with_any(mask(2, 7)).tolist() == [True, False, True, False]
    assert list(rows.chosen(rows.with_any(mask(2, 7)))) == [SUMS[0], SUMS[2]]
    assert np.flatnonzero(rows.used(8)).tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_variables_are_numbered_anew() -> None:
    """A variable without a number goes, and a row in which none is left."""
    rows = Rows.of(SUMS)
    assert list(rows.numbered(np.array([5, -1, 4, -1, -1, 3, -1, -1]))) == [(10.0, {5: 1, 4: -1}), (3.0, {4: 1, 3: 1})]
    of, found = rows.chosen(np.array([False, True, True, False])).numbered_anew(8)
    assert of.tolist() == [2, 3, 4, 5] and list(found) == [(7.0, {1: 1, 2: 1}), (3.0, {0: 1, 3: 1})]


def test_rows_are_split_by_their_owner() -> None:
    found = Rows.of(SUMS).split(np.array([2, 0, 2, 0]), 3)
    assert [list(one) for one in found] == [[SUMS[1], SUMS[3]], [], [SUMS[0], SUMS[2]]]


def test_a_row_ties_its_open_variables_together() -> None:
    """By a chain of rows too; a variable that is not open ties nothing, and one in no row is alone."""
    rows = Rows.of(SUMS)
    assert connected(rows, mask(*range(8))) == [[0, 1, 2, 5], [3, 4], [6], [7]]
    assert connected(rows, mask(0, 1, 4, 5, 7)) == [[0, 1], [4], [5], [7]]


@pytest.mark.parametrize("seed", range(5))
def test_long_chains_are_one_group(seed: int) -> None:
    order = np.random.default_rng(seed).permutation(200)
    rows = Rows.of((0.0, {one: 1, other: -1}) for one, other in pairwise(order.tolist()))
    assert connected(rows, np.ones(200, dtype=bool)) == [list(range(200))]


def test_a_part_holds_its_boundary() -> None:
    """The rows of what is inside, without what is neither inside nor boundary."""
    part = part_of(Rows.of(SUMS), [2, 5], mask(0, 3))
    assert part.of.tolist() == [2, 5, 0] and part.is_boundary.tolist() == [False, False, True]
    assert list(part.rows) == [(10.0, {2: 1, 0: -1}), (3.0, {0: 1, 1: 1})]


def test_rows_of_the_same_terms_are_alike() -> None:
    column = np.array([0, 1, 2, 0, 1, 0, 1, 0, 2])
    factor = np.array([1.0, 1, 1, 1, 1, 1, 1, 1, -1])
    assert first_alike(column, factor, np.array([0, 3, 5, 7])).tolist() == [0, 1, 1, 3]
    assert first_alike(column[:0], factor[:0], np.array([], dtype=int)).tolist() == []
