"""dbt's own unit tests, on empty tables: each brings its rows, which are typed, or refused when they do not fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import dbt
from shared import Compiled


def test_every_unit_test_of_dbt_passes(compiled: Compiled, tmp_path: Path) -> None:
    """The models are made empty first: dbt asks them for their columns."""
    shutil.copyfile(compiled.warehouse, tmp_path / compiled.warehouse.name)
    dbt(tmp_path, ["run", "--empty"], ["test", "--select", "test_type:unit"], read=compiled.target)


TYPES = "{'code': 'VARCHAR', 'n': 'DECIMAL(5,2)', 'day': 'DATE', 'known': 'BOOLEAN', 'list': 'VARCHAR[]'}"
GIVEN = """[
    {'code': '01', 'n': 1.5, 'day': '2021-12-31', 'list': ['a', 'b']}, {'code': "d'un", 'n': none, 'known': true}
]"""
TYPED = """
    select '01' as code, 1.5::decimal(5, 2) as n, date '2021-12-31' as day, ['a', 'b'] as list, null::boolean as known
    union all
    select 'd''un', null, null, null, true
"""


def test_rows_of_a_unit_test_have_the_types_of_their_columns(compiled: Compiled, tmp_path: Path) -> None:
    rows = f"{{{{ typed_rows({GIVEN}, {TYPES}, 'rows') }}}}"
    missing, excess = (
        f"select * from ({one}) as one except all select * from ({other}) as other"
        for one, other in ((TYPED, rows), (rows, TYPED))
    )
    offending = f"({missing}) union all ({excess})"
    inline = f"select if(count(*) = 0, true, error('rows differ')) as is_same from ({offending}) as offending"
    dbt(tmp_path, ["show", "--inline", inline], read=compiled.target)


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        (
            "{{ typed_rows([{'code': 'x', 'cod': 'x'}], {'code': 'VARCHAR'}, 'rows') }}",
            "Name a column of rows in place of cod",
        ),
        (
            "{{ get_expected_sql([{'code': 'x', 'n': 1}, {'code': 'x'}], {'code': 'VARCHAR', 'n': 'INTEGER'}) }}",
            "Give every expected row the columns of the first one",
        ),
        ("{{ typed_rows([{'n': 'x'}], {'n': 'INTEGER'}, 'rows') }}", "Could not convert string 'x'"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows: str, refusal: str, compiled: Compiled, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=refusal):
        dbt(tmp_path, ["show", "--inline", rows], read=compiled.target)
